"""By the clock: nobody waits for a mentor unseen."""

from support.db.job import Job
from support.db.unit import Database
from support.mentoring import actions


def look_at_waits(database: Database) -> None:
    """Tell the team of whoever has waited two days."""
    with database.unit() as unit:
        actions.alert_of_long_waits(unit)


TICKS = [Job("mentoring.waits", 600.0, look_at_waits)]
