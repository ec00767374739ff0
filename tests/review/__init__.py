"""How well automatic review hears, measured on text of our own."""
