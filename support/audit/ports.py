"""What areas above teach the log: things of theirs whose hashes the chain holds."""

from collections.abc import Callable
from dataclasses import dataclass

from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Testimony:
    """How many things were compared with the chain, and what is wrong, each named."""

    things: int
    faults: tuple[str, ...]


WITNESSES: dict[str, Callable[[Unit], Testimony]] = {}


def register(name: str, witness: Callable[[Unit], Testimony]) -> None:
    """Be asked at every check of the log; said twice, it counts once."""
    WITNESSES[name] = witness
