"""Which groups of words a message holds: as a whole, in each sentence, and piece by piece.

People who are not well write without full stops. A sentence that is long is therefore looked at in
pieces, so that words that stand far apart are not taken for neighbours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import accumulate, chain, compress
from operator import itemgetter, or_, sub
from typing import Any

from support.moderation.rules.phrase import ANYTHING, Phrase

_END_MARK = " ."
_PIECE = 12
_LONGEST_WHOLE = 3 * _PIECE  # words of a sentence that is one piece
_NO_WORD = (-1,)

Key = tuple[int, int, int]
Fact = tuple[str, dict[str, Any], int, tuple[Key, ...], tuple[Key, ...], int, int, bool]
"""Of a word or pair: how pairs call it; the pairs that it begins; the second groups of all phrases
that it is the key of; these phrases, each with its second group and all that it needs beside the
key, and those that go on past the end of a sentence; the groups of phrases it is in; the groups of
contexts it is in; whether it ends a sentence."""

NOTHING: Fact = ("", {}, 0, (), (), 0, 0, False)
form_of, begins_of, asks_of, _, _, _beside, _others, _ends_it = map(itemgetter, range(len(NOTHING)))
_Ends = dict[int, tuple[int, int]]


class Groups:
    """Which groups of words a message holds, as a whole and piece by piece.

    A piece is a sentence, or of a long one a dozen words in a row.
    """

    __slots__ = (
        "_beside",
        "_ends",
        "_facts",
        "_in_sentence",
        "_masks",
        "_size",
        "_whole",
        "_word_ends",
        "_words",
        "many",
        "parts",
        "pieces",
        "stops",
    )

    def __init__(self, size: int, words: Sequence[str], facts: list[Fact]) -> None:
        """Take what is known of each word, and then of each pair that one ends."""
        self._size = size
        self._words = words
        self.many = len(words)
        self._facts = facts
        self.stops = [*compress(range(len(words)), map(_ends_it, facts))]
        self.pieces = _pieces(self.stops) if self.many > _LONGEST_WHOLE else self.stops
        self.parts = _parts(self.pieces, self.stops) if self.pieces is not self.stops else {}
        self._masks: dict[int, int] = {}
        self._beside = [*map(_beside, facts)]
        self._in_sentence: list[int] = []
        self._ends: list[int] = []
        self._word_ends: list[int] = []
        self._whole = 0

    def beside(self) -> list[int]:
        """The groups of watched phrases, keys left out, that are in each piece."""
        told, many, first = self._beside, self.many, 0
        found = []
        for last in self.pieces:
            here = told[first : last + 1] + told[many + first : many + last + 1]
            found.append(reduce(or_, filter(None, here), ANYTHING))
            first = last + 1
        return found

    def among(self, first: int, last: int) -> int:
        """The same of some words in a row, and the pairs that they end."""
        told, many = self._beside, self.many
        here = told[first : last + 1] + told[many + first : many + last + 1]
        return reduce(or_, filter(None, here), ANYTHING)

    def sentence(self, piece: int) -> tuple[int, int]:
        """The first and last piece of the sentence that one is in."""
        return self.parts.get(piece) or (piece, piece)

    def words_of(self, first: int, last: int) -> tuple[int, int]:
        """The first and last word of some pieces in a row."""
        return self.pieces[first - 1] + 1 if first else 0, self.pieces[last]

    def around(self, piece: int, reach: int) -> tuple[int, int]:
        """The first and last piece within so many words before and after one."""
        pieces = self.pieces
        begin = pieces[piece - 1] + 1 if piece else 0
        last = min(pieces[piece] + reach, self.many - 1)
        return bisect_left(pieces, begin - reach), bisect_left(pieces, last)

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where some words in a row stand, with the end of what is before them.

        Of a sentence before them that is its mark. Within a sentence it is one letter, so that
        nothing seems to stand at the beginning of a clause that does not.
        """
        if not first and last == self.many - 1:
            return 0, self._size
        ends = self._word_ends or self._find_ends()
        end = ends[last] + last + 1
        if not first:
            return 0, end
        before = len(_END_MARK) if _ends_it(self._facts[first - 1]) else 1
        return ends[first - 1] + first - before, end

    @property
    def whole(self) -> int:
        """The groups of the whole message that contexts ask for."""
        if not self._whole:
            each = dict(zip(self._words, self._facts, strict=False)).values()
            facts = chain(each, self._facts[self.many :])
            self._whole = reduce(or_, filter(None, map(_others, facts)), ANYTHING)
        return self._whole

    def between(self, start: int, end: int) -> int:
        """The same of all pieces that have a word between two places."""
        if not self._ends:
            places = self._word_ends or self._find_ends()
            self._ends = [places[piece] + piece + 1 for piece in self.pieces]
        ends = self._ends
        first = bisect_right(ends, start)
        if first < len(ends) and ends[first] <= start + len(_END_MARK) and self._is_stop(first):
            first += 1
        last = min(bisect_left(ends, end) + 1, len(ends))
        return reduce(or_, [self.others(each) for each in range(first, last)], ANYTHING)

    def others(self, piece: int) -> int:
        """The same of one piece."""
        known = self._masks.get(piece)
        if known is None:
            first, last = self.words_of(piece, piece)
            facts, many = self._facts, self.many
            here = facts[first : last + 1] + facts[many + first : many + last + 1]
            known = reduce(or_, filter(None, map(_others, here)), ANYTHING)
            self._masks[piece] = known
        return known

    def places_for(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Where a phrase that contexts ask for could stand, by its words."""
        mask = phrase.mask
        if phrase.reach or not mask:
            yield 0, self._size
            return
        there = self._in_sentence or self._find_in_sentence()
        for piece in [at for at, each in enumerate(there) if each & mask == mask]:
            last = piece
            if piece in self.parts:
                last = bisect_left(self.pieces, self.pieces[piece] + phrase.length)
                last = min(last, self.sentence(piece)[1])
                if reduce(or_, map(self.others, range(piece, last + 1))) & mask != mask:
                    continue
            yield self.place(*self.words_of(piece, last))

    def _find_in_sentence(self) -> list[int]:
        """The groups that contexts ask for, for each piece in all of its sentence."""
        found = [*map(self.others, range(len(self.pieces)))]
        for first, last in {*self.parts.values()}:
            there = reduce(or_, found[first : last + 1])
            found[first : last + 1] = [there] * (last + 1 - first)
        self._in_sentence = found
        return found

    def _is_stop(self, piece: int) -> bool:
        """Whether a sentence ends with a piece."""
        return bool(_ends_it(self._facts[self.pieces[piece]]))

    def _find_ends(self) -> list[int]:
        """Where each word ends, the spaces before words left out."""
        self._word_ends = [*accumulate(map(len, self._words))]
        return self._word_ends


def _pieces(stops: list[int]) -> list[int]:
    """The last word of each piece: of each sentence, or of each dozen words of a long one."""
    lengths = map(sub, stops, chain(_NO_WORD, stops))
    if max(lengths, default=0) <= _LONGEST_WHOLE:
        return stops
    found: list[int] = []
    before = _NO_WORD[0]
    for stop in stops:
        if stop - before > _LONGEST_WHOLE:
            found += range(before + _PIECE, stop - _PIECE, _PIECE)
        found.append(stop)
        before = stop
    return found


def _parts(pieces: list[int], stops: list[int]) -> _Ends:
    """The first and last piece of the sentence for each piece that is not all of its own."""
    found: _Ends = {}
    first = 0
    for stop in stops:
        last = bisect_left(pieces, stop)
        if last > first:
            found.update(dict.fromkeys(range(first, last + 1), (first, last)))
        first = last + 1
    return found
