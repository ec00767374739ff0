"""Which rooms hold words that are older than their header promises, and how much that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, or_, select

from support.chat.models import Message, Room, RoomEvent
from support.chat.rules.places import Kind
from support.crisis import queries as crisis
from support.db.unit import Unit
from support.moderation import queries as moderation

BATCH = 100
MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Due:
    """A room with something older than `before`."""

    kind: str
    days: int
    room_id: str
    before: datetime


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would go from one kind of room; `sealed` words stay with the desk's open matters."""

    kind: str
    days: int
    rooms: int
    messages: int
    events: int
    sealed: int


def due_rooms(unit: Unit) -> list[Due]:
    """Every room that holds something past its date; one look at each room's oldest line."""
    first = _of_first(RoomEvent.at)
    start = func.coalesce(_of_first(RoomEvent.seq), Room.seq + 1)
    found = []
    kept_apart = crisis.open_case_ids(unit)
    for days in unit.session.scalars(select(Room.keeps_days).distinct()).all():
        before = unit.now - timedelta(days=days)
        unseen = exists().where(
            Message.room_id == Room.id, Message.seq.is_(None), Message.at < before
        )
        stub = exists().where(Message.room_id == Room.id, Message.seq < start)
        rooms = unit.session.execute(
            select(Room.kind, Room.id).where(
                Room.keeps_days == days,
                or_(Room.case_id.is_(None), Room.case_id.not_in(kept_apart)),
                or_(first < before, unseen, stub),
            )
        )
        found += [Due(kind, days, room_id, before) for kind, room_id in rooms]
    return found


def _of_first(column: Any) -> ScalarSelect[Any]:
    """Something of a room's oldest line, found by its number."""
    return (
        select(column)
        .where(RoomEvent.room_id == Room.id)
        .order_by(RoomEvent.seq)
        .limit(1)
        .scalar_subquery()
    )


def cut(unit: Unit, due: Due, after: int = 0) -> int | None:
    """The last of the next `BATCH` lines that is past its date; None where there is none."""
    rows = unit.session.execute(
        select(RoomEvent.seq, RoomEvent.at)
        .where(RoomEvent.room_id == due.room_id, RoomEvent.seq > after)
        .order_by(RoomEvent.seq)
        .limit(BATCH)
    )
    last = None
    for seq, at in rows:
        if at >= due.before:
            break
        last = seq
    return last


def first_kept(unit: Unit, room_id: str) -> int:
    """The number of the oldest line that is still there, or the next one to come."""
    oldest = unit.session.scalar(
        select(RoomEvent.seq).where(RoomEvent.room_id == room_id).order_by(RoomEvent.seq).limit(1)
    )
    newest = unit.session.scalar(select(Room.seq).where(Room.id == room_id)) or 0
    return oldest if oldest is not None else newest + 1


def old_messages(unit: Unit, due: Due, upto: int, limit: int | None = BATCH) -> list[Message]:
    """What was said up to a line, and what nobody ever saw and is past its date."""
    shown = select(Message).where(Message.room_id == due.room_id, Message.seq <= upto)
    unseen = select(Message).where(
        Message.room_id == due.room_id, Message.seq.is_(None), Message.at < due.before
    )
    found = list(unit.session.scalars(shown.order_by(Message.seq).limit(limit)))
    return found + list(unit.session.scalars(unseen.limit(limit)))


def under_judgement(unit: Unit, messages: Sequence[Message]) -> set[str]:
    """Those of these messages that the desk has not decided about yet."""
    return moderation.open_targets(unit, MESSAGE, [each.id for each in messages])


def forecast(unit: Unit) -> list[Forecast]:
    """What a run would take now, by kind of room; kinds with nothing to go are named too."""
    dues = due_rooms(unit)
    kinds = unit.session.execute(select(Room.kind, Room.keeps_days).distinct()).all()
    order = {str(kind): place for place, kind in enumerate(Kind)}
    return [
        _forecast(unit, kind, days, [due for due in dues if (due.kind, due.days) == (kind, days)])
        for kind, days in sorted(kinds, key=lambda row: (order.get(row[0], len(order)), row[1]))
    ]


def _forecast(unit: Unit, kind: str, days: int, dues: Sequence[Due]) -> Forecast:
    rooms = messages = events = sealed = 0
    for due in dues:
        upto = max(_cuts(unit, due), default=None)
        if upto is not None:
            events += _count_events(unit, due, upto)
        reach = upto if upto is not None else first_kept(unit, due.room_id) - 1
        old = old_messages(unit, due, reach, None)
        waiting = under_judgement(unit, old)
        fresh = [each for each in old if each.id in waiting and each.body]
        gone = len(old) - len(waiting)
        messages, sealed = messages + gone, sealed + len(fresh)
        rooms += bool(upto is not None or gone or fresh)
    return Forecast(kind, days, rooms, messages, events, sealed)


def _cuts(unit: Unit, due: Due) -> Iterator[int]:
    last = cut(unit, due)
    while last is not None:
        yield last
        last = cut(unit, due, last)


def _count_events(unit: Unit, due: Due, upto: int) -> int:
    counted = select(func.count()).where(RoomEvent.room_id == due.room_id, RoomEvent.seq <= upto)
    return unit.session.scalar(counted) or 0
