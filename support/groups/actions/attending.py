"""Say that one comes to a meeting."""

from support.base.actor import Actor
from support.db.unit import Unit
from support.groups import queries
from support.groups.actions import joining, seats
from support.groups.queries import SeatFacts
from support.groups.rules.seats import check_is_no_host, check_may_take_seat
from support.groups.rules.words import Belonging, MeetingState


def rsvp(unit: Unit, actor: Actor, meeting_id: str) -> SeatFacts:
    """A seat or a place on the waiting list; in an open group this is also coming in.

    Asking again gives the same answer, also when the meeting is over by then.
    """
    meeting = seats.locked(unit, meeting_id)
    now = queries.attendance(unit, actor.id, meeting.circle_id, meeting_id)
    check_is_no_host(is_host=now.is_host)
    if now.belonging is not Belonging.REMOVED and now.seat is not None:
        return now.seat
    check_may_take_seat(MeetingState(meeting.state), meeting.ends_at, unit.now)
    if now.belonging is not Belonging.MEMBER:
        joining.join_by_sitting_down(unit, actor.id, meeting.circle_id)
    return seats.take(unit, actor.id, meeting)
