"""What the areas above teach this one: how to forget a person's words, and how to hand them out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from support.db.unit import Unit


class Eraser(Protocol):
    """Removes what one area keeps of a person, but for sealed evidence of open matters."""

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget this person."""


class Leaver(Protocol):
    """Ends what a person did in a role they have lost, and what they took part in when banned."""

    def leave(self, unit: Unit, account_id: str) -> None:
        """They do it no more: nobody goes on waiting for them."""

    def kept_out(self, unit: Unit, account_id: str) -> None:
        """They are banned, whatever their role: they take up nobody's place."""


class Exporter(Protocol):
    """Hands out what one area keeps of a person."""

    name: str

    def export(self, unit: Unit, account_id: str) -> Any:
        """Everything of theirs, ready for JSON."""


class Joined:
    """What the house is told at start: where the list of erased people lies."""

    folder: Path | None = None


class WayIn(Protocol):
    """What somebody who is kept out may do nevertheless: appeal, go on with an open case.

    `template` is a piece of the page they are shown; it finds what `offer` gives as `way`.
    """

    template: str

    def offer(self, unit: Unit, account_id: str) -> Mapping[str, Any] | None:
        """The facts of this way for this person, ready for JSON; None where it is not open."""


joined = Joined()
WAYS_IN: dict[str, WayIn] = {}
KEPT_OUT = {"banned", "suspended"}
ERASERS: list[Eraser] = []
EXPORTERS: list[Exporter] = []
MENTOR_LEAVERS: list[Leaver] = []


def way_after(unit: Unit, account_id: str, reason: str) -> str | None:
    """Where an open page may go on when a sanction ends its session: an open case's side room."""
    side_room = WAYS_IN.get("side_room") if reason in KEPT_OUT else None
    offered = side_room.offer(unit, account_id) if side_room else None
    return offered["url"] if offered else None


def register_way_in(name: str, way: WayIn) -> None:
    """Be offered to everybody who is kept out from now on; said twice, the last one counts."""
    WAYS_IN[name] = way


def register_eraser(eraser: Eraser) -> None:
    """Take part in every erasure from now on; said twice, it counts once."""
    if eraser not in ERASERS:
        ERASERS.append(eraser)


def register_mentor_leaver(leaver: Leaver) -> None:
    """Hear of every mentor who is none any more or is banned; said twice, it counts once."""
    if leaver not in MENTOR_LEAVERS:
        MENTOR_LEAVERS.append(leaver)


def mentor_left(unit: Unit, account_id: str) -> None:
    """Tell all who asked to hear that somebody mentors no more, in the same transaction."""
    for leaver in MENTOR_LEAVERS:
        leaver.leave(unit, account_id)


def banned(unit: Unit, account_id: str) -> None:
    """Tell all who asked to hear that somebody is banned, in the same transaction."""
    for leaver in MENTOR_LEAVERS:
        leaver.kept_out(unit, account_id)


def register_exporter(exporter: Exporter) -> None:
    """Take part in every export from now on; the last one of a name counts."""
    EXPORTERS[:] = [one for one in EXPORTERS if one.name != exporter.name] + [exporter]
