"""What time does to rooms: lobbies open, forgotten meetings close. Old words: retention.py."""

from dataclasses import replace

from sqlalchemy import and_, or_, select

from support.audit import actions as audit
from support.chat.actions.course import course_of, take_course
from support.chat.models import Room
from support.chat.rules.meeting import GOING_ON, LEFT_OPEN, LOBBY_BEFORE
from support.chat.rules.places import Kind
from support.db.unit import Unit

BATCH = 500


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
        take_course(unit, room, replace(course_of(room), state=state, paused_at=None))
        audit.record(unit, None, "chat.meeting_moved", f"room:{room.id}", to=state)
    return len(due)
