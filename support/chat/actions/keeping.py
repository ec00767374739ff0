"""What time does to rooms: lobbies open, forgotten meetings close, old words go."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, delete, or_, select, tuple_

from support.audit import actions as audit
from support.chat.actions.hosting import take_course
from support.chat.models import Message, MessageReaction, Room, RoomEvent
from support.chat.rules.meeting import LEFT_OPEN, LOBBY_BEFORE, Course
from support.chat.rules.places import KEEPS_DAYS, Kind
from support.db.unit import Unit

BATCH = 500
GOING_ON = ("lobby", "open", "paused", "closing")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much went in one batch."""

    messages: int
    events: int


def move_by_clock(unit: Unit) -> int:
    """Open the lobbies that are due and close the meetings everybody has left; how many moved."""
    due = unit.session.scalars(
        select(Room)
        .where(
            Room.kind == Kind.MEETING,
            or_(
                and_(
                    Room.state == "planned",
                    Room.starts_at <= unit.now + LOBBY_BEFORE,
                    Room.ends_at > unit.now,
                ),
                and_(Room.state.in_(GOING_ON), Room.ends_at <= unit.now - LEFT_OPEN),
            ),
        )
        .limit(BATCH)
    ).all()
    for room in due:
        if room.ends_at is None:
            continue
        state = "lobby" if room.state == "planned" else "closed"
        take_course(unit, room, Course(state, room.step, room.ends_at))
        audit.record(unit, None, "chat.meeting_moved", f"room:{room.id}", to=state)
    return len(due)


def forget_old(unit: Unit, *, apply: bool = True) -> Forgotten:
    """One batch of words older than their kind of room keeps them; `apply=False` only counts."""
    messages: list[str] = []
    events: list[tuple[str, int]] = []
    for kind, days in KEEPS_DAYS.items():
        before = unit.now - timedelta(days=days)
        rooms = select(Room.id).where(Room.kind == kind)
        messages += unit.session.scalars(
            select(Message.id).where(Message.room_id.in_(rooms), Message.at < before).limit(BATCH)
        ).all()
        found = unit.session.execute(
            select(RoomEvent.room_id, RoomEvent.seq)
            .where(RoomEvent.room_id.in_(rooms), RoomEvent.at < before)
            .limit(BATCH)
        )
        events += [(row[0], row[1]) for row in found]
    if apply:
        _delete(unit, messages, events)
    return Forgotten(len(messages), len(events))


def _delete(unit: Unit, messages: list[str], events: list[tuple[str, int]]) -> None:
    if messages:
        unit.session.execute(
            delete(MessageReaction).where(MessageReaction.message_id.in_(messages))
        )
        unit.session.execute(delete(Message).where(Message.id.in_(messages)))
    if events:
        keys = tuple_(RoomEvent.room_id, RoomEvent.seq)
        unit.session.execute(delete(RoomEvent).where(keys.in_(events)))
