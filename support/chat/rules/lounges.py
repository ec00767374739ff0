"""When somebody new has waited too long for an answer. Pure: what waits comes in.

An answer is what somebody else says later, in reply to the newcomer or to nobody in particular.
What others say to each other is none, so that nobody is talked past unseen. What an answer clears
is found where the words are kept (`queries/lounges.py`); here is what a nudge and the clock do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WAITS = timedelta(minutes=15)
LOOKED_BACK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Line:
    """One shown message of a newcomer that nobody has answered, without its words."""

    id: str
    at: datetime


def overdue(waiting: Sequence[Line], nudged_at: datetime | None, now: datetime) -> Line | None:
    """The message whose wait is over: of those unanswered, the first since the last nudge."""
    for line in waiting:
        if nudged_at is None or line.at > nudged_at:
            return line if line.at + WAITS <= now else None
    return None
