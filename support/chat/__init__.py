"""Moderated rooms: what is said in them, by whom, in which order, and who may hear it."""
