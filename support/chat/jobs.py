"""What rooms do by themselves: doors open, old words go, and what was said is looked at again."""

from support.chat.actions import keeping, retention
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.db.job import Job
from support.db.unit import Database
from support.moderation.jobs import second_look


def open_doors(database: Database) -> None:
    """Lobbies open a quarter of an hour early; a meeting nobody closed is closed kindly."""
    with database.unit() as unit:
        keeping.move_by_clock(unit)


def forget_old_words(database: Database) -> None:
    """Words older than their room keeps them go, in small batches that stall nobody."""
    retention.forget_all(database)


def look_again(fact: RoomEventLogged) -> None:
    """Words that a room has just heard get their second look."""
    if fact.event["kind"] in ("message", "edited"):
        second_look.hear(fact.event["message"]["id"])


def look_first(fact: AuthorNoticed) -> None:
    """So do those that tier 1 flagged, before all others."""
    second_look.hear(fact.message_id, flagged=True)


TICKS = [
    Job("chat.doors", 5, open_doors),
    Job("chat.retention", 3600, forget_old_words),
]
