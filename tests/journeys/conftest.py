"""Fixtures of the journeys: real windows of a real browser."""

from tests.browsers import chromium, window

__all__ = ["chromium", "window"]
