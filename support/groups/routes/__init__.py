"""The doors of groups: home, groups, meetings, hosting, feeds."""

from support.groups.routes import embed, feeds, groups, home, hosting, meetings
from support.groups.routes.blueprint import bp

__all__ = ["bp", "embed", "feeds", "groups", "home", "hosting", "meetings"]
