"""Write a room's log: each line gets the next number inside the transaction that makes it true."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm.attributes import set_committed_value

from support.base.actor import Actor
from support.chat.actions.facts import RoomEventLogged
from support.chat.models import Message, Room, RoomEvent
from support.chat.queries.log import event_object, new_object, objects, removed_objects
from support.chat.rules.places import Said
from support.db.unit import Unit


def append(
    unit: Unit, room_id: str, kind: str, body: dict[str, Any], message: Message | None = None
) -> int:
    """Number and keep one event, and announce it; words that are shown get a number and stay."""
    seq = _next(unit, room_id)
    if message is not None and kind in ("message", "edited"):
        message.seq = seq if message.seq is None else message.seq
        message.state = Said.VISIBLE
    line = _keep(unit, room_id, seq, kind, body, message)
    unit.session.flush()
    shown = {message.id: objects(unit, [message])[0]} if message else {}
    unit.announce(RoomEventLogged(room_id, event_object(line, shown)))
    return seq


def take_down(unit: Unit, message: Message) -> None:
    """Tell the room that words are gone; they cannot stay pinned either."""
    append(unit, message.room_id, "removed", {}, message)
    room = unit.session.get_one(Room, message.room_id)
    if room.pinned_id == message.id:
        room.pinned_id = None
        append(unit, message.room_id, "pinned", {"pinned": None})


def take_down_all(unit: Unit, messages: Sequence[Message]) -> None:
    """The same for many, sorted by room: a few statements a room, however many words there were."""
    gone = zip(messages, removed_objects(unit, messages), strict=True)
    for room_id, some in groupby(gone, key=lambda both: both[0].room_id):
        told = list(some)
        first = _next(unit, room_id, len(told)) - len(told) + 1
        lines = [
            _line(unit, room_id, seq, "removed", {}, message)
            for seq, (message, _) in enumerate(told, first)
        ]
        unit.session.execute(insert(RoomEvent), lines)
        for line, (message, shown) in zip(lines, told, strict=True):
            event = event_object(RoomEvent(**line), {message.id: shown})
            unit.announce(RoomEventLogged(room_id, event))


def append_new(unit: Unit, message: Message, author: Actor) -> None:
    """The same for words said just now: their author is at hand and nobody has signed them."""
    message.seq, message.state = _next(unit, message.room_id), Said.VISIBLE
    unit.session.add(message)
    line = _keep(unit, message.room_id, message.seq, "message", {}, message)
    who = {"id": author.id, "handle": author.handle, "role": author.role.value}
    shown = {message.id: new_object(message, who)}
    unit.announce(RoomEventLogged(message.room_id, event_object(line, shown)))


def _next(unit: Unit, room_id: str, count: int = 1) -> int:
    """The last of the room's next numbers; whoever else wants one waits for this transaction."""
    seq: int = unit.session.execute(
        update(Room)
        .where(Room.id == room_id)
        .values(seq=Room.seq + count)
        .returning(Room.seq)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    set_committed_value(unit.session.get_one(Room, room_id), "seq", seq)
    return seq


def _keep(  # noqa: PLR0913, PLR0917 - the columns of one line
    unit: Unit, room_id: str, seq: int, kind: str, body: dict[str, Any], message: Message | None
) -> RoomEvent:
    row = _line(unit, room_id, seq, kind, body, message)
    unit.session.execute(insert(RoomEvent), row)
    return RoomEvent(**row)


def _line(  # noqa: PLR0913, PLR0917 - the columns of one line
    unit: Unit, room_id: str, seq: int, kind: str, body: dict[str, Any], message: Message | None
) -> dict[str, Any]:
    return {
        "room_id": room_id,
        "seq": seq,
        "kind": kind,
        "message_id": message.id if message else None,
        "body": body,
        "at": unit.now,
    }
