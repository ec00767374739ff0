"""The doors of mentoring: find a mentor, become one, a mentor's home, applications."""

from support.mentoring.routes import applying, finding, home, shifts
from support.mentoring.routes.blueprint import bp

__all__ = ["applying", "bp", "finding", "home", "shifts"]
