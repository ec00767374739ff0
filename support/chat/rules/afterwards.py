"""When a meeting is over: who looks back at it, and who tells the hosts how it was."""

from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Conflict, Ended, Forbidden

QUESTIONS = ("well", "hard", "self", "next")
LONGEST = 1000
TOLD_WITHIN = timedelta(days=7)
KEPT_DAYS = 30


class Aside(StrEnum):
    """Words that are for few: for the hosts, or for the moderators."""

    FEEDBACK = "feedback"
    WORRY = "worry"


def check_may_look_back(state: str, *, has_led: bool) -> None:
    """Raise unless this person led the meeting, and it is over."""
    if not has_led:
        raise Forbidden("Only those who lead a meeting look back at it here.")
    if state not in ("closed", "debriefed"):
        raise Conflict("This meeting is not over yet.")


def check_may_tell(state: str, over_at: datetime | None, now: datetime, *, has_led: bool) -> None:
    """Raise unless this person was a guest, and it was not long ago."""
    if has_led:
        raise Forbidden("You led this meeting. You can look back at it on your own page.")
    if state not in ("closing", "closed", "debriefed"):
        raise Conflict("This meeting is not over yet.")
    if over_at is not None and now - over_at > TOLD_WITHIN:
        raise Ended("That was more than a week ago. You can talk to the hosts in a room.")
