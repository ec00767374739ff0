"""One pattern of a rule: what it searches for, and the words it cannot be without."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import re2

_MOST_NEEDS = 5
_MOST_COMPARED = 12
_MOST_RATED = 40_000  # a rule set has some ten thousand groups, most of them many times
_MOST_MADE = 30_000  # the shipped rules have some ten thousand patterns
MOST_HITS = 12
_UNKNOWN = 8_000  # no message has more words
_TOO_COMMON = 0.7
_MEMORY = 8 << 20
_UNLISTED = 0.0004
_TOGETHER = 0.3
_RAREST_PAIR = 0.0014
_REMARK = "# The", "# A "
_NUMBERS = {"#": 0.1, "#part": 0.02, "#year": 0.02, ",": 0.9}
ANYTHING = 1  # the first bit of every mask: what is there in any sentence


def _ranks() -> dict[str, float]:
    listed = (Path(__file__).parent.parent / "data" / "common_words.txt").read_text("utf-8")
    lines = [line for line in listed.splitlines() if not line.startswith(_REMARK)]
    words = [line for line in lines if " " not in line]
    pairs = [line for line in lines if " " in line]
    return {line: 1 / (place + 2) for row in (words, pairs) for place, line in enumerate(row)}


_RANK = _ranks()


@lru_cache(_MOST_RATED)
def how_common(group: frozenset[str]) -> float:
    """A rough guess at how often a sentence holds one of these words or pairs."""
    return sum(map(_rate, group))


@lru_cache(_MOST_RATED)
def _rate(word: str) -> float:
    if " " not in word:
        return _RANK.get(word) or _NUMBERS.get(word) or _UNLISTED
    apart = min(map(_rate, word.split(" ")))
    return min(apart, _RANK.get(word) or min(apart, _RAREST_PAIR) * _TOGETHER)


@lru_cache(_MOST_RATED)
def _telling(needs: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    """The rarest group, then those that say most beside it.

    One that nearly every sentence has tells nothing beside a rarer one. Remembered: a draft says
    most of what the rules before it said.
    """
    ranked = rarest(needs)
    if not ranked:
        return ()
    key, *others = ranked
    beside = [(_how_common_beside(key, group), group) for group in others]
    telling = sorted((each for each in beside if each[0] < _TOO_COMMON), key=itemgetter(0))
    return (key, *(group for _, group in telling[: _MOST_NEEDS - 1]))


def _how_common_beside(key: frozenset[str], group: frozenset[str]) -> float:
    """How often a sentence that holds one word of the key holds one of another group."""
    without = min(1.0, how_common(group))
    held = sum(_rate(word) for word in key if not group.isdisjoint(_said_by(word)))
    whole = how_common(key)
    return (held + (whole - held) * without) / whole


@lru_cache(_MOST_RATED)
def rarest(needs: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    """The rarest groups, without what a rarer one has said: where a pair is, its words are."""
    if len(needs) < len(("one", "another")):
        return needs
    kept: list[frozenset[str]] = []
    said: list[list[frozenset[str]]] = []
    for group in sorted(needs, key=how_common)[:_MOST_COMPARED]:
        if not any(all(map(group.intersection, each)) for each in said):
            kept.append(group)
            if any(" " in one for one in group):
                said.append([*map(_said_by, group)])
    return tuple(kept)


@lru_cache(_MOST_RATED)
def _said_by(one: str) -> frozenset[str]:
    """A word, or a pair and its words."""
    return frozenset((one, *one.split(" ")))


Search = Callable[[bytes, int, int], Sequence[tuple[int, int]]]


class Phrase:
    """One pattern, made ready the first time it is needed."""

    __slots__ = ("_made", "is_plain", "key", "length", "mask", "needs", "reach", "source")

    def __init__(
        self,
        source: str,
        needs: tuple[frozenset[str], ...],
        *,
        is_plain: bool = False,
        length: int = _UNKNOWN,
        crosses: bool = False,
    ) -> None:
        """Take the re2 source and the groups of words and pairs that it cannot be without.

        Plain is one word alone. The length is how many words long it may be; the reach is the
        same where it may go on past the end of a sentence, and 0 where it may not.
        """
        self.source = source
        self.is_plain = is_plain
        self.needs = _telling(needs)
        self.length = length
        self.reach = length if crosses else 0
        self.mask = 0
        self.key = ANYTHING
        self._made: Search | None = None

    def spans(self, text: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Where the phrase stands between two places of a text: the first dozen of them."""
        search = self._made or self._ready()
        place = text[start:end]
        size, at = len(place), 0
        found: list[tuple[int, int]] = []
        first, last = search(place, 0, size)[0]
        while first >= 0:
            found.append((first + start, last + start))
            at = max(last, at + 1)
            if len(found) == MOST_HITS or at > size:
                break
            first, last = search(place, at, size)[0]
        return found

    def is_in(self, text: bytes) -> bool:
        """Whether the phrase is anywhere in a text."""
        search = self._made or self._ready()
        return search(text, 0, len(text))[0][0] >= 0

    @property
    def is_ready(self) -> bool:
        """Whether its pattern was made already."""
        return self._made is not None

    def check(self) -> None:
        """Make the pattern ready now; re2.error says what is wrong with it (too large)."""
        self._ready()

    def _ready(self) -> Search:
        if self._made is None:
            self._made = _search_for(self.source)
        return self._made


@lru_cache(_MOST_MADE)
def _search_for(source: str) -> Search:
    """The pattern made ready: once for all rule sets that have it, for a draft has nearly all."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return searching(re2.compile(source, options))


def searching(pattern: Any) -> Search:
    """How a pattern is looked for: by the library's own search, else by its public one.

    A message asks some hundred phrases, and what re2's Python layer makes of each answer (a
    generator, a match object) costs more than the search. Its inner names are no promise, though.
    """
    inner = getattr(getattr(pattern, "_regexp", None), "Match", None)
    anywhere = getattr(getattr(re2, "_Anchor", None), "UNANCHORED", None)
    if inner is None or anywhere is None:
        return partial(_publicly, pattern)
    return partial(inner, anywhere)


def _publicly(pattern: Any, text: bytes, start: int, end: int) -> Sequence[tuple[int, int]]:
    match = pattern.search(text, start, end)
    return (match.span() if match else (-1, -1),)
