"""Which groups of words a message holds: as a whole, in each sentence, and piece by piece.

People who are not well write without full stops. A sentence that is long is therefore looked at in
pieces, so that words that stand far apart are not taken for neighbours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import accumulate, chain, compress, count
from operator import add, itemgetter, or_, sub
from typing import Any

from support.moderation.rules.phrase import ANYTHING

_END_MARK = " ."
_PIECE = 12
_LONGEST_WHOLE = 3 * _PIECE  # words of a sentence that is one piece
_NO_WORD = (-1,)

Key = tuple[int, int, int]
Fact = tuple[str, dict[str, Any], int, tuple[Key, ...], tuple[Key, ...], int, int, int, bool]
"""Of a word or pair: how pairs call it; the pairs that it begins; the second groups of all phrases
that it is the key of; these phrases, each with its second group and all that it needs beside the
key, and those that go on past the end of a sentence; the groups of phrases it is in; the groups of
contexts it is in; the contexts of which it may be a sign; whether it ends a sentence."""

NOTHING: Fact = ("", {}, 0, (), (), 0, 0, 0, False)
_PARTS = map(itemgetter, range(len(NOTHING)))
form_of, begins_of, asks_of, _, _, _beside, _others, _signs, _ends_it = _PARTS
_Row = tuple[int, int]


class Groups:
    """Which groups of words a message holds, as a whole and piece by piece.

    A piece is a sentence, or of a long one a dozen words in a row.
    """

    __slots__ = (
        "_always",
        "_beside",
        "_ends",
        "_facts",
        "_masks",
        "_places",
        "_signs_in",
        "_size",
        "_word_ends",
        "_words",
        "many",
        "parts",
        "pieces",
        "stops",
    )

    def __init__(self, size: int, words: Sequence[str], facts: list[Fact], always: int = 0) -> None:
        """Take what is known of each word, then of each pair that one ends; what needs no sign."""
        self._size = size
        self._words = words
        self.many = len(words)
        self._facts = facts
        self.stops = [*compress(range(len(words)), map(_ends_it, facts))]
        self.pieces = _pieces(self.stops) if self.many > _LONGEST_WHOLE else self.stops
        self.parts = _parts(self.pieces, self.stops) if self.pieces is not self.stops else {}
        self._masks: dict[int, int] = {}
        self._beside = [*map(_beside, facts)]
        self._ends: list[int] = []
        self._word_ends: list[int] = []
        self._places: list[int] = []
        self._always = always
        self._signs_in: list[int] = []

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

    def sentence(self, piece: int) -> _Row:
        """The first and last piece of the sentence that one is in."""
        return self.parts.get(piece) or (piece, piece)

    def words_of(self, first: int, last: int) -> _Row:
        """The first and last word of some pieces in a row."""
        return self.pieces[first - 1] + 1 if first else 0, self.pieces[last]

    def around(self, piece: int, reach: int) -> _Row:
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

    def signs(self) -> int:
        """The contexts of which there is a sign anywhere."""
        return reduce(or_, self._signs_in or self._find_signs(), 0)

    def signs_between(self, start: int, end: int) -> int:
        """The contexts of which there is a sign in pieces that have a word between two places."""
        there = self._signs_in or self._find_signs()
        first, last = self._between(start, end)
        return reduce(or_, there[first:last], 0)

    def between(self, start: int, end: int) -> int:
        """The groups that contexts ask for, of all pieces with a word between two places."""
        return reduce(or_, map(self.others, range(*self._between(start, end))), ANYTHING)

    def _between(self, start: int, end: int) -> tuple[int, int]:
        if not self._ends:
            places = self._word_ends or self._find_ends()
            self._ends = [places[piece] + piece + 1 for piece in self.pieces]
        ends = self._ends
        first = bisect_right(ends, start)
        if first < len(ends) and ends[first] <= start + len(_END_MARK) and self._is_stop(first):
            first += 1
        return first, min(bisect_left(ends, end) + 1, len(ends))

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

    def around_signs(self, sign: int, crosses: int) -> Iterable[_Row]:
        """Where a context could stand that has a sign: the first and last piece of each place."""
        there = self._signs_in or self._find_signs()
        signed = [at for at, each in enumerate(there) if each & sign]
        sentences = map(self.sentence, signed)
        if crosses:
            far = (self.around(piece, crosses) for piece in signed)
            sentences = map(_both, sentences, far)
        return dict.fromkeys(sentences)

    def within(self, first: int, last: int) -> int:
        """The groups that contexts ask for, of some pieces in a row."""
        if first == last:
            return self.others(first)
        return reduce(or_, map(self.others, range(first, last + 1)))

    def _find_signs(self) -> list[int]:
        """The contexts of which there is a sign in each piece."""
        told, many, first = [*map(_signs, self._facts)], self.many, 0
        for last in self.pieces:
            here = told[first : last + 1] + told[many + first : many + last + 1]
            self._signs_in.append(reduce(or_, here, self._always))
            first = last + 1
        return self._signs_in

    def _is_stop(self, piece: int) -> bool:
        """Whether a sentence ends with a piece."""
        return bool(_ends_it(self._facts[self.pieces[piece]]))

    def back(self, start: int, words: int) -> int:
        """Where so many words before a place begin; a mark that the hit begins with counts."""
        ends = self._places or self._find_places()
        first = bisect_left(ends, start) + 1 - words
        return ends[first - 1] if first > 0 else 0

    def forth(self, end: int, words: int) -> int:
        """Where so many words after a place end."""
        ends = self._places or self._find_places()
        return ends[min(bisect_left(ends, end) + words, len(ends) - 1)]

    def _find_places(self) -> list[int]:
        """Where each word ends."""
        ends = self._word_ends or self._find_ends()
        self._places = [*map(add, ends, count(1))]
        return self._places

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


def _both(one: _Row, other: _Row) -> _Row:
    return min(one[0], other[0]), max(one[1], other[1])


def _parts(pieces: list[int], stops: list[int]) -> dict[int, _Row]:
    """The first and last piece of the sentence for each piece that is not all of its own."""
    found: dict[int, _Row] = {}
    first = 0
    for stop in stops:
        last = bisect_left(pieces, stop)
        if last > first:
            found.update(dict.fromkeys(range(first, last + 1), (first, last)))
        first = last + 1
    return found
