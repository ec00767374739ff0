"""The sweeper: climbs what is due and lets go of what nobody holds any more."""

import logging
from collections.abc import Callable

from prometheus_client import Gauge

from support.crisis import actions, queries
from support.db.job import Job
from support.db.unit import Database, Unit

log = logging.getLogger("handrail.crisis")
OPEN = Gauge("handrail_cases_open", "Open cases that called people, by state", ["state"])
UNHEARD = Gauge("handrail_cases_unheard", "Cases of the last 30 days nobody has taken yet")
SWEEP_SECONDS = 0.25
MOST_AT_ONCE = 200
MOST_TIMES = 10


def climb(database: Database) -> None:
    """Everything that is due, many cases a transaction; a rung is claimed where it is written."""
    with database.look() as unit:
        is_due, is_lapsed = queries.is_any_due(unit), queries.is_any_lapsed(unit)
    if is_due:
        _sweep(database, queries.is_any_due, actions.climb_due)
    if is_lapsed:
        _sweep(database, queries.is_any_lapsed, actions.lapse_due)


def _sweep(
    database: Database, is_any: Callable[[Unit], bool], act: Callable[[Unit, int], int]
) -> None:
    """Until nothing is left that nobody else is at; after a long outage, in more than one round."""
    for _ in range(MOST_TIMES):
        with database.look() as unit:
            if not is_any(unit):
                return
        with database.unit() as unit:
            acted = act(unit, MOST_AT_ONCE)
        log.info("sweep acted=%s", acted)
        if not acted:
            return


def publish(database: Database) -> None:
    """Mend `crisis.json` where it is missing or older than the shipped file or a decision."""
    with database.unit() as unit:
        if queries.decisions(unit):
            actions.publish(unit)


def look_ahead(database: Database) -> None:
    """Tell the admins of hours in the next 14 days in which nobody is on call."""
    with database.unit() as unit:
        actions.tell_of_gaps(unit)
        actions.tell_of_numbers(unit)


def count(database: Database) -> None:
    """How many cases are open, and how many of them wait for somebody, for monitors."""
    with database.read() as unit:
        found = queries.at_the_desk(unit)
    OPEN.labels("waiting").set(found.waiting)
    OPEN.labels("held").set(found.held)
    UNHEARD.set(found.unheard)


def tidy(database: Database) -> None:
    """Empty the notes of cases that were closed long ago."""
    with database.unit() as unit:
        actions.tidy(unit)


TICKS = [
    Job("crisis.climb", SWEEP_SECONDS, climb, alone=False, urgent=True),
    Job("crisis.publish", 600.0, publish),
    Job("crisis.count", 10.0, count, alone=False),
    Job("crisis.look_ahead", 3600.0, look_ahead),
    Job("crisis.tidy", 3600.0, tidy),
]
