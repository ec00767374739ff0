"""The sealed private space: one's own plan for hard hours."""
