"""Rooms of groups and meetings: chat, which lies above, teaches us how to open them."""

from datetime import datetime
from typing import Protocol

from support.db.unit import Unit


class Rooms(Protocol):
    """What a group needs of a chat."""

    def open_lounge(self, unit: Unit, group_id: str, name: str) -> str:
        """A group's standing room; its id."""

    def open_meeting_room(  # noqa: PLR0913, PLR0917 - all that a room is made of
        self,
        unit: Unit,
        meeting_id: str,
        group_id: str,
        name: str,
        starts_at: datetime,
        ends_at: datetime,
    ) -> str:
        """The room of one occurrence; its id."""

    def follow(
        self, unit: Unit, room_id: str, starts_at: datetime, ends_at: datetime, *, is_off: bool
    ) -> None:
        """A date was moved or called off: its room goes with it."""


_ROOMS: list[Rooms] = []


def register(teacher: Rooms) -> None:
    """Called once, where the app is put together."""
    _ROOMS[:] = [teacher]


def rooms() -> Rooms | None:
    """How to open rooms; None where no chat is installed, as in a test of groups alone."""
    return _ROOMS[0] if _ROOMS else None
