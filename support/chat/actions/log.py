"""Write a room's log: each line gets the next number inside the transaction that makes it true."""

from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm.attributes import set_committed_value

from support.chat.actions.facts import RoomEventLogged
from support.chat.models import Message, Room, RoomEvent
from support.chat.queries.log import event_object, objects
from support.chat.rules.places import Said
from support.db.unit import Unit


def append(
    unit: Unit, room_id: str, kind: str, body: dict[str, Any], message: Message | None = None
) -> int:
    """Number and keep one event, and announce it; words that are shown get a number and stay."""
    seq = unit.session.execute(
        update(Room)
        .where(Room.id == room_id)
        .values(seq=Room.seq + 1)
        .returning(Room.seq)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    room = unit.session.get_one(Room, room_id)
    set_committed_value(room, "seq", seq)
    if message is not None and kind in ("message", "edited"):
        message.seq = seq if message.seq is None else message.seq
        message.state = Said.VISIBLE
    row = {
        "room_id": room_id,
        "seq": seq,
        "kind": kind,
        "message_id": message.id if message else None,
        "body": body,
        "at": unit.now,
    }
    unit.session.execute(insert(RoomEvent), row)
    unit.session.flush()
    shown = {each["id"]: each for each in objects(unit, [message])} if message else {}
    unit.announce(RoomEventLogged(room_id, event_object(RoomEvent(**row), shown)))
    return seq
