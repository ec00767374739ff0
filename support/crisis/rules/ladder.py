"""The ladder's arithmetic: when each rung of a round is due, whom it calls, and by which ways."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Invalid
from support.notify.rules import Channel

# After a long outage at most so many missed repeats are made up for; the listed rungs always are.
MISSED_REPEATS = 12
MOST_STEPS, LONGEST_STEP = 8, 24 * 3600
INSIDE = (Channel.PAGE,)
EVERY_WAY = (Channel.PAGE, Channel.EMAIL, Channel.PUSH, Channel.WEBHOOK)


class Target(StrEnum):
    """Whom a rung calls."""

    ON_CALL = "on_call"
    RESPONDERS = "responders"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: how long after the round opened, whom it calls, and by which ways."""

    wait_seconds: int
    target: Target
    channels: tuple[Channel, ...] = INSIDE


Ladder = tuple[Step, ...]
# On-call and hosts at once, all responders after two minutes, admins and the outside after five.
HOUSE_LADDER: Ladder = (
    Step(0, Target.ON_CALL),
    Step(120, Target.RESPONDERS),
    Step(300, Target.ADMINS, EVERY_WAY),
)


def ladder_of(waits: Sequence[int]) -> Ladder:
    """The house's own rungs at other times; past the third each calls admins and the outside."""
    house = [HOUSE_LADDER[min(number, len(HOUSE_LADDER) - 1)] for number in range(len(waits))]
    return tuple(
        Step(wait, step.target, step.channels) for wait, step in zip(waits, house, strict=True)
    )


def step_of(ladder: Ladder, rung: int) -> Step:
    """What a rung does; past the listed ones the last is repeated, and it calls the admins."""
    if rung >= len(ladder) and ladder[-1].target is not Target.ADMINS:
        return HOUSE_LADDER[min(rung, len(HOUSE_LADDER) - 1)]
    return ladder[min(rung, len(ladder) - 1)]


def due_at(round_opened_at: datetime, rung: int, ladder: Ladder) -> datetime:
    """When a rung of a round is due; past the listed ones the last wait is also the interval."""
    listed = min(rung, len(ladder) - 1)
    repeats = rung - listed
    seconds = ladder[listed].wait_seconds + repeats * ladder[-1].wait_seconds
    return round_opened_at + timedelta(seconds=seconds)


def next_due(round_opened_at: datetime, rung: int, ladder: Ladder, now: datetime) -> datetime:
    """When the next rung is due; a flood of repeats missed in an outage is not made up for."""
    due = due_at(round_opened_at, rung, ladder)
    interval = timedelta(seconds=ladder[-1].wait_seconds)
    if rung >= len(ladder) and now - due > MISSED_REPEATS * interval:
        return now + interval
    return due


def check_ladder(ladder: Ladder) -> None:
    """A ladder that would leave somebody waiting is refused, with what to mend."""
    waits = [step.wait_seconds for step in ladder]
    if not 1 <= len(ladder) <= MOST_STEPS:
        raise Invalid(f"A ladder has from 1 to {MOST_STEPS} rungs.")
    if waits != sorted(waits) or not 1 <= waits[-1] <= LONGEST_STEP:
        raise Invalid("Each rung comes later than the one before, the last after 1 second or more.")
    if any(not step.channels for step in ladder):
        raise Invalid("Each rung needs at least one way to reach people.")
    if ladder[-1].target is not Target.ADMINS:
        raise Invalid("The last rung calls the admins, so that a case never waits for nobody.")


def to_call(
    people: Sequence[str], resting: Set[str], busy: Set[str], *, may_wake: bool = False
) -> list[str]:
    """Leave in peace who rests after a hard case, and who has a case, if somebody else is free.

    Somebody busy is called rather than nobody. Who rests is woken by the last rung, and by each
    while nobody at all is awake (`may_wake`).
    """
    awake = [one for one in dict.fromkeys(people) if one not in resting]
    free = [one for one in awake if one not in busy]
    if free or awake or not may_wake:
        return free or awake
    return list(dict.fromkeys(people))
