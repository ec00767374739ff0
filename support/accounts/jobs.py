"""Forget sessions that ended long ago; keep the list of erased people whole."""

from support.accounts import actions, ports
from support.accounts.actions import journal
from support.db.job import Job
from support.db.unit import Database

HOURLY = 3600


def forget(database: Database) -> None:
    """Throw away what every process has read and nobody asks for."""
    with database.unit() as unit:
        actions.forget_ended(unit)
        if ports.joined.folder is not None:
            journal.keep(unit, ports.joined.folder)
    database.scrub()


TICKS = [Job("accounts.forget", HOURLY, forget)]
