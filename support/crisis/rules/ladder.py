"""The ladder's arithmetic: when each rung of a round is due, and whom it calls."""

from datetime import datetime, timedelta
from enum import StrEnum

# After a long outage at most so many missed repeats are made up for; rungs 0, 1 and 2 always are.
MISSED_REPEATS = 12


class Target(StrEnum):
    """Whom a rung calls."""

    ON_CALL = "on_call"
    RESPONDERS = "responders"
    ADMINS = "admins"


def target_of(rung: int) -> Target:
    """On-call responders and hosts first, then all responders, then admins and the outside."""
    return (Target.ON_CALL, Target.RESPONDERS, Target.ADMINS)[min(rung, 2)]


def due_at(round_opened_at: datetime, rung: int, waits: tuple[int, ...]) -> datetime:
    """When a rung of a round is due; past the listed ones the last wait is also the interval."""
    listed = min(rung, len(waits) - 1)
    repeats = rung - listed
    return round_opened_at + timedelta(seconds=waits[listed] + repeats * waits[-1])


def next_due(
    round_opened_at: datetime, rung: int, waits: tuple[int, ...], now: datetime
) -> datetime:
    """When the next rung is due; a flood of repeats missed in an outage is not made up for."""
    due = due_at(round_opened_at, rung, waits)
    interval = timedelta(seconds=waits[-1])
    if rung >= len(waits) and now - due > MISSED_REPEATS * interval:
        return now + interval
    return due
