"""How a meeting moves: planned, lobby, open, perhaps paused, closing, closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Ended

LOBBY_BEFORE = timedelta(minutes=15)
LEFT_OPEN = timedelta(hours=2)
EXTEND_MINUTES = 5


class Move(StrEnum):
    """What a host may ask for."""

    LOBBY = "lobby"
    OPEN = "open"
    STEP = "step"
    EXTEND = "extend"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"


NEXT: dict[str, frozenset[Move]] = {
    "planned": frozenset({Move.LOBBY, Move.OPEN}),
    "lobby": frozenset({Move.OPEN, Move.CLOSED}),
    "open": frozenset({Move.STEP, Move.EXTEND, Move.PAUSED, Move.CLOSING, Move.CLOSED}),
    "paused": frozenset({Move.OPEN, Move.CLOSING, Move.CLOSED}),
    "closing": frozenset({Move.OPEN, Move.CLOSED}),
}


@dataclass(frozen=True, slots=True)
class Course:
    """Where a meeting is: its state, its step, and when it ends."""

    state: str
    step: int
    ends_at: datetime


def moved(course: Course, move: Move, step: int | None, minutes: int | None) -> Course:
    """The course after a move; Conflict where the move does not follow, Ended after the end."""
    if course.state in ("closed", "cancelled"):
        raise Ended("This meeting is over.")
    if move not in NEXT.get(course.state, frozenset()):
        raise Conflict("The meeting has moved on. Please look at it again.")
    if move is Move.STEP:
        return Course(course.state, course.step + 1 if step is None else step, course.ends_at)
    if move is Move.EXTEND:
        more = timedelta(minutes=minutes or EXTEND_MINUTES)
        return Course(course.state, course.step, course.ends_at + more)
    return Course(move.value, course.step, course.ends_at)
