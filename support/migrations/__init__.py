"""Alembic revisions; they see the tables of every area."""
