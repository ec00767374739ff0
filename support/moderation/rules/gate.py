"""Which phrases could be in a message, told from its words alone: most talk ends here.

Each phrase knows groups of words it cannot be without. A message whose sentence lacks one of them
cannot hold the phrase, so no pattern is run over it. One look at each word, however many rules.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, NamedTuple

import re2

_MOST_REMEMBERED = 40_000
_LONGEST_REMEMBERED = 80
_MOST_NEEDS = 5
_MEMORY = 8 << 20
_UNLISTED = 0.0004
_NUMBER = 0.1
_END = " ."
_ANYWHERE = re2._Anchor.UNANCHORED
_PAST_THE_END = (" [^ ]+", r" \.", r" \?", " [.?]")


def _ranks() -> dict[str, float]:
    listed = (Path(__file__).parent.parent / "data" / "common_words.txt").read_text("utf-8")
    words = [word for word in listed.splitlines() if not word.startswith("#")]
    return {word: 1 / (place + 2) for place, word in enumerate(words)}


_RANK = _ranks()


def how_common(group: frozenset[str]) -> float:
    """A rough guess at how often a sentence holds one of these words."""
    return sum(_NUMBER if word == "#" else _RANK.get(word, _UNLISTED) for word in group)


class Phrase:
    """One pattern, made ready the first time it is needed."""

    __slots__ = ("_made", "crosses", "mask", "needs", "source")

    def __init__(self, source: str, needs: tuple[frozenset[str], ...]) -> None:
        """Take the re2 source and the word groups it cannot be without."""
        self.source = source
        self.needs = tuple(sorted(needs, key=how_common)[:_MOST_NEEDS])
        inner = source.removesuffix(" [.?]").removesuffix(r"\b")
        self.crosses = any(sign in inner for sign in _PAST_THE_END)
        self.mask = 0
        self._made: Any = None

    def spans(self, text: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the phrase stands between two places of a text."""
        match = self._made or self._ready()
        place, at = text[start:end], 0
        while True:
            first, last = match(_ANYWHERE, place, at, len(place))[0]
            if first < 0:
                return
            yield first + start, last + start
            at = max(last, at + 1)
            if at > len(place):
                return

    def is_in(self, text: bytes) -> bool:
        """Whether the phrase is anywhere in a text."""
        match = self._made or self._ready()
        return bool(match(_ANYWHERE, text, 0, len(text))[0][0] >= 0)

    def check(self) -> None:
        """Make the pattern ready now; re2.error says what is wrong with it (too large)."""
        self._ready()

    def _ready(self) -> Any:
        if self._made is None:
            options = re2.Options()
            options.max_mem = _MEMORY
            options.log_errors = False
            # The library's own search, without the objects that re2's Python layer makes of it:
            # a message asks some hundred phrases.
            self._made = re2.compile(self.source, options)._regexp.Match
        return self._made


class Chance(NamedTuple):
    """A phrase that may stand between two places of a text."""

    phrase: int
    start: int
    end: int


class Groups:
    """Which word groups a message holds, as a whole and sentence by sentence."""

    __slots__ = ("_ends", "_masks", "whole")

    def __init__(self) -> None:
        """Begin with none."""
        self._ends: list[int] = []
        self._masks: list[int] = []
        self.whole = 0

    def add(self, end: int, mask: int) -> None:
        """One more sentence, which ends there."""
        self._ends.append(end)
        self._masks.append(mask)
        self.whole |= mask

    def between(self, start: int, end: int) -> int:
        """The groups of all sentences that have a part between two places."""
        first = bisect_left(self._ends, start)
        last = bisect_left(self._ends, end)
        return reduce(or_, self._masks[first : last + 1], 0)


_Key = tuple[int, int]
_Fact = tuple[int, tuple[_Key, ...], bool]


class Gate:
    """Looks words up once and says which phrases are worth a search, and where."""

    def __init__(self, watched: Sequence[Phrase], others: Iterable[Phrase]) -> None:
        """Watch for some phrases; of the others only what words they need is learnt."""
        self._bits: dict[frozenset[str], int] = {}
        self._words: dict[str, int] = {}
        self._keys: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._watched = watched
        for number, phrase in enumerate(watched):
            self._learn(phrase)
            for word in phrase.needs[0] if phrase.needs else ():
                self._keys.setdefault(word, []).append(number)
            if not phrase.needs:
                self._always.append(number)
        for phrase in others:
            self._learn(phrase)
        starts = {word[:-1] for word in {*self._words, *self._keys} if word.endswith("*")}
        self._lengths = sorted({len(start) for start in starts})
        self._starts = starts
        self._known: dict[str, _Fact] = {}

    def _learn(self, phrase: Phrase) -> None:
        for group in phrase.needs:
            if group not in self._bits:
                bit = self._bits[group] = 1 << len(self._bits)
                for word in group:
                    self._words[word] = self._words.get(word, 0) | bit
            phrase.mask |= self._bits[group]

    def look(self, chunks: Iterable[str]) -> tuple[list[Chance], Groups]:
        """The phrases that may be in these words, sentence by sentence, and all groups present."""
        known = self._known
        chances: list[Chance] = [Chance(number, 0, -1) for number in self._always]
        keyed: list[_Key] = []
        crossing: list[int] = []
        found = Groups()
        mask = start = at = 0
        for chunk in (*chunks, _END):
            groups, keys, ends = known.get(chunk) or self._fact(chunk)
            at += len(chunk)
            if groups:
                mask |= groups
                keyed += keys
            if ends:
                if keyed:
                    self._sentence(keyed, mask, (start, at), (chances, crossing))
                    keyed = []
                found.add(at, mask)
                mask, start = 0, at - len(_END)
        for number in set(crossing):
            if not self._watched[number].mask & ~found.whole:
                chances.append(Chance(number, 0, at))
        return chances, found

    def _sentence(
        self,
        keyed: list[_Key],
        mask: int,
        place: tuple[int, int],
        into: tuple[list[Chance], list[int]],
    ) -> None:
        chances, crossing = into
        lacking = ~mask
        possible = set()
        for number, wanted in keyed:
            if not wanted:
                crossing.append(number)
            elif not wanted & lacking:
                possible.add(number)
        chances += [Chance(number, *place) for number in possible]

    def _fact(self, chunk: str) -> _Fact:
        words = chunk.split()
        seen = [form for word in words for form in self._forms(word)]
        mask = reduce(or_, (self._words.get(form, 0) for form in seen), 0)
        numbers = dict.fromkeys(n for form in seen for n in self._keys.get(form, ()))
        fact = mask, tuple(map(self._key, numbers)), bool(words) and words[-1] in {".", "?"}
        if len(chunk) <= _LONGEST_REMEMBERED:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[chunk] = fact
        return fact

    def _key(self, number: int) -> _Key:
        """A phrase and what its sentence must hold; nothing where it may cross sentences."""
        phrase = self._watched[number]
        return number, 0 if phrase.crosses else phrase.mask

    def _forms(self, word: str) -> Iterator[str]:
        yield word
        if word[0].isdigit():
            yield "#"
        for length in self._lengths:
            if length > len(word):
                break
            if word[:length] in self._starts:
                yield word[:length] + "*"
