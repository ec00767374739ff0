"""Mentors: how one becomes one, how two people find each other, and how they part."""
