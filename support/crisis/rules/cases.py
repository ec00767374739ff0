"""What may happen to a case: who may take it, when a signal calls again, how it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Ended
from support.base.severity import Severity

ACKNOWLEDGED_FOR = timedelta(minutes=10)
# A sign so soon after a case was closed is the same trouble: its people and its room are there.
REOPENS_FOR = timedelta(hours=24)
RESTS_FOR = timedelta(minutes=30)


class State(StrEnum):
    """Where a case stands; engaged is acknowledged by somebody who has written since."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ENGAGED = "engaged"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended."""

    SAFE = "safe"
    LEFT = "left"
    HANDED_OVER = "handed_over"


class Step(StrEnum):
    """What a signal about a person does to their open case."""

    NOTHING = "nothing"
    RAISE = "raise"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case the decisions need."""

    state: State
    severity: Severity
    acknowledged_by: str | None = None


def after_signal(case: Standing, severity: Severity) -> tuple[Step, Severity]:
    """What a new signal does: severity only rises; a graver one calls again, `watch` never does."""
    if severity.rank <= case.severity.rank:
        return Step.NOTHING, case.severity
    waits_for_nobody = case.severity.rank < Severity.URGENT.rank
    if case.state is State.ACKNOWLEDGED or waits_for_nobody:
        return (Step.CALL if calls(severity) else Step.RAISE), severity
    return Step.RAISE, severity


def calls(severity: Severity) -> bool:
    """Whether a case of this severity climbs the ladder at all."""
    return severity.rank >= Severity.URGENT.rank


def shown_state(state: State, engaged_at: datetime | None) -> State:
    """What is told of a case: whether whoever holds it has begun to write."""
    return State.ENGAGED if state is State.ACKNOWLEDGED and engaged_at is not None else state


def rest_ends(severity: Severity, engaged_at: datetime | None, now: datetime) -> datetime | None:
    """Until when whoever was in a hard case is left in peace; None where it was not hard."""
    return now + RESTS_FOR if calls(severity) and engaged_at is not None else None


def acknowledgement_ends(now: datetime) -> datetime:
    """Until when somebody who has just shown that they are at it keeps the case."""
    return now + ACKNOWLEDGED_FOR


def check_may_acknowledge(case: Standing, actor_id: str) -> bool:
    """Whether this is new, or the same person again; anybody else hears that they are late."""
    _check_open(case)
    if case.acknowledged_by is None:
        return True
    if case.acknowledged_by != actor_id:
        raise Conflict("Somebody else is already reading this case.")
    return False


def check_may_note(case: Standing) -> None:
    """Every responder of an open case may add what they know."""
    _check_open(case)


def check_may_hand_over(case: Standing, actor_id: str) -> None:
    """Only the one who holds a case can hand it on."""
    _check_open(case)
    if case.acknowledged_by != actor_id:
        raise Conflict("You are not the one who holds this case.")


def check_may_close(case: Standing, actor_id: str) -> None:
    """A case is closed by the one who holds it, so that nobody's talk is cut off by another."""
    _check_open(case)
    if case.acknowledged_by != actor_id:
        raise Conflict("Take the case first, then close it.")


def _check_open(case: Standing) -> None:
    if case.state is State.CLOSED:
        raise Ended("This case is closed.")
