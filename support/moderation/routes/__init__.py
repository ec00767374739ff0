"""The desk's pages: report, queue, item, people, sanctions, appeals, rules, the log."""

from support.moderation.routes import (
    appeals,
    domains,
    explaining,
    items,
    log,
    naming,
    people,
    queue,
    reports,
    rules,
    signing,
    team,
    transparency,
)
from support.moderation.routes.blueprint import bp

__all__ = [
    "appeals",
    "bp",
    "domains",
    "explaining",
    "items",
    "log",
    "naming",
    "people",
    "queue",
    "reports",
    "rules",
    "signing",
    "team",
    "transparency",
]
