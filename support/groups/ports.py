"""Rooms of groups and meetings: chat, which lies above, teaches us how to open them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A date that needs a room, and the id that room shall have."""

    room_id: str
    meeting_id: str
    group_id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    is_over: bool


class Rooms(Protocol):
    """What a group needs of a chat."""

    def open_lounge(self, unit: Unit, group_id: str, name: str) -> str:
        """A group's standing room; its id."""

    def open_meeting_rooms(self, unit: Unit, meetings: Sequence[Occurrence]) -> None:
        """The rooms of these occurrences, one each."""

    def follow(  # noqa: PLR0913 - a date is its room, its two instants and its name
        self,
        unit: Unit,
        room_id: str,
        starts_at: datetime,
        ends_at: datetime,
        *,
        is_off: bool,
        name: str | None = None,
    ) -> None:
        """A date was moved, called off or named anew: its room goes with it."""

    def left(self, unit: Unit, group_id: str, account_id: str) -> None:
        """Somebody goes from the group: no hand of theirs stays up in its rooms."""


_ROOMS: list[Rooms] = []


def register(teacher: Rooms) -> None:
    """Called once, where the app is put together."""
    _ROOMS[:] = [teacher]


def rooms() -> Rooms | None:
    """How to open rooms; None where no chat is installed, as in a test of groups alone."""
    return _ROOMS[0] if _ROOMS else None
