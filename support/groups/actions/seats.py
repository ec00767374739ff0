"""Seats and the waiting list: never one too many, whoever asks at the same moment.

Every change of a meeting's seats holds the meeting's row, takes a seat by one conditional UPDATE,
and the table itself refuses `taken > seats`.
"""

from sqlalchemy import or_, select, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.groups import queries
from support.groups.actions.facts import SeatGiven
from support.groups.models import Meeting, Seat
from support.groups.queries import SeatFacts
from support.groups.rules.words import MeetingState, Place
from support.notify import actions as notify


def take(unit: Unit, account_id: str, meeting: Meeting) -> SeatFacts:
    """A seat for somebody who has none at a meeting that is held, else a place in the queue."""
    turn = meeting.turns + 1
    state = Place.SEAT if _claim(unit, meeting.id) else Place.WAITING
    meeting.turns = turn
    unit.session.add(
        Seat(
            meeting_id=meeting.id, account_id=account_id, state=state, turn=turn, since=unit.now
        )
    )  # fmt: skip
    unit.session.flush()
    audit.record(unit, account_id, "groups.seat_taken", f"meeting:{meeting.id}", state=state)
    if state is Place.SEAT:
        return SeatFacts(state)
    return SeatFacts(state, queries.waiting_count(unit, meeting.id))


def cancel_rsvp(unit: Unit, actor: Actor, meeting_id: str) -> None:
    """Give the seat, or the place on the list, to somebody else."""
    meeting = locked(unit, meeting_id)
    if _free(unit, meeting, actor.id):
        audit.record(unit, actor.id, "groups.seat_freed", f"meeting:{meeting_id}")


def free_all(unit: Unit, group_id: str, account_id: str) -> None:
    """Who leaves a group gives back every seat at its coming meetings."""
    ids = unit.session.scalars(
        select(Seat.meeting_id)
        .join(Meeting, Meeting.id == Seat.meeting_id)
        .where(
            Seat.account_id == account_id,
            Meeting.circle_id == group_id,
            Meeting.ends_at > unit.now,
        )
        .order_by(Seat.meeting_id)
    ).all()
    for meeting_id in ids:
        _free(unit, locked(unit, meeting_id), account_id)


def locked(unit: Unit, meeting_id: str) -> Meeting:
    """The meeting's row as it is now, held until the transaction ends."""
    meeting = unit.session.get(
        Meeting, meeting_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if meeting is None:
        raise NotFound("There is no such meeting.")
    return meeting


def give_seats(unit: Unit, meeting: Meeting, seats: int | None) -> None:
    """As many seats as a host wants now, never fewer than are taken; who waits moves up."""
    meeting.seats = None if seats is None else max(seats, meeting.taken)
    unit.session.flush()
    while _promote(unit, meeting):
        continue


def _claim(unit: Unit, meeting_id: str) -> bool:
    unit.session.flush()
    claimed = unit.session.execute(
        update(Meeting)
        .where(
            Meeting.id == meeting_id, or_(Meeting.seats.is_(None), Meeting.taken < Meeting.seats)
        )
        .values(taken=Meeting.taken + 1)
        .execution_options(synchronize_session="fetch")
    )
    return bool(claimed.rowcount)  # type: ignore[attr-defined]


def _free(unit: Unit, meeting: Meeting, account_id: str) -> bool:
    seat = unit.session.get(Seat, (meeting.id, account_id), populate_existing=True)
    if seat is None:
        return False
    had_seat = seat.state == Place.SEAT
    unit.session.delete(seat)
    if had_seat:
        meeting.taken -= 1
        unit.session.flush()
        _promote(unit, meeting)
    return True


def _promote(unit: Unit, meeting: Meeting) -> bool:
    """The first who waits sits down; False if there is nobody or no seat."""
    first = unit.session.scalar(
        select(Seat)
        .where(Seat.meeting_id == meeting.id, Seat.state == Place.WAITING)
        .order_by(Seat.turn)
        .limit(1)
    )
    if first is None or MeetingState(meeting.state).is_over or not _claim(unit, meeting.id):
        return False
    first.state = Place.SEAT
    unit.session.flush()
    notify.put(
        unit,
        key=f"seat_free:{meeting.id}:{first.account_id}:{first.turn}",
        kind="seat_free",
        recipients=[first.account_id],
        payload={"meeting": meeting.id},
    )
    unit.announce(SeatGiven(meeting.id, first.account_id))
    return True
