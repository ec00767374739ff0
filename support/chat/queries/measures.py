"""Until when whom a host has quietened or taken out, in one quick statement for many."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import DateTime, bindparam, select

from support.chat.models import RoomMeasure
from support.db.prepared import Among, Prepared, moment
from support.db.unit import Unit

_MEASURES = Prepared(
    select(RoomMeasure.room_id, RoomMeasure.account_id, RoomMeasure.kind, RoomMeasure.until).where(
        Among(RoomMeasure.room_id, "rooms"),
        Among(RoomMeasure.account_id, "people", finds=False),
        RoomMeasure.until > bindparam("now", type_=DateTime()),
        RoomMeasure.undone_at.is_(None),
    )
)
Until = dict[tuple[str, str, str], datetime]


def measures(unit: Unit, room_ids: Collection[str], people: Collection[str]) -> Until:
    """The latest end of each kind (`mute`, `remove`), by room, person and kind."""
    until: Until = {}
    asked = {"rooms": room_ids, "people": people, "now": unit.now}
    for room_id, account_id, kind, end in _MEASURES.rows(unit.session, **asked):
        key, at = (room_id, account_id, kind), moment(end)
        if at is not None and at > until.get(key, unit.now):
            until[key] = at
    return until
