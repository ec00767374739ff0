"""What was said lately, told from the newest lines of a log: what was said before costs nothing."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from support.chat.models import Message, Room, RoomEvent
from support.chat.queries.log import ABOUT_WORDS
from support.chat.rules.places import Said
from support.db.unit import Unit


def number_at(room_id: str | InstrumentedAttribute[str], moment: datetime) -> ColumnElement[int]:
    """How far a room had come at a moment, told from its newest lines: the log has no other order.

    What was shown since then has a higher number, so a look at lately costs what lately was said.
    """
    line = aliased(RoomEvent)
    last = (
        select(line.seq)
        .where(line.room_id == room_id, line.at <= moment)
        .order_by(line.seq.desc())
        .limit(1)
    )
    return func.coalesce(last.scalar_subquery(), 0)


def said_since(unit: Unit, moment: datetime) -> list[tuple[str, datetime]]:
    """What was shown, reworded or held from a moment on in any room, the oldest first, and when.

    Each room is asked for its newest line, those with new ones for them, and all for their few
    words without a number: what was said before costs nothing, however much it is. Words taken back
    and reworded without being shown again are not among it: a moderator has them before them.
    """
    last_at = func.coalesce(Message.edited_at, Message.at)
    asked = select(Message.id, last_at).where(Message.state.in_((Said.VISIBLE, Said.HELD)))
    held = Message.room_id.in_(select(Room.id)) & Message.seq.is_(None) & (last_at >= moment)
    found = {row[0]: row[1] for row in unit.session.execute(asked.where(held))}
    told = asked.join(RoomEvent, RoomEvent.message_id == Message.id)
    for room_id, floor in _went_on(unit, moment - timedelta(microseconds=1)):
        lines = RoomEvent.room_id == room_id, RoomEvent.seq > floor, RoomEvent.kind.in_(ABOUT_WORDS)
        found |= {row[0]: row[1] for row in unit.session.execute(told.where(*lines))}
    return sorted(found.items(), key=lambda one: one[1])


def count_between(unit: Unit, moment: datetime, end: datetime) -> int:
    """How many messages that still stand were said in a stretch of time that is long over."""
    said = select(func.count()).where(
        Message.at >= moment, Message.at < end, Message.state.in_((Said.VISIBLE, Said.HELD))
    )
    return unit.session.scalar(said) or 0


def _went_on(unit: Unit, moment: datetime) -> list[tuple[str, int]]:
    """The rooms whose log went on after a moment, and how far it had come by then."""
    at = select(Room.id, Room.seq, number_at(Room.id, moment).label("floor")).subquery()
    rows = unit.session.execute(select(at.c.id, at.c.floor).where(at.c.seq > at.c.floor))
    return [(row[0], row[1]) for row in rows]
