"""Forget sessions that ended long ago."""

from support.accounts import actions
from support.db.job import Job
from support.db.unit import Database

HOURLY = 3600


def forget(database: Database) -> None:
    """Throw away what every process has read and nobody asks for."""
    with database.unit() as unit:
        actions.forget_ended(unit)
    database.scrub()


TICKS = [Job("accounts.forget", HOURLY, forget)]
