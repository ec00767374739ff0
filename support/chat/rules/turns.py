"""Whose turn it is: one holder of the floor, and hands up in the order they went up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from support.base.clock import wire
from support.base.errors import Conflict

LONGEST_TURN = 3600


class Turn(StrEnum):
    """What somebody does about speaking."""

    RAISE = "raise"
    LOWER = "lower"
    PASS = "pass"  # noqa: S105 - a turn, no secret
    TAKE = "take"
    GIVE = "give"
    LISTEN = "listen"


@dataclass(frozen=True, slots=True)
class Floor:
    """Who has the floor and until when, who waits for it, and who only listens."""

    holder: str | None = None
    queue: tuple[str, ...] = ()
    listening: tuple[str, ...] = ()
    ends_at: datetime | None = None

    def kept(self) -> dict[str, Any]:
        """As the database keeps it and the wire tells it."""
        return {
            "holder": self.holder,
            "queue": list(self.queue),
            "listening": list(self.listening),
            "ends_at": wire(self.ends_at) if self.ends_at else None,
        }


@dataclass(frozen=True, slots=True)
class Watch:
    """What time it is, and how long a turn is; no length: as long as it takes."""

    now: datetime
    seconds: int = 0

    @property
    def ends_at(self) -> datetime | None:
        """When a turn that begins now is over."""
        return self.now + timedelta(seconds=self.seconds) if self.seconds else None


def read(kept: Mapping[str, Any]) -> Floor:
    """The floor as it was kept."""
    ends_at = kept.get("ends_at")
    return Floor(
        kept.get("holder"),
        tuple(kept.get("queue", ())),
        tuple(kept.get("listening", ())),
        datetime.fromisoformat(ends_at) if ends_at else None,
    )


def changed(floor: Floor, do: Turn, person: str, watch: Watch) -> Floor:
    """The floor afterwards. A second hand, or lowering none, changes nothing."""
    queue = tuple(each for each in floor.queue if each != person)
    listening = tuple(each for each in floor.listening if each != person)
    if do is Turn.RAISE:
        if person in (*floor.queue, floor.holder):
            return floor
        return replace(floor, queue=(*floor.queue, person), listening=listening)
    if do is Turn.LISTEN:
        return _listening(floor, person, queue, (*listening, person))
    if do is Turn.GIVE:
        return _given(floor, person, queue, watch)
    if do is Turn.TAKE:
        return replace(floor, holder=None, ends_at=None)
    left = replace(floor, queue=queue, listening=listening)
    if do is Turn.PASS:
        return replace(left, holder=None, ends_at=None) if floor.holder == person else floor
    return left


def _given(floor: Floor, person: str, queue: tuple[str, ...], watch: Watch) -> Floor:
    """Nobody is made to speak who only listens; who has the floor keeps their time."""
    if person in floor.listening:
        raise Conflict("This person is just listening.")
    if person == floor.holder:
        return floor
    return replace(floor, holder=person, queue=queue, ends_at=watch.ends_at)


def _listening(
    floor: Floor, person: str, queue: tuple[str, ...], listening: tuple[str, ...]
) -> Floor:
    """Hand down, floor free, and left in peace until they raise a hand or lower the sign."""
    if person in floor.listening:
        return floor
    if floor.holder == person:
        return Floor(None, queue, listening, None)
    return Floor(floor.holder, queue, listening, floor.ends_at)


def gone(floor: Floor, person: str) -> Floor:
    """The floor without somebody."""
    queue = tuple(each for each in floor.queue if each != person)
    listening = tuple(each for each in floor.listening if each != person)
    left = replace(floor, queue=queue, listening=listening)
    return replace(left, holder=None, ends_at=None) if left.holder == person else left


def wound_on(floor: Floor, span: timedelta) -> Floor:
    """The same floor after a pause: the time that was left is left still."""
    return replace(floor, ends_at=floor.ends_at + span) if floor.ends_at else floor


def place_of(floor: Floor, person: str) -> int | None:
    """Somebody's place among the hands, from 1; None without a hand up."""
    return floor.queue.index(person) + 1 if person in floor.queue else None
