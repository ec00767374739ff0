"""Say that one comes to a meeting."""

from support.base.actor import Actor
from support.db.unit import Unit
from support.groups.actions import joining, seats
from support.groups.queries import SeatFacts


def rsvp(unit: Unit, actor: Actor, meeting_id: str) -> SeatFacts:
    """A seat or a place on the waiting list; in an open group this is also coming in."""
    meeting = seats.check_and_lock(unit, actor, meeting_id)
    joining.join_by_sitting_down(unit, actor.id, meeting.circle_id)
    return seats.take(unit, actor.id, meeting)
