"""The desk's pages: report, queue, item, people, sanctions, appeals, rules, the log."""

from support.moderation.routes import (
    appeals,
    items,
    log,
    people,
    queue,
    reports,
    rules,
    signing,
    team,
)
from support.moderation.routes.blueprint import bp

__all__ = [
    "appeals",
    "bp",
    "items",
    "log",
    "people",
    "queue",
    "reports",
    "rules",
    "signing",
    "team",
]
