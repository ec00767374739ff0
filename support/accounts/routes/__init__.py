"""The doors for coming in, staying, and leaving."""

from support.accounts.routes import account, codes, entry, places, sessions
from support.accounts.routes.blueprint import bp

__all__ = ["account", "bp", "codes", "entry", "places", "sessions"]
