"""What was done, by whom: append only, each entry chained to the one before."""
