"""What the floors above teach this one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from support.db.unit import Unit


class PairRooms(Protocol):
    """A room for two people who both agreed."""

    def open(self, unit: Unit) -> str:
        """Make the room and give its id."""

    def close(self, unit: Unit, room_id: str, people: Sequence[str]) -> None:
        """They have parted: nobody enters it any more, and neither hears it."""


def _nobody(_unit: Unit) -> dict[str, datetime]:
    return {}


def _none(_unit: Unit, _account_id: str) -> frozenset[str]:
    return frozenset()


class Joined:
    """What has been joined so far; without a chat there are no rooms, without cases no rest."""

    def __init__(self) -> None:
        self.rooms: PairRooms | None = None
        self.resting: Callable[[Unit], dict[str, datetime]] = _nobody
        self.conflicts: Callable[[Unit, str], frozenset[str]] = _none


joined = Joined()
