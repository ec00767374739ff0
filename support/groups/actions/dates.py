"""What happens to one date: it is moved, cancelled, or goes from state to state."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Ended, Invalid
from support.base.zones import to_utc
from support.db.unit import Unit
from support.groups import ports, queries
from support.groups.actions.facts import MeetingChanged
from support.groups.actions.schedule import AHEAD
from support.groups.actions.seats import give_seats, locked
from support.groups.actions.upcoming import refresh_next
from support.groups.forms import SHAPE, MoveForm
from support.groups.models import Meeting
from support.groups.queries import MeetingFacts
from support.groups.rules.joining import check_may_decide
from support.groups.rules.words import MeetingState, Place
from support.notify import actions as notify


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a date of a series goes: `original` by its rule, `local` if a host has moved it."""

    original: datetime
    local: datetime
    timezone: str
    title: str
    minutes: int
    seats: int | None


def cancel(unit: Unit, actor: Actor, meeting_id: str) -> None:
    """A host calls one date off; who had a seat is told. Calling it off twice is once."""
    found = _for_host(unit, actor, meeting_id)
    if found.state is MeetingState.CANCELLED:
        return
    _take_room_along(unit, found, found.starts_at, found.ends_at, is_off=True)
    meeting = _held(unit, meeting_id)
    meeting.state = MeetingState.CANCELLED
    _changed(unit, meeting, "meeting_off", but=actor.id)
    audit.record(unit, actor.id, "groups.meeting_cancelled", f"meeting:{meeting_id}")


def call_off(unit: Unit, meeting_id: str) -> None:
    """Nobody came to lead: the house calls one date off, and who wanted to come is told."""
    found = queries.meeting_by_id(unit, meeting_id)
    _take_room_along(unit, found, found.starts_at, found.ends_at, is_off=True)
    meeting = _held(unit, meeting_id)
    meeting.state = MeetingState.CANCELLED
    _changed(unit, meeting, "meeting_called_off")
    audit.record(unit, None, "groups.meeting_called_off", f"meeting:{meeting_id}")


def move(unit: Unit, actor: Actor, meeting_id: str, form: MoveForm) -> None:
    """A host puts one date at another time, in the zone it is planned in; seats stay."""
    found = _for_host(unit, actor, meeting_id)
    starts_at = to_utc(form.start, found.timezone)
    ends_at = starts_at + timedelta(minutes=found.minutes)
    _check_is_to_come(found.state)
    if not unit.now < starts_at < unit.now + AHEAD:
        sentence = "Please pick a time from now to half a year ahead."
        raise Invalid(sentence, fields={"start": sentence})
    _take_room_along(unit, found, starts_at, ends_at, is_off=False)
    meeting = _held(unit, meeting_id)
    meeting.local_start = form.start.strftime(SHAPE)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.state = MeetingState.PLANNED
    _changed(unit, meeting)
    audit.record(unit, actor.id, "groups.meeting_moved", f"meeting:{meeting_id}")


def set_meeting_state(
    unit: Unit, meeting_id: str, state: MeetingState, *, ends_at: datetime | None = None
) -> None:
    """Chat moves a meeting on (lobby, open, closing, closed), or extends it."""
    meeting = locked(unit, meeting_id)
    meeting.state = state
    meeting.ends_at = ends_at or meeting.ends_at
    meeting.changed_at = unit.now
    refresh_next(unit, [meeting.circle_id])
    unit.announce(MeetingChanged(meeting.id, meeting.circle_id, meeting.room_id))


def put_at(unit: Unit, found: MeetingFacts, place: Placed) -> None:
    """A date goes along with its series: who has a seat keeps it, and is told of another time."""
    starts_at = to_utc(place.local, place.timezone)
    ends_at = starts_at + timedelta(minutes=place.minutes)
    is_off = found.state is MeetingState.CANCELLED
    rooms = ports.rooms()
    if rooms is not None and found.room_id is not None:
        rooms.follow(unit, found.room_id, starts_at, ends_at, is_off=is_off, name=place.title)
    meeting = locked(unit, found.id)
    meeting.original_start = place.original.strftime(SHAPE)
    meeting.local_start, meeting.timezone = place.local.strftime(SHAPE), place.timezone
    meeting.title, meeting.minutes = place.title, place.minutes
    meeting.starts_at, meeting.ends_at, meeting.changed_at = starts_at, ends_at, unit.now
    give_seats(unit, meeting, place.seats)
    if not is_off and starts_at != found.starts_at:
        _changed(unit, meeting)


def strike(unit: Unit, found: MeetingFacts) -> None:
    """A date falls away with its series: whoever wanted to come is told."""
    _take_room_along(unit, found, found.starts_at, found.ends_at, is_off=True)
    meeting = _held(unit, found.id)
    meeting.state = MeetingState.CANCELLED
    _changed(unit, meeting, "meeting_off", only_seats=True)


def _for_host(unit: Unit, actor: Actor, meeting_id: str) -> MeetingFacts:
    found = queries.meeting_by_id(unit, meeting_id)
    is_host = queries.is_host(unit, actor.id, found.group_id)
    check_may_decide(is_host=is_host, is_staff=actor.is_staff)
    return found


def _take_room_along(
    unit: Unit, found: MeetingFacts, starts_at: datetime, ends_at: datetime, *, is_off: bool
) -> None:
    """The room first, then the meeting: chat holds them in this order too."""
    _check_is_to_come(found.state)
    rooms = ports.rooms()
    if rooms is not None and found.room_id is not None:
        rooms.follow(unit, found.room_id, starts_at, ends_at, is_off=is_off)


def _held(unit: Unit, meeting_id: str) -> Meeting:
    """The meeting for this transaction alone, if it has not gone on in the meantime."""
    meeting = locked(unit, meeting_id)
    _check_is_to_come(MeetingState(meeting.state))
    return meeting


def _check_is_to_come(state: MeetingState) -> None:
    if state not in (MeetingState.PLANNED, MeetingState.LOBBY):
        raise Ended("This meeting has begun or is over.")


def _changed(
    unit: Unit,
    meeting: Meeting,
    kind: str = "meeting_changed",
    *,
    but: str | None = None,
    only_seats: bool = False,
) -> None:
    meeting.changes += 1
    meeting.changed_at = unit.now
    refresh_next(unit, [meeting.circle_id])
    coming = [
        *queries.seated_ids(unit, meeting.id),
        *queries.seated_ids(unit, meeting.id, Place.WAITING),
    ]
    if kind == "meeting_off" and not only_seats:
        coming += queries.everybody_of(unit, meeting.circle_id, meeting.id)
    notify.put(
        unit,
        key=f"meeting_changed:{meeting.id}:{meeting.changes}",
        kind=kind,
        recipients=[one for one in dict.fromkeys(coming) if one != but],
        payload={"meeting": meeting.id, "state": meeting.state},
    )
    unit.announce(MeetingChanged(meeting.id, meeting.circle_id, meeting.room_id))
