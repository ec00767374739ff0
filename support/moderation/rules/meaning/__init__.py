"""What the second look understands: an embedding model and a small classifier on top of it."""
