"""Which groups of words a message holds: as a whole, in each sentence, and piece by piece.

People who are not well write without full stops. A sentence that is long is therefore looked at in
pieces, so that words that stand far apart are not taken for neighbours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import accumulate, chain, compress
from operator import itemgetter, or_, sub

from support.moderation.rules.phrase import ANYTHING, Phrase

_END_MARK = " ."
_PIECE = 12
_LONGEST_WHOLE = 2 * _PIECE  # words of a sentence that is one piece
_NO_WORD = (-1,)

Key = tuple[int, int, int]
Fact = tuple[str, int, tuple[Key, ...], tuple[Key, ...], int, int, bool]
"""Of a word or pair: how pairs call it; the second groups of all phrases that it is the key of;
these phrases, each with its second group and all that it needs beside the key, and those that go on
past the end of a sentence; the groups of phrases it is in; the groups of contexts it is in; whether
it ends a sentence."""

NOTHING: Fact = ("", 0, (), (), 0, 0, False)
form_of, asks_of, _, _, _beside, _others, _ends_it = map(itemgetter, range(len(NOTHING)))
_Ends = dict[int, tuple[int, int]]


class Groups:
    """Which groups of words a message holds, as a whole and piece by piece.

    A piece is a sentence, or of a long one a dozen words in a row.
    """

    __slots__ = (
        "_beside",
        "_ends",
        "_facts",
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
        self.pieces = _pieces(self.stops)
        self.parts = _parts(self.pieces, self.stops) if self.pieces is not self.stops else {}
        self._masks: dict[int | tuple[int, int], int] = {}
        self._ends: list[int] = []
        self._word_ends: list[int] = []
        self._beside = [*map(_beside, facts)]
        self._whole = 0

    def beside(self) -> list[int]:
        """The groups of watched phrases, keys left out, that are in each piece."""
        found, first = [], 0
        for last in self.pieces:
            found.append(self.among(first, last))
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
        begin, end = self.words_of(piece, piece)
        last = min(end + reach, self.many - 1)
        return bisect_left(self.pieces, begin - reach), bisect_left(self.pieces, last)

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
            self._whole = reduce(or_, map(self.others, range(len(self.pieces))), ANYTHING)
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
            first = self.pieces[piece - 1] + 1 if piece else 0
            last = self.pieces[piece] + 1
            here = self._facts[first:last] + self._facts[self.many + first : self.many + last]
            found = filter(None, map(_others, here))
            known = self._masks[piece] = reduce(or_, found, ANYTHING)
        return known

    def places_for(self, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Where a phrase that contexts ask for could stand, by its words."""
        mask = phrase.mask
        if phrase.reach or not mask:
            yield 0, self._size
        elif self.whole & mask == mask:
            for first, last in self._rows(phrase.length):
                if self._others_among(first, last) & mask == mask:
                    yield self.place(*self.words_of(first, last))

    def _rows(self, length: int) -> Iterable[tuple[int, int]]:
        """Each piece with those after it, in its sentence, into which so many words may go on."""
        pieces = self.pieces
        if not self.parts:
            return zip(range(len(pieces)), range(len(pieces)), strict=True)
        return [
            (at, min(self.sentence(at)[1], bisect_left(pieces, pieces[at] + length)))
            for at in range(len(pieces))
        ]

    def _others_among(self, first: int, last: int) -> int:
        """The groups that contexts ask for in some pieces in a row."""
        if first == last:
            return self.others(first)
        known = self._masks.get((first, last))
        if known is None:
            here = map(self.others, range(first, last + 1))
            known = self._masks[first, last] = reduce(or_, here, ANYTHING)
        return known

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
