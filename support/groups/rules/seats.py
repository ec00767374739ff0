"""Who may take a seat at a meeting."""

from datetime import datetime

from support.base.errors import Conflict, Ended
from support.groups.rules.words import MeetingState


def check_may_take_seat(state: MeetingState, ends_at: datetime, now: datetime) -> None:
    """Only while something is still to come."""
    if state is MeetingState.CANCELLED:
        raise Ended("This meeting was cancelled.")
    if state in (MeetingState.CLOSED, MeetingState.DEBRIEFED) or ends_at <= now:
        raise Ended("This meeting is over.")


def check_is_no_host(*, is_host: bool) -> None:
    """Hosts are there anyway; their seat is somebody else's."""
    if is_host:
        raise Conflict("You host this meeting, so you need no seat.")
