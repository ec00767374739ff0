"""The sweeper: climbs what is due and lets go of what nobody holds any more."""

import logging
from collections.abc import Callable

from support.crisis import actions, queries
from support.db.job import Job
from support.db.unit import Database, Unit

log = logging.getLogger("handrail.crisis")
SWEEP_SECONDS = 0.25
MOST_AT_ONCE = 10


def climb(database: Database) -> None:
    """Everything that is due, ten rungs a transaction; a rung is claimed where it is written."""
    _sweep(database, queries.due_case_ids, actions.climb_due)
    _sweep(database, queries.lapsed_case_ids, actions.lapse_due)


def _sweep(
    database: Database,
    find: Callable[[Unit, int], list[str]],
    act: Callable[[Unit, list[str]], int],
) -> None:
    while True:
        with database.read() as unit:
            found = find(unit, MOST_AT_ONCE)
        if not found:
            return
        with database.unit() as unit:
            acted = act(unit, found)
        log.info("sweep found=%s acted=%s", len(found), acted)
        if not acted:
            return


def publish(database: Database) -> None:
    """Mend `crisis.json` where it is missing or older than the shipped file or a decision."""
    with database.unit() as unit:
        if queries.decisions(unit):
            actions.publish(unit)


def tidy(database: Database) -> None:
    """Empty the notes of cases that were closed long ago."""
    with database.unit() as unit:
        actions.tidy(unit)


TICKS = [
    Job("crisis.climb", SWEEP_SECONDS, climb, alone=False),
    Job("crisis.publish", 600.0, publish),
    Job("crisis.tidy", 3600.0, tidy),
]
