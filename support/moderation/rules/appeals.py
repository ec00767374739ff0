"""Appeals: what can be appealed, until when an answer is due, and what an answer may change."""

from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Invalid
from support.moderation.rules.desk import ALONE_AT_MOST, SanctionState, Verdict

APPEAL = "appeal"
ANSWER_WITHIN = timedelta(hours=72)
SHORTEST_WAIT = timedelta(hours=1)
APPEAL_WITHIN = timedelta(days=30)
RANK = 60
TEXT = 1000
TRIES, TRIES_SECONDS = 5, 3600
LINK_SECONDS = 3600
ABOUT_WORDS = (Verdict.KEEP, Verdict.REMOVE, Verdict.REWORD)
_MINUTE = 60


class Outcome(StrEnum):
    """What somebody else made of an action."""

    KEEP = "keep"
    SHORTEN = "shorten"
    LIFT = "lift"


def due_for_appeal(now: datetime, until: datetime | None) -> datetime:
    """Three days, but never later than half of what is left: late justice helps nobody."""
    if until is None:
        return now + ANSWER_WITHIN
    return now + min(ANSWER_WITHIN, max(SHORTEST_WAIT, (until - now) / 2))


def check_may_appeal(at: datetime, now: datetime, *, is_live: bool) -> None:
    """What is in force can always be appealed, and what is over for thirty days."""
    if not is_live and now - at > APPEAL_WITHIN:
        raise Conflict("It is too late to appeal this.")


def is_live(state: str) -> bool:
    """Whether a sanction holds or waits for its second signature."""
    return state in (SanctionState.PENDING, SanctionState.IN_FORCE)


def shorter(at: datetime, until: datetime | None, now: datetime, minutes: int | None) -> datetime:
    """The new end of a sanction, counted from now; it has to come before the old one."""
    if minutes is None:
        raise Invalid("For how long?", fields={"minutes": "Please say for how long from now."})
    end = now + timedelta(minutes=minutes)
    if end <= at or (until is not None and end >= until):
        raise Invalid(
            "This is not shorter.", fields={"minutes": "Please give less than what is left."}
        )
    return end


def minutes_between(at: datetime, end: datetime) -> int:
    """How long a sanction lasts in all, in whole minutes, never less than it does."""
    return -int(-(end - at).total_seconds() // _MINUTE)


def one_person_is_enough(minutes: int) -> bool:
    """Whether what was grave is not any more."""
    return minutes <= ALONE_AT_MOST
