"""What time does to groups: dates are written ahead, the next one is kept, listings go on."""

from support.db.job import Job
from support.db.unit import Database
from support.groups import actions


def write_ahead(database: Database) -> None:
    """Dates of every series, to the horizon."""
    with database.unit() as unit:
        actions.extend_due(unit)


def keep_next(database: Database) -> None:
    """Each group's next meeting, once the one before has ended; each listing's next date."""
    with database.unit() as unit:
        actions.refresh_passed(unit)
        actions.refresh_listings(unit)


TICKS = [Job("groups.next", 20, keep_next), Job("groups.dates", 600, write_ahead)]
