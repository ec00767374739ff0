"""What the areas above teach this one: how to forget a person's words, and how to hand them out."""

from pathlib import Path
from typing import Any, Protocol

from support.db.unit import Unit


class Eraser(Protocol):
    """Removes what one area keeps of a person, but for sealed evidence of open matters."""

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget this person."""


class Exporter(Protocol):
    """Hands out what one area keeps of a person."""

    name: str

    def export(self, unit: Unit, account_id: str) -> Any:
        """Everything of theirs, ready for JSON."""


class Joined:
    """What the house is told at start: where the list of erased people lies."""

    folder: Path | None = None


joined = Joined()
ERASERS: list[Eraser] = []
EXPORTERS: list[Exporter] = []


def register_eraser(eraser: Eraser) -> None:
    """Take part in every erasure from now on; said twice, it counts once."""
    if eraser not in ERASERS:
        ERASERS.append(eraser)


def register_exporter(exporter: Exporter) -> None:
    """Take part in every export from now on; the last one of a name counts."""
    EXPORTERS[:] = [one for one in EXPORTERS if one.name != exporter.name] + [exporter]
