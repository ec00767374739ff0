"""Groups, who is in them, their meetings and seats, and the feeds in and out."""
