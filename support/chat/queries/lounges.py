"""Who is new, has said something in a lounge, and has had no answer yet."""

from dataclasses import dataclass

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.base.actor import NEWCOMER_MESSAGES, Actor
from support.chat.models import Message, Room
from support.chat.queries.lately import number_at
from support.chat.rules.lounges import LOOKED_BACK, WAITS, Line, overdue
from support.chat.rules.places import Kind, Said
from support.db.unit import Unit
from support.mentoring.queries import nudges


@dataclass(frozen=True, slots=True)
class Waiting:
    """A newcomer's message that waits, with where it stands: ids only."""

    message_id: str
    room_id: str
    group_id: str
    newcomer_id: str


def waiting(unit: Unit) -> list[Waiting]:
    """Every newcomer who has waited long enough now, each once."""
    new = {one.id: one for one in accounts.new_people(unit, unit.now - LOOKED_BACK)}
    places = unit.session.execute(
        select(Message.room_id, Message.author_id, Room.group_id)
        .join(Room, Room.id == Message.room_id)
        .where(
            Message.author_id.in_(new),
            Message.state == Said.VISIBLE,
            Message.at > unit.now - LOOKED_BACK,
            Message.at <= unit.now - WAITS,
            Room.kind == Kind.LOUNGE,
        )
        .distinct()
        .order_by(Message.room_id, Message.author_id)
    ).all()
    found = []
    for room_id, author_id, group_id in places:
        lines = _lines(unit, room_id)
        nudged_at = nudges.last_at(unit, author_id, room_id)
        line = overdue(lines, author_id, nudged_at, unit.now)
        if line is not None and group_id and _was_new(unit, new[author_id], line):
            found.append(Waiting(line.id, room_id, group_id, author_id))
    return found


def _was_new(unit: Unit, author: Actor, line: Line) -> bool:
    """Whether they were a newcomer when they wrote it; what they wrote while waiting counts not.

    The account counts to five and no further, and settled people begin there: whoever stands at
    five with fewer words of their own never was a newcomer.
    """
    if author.shown_messages < NEWCOMER_MESSAGES:
        return author.is_newcomer(line.at)
    shown = select(func.count()).where(
        Message.author_id == author.id, Message.state == Said.VISIBLE
    )
    ever = unit.session.scalar(shown) or 0
    before = unit.session.scalar(shown.where(Message.at < line.at)) or 0
    return ever >= NEWCOMER_MESSAGES and author.said(before).is_newcomer(line.at)


def _lines(unit: Unit, room_id: str) -> list[Line]:
    since = unit.now - LOOKED_BACK
    rows = unit.session.execute(
        select(Message.id, Message.author_id, Message.seq, Message.at, Message.reply_to).where(
            Message.room_id == room_id,
            Message.state == Said.VISIBLE,
            Message.seq > number_at(room_id, since),
            Message.at > since,
        )
    )
    return [
        Line(row.id, row.author_id, row.seq, row.at, row.reply_to)
        for row in rows
        if row.seq is not None
    ]
