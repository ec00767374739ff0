"""The doors of mentoring: find a mentor, become one, a mentor's home, applications."""

from support.mentoring.routes import applying, caring, finding, home, pairs, shifts
from support.mentoring.routes.blueprint import bp

__all__ = ["applying", "bp", "caring", "finding", "home", "pairs", "shifts"]
