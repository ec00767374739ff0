"""What the desk does by the clock: held words that nobody judged, sanctions that are over."""

from support.db.job import Job
from support.db.unit import Database
from support.moderation import actions


def lapse(database: Database) -> None:
    """Words held for a day are not shown, and their authors are told so."""
    more = True
    while more:
        with database.unit() as unit:
            more = actions.lapse_held(unit) == actions.AT_ONCE


def end(database: Database) -> None:
    """What has run its time is over."""
    with database.unit() as unit:
        actions.end_sanctions(unit)


def tend_seals(database: Database) -> None:
    """Seals of what was settled long ago go; older words are sealed; unsigned steps lapse."""
    with database.unit() as unit:
        actions.lapse_steps(unit)
    for step in (actions.seal_older, actions.expire):
        more = True
        while more:
            with database.unit() as unit:
                more = step(unit) == actions.SEALS_AT_ONCE


TICKS = [
    Job("moderation.lapse", 30.0, lapse),
    Job("moderation.end", 30.0, end),
    Job("moderation.seals", 600.0, tend_seals),
]
