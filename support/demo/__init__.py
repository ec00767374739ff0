"""Worlds: people, groups, meetings and a rota from a file, and a demo world to look at."""
