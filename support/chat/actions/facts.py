"""What rooms announce after the commit."""

from dataclasses import dataclass
from typing import Any

from support.db.crossing import Crossing, Looking, crosses, everywhere, in_passing


@dataclass(frozen=True, slots=True)
class RoomEventLogged:
    """A line of a room's log is true now; `event` is what listeners of the room are sent."""

    room_id: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoomGrew:
    """A room's log has this number now; what it says stands in the log."""

    room_id: str
    seq: int


def _whole(fact: RoomEventLogged) -> dict[str, Any]:
    return {"room": fact.room_id, "event": fact.event}


def _number(fact: RoomEventLogged) -> dict[str, Any]:
    return {"room": fact.room_id, "seq": fact.event["seq"]}


def _logged(_looking: Looking, body: dict[str, Any]) -> RoomEventLogged | RoomGrew:
    if "event" in body:
        return RoomEventLogged(body["room"], body["event"])
    return RoomGrew(body["room"], body["seq"])


# Not kept: the log itself keeps it, and whoever missed it reads it there.
crosses(
    RoomEventLogged,
    Crossing(name="RoomEventLogged", pack=_whole, unpack=_logged, small=_number, kept=False),
)


@everywhere
@dataclass(frozen=True, slots=True)
class AuthorNoticed:
    """Somebody alone is told something about their own words."""

    account_id: str
    country: str
    room_id: str
    message_id: str
    notice: dict[str, Any]


@everywhere
@dataclass(frozen=True, slots=True)
class PersonOut:
    """Somebody may no longer hear a room."""

    room_id: str
    account_id: str
    reason: str


@in_passing
@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is writing."""

    room_id: str
    account_id: str
    handle: str


@dataclass(frozen=True, slots=True)
class BackupCalled:
    """A host wants a moderator in the room."""

    room_id: str
