"""What a second look is given and what it gives back; nothing here needs the model."""

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from support.moderation.rules.rulebook import LABELS
from support.moderation.rules.screening import Screening

OUTPUTS = (*LABELS, "urgent", "critical")
_EARS = "support.moderation.rules.meaning.ears"


class NoModel(Exception):
    """The model is not here or not what it should be; the text says which."""


@dataclass(frozen=True, slots=True)
class Line:
    """One earlier line of the room, and whether the same person said it."""

    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked at: a message, up to five lines before it, and the labels of tier 1."""

    text: str
    known: frozenset[str] = frozenset()
    before: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: findings to be acted upon, and how likely each label is."""

    screening: Screening
    scores: dict[str, float]


class Looking(Protocol):
    """Whoever can look a second time."""

    @property
    def version(self) -> str:
        """Which model answers."""

    def is_whole(self) -> bool:
        """Whether nothing that it needs is missing."""

    def look(self, words: Sequence[Words]) -> list[Look]:
        """Look at some messages together."""


def shared_judge() -> Looking:
    """The judge of this process. A site without one never loads numpy, nor waits for it."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the loop needs the other core
    try:
        module = importlib.import_module(_EARS)
    except ImportError as missing:
        raise NoModel(f"{missing.name or 'a part'} is not installed") from missing
    except Exception as broken:  # a numpy that was made for another machine, for one
        raise NoModel(f"a part cannot be used ({type(broken).__name__})") from broken
    return cast(Looking, module.shared())
