"""What time does to rooms: lobbies open, forgotten meetings close. Old words: retention.py."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from support.audit import actions as audit
from support.chat.actions.course import course_of, take_course
from support.chat.models import Room
from support.chat.rules.meeting import GOING_ON, LEFT_OPEN, LOBBY_BEFORE
from support.chat.rules.places import Kind
from support.db.prepared import Prepared
from support.db.unit import Unit

BATCH = 500
_IS_DUE = and_(
    Room.kind == Kind.MEETING.value,
    or_(
        and_(
            Room.state == "planned",
            Room.starts_at <= bindparam("soon"),
            Room.ends_at > bindparam("now"),
        ),
        and_(
            or_(*(Room.state == state for state in sorted(GOING_ON))),
            Room.ends_at <= bindparam("left_open"),
        ),
    ),
)
# Whom a host moves at this moment the clock leaves alone, or it would take their move back.
_DUE = select(Room).where(_IS_DUE).limit(BATCH).with_for_update(skip_locked=True)
_ANY_DUE = Prepared(select(Room.id).where(_IS_DUE).limit(1))


def _times(unit: Unit) -> dict[str, datetime]:
    return {
        "soon": unit.now + LOBBY_BEFORE,
        "now": unit.now,
        "left_open": unit.now - LEFT_OPEN,
    }


def is_any_due(unit: Unit) -> bool:
    """Whether `move_by_clock` would move anything, by a quick look."""
    return bool(_ANY_DUE.rows(unit.session, **_times(unit)))


def move_by_clock(unit: Unit) -> int:
    """Open the lobbies that are due and close the meetings everybody has left; how many moved."""
    due = unit.session.scalars(_DUE, _times(unit)).all()
    for room in due:
        if room.ends_at is None:
            continue
        state = "lobby" if room.state == "planned" else "closed"
        take_course(unit, room, replace(course_of(room), state=state, paused_at=None))
        audit.record(unit, None, "chat.meeting_moved", f"room:{room.id}", to=state)
    return len(due)
