"""Which phrases could be in a message, told from its words alone: most talk ends here.

Each phrase knows groups of words it cannot be without. A message whose sentence lacks one of them
cannot hold the phrase, so no pattern is run over it. One look at each word, however many rules.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial, reduce
from operator import or_
from pathlib import Path
from typing import Any

import re2

from support.moderation.rules.reading import comes_again

_MOST_REMEMBERED = 12_000
_LONGEST_REMEMBERED = 40
_MOST_NEEDS = 5
_MOST_RATED = 20_000  # a rule set has some ten thousand groups, most of them many times
MOST_HITS = 12
_TOO_COMMON = 0.7
_MEMORY = 8 << 20
_UNLISTED = 0.0004
_NUMBERS = {"#": 0.1, "#part": 0.02, "#year": 0.02}
_END = " ."
_FIRST_LETTERS = 3
_STOPS = frozenset(".?")
_CENTURIES = frozenset({"19", "20"})
_ANYTHING = 1  # the first bit of every mask: what is there in any sentence
_PAST_THE_END = (" [^ ]+", r" \.", r" \?", " [.?]")


def _ranks() -> dict[str, float]:
    listed = (Path(__file__).parent.parent / "data" / "common_words.txt").read_text("utf-8")
    words = [word for word in listed.splitlines() if not word.startswith("#")]
    return {word: 1 / (place + 2) for place, word in enumerate(words)}


_RANK = _ranks()


@lru_cache(_MOST_RATED)
def how_common(group: frozenset[str]) -> float:
    """A rough guess at how often a sentence holds one of these words."""
    return sum(_NUMBERS.get(word) or _RANK.get(word, _UNLISTED) for word in group)


def _telling(needs: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The rarest groups; one that nearly every sentence has tells nothing beside a rarer one."""
    rarest = sorted(needs, key=how_common)[:_MOST_NEEDS]
    telling = [group for group in rarest[1:] if how_common(group) < _TOO_COMMON]
    return (*rarest[:1], *telling)


Search = Callable[[bytes, int, int], Sequence[tuple[int, int]]]
Chance = tuple[int, int, int]
"""The number of a phrase that may stand between two places of a text; -1 is the text's end."""


class Phrase:
    """One pattern, made ready the first time it is needed."""

    __slots__ = ("_made", "crosses", "is_plain", "key", "mask", "needs", "source")

    def __init__(
        self, source: str, needs: tuple[frozenset[str], ...], *, is_plain: bool = False
    ) -> None:
        """Take the re2 source and the word groups it cannot be without; plain is one word alone."""
        self.source = source
        self.is_plain = is_plain
        self.needs = _telling(needs)
        inner = source.removesuffix(" [.?]").removesuffix(r"\b")
        self.crosses = any(sign in inner for sign in _PAST_THE_END)
        self.mask = 0
        self.key = _ANYTHING
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

    def check(self) -> None:
        """Make the pattern ready now; re2.error says what is wrong with it (too large)."""
        self._ready()

    def _ready(self) -> Search:
        if self._made is None:
            options = re2.Options()
            options.max_mem = _MEMORY
            options.log_errors = False
            self._made = searching(re2.compile(self.source, options))
        return self._made


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


class Groups:
    """Which word groups a message holds, as a whole and sentence by sentence."""

    __slots__ = ("_ends", "_masks", "whole")

    def __init__(self, ends: Sequence[int], masks: Sequence[int]) -> None:
        """Take where each sentence ends, and its groups."""
        self._ends = ends
        self._masks = masks
        self.whole = reduce(or_, masks, _ANYTHING)

    def between(self, start: int, end: int) -> int:
        """The groups of all sentences that have a word between two places."""
        first = bisect_right(self._ends, start + len(_END))
        within = self._masks[first : bisect_left(self._ends, end) + 1]
        return within[0] if len(within) == 1 else reduce(or_, within, _ANYTHING)


_Key = tuple[int, int]
_Fact = tuple[int, tuple[_Key, ...], tuple[int, ...], bool]


def _possible(facts: Iterable[_Fact], crossing: set[int], every: int) -> tuple[int, set[int]]:
    """The groups of one sentence, and which phrases lack none of theirs there."""
    mask = _ANYTHING
    keyed: list[_Key] = []
    for groups, keys, over, _ in facts:
        mask |= groups
        keyed += keys
        if over:
            crossing.update(over)
    absent = every ^ mask
    return mask, {number for number, wanted in keyed if not wanted & absent}


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
        self._every = (_ANYTHING << len(self._bits) + 1) - 1
        self._listed = {*self._words, *self._keys}
        self._starts = _beginnings(self._listed)
        self._known: dict[str, _Fact] = {}

    def _learn(self, phrase: Phrase) -> None:
        for group in phrase.needs:
            if group not in self._bits:
                bit = self._bits[group] = _ANYTHING << (len(self._bits) + 1)
                for word in group:
                    self._words[word] = self._words.get(word, 0) | bit
            phrase.mask |= self._bits[group]
        if phrase.needs:
            phrase.key = self._bits[phrase.needs[0]]

    def look(self, chunks: Iterable[str]) -> tuple[list[Chance], Groups]:
        """The phrases that may be in these words, sentence by sentence, and all groups present.

        A word that a sentence has twice is looked at once.
        """
        known, every = self._known, self._every
        chances: list[Chance] = [(number, 0, -1) for number in self._always]
        ends: list[int] = []
        masks: list[int] = []
        crossing: set[int] = set()
        here: dict[str, _Fact] = {}
        start = at = 0
        for chunk in (*chunks, _END):
            fact = known.get(chunk) or self._fact(chunk)
            at += len(chunk)
            if fact[0]:
                here[chunk] = fact
            if not fact[3]:
                continue
            mask = _ANYTHING
            if here:
                mask, possible = _possible(here.values(), crossing, every)
                chances += [(number, start, at) for number in possible]
                here = {}
            ends.append(at)
            masks.append(mask)
            start = at - len(_END)
        found = Groups(ends, masks)
        across = self._across(crossing, every ^ found.whole)
        return chances + [(number, 0, at) for number in across], found

    def _across(self, crossing: Iterable[int], absent: int) -> list[int]:
        """Which of some phrases lack none of their groups in the whole message."""
        return [number for number in crossing if not self._watched[number].mask & absent]

    def _fact(self, chunk: str) -> _Fact:
        words = chunk.split()
        seen = [form for word in dict.fromkeys(words) for form in self._forms(word)]
        ends = bool(words) and words[-1] in _STOPS
        fact: _Fact = self._fact_of(seen, ends) if seen else (0, (), (), ends)
        if len(chunk) <= _LONGEST_REMEMBERED and comes_again(chunk.strip()):
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[chunk] = fact
        return fact

    def _fact_of(self, seen: Sequence[str], ends: bool) -> _Fact:
        mask = reduce(or_, [self._words.get(form, 0) for form in seen])
        numbers = dict.fromkeys(n for form in seen for n in self._keys.get(form, ()))
        over = tuple(number for number in numbers if self._watched[number].crosses)
        keys = tuple(self._key(number) for number in numbers if number not in over)
        return (mask, keys, over, ends)

    def _key(self, number: int) -> _Key:
        """A phrase and what its sentence must hold."""
        return number, self._watched[number].mask

    def _forms(self, word: str) -> list[str]:
        """What of a word is asked for: itself, what kind of number it is, its beginnings."""
        forms = [word] if word in self._listed else []
        if word[0].isdigit():
            forms.append("#")
            if "_" in word:
                forms.append("#part")
            if word[:2] in _CENTURIES:
                forms.append("#year")
        for letters in range(1, min(len(word), _FIRST_LETTERS) + 1):
            for start in self._starts.get(word[:letters], ()):
                if word.startswith(start):
                    forms.append(start + "*")
        return forms


def _beginnings(words: Iterable[str]) -> dict[str, list[str]]:
    """The beginnings that are watched for, by their first letters, the shortest first."""
    starts: dict[str, list[str]] = {}
    for start in sorted({word[:-1] for word in words if word.endswith("*")}, key=len):
        starts.setdefault(start[:_FIRST_LETTERS], []).append(start)
    return starts
