"""Which phrases could be in a message, told from its words alone: most talk ends here.

Each phrase knows groups of words, and of pairs of neighbours, that it cannot be without. A message
whose sentence lacks one of them cannot hold the phrase, so no pattern is run over it. One look at
each word and each pair, however many rules.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import accumulate, chain, compress, repeat
from operator import itemgetter, or_
from typing import TypeVar

from support.moderation.rules.phrase import ANYTHING, Phrase, how_common
from support.moderation.rules.reading import Remembered

_LONGEST_REMEMBERED = 40
_END = "."
_ASKED = 4  # of how many of its groups a phrase is asked before it is searched
_END_MARK = " ."
_FIRST_LETTERS = 3
_STOPS = frozenset(".?")
_MARKS = frozenset('.?,"')
_CENTURIES = frozenset({"19", "20"})
_A_MARK = ","

Chance = tuple[int, int, int]
"""The number of a phrase that may stand between two places of a text."""

_Key = tuple[int, int, int]
Fact = tuple[str, int, tuple[_Key, ...], tuple[_Key, ...], int, int, bool]
"""Of a word or pair: how pairs call it; the second groups of all phrases that it is the key of;
these phrases, each with its second group and all that it needs beside the key, and those that go on
past the end of a sentence; the groups of phrases it is in; the groups of contexts it is in; whether
it ends a sentence."""

_T = TypeVar("_T")
_NOTHING: Fact = ("", 0, (), (), 0, 0, False)
_form, _asks, _keys, _over, _beside, _others, _ends_it = map(itemgetter, range(len(_NOTHING)))


class Groups:
    """Which groups of words a message holds, as a whole and sentence by sentence."""

    __slots__ = (
        "_beside",
        "_ends",
        "_facts",
        "_masks",
        "_size",
        "_whole",
        "_words",
        "many",
        "stops",
    )

    def __init__(self, size: int, words: Sequence[str], facts: list[Fact]) -> None:
        """Take what is known of each word, and then of each pair that one ends."""
        self._size = size
        self._words = words
        self.many = len(words)
        self._facts = facts
        self.stops = [*compress(range(len(words)), map(_ends_it, facts))]
        self._beside = [*map(_beside, facts)]
        self._masks: dict[int, int] = {}
        self._ends: list[int] = []
        self._whole = 0

    def beside(self) -> list[int]:
        """The groups of watched phrases, keys left out, that are in each sentence."""
        told, many, first = self._beside, len(self._words), 0
        found = []
        for stop in self.stops:
            last = stop + 1
            here = told[first:last] + told[many + first : many + last]
            found.append(reduce(or_, filter(None, here), ANYTHING))
            first = last
        return found

    def around(self, at: int, reach: int) -> tuple[int, int]:
        """The first and last sentence within so many words before and after one."""
        last = min(at + reach, len(self._words) - 1)
        return bisect_left(self.stops, at - reach), bisect_left(self.stops, last)

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where some sentences stand, with the end of the one before them."""
        if not first and last in {-1, len(self.stops) - 1}:
            return 0, self._size
        ends = self._ends or self._find_ends()
        return ends[first - 1] - len(_END_MARK) if first else 0, ends[last]

    @property
    def whole(self) -> int:
        """The groups of the whole message that contexts ask for."""
        if not self._whole:
            each = dict(zip(self._words, self._facts, strict=False)).values()
            facts = chain(each, self._facts[len(self._words) :])
            self._whole = reduce(or_, filter(None, map(_others, facts)), ANYTHING)
        return self._whole

    def between(self, start: int, end: int) -> int:
        """The same of all sentences that have a word between two places."""
        ends = self._ends or self._find_ends()
        first = bisect_right(ends, start + len(_END_MARK))
        last = min(bisect_left(ends, end) + 1, len(ends))
        return reduce(or_, [self.others(each) for each in range(first, last)], ANYTHING)

    def others(self, sentence: int) -> int:
        """The same of one sentence."""
        known = self._masks.get(sentence)
        if known is None:
            here = filter(None, map(_others, self._within(sentence, self._facts)))
            known = self._masks[sentence] = reduce(or_, here, ANYTHING)
        return known

    def _within(self, sentence: int, told: list[_T]) -> list[_T]:
        """What is told of the words and pairs of one sentence."""
        first = self.stops[sentence - 1] + 1 if sentence else 0
        last = self.stops[sentence] + 1
        many = len(self._words)
        return told[first:last] + told[many + first : many + last]

    def _find_ends(self) -> list[int]:
        places = [*accumulate(map(len, self._words))]
        self._ends = [places[stop] + stop + 1 for stop in self.stops]
        return self._ends


class Gate:
    """Looks words up once and says which phrases are worth a search, and where."""

    def __init__(self, watched: Sequence[Phrase], others: Iterable[Phrase]) -> None:
        """Watch for some phrases; of the others only what words they need is learnt."""
        self._phrases = watched
        self._beside = _beside_keys(watched)
        self._others = _learnt(others)
        self._keys: dict[str, list[int]] = {}
        for number, phrase in enumerate(watched):
            for word in phrase.needs[0]:
                self._keys.setdefault(word, []).append(number)
        listed = {word for phrase in watched for group in phrase.needs for word in group}
        listed |= self._others.words.keys()
        pairs = {word: tuple(word.split(" ")) for word in listed if " " in word}
        self._listed = listed - pairs.keys()
        self._starts = _beginnings(self._listed)
        self._in_pairs = frozenset(word for pair in pairs.values() for word in pair)
        self._pairs = {pair: self._fact_of((word,), "") for word, pair in pairs.items()}
        self._facts = Remembered(self._fact, _LONGEST_REMEMBERED)

    def look(self, text: str) -> tuple[list[Chance], Groups]:
        """The phrases that may be in these words, by sentence and number, and all groups there."""
        words = text.split()
        if not words or words[-1] not in _STOPS:
            words.append(_END)
        facts = [*map(self._facts.__getitem__, words)]
        forms = [*map(_form, facts)]
        before = chain(_A_MARK, forms)
        facts += map(self._pairs.get, zip(before, forms, strict=False), repeat(_NOTHING))
        groups = Groups(len(text), words, facts)
        beside = groups.beside()
        found, over = _possible(facts, beside, groups)
        chances = [(number, *groups.place(each, each)) for each, number in found]
        return chances + (self._across(over, beside, groups) if over else []), groups

    def _across(
        self, over: Iterable[tuple[_Key, int]], beside: Sequence[int], groups: Groups
    ) -> list[Chance]:
        """Which phrases lack nothing as far as they reach, and where."""
        found: set[Chance] = set()
        for (number, _, wanted), at in over:
            first, last = groups.around(at, self._phrases[number].reach)
            if reduce(or_, beside[first : last + 1]) & wanted == wanted:
                found.add((number, *groups.place(first, last)))
        return sorted(found)

    def _fact(self, word: str) -> Fact:
        forms = self._forms(word)
        if not forms and word not in self._in_pairs and word not in _MARKS:
            return _NOTHING
        form = "#" if word[0].isdigit() else _A_MARK if word in _MARKS else word
        return self._fact_of(tuple(forms), form, ends=word in _STOPS)

    def _fact_of(self, seen: tuple[str, ...], form: str, *, ends: bool = False) -> Fact:
        numbers = dict.fromkeys(n for one in seen for n in self._keys.get(one, ()))
        phrases = [(number, self._phrases[number]) for number in numbers]
        bits = self._beside.bits
        every = [(n, bits(each.needs[1:2]), bits(each.needs[1:_ASKED])) for n, each in phrases]
        keys = tuple(key for key in every if not self._phrases[key[0]].reach)
        over = tuple(key for key in every if self._phrases[key[0]].reach)
        asks = reduce(or_, [second for _, second, _ in keys], ANYTHING if over else 0)
        beside, others = self._beside.among(seen), self._others.among(seen)
        return form, asks, keys, over, beside, others, ends

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


def _possible(
    facts: Sequence[Fact], beside: Sequence[int], groups: Groups
) -> tuple[list[tuple[int, int]], list[tuple[_Key, int]]]:
    """Which phrases lack none of their groups in which sentence, and which may in several."""
    found: set[tuple[int, int]] = set()
    over: list[tuple[_Key, int]] = []
    stops, many = groups.stops, groups.many
    asking = [*map(_asks, facts)]
    for at in compress(range(len(asking)), asking):
        place = at if at < many else at - many
        sentence = bisect_left(stops, place)
        there = beside[sentence]
        if asking[at] & there:
            keys, far = facts[at][2:4]
            for number, second, wanted in keys:
                if second & there and wanted & there == wanted:
                    found.add((sentence, number))
            for key in far:
                over.append((key, place))
    return sorted(found), over


class _Bits:
    """Groups of words, each a bit; what is added first has the low ones, which cost least."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self._bits: dict[frozenset[str], int] = {}

    def bits(self, groups: Sequence[frozenset[str]]) -> int:
        """The bits of some groups; what is always there for none."""
        return reduce(or_, map(self._add, groups), 0) or ANYTHING

    def _add(self, group: frozenset[str]) -> int:
        if group not in self._bits:
            bit = self._bits[group] = ANYTHING << (len(self._bits) + 1)
            for word in group:
                self.words[word] = self.words.get(word, 0) | bit
        return self._bits[group]

    def among(self, seen: Iterable[str]) -> int:
        """All groups that some words are in."""
        return reduce(or_, [self.words.get(one, 0) for one in seen], 0)


def _beside_keys(phrases: Iterable[Phrase]) -> _Bits:
    """What phrases need beside their keys; phrases with common keys are asked about most."""
    bits = _Bits()
    asked = [phrase for phrase in phrases if phrase.needs]
    asked.sort(key=lambda each: how_common(each.needs[0]), reverse=True)
    for at in range(1, _ASKED):
        for phrase in asked:
            bits.bits(phrase.needs[at : at + 1])
    return bits


def _learnt(phrases: Iterable[Phrase]) -> _Bits:
    """All groups of phrases, which learn their own bits."""
    bits = _Bits()
    for phrase in phrases:
        phrase.mask = bits.bits(phrase.needs) if phrase.needs else 0
        phrase.key = bits.bits(phrase.needs[:1])
    return bits


def _beginnings(words: Iterable[str]) -> dict[str, list[str]]:
    """The beginnings that are watched for, by their first letters, the shortest first."""
    starts: dict[str, list[str]] = {}
    for start in sorted({word[:-1] for word in words if word.endswith("*")}, key=len):
        starts.setdefault(start[:_FIRST_LETTERS], []).append(start)
    return starts
