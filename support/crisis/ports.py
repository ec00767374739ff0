"""What the floors above teach this one, and what the house tells it once at its start."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from support.base.actor import Actor
from support.db.unit import Unit


class SideRooms(Protocol):
    """A room for one person and the responders of their case."""

    def open(self, unit: Unit, case_id: str, person_id: str) -> str:
        """Make the room and give its id."""

    def read(self, unit: Unit, room_id: str, person_id: str) -> list[dict[str, Any]]:
        """What was said in it, and the person's own words that wait."""

    def say(
        self, unit: Unit, actor: Actor, room_id: str, body: str, client_id: str
    ) -> dict[str, Any]:
        """Write into it for its person."""


class RoomHosts(Protocol):
    """Who hosts the room somebody is in."""

    def hosts_of(self, unit: Unit, account_id: str, room_id: str) -> list[str] | None:
        """The hosts' ids; None where this person may not know the room."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the person a case is about."""

    at: datetime
    body: str
    is_held: bool


class PersonsWords(Protocol):
    """What somebody said in a room lately; held words are for staff alone."""

    def said(
        self, unit: Unit, reader: Actor, person_id: str, room_id: str, since: datetime
    ) -> list[Said]:
        """The newest last, ten at most."""


class Joined:
    """What has been joined so far; without a chat there are no side rooms."""

    def __init__(self) -> None:
        self.side_rooms: SideRooms | None = None
        self.room_hosts: RoomHosts | None = None
        self.words: PersonsWords | None = None


joined = Joined()
