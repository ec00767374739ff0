"""What mentoring decides: hours, training, who fits whom, how many are enough."""
