"""What rooms do by the clock: doors open early, forgotten meetings close, old words go."""

from support.chat.actions import keeping, retention
from support.db.job import Job
from support.db.unit import Database


def open_doors(database: Database) -> None:
    """Lobbies open a quarter of an hour early; a meeting nobody closed is closed kindly."""
    with database.unit() as unit:
        keeping.move_by_clock(unit)


def forget_old_words(database: Database) -> None:
    """Words older than their room keeps them go, in small batches that stall nobody."""
    retention.forget_all(database)


TICKS = [
    Job("chat.doors", 5, open_doors),
    Job("chat.retention", 3600, forget_old_words),
]
