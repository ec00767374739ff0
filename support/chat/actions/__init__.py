"""Every write to rooms, one function a use case."""
