"""Everything of a site in one file, and back: the database, the keys, the confirmed numbers."""
