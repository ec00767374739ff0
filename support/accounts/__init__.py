"""People: sign-in, handles, roles, standing, sessions, recovery, erasure."""
