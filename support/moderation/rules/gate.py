"""Which phrases could be in a message, told from its words alone: most talk ends here.

Each phrase knows groups of words, and of pairs of neighbours, that it cannot be without. A message
whose sentence lacks one of them cannot hold the phrase, so no pattern is run over it. One look at
each word and each pair, however many rules.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain, compress, repeat
from operator import or_

from support.moderation.rules.contexts import Contexts
from support.moderation.rules.groups import NOTHING, Fact, Groups, Key, asks_of, begins_of, form_of
from support.moderation.rules.phrase import ANYTHING, Phrase, how_common
from support.moderation.rules.reading import Remembered

_LONGEST_REMEMBERED = 40
_END = "."
_ASKED = 4  # of how many of its groups a phrase is asked before it is searched
_FIRST_LETTERS = 3
_STOPS = frozenset(".?")
_MARKS = frozenset('.?,"')
_CENTURIES = frozenset({"19", "20"})
_A_MARK = ","
_NO_WINDOW = (-1, -1, -1, -1)
_NO_PAIRS: dict[str, Fact] = {}

Chance = tuple[int, int, int]
"""The number of a phrase that may stand between two places of a text."""

_Window = tuple[int, int, int, int]
"""The first word of a sentence, the number of a phrase, and from which word to which it may be; of
what may go on past the end of its sentence, the number of all words, so that it stands last."""

_At = tuple[int, int]
"""A piece, and the number of a phrase that may be in it."""


class Gate:
    """Looks words up once and says which phrases are worth a search, and where."""

    def __init__(self, watched: Sequence[Phrase], contexts: Contexts | None = None) -> None:
        """Watch for some phrases; of contexts only what words they need is learnt."""
        self._phrases = watched
        self._farthest = max((each.length for each in watched if not each.reach), default=0)
        self._beside = _beside_keys(watched)
        told = [*contexts.bits_of()] if contexts else []
        self._others = _learnt([phrase for _, phrase in told])
        self._signs, self._always = _signs_of(told)
        self._keys: dict[str, list[int]] = {}
        for number, phrase in enumerate(watched):
            for word in phrase.needs[0]:
                self._keys.setdefault(word, []).append(number)
        listed = {word for phrase in watched for group in phrase.needs for word in group}
        listed |= self._others.words.keys()
        pairs = [one for one in listed if " " in one]
        self._listed = listed.difference(pairs)
        self._starts = _beginnings(self._listed)
        self._begins: dict[str, dict[str, Fact]] = {}
        self._seconds: dict[str, list[str]] = {}
        for pair in pairs:
            one, two = pair.split(" ")
            self._seconds.setdefault(one, []).append(two)
        self._in_pairs = {*self._seconds, *chain.from_iterable(self._seconds.values())}
        self._after_a_mark = self._begun_by(_A_MARK)
        self._facts = Remembered(self._fact, _LONGEST_REMEMBERED)
        self._numbers: dict[tuple[str, ...], Fact] = {}

    def look(self, text: str) -> tuple[list[Chance], Groups]:
        """The phrases that may be in these words, by sentence and number, and all groups there."""
        words = text.split()
        if not words or words[-1] not in _STOPS:
            words.append(_END)
        facts = [*map(self._facts.__getitem__, words)]
        forms = [*map(form_of, facts)]
        begun = [self._after_a_mark, *map(begins_of, facts)]
        facts += [*map(dict.get, begun, forms, repeat(NOTHING))]
        groups = Groups(len(text), words, facts, self._always)
        beside = groups.beside()
        found, over, wide = self._possible(facts, beside, groups)
        windows = [_window(number, *groups.words_of(piece, piece)) for piece, number in found]
        if over:
            windows += self._across(over, beside, groups)
        if wide:
            windows += self._round(wide, groups)
        windows.sort()
        if wide or over:
            windows = _joined(windows)
        return [(number, *groups.place(first, last)) for _, number, first, last in windows], groups

    def _possible(
        self, facts: Sequence[Fact], beside: Sequence[int], groups: Groups
    ) -> tuple[set[_At], dict[_At, int], dict[_At, tuple[int, list[int]]]]:
        """Which phrases lack nothing in which sentence, which may in several, and near a word."""
        found: set[_At] = set()
        over: dict[_At, int] = {}
        wide: dict[_At, tuple[int, list[int]]] = {}
        pieces, many, parts = groups.pieces, groups.many, groups.parts
        near = self._near(beside, groups) if parts else beside
        whole = reduce(or_, beside, ANYTHING)
        asking = [*map(asks_of, facts)]
        for at in compress(range(len(asking)), asking):
            place = at if at < many else at - many
            piece = bisect_left(pieces, place)
            there = near[piece]
            if asking[at] & there:
                keys, far = facts[at][3:5]
                for number, second, wanted in keys:
                    if second & there and wanted & there == wanted:
                        if piece in parts:
                            near_by = wide.setdefault((parts[piece][0], number), (wanted, []))
                            near_by[1].append(place)
                        else:
                            found.add((piece, number))
                for number, _, wanted in far:
                    if wanted & whole == wanted:
                        over[piece, number] = wanted
        return found, over, wide

    def _near(self, beside: Sequence[int], groups: Groups) -> list[int]:
        """What is in each piece; of a long sentence, as far about it as any phrase goes."""
        found = [*beside]
        for piece in groups.parts:
            begin, end = groups.sentence(piece)
            first, last = groups.around(piece, self._farthest)
            found[piece] = reduce(or_, beside[max(first, begin) : min(last, end) + 1])
        return found

    def _across(
        self, over: Mapping[_At, int], beside: Sequence[int], groups: Groups
    ) -> list[_Window]:
        """Which phrases that go on past a sentence lack nothing as far as they reach, and where."""
        found: list[_Window] = []
        for (piece, number), wanted in over.items():
            first, last = groups.around(piece, self._phrases[number].reach)
            if reduce(or_, beside[first : last + 1]) & wanted == wanted:
                found.append((groups.many, number, *groups.words_of(first, last)))
        return found

    def _round(self, wide: Mapping[_At, tuple[int, list[int]]], groups: Groups) -> list[_Window]:
        """Which phrases lack nothing as far as they go round a word of a long sentence."""
        found: list[_Window] = []
        for (piece, number), (wanted, places) in wide.items():
            begin, end = groups.words_of(*groups.sentence(piece))
            for first, last in _spread(sorted(places), self._phrases[number].length):
                at, until = max(begin, first), min(end, last)
                if groups.among(at, until) & wanted == wanted:
                    found.append((begin, number, at, until))
        return found

    def getting_ready(self) -> Iterator[str]:
        """Make what is known of pairs ready, one first word a step."""
        for form in self._seconds:
            if form not in self._begins:
                self._begun_by(form)
                yield form

    def _begun_by(self, form: str) -> dict[str, Fact]:
        """What is known of the pairs that a word begins, made when the word is met first."""
        known = self._begins.get(form)
        if known is None:
            seconds = self._seconds.get(form)
            if seconds is None:
                return _NO_PAIRS
            known = {two: self._fact_of((f"{form} {two}",), "") for two in seconds}
            self._begins[form] = known
        return known

    def _fact(self, word: str) -> Fact:
        forms = self._forms(word)
        if not forms and word not in self._in_pairs and word not in _MARKS:
            return NOTHING
        if word[0].isdigit():
            return self._fact_of_a_number(tuple(forms))
        form = _A_MARK if word in _MARKS else word
        return self._fact_of(tuple(forms), form, ends=word in _STOPS)

    def _fact_of_a_number(self, seen: tuple[str, ...]) -> Fact:
        """Numbers never end, but there are few kinds of them: what is known of each is kept."""
        if seen not in self._numbers:
            self._numbers[seen] = self._fact_of(seen, "#")
        return self._numbers[seen]

    def _fact_of(self, seen: tuple[str, ...], form: str, *, ends: bool = False) -> Fact:
        numbers = dict.fromkeys(n for one in seen for n in self._keys.get(one, ()))
        phrases = [(number, self._phrases[number]) for number in numbers]
        bits = self._beside.bits
        every: list[Key] = [
            (n, bits(each.needs[1:2]), bits(each.needs[1:_ASKED])) for n, each in phrases
        ]
        keys = tuple(key for key in every if not self._phrases[key[0]].reach)
        over = tuple(key for key in every if self._phrases[key[0]].reach)
        asks = reduce(or_, [second for _, second, _ in keys], ANYTHING if over else 0)
        beside, others = self._beside.among(seen), self._others.among(seen)
        signs = reduce(or_, [self._signs.get(one, 0) for one in seen], 0)
        return form, self._begun_by(form), asks, keys, over, beside, others, signs, ends

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


def _window(number: int, first: int, last: int) -> _Window:
    return first, number, first, last


def _spread(places: Iterable[int], reach: int) -> list[tuple[int, int]]:
    """From where to where some places reach; those that reach each other are one."""
    found: list[tuple[int, int]] = []
    for at in places:
        if found and at - reach <= found[-1][1]:
            found[-1] = found[-1][0], at + reach
        else:
            found.append((at - reach, at + reach))
    return found


def _joined(windows: Iterable[_Window]) -> list[_Window]:
    """The same, in their order; those of one phrase that overlap are one."""
    found: list[_Window] = []
    for window in windows:
        before = found[-1] if found else _NO_WINDOW
        if before[1] == window[1] and before[0] == window[0] and window[2] <= before[3]:
            found[-1] = (*before[:3], max(before[3], window[3]))
        else:
            found.append(window)
    return found


class _Bits:
    """Groups of words, each a bit; common words are in the low ones, for they are read most."""

    def __init__(self, groups: Iterable[frozenset[str]]) -> None:
        self.words: dict[str, int] = {}
        self._bits: dict[frozenset[str], int] = {}
        for group in sorted(set(groups), key=lambda each: (-how_common(each), sorted(each))):
            bit = self._bits[group] = ANYTHING << (len(self._bits) + 1)
            for word in group:
                self.words[word] = self.words.get(word, 0) | bit

    def bits(self, groups: Sequence[frozenset[str]]) -> int:
        """The bits of some groups; what is always there for none."""
        return reduce(or_, map(self._bits.__getitem__, groups), 0) or ANYTHING

    def among(self, seen: Iterable[str]) -> int:
        """All groups that some words are in."""
        return reduce(or_, [self.words.get(one, 0) for one in seen], 0)


def _beside_keys(phrases: Iterable[Phrase]) -> _Bits:
    """What phrases need beside their keys."""
    return _Bits(group for phrase in phrases for group in phrase.needs[1:_ASKED])


def _learnt(phrases: Iterable[Phrase]) -> _Bits:
    """All groups of phrases, which learn their own bits."""
    asked = list(phrases)
    bits = _Bits(group for phrase in asked for group in phrase.needs)
    for phrase in asked:
        phrase.mask = bits.bits(phrase.needs) if phrase.needs else 0
        phrase.key = bits.bits(phrase.needs[:1])
    return bits


def _signs_of(told: Iterable[tuple[int, Phrase]]) -> tuple[dict[str, int], int]:
    """The contexts that each word may be the rarest of; those that no word is asked of."""
    signs: dict[str, int] = {}
    always = 0
    for bit, phrase in told:
        for word in phrase.needs[0] if phrase.needs else ():
            signs[word] = signs.get(word, 0) | bit
        always |= 0 if phrase.needs else bit
    return signs, always


def _beginnings(words: Iterable[str]) -> dict[str, list[str]]:
    """The beginnings that are watched for, by their first letters, the shortest first."""
    starts: dict[str, list[str]] = {}
    for start in sorted({word[:-1] for word in words if word.endswith("*")}, key=len):
        starts.setdefault(start[:_FIRST_LETTERS], []).append(start)
    return starts
