"""Every look at rooms and what is said in them."""

from support.chat.queries.chair import writers_lately
from support.chat.queries.log import events_after, history, objects, oldest_event, snapshot
from support.chat.queries.places import (
    Place,
    message_place,
    moment,
    place,
    room_by_id,
    script_of,
    settings_of,
    turn_of,
)

__all__ = [
    "Place",
    "events_after",
    "history",
    "message_place",
    "moment",
    "objects",
    "oldest_event",
    "place",
    "room_by_id",
    "script_of",
    "settings_of",
    "snapshot",
    "turn_of",
    "writers_lately",
]
