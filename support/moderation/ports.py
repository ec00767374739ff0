"""What can be reported and decided about: areas above teach us their content by registering it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from support.base.actor import Actor
from support.base.errors import NotFound
from support.base.sealing import Sealer, sealer_for
from support.db.unit import Unit
from support.moderation.rules import Screening

VISIBLE = "visible"


@dataclass(slots=True)
class Joined:
    """What the house gives the desk at its start: the key that evidence is sealed with."""

    sealer: Sealer


joined = Joined(sealer_for("a house without a key", "nothing"))


@dataclass(frozen=True, slots=True)
class TargetRef:
    """Which words a finding or report is about, whose they are, and who hosts where they stand."""

    kind: str
    id: str
    author_id: str
    room_id: str | None
    host_ids: tuple[str, ...] = ()
    group_id: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The words as they stand now. `visible` is the one state in which others can read them."""

    author_id: str
    room_id: str | None
    body: str
    state: str
    at: datetime
    id: str = ""
    group_id: str | None = None
    host_ids: tuple[str, ...] = ()


class Target(Protocol):
    """One kind of content. Nothing here tells the author: the desk does that in its own words.

    Words that their author took back stay away whatever is decided. Removed words are kept in the
    table until retention takes them, so that a decision can be undone.
    """

    def seen_by(self, unit: Unit, actor: Actor, target_id: str) -> Snapshot:
        """The words, if this person can read them now; otherwise NotFound."""

    def snapshot(self, unit: Unit, target_id: str) -> Snapshot:
        """The words whoever asks, removed ones too; NotFound once they are gone for good."""

    def neighbours(
        self, unit: Unit, target_id: str, before: int = 10, after: int = 10
    ) -> list[Snapshot]:
        """What was said round it in the same place, ascending, the words themselves left out."""

    def bodies(self, unit: Unit, target_ids: Collection[str]) -> dict[str, str]:
        """The words of many at once, whatever their state; those gone for good are left out."""

    def shown_lately(self, unit: Unit, most: int) -> dict[str, str]:
        """The newest words that everybody in a group could read."""

    def said_by(self, unit: Unit, author_id: str, most: int) -> list[Snapshot]:
        """The newest words of one person, whatever their state; what they took back is left out."""

    def naming(self, unit: Unit, domains: Collection[str], most: int) -> list[Snapshot]:
        """The newest words of anybody that name one of these domains, whatever their state."""

    def let_through(self, unit: Unit, target_id: str) -> None:
        """Show held or removed words; words their author took back stay away."""

    def remove(self, unit: Unit, target_id: str) -> None:
        """Take the words away from everybody."""

    def keep(self, unit: Unit, target_id: str) -> None:
        """Held words stay held for good, and shown ones are taken back."""

    def send_back(self, unit: Unit, target_id: str) -> None:
        """Hold the words until their author says them in another way."""

    def put_back(self, unit: Unit, target_id: str, state: str) -> None:
        """Undo: the state the words were in before somebody decided."""


_TARGETS: dict[str, Target] = {}


def register(kind: str, target: Target) -> None:
    """Called once for each kind of content where the app is put together."""
    _TARGETS[kind] = target


def target(kind: str) -> Target:
    """How to read and change content of this kind."""
    try:
        return _TARGETS[kind]
    except KeyError:
        raise NotFound("There is nothing of that kind.") from None


# ------------------------------------------------------------------ a second look at words


@dataclass(frozen=True, slots=True)
class Earlier:
    """A line that was said before in the same room, and whether by the same person."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A message as it stands now, and the last five lines before it."""

    id: str
    author_id: str
    text: str
    before: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class Lately:
    """A message, and when it was said or last reworded."""

    id: str
    at: datetime


class Looking(Protocol):
    """Content that is looked at once more after the commit that stored it."""

    def talks(self, unit: Unit, ids: Sequence[str]) -> list[Talk]:
        """The words that still stand, shown or held."""

    def since(self, unit: Unit, at: datetime) -> list[Lately]:
        """What was said or reworded from a moment on, the oldest first."""

    def count_between(self, unit: Unit, at: datetime, end: datetime) -> int:
        """How many messages that still stand were said from one moment to another."""

    def rooms_with(self, unit: Unit, author_id: str, body: str, since: datetime) -> int:
        """In how many rooms somebody has said the very same words since then."""

    def act(self, unit: Unit, talk: Talk, screening: Screening) -> bool:
        """Raise what was found and take back what must be held; False if nothing was to do."""


_LOOKING: list[Looking] = []


def register_looking(looking: Looking) -> None:
    """Called once where the app is put together."""
    _LOOKING[:] = [looking]


def looking() -> Looking:
    """How to read and change what gets a second look."""
    return _LOOKING[0]
