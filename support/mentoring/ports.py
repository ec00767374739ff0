"""What the floors above teach this one."""

from typing import Protocol

from support.db.unit import Unit


class PairRooms(Protocol):
    """A room for two people who both agreed."""

    def open(self, unit: Unit) -> str:
        """Make the room and give its id."""

    def close(self, unit: Unit, room_id: str) -> None:
        """They have parted: nobody enters it any more."""


class Joined:
    """What has been joined so far; without a chat there are no rooms."""

    def __init__(self) -> None:
        self.rooms: PairRooms | None = None


joined = Joined()
