"""How a meeting moves: planned, lobby, open, perhaps paused, closing, closed, debriefed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Ended
from support.chat.rules.scripts import Script

LOBBY_BEFORE = timedelta(minutes=15)
LEFT_OPEN = timedelta(hours=2)
EXTEND_MINUTES = 5
OVER = frozenset({"closed", "debriefed", "cancelled"})
GOING_ON = frozenset({"lobby", "open", "paused", "closing"})


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
    """Where a meeting is. All clocks are instants, so whoever comes late reads the same time."""

    state: str
    step: int
    ends_at: datetime
    step_ends_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a host wants: a move, perhaps to one step, perhaps by some minutes."""

    move: Move
    step: int | None = None
    minutes: int | None = None


def moved(course: Course, ask: Ask, script: Script, now: datetime) -> Course:
    """The course after a move; Conflict where the move does not follow, Ended after the end."""
    if course.state in OVER:
        raise Ended("This meeting is over.")
    if ask.move not in NEXT.get(course.state, frozenset()):
        raise Conflict("The meeting has moved on. Please look at it again.")
    if ask.move is Move.STEP and script.steps and ask.step == course.step:
        return course
    if ask.move is Move.STEP:
        return at_step(course, course.step + 1 if ask.step is None else ask.step, script, now)
    if ask.move is Move.EXTEND:
        return _extended(course, timedelta(minutes=ask.minutes or EXTEND_MINUTES), now)
    if ask.move is Move.OPEN:
        return _opened(course, script, now)
    paused_at = now if ask.move is Move.PAUSED else None
    return replace(course, state=ask.move.value, paused_at=paused_at)


def at_step(course: Course, step: int, script: Script, now: datetime) -> Course:
    """The course at the beginning of a step; without a script steps are only counted."""
    if not script.steps:
        return replace(course, step=step, step_ends_at=None)
    if step >= len(script.steps):
        raise Conflict("That was the last step. You can end gently when you are ready.")
    ends_at = now + timedelta(minutes=script.steps[step].minutes)
    return replace(course, step=step, step_ends_at=ends_at)


def _opened(course: Course, script: Script, now: datetime) -> Course:
    """Begun with the first step; after a pause the step goes on with the time it had left."""
    if course.state == "paused":
        stood = now - course.paused_at if course.paused_at else timedelta()
        left = course.step_ends_at and course.step_ends_at + stood
        return replace(course, state="open", step_ends_at=left, paused_at=None)
    if course.state == "closing":
        return replace(course, state="open")
    return at_step(replace(course, state="open"), course.step, script, now)


def _extended(course: Course, more: timedelta, now: datetime) -> Course:
    """More time for the step and the meeting; time that is over already is not counted."""
    step_ends_at = course.step_ends_at and max(course.step_ends_at, now) + more
    return replace(course, ends_at=max(course.ends_at, now) + more, step_ends_at=step_ends_at)


def paused_for(course: Course, now: datetime) -> timedelta:
    """How long the clocks have stood still."""
    return now - course.paused_at if course.paused_at else timedelta()


def debriefed(course: Course) -> Course:
    """The hosts have looked back at it; once is enough."""
    if course.state == "debriefed":
        return course
    if course.state != "closed":
        raise Conflict("This meeting is not over yet.")
    return replace(course, state="debriefed")


def rescripted(course: Course, before: Script, after: Script, now: datetime) -> Course:
    """The course under another script: the place is kept where there is one."""
    if course.state not in GOING_ON or not after.steps:
        return replace(course, step_ends_at=None)
    step = min(course.step, len(after.steps) - 1)
    if course.state == "lobby":
        return replace(course, step=0, step_ends_at=None)
    if step == course.step and before.steps and course.step_ends_at is not None:
        return course
    return at_step(course, step, after, course.paused_at or now)
