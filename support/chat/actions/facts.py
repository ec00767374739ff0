"""What rooms announce after the commit."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RoomEventLogged:
    """A line of a room's log is true now; `event` is what listeners of the room are sent."""

    room_id: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuthorNoticed:
    """Somebody alone is told something about their own words."""

    account_id: str
    country: str
    room_id: str
    message_id: str
    notice: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PersonOut:
    """Somebody may no longer hear a room."""

    room_id: str
    account_id: str
    reason: str


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
