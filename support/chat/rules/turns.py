"""Whose turn it is: one holder of the floor, and hands up in the order they went up."""

from dataclasses import dataclass
from enum import StrEnum


class Turn(StrEnum):
    """What somebody does about speaking."""

    RAISE = "raise"
    LOWER = "lower"
    PASS = "pass"  # noqa: S105 - a turn, no secret
    TAKE = "take"
    GIVE = "give"


@dataclass(frozen=True, slots=True)
class Floor:
    """Who has the floor, and who waits for it."""

    holder: str | None
    queue: tuple[str, ...]


def changed(floor: Floor, do: Turn, person: str) -> Floor:
    """The floor afterwards. A second hand, or lowering none, changes nothing."""
    rest = tuple(each for each in floor.queue if each != person)
    if do is Turn.RAISE:
        return (
            floor
            if person in (*floor.queue, floor.holder)
            else Floor(floor.holder, (*floor.queue, person))
        )
    if do is Turn.LOWER:
        return Floor(floor.holder, rest)
    if do is Turn.GIVE:
        return Floor(person, rest)
    if do is Turn.TAKE:
        return Floor(None, floor.queue)
    return Floor(None, rest) if floor.holder == person else floor
