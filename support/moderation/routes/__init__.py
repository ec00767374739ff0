"""The desk's pages: report, queue, item, people, sanctions, the log."""

from support.moderation.routes import items, log, people, queue, reports, rules, signing
from support.moderation.routes.blueprint import bp

__all__ = ["bp", "items", "log", "people", "queue", "reports", "rules", "signing"]
