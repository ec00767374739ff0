"""By the clock: nobody waits for a mentor unseen, and weekly shifts get their dates."""

from support.db.job import Job
from support.db.unit import Database
from support.mentoring import actions


def look_at_waits(database: Database) -> None:
    """Tell those who wait of places that fit, and the team of whoever has waited two days."""
    with database.unit() as unit:
        actions.tell_who_fits(unit)
        actions.alert_of_long_waits(unit)


def lay_out_shifts(database: Database) -> None:
    """Weekly shifts become dated ones, two weeks ahead; what is long past is forgotten."""
    with database.unit() as unit:
        actions.lay_out(unit)
        actions.forget_old(unit)


def remind_of_renewals(database: Database) -> None:
    """Whose year as a mentor ends soon, or is over, hears so once."""
    with database.unit() as unit:
        actions.remind(unit)


TICKS = [
    Job("mentoring.waits", 600.0, look_at_waits),
    Job("mentoring.shifts", 3600.0, lay_out_shifts),
    Job("mentoring.renewals", 3600.0, remind_of_renewals),
]
