"""Words cut into the pieces of a model of many languages (unigram: the likeliest row of pieces)."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from support.moderation.rules.meaning.wordpiece import MOST_PIECES, both_ends

_BEGINS = "\u2581"  # how the model writes that a word begins
_LONGEST_WORD = 600  # signs: some languages write no spaces, so a word may be a whole message
_LESS_LIKELY = 10.0
_NEVER = float("-inf")


class Vocabulary(NamedTuple):
    """The pieces as the file has them: one after the other, where each begins, how likely each is.

    `plain` says what is written instead of a sign. The pieces are UTF-8.
    """

    text: bytes
    begins: Sequence[int]
    scores: Sequence[float]
    plain: Mapping[str, str]
    first: int
    last: int
    unknown: int


class Unigram:
    """Turns text into piece numbers; time is linear in its length.

    A quarter of a million strings would take as much memory as the model: only their sums are kept,
    and a piece is compared with the file's own text.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the pieces."""
        self._all = vocabulary
        text, places = vocabulary.text, pairwise(vocabulary.begins)
        sums = array("I", (crc32(text[begin:end]) for begin, end in places))
        order = sorted(range(len(sums)), key=sums.__getitem__)
        self._numbers = array("I", order)
        self._sums = array("I", map(sums.__getitem__, order))
        lengths = (end - begin for begin, end in pairwise(vocabulary.begins))
        self._longest = max(lengths, default=0)
        self._unlikely = min(vocabulary.scores, default=0.0) - _LESS_LIKELY
        self._cut = lru_cache(maxsize=8_000)(self._pieces)

    def numbers(self, text: str, most: int = MOST_PIECES) -> list[int]:
        """The numbers of a text; of a long one the first half and the last, where people turn."""
        plain = "".join(map(self._plain, text))
        found = [number for word in plain.split(" ") if word for number in self._cut(word)]
        return [self._all.first, *both_ends(found, most - 2), self._all.last]

    def _plain(self, sign: str) -> str:
        return self._all.plain.get(sign, sign)

    def _pieces(self, word: str) -> tuple[int, ...]:
        """The likeliest way to write a word; what no piece begins is unknown, sign by sign."""
        signs = [each.encode("utf-8", "replace") for each in _BEGINS + word]
        signs = both_ends(signs, _LONGEST_WORD)
        size = len(signs)
        best = [0.0, *[_NEVER] * size]
        ways = [(0, self._all.unknown)] * (size + 1)
        for begin in range(size):
            piece = b""
            for end in range(begin + 1, size + 1):
                piece += signs[end - 1]
                if len(piece) > self._longest:
                    break
                number = self._number(piece)
                if number is not None and best[begin] + self._all.scores[number] > best[end]:
                    best[end] = best[begin] + self._all.scores[number]
                    ways[end] = begin, number
            if best[begin] + self._unlikely > best[begin + 1]:
                best[begin + 1] = best[begin] + self._unlikely
                ways[begin + 1] = begin, self._all.unknown
        return _row(ways)

    def _number(self, piece: bytes) -> int | None:
        """Which piece this is, if it is one and not a mark of the model's own."""
        wanted = crc32(piece)
        at = bisect_left(self._sums, wanted)
        while at < len(self._sums) and self._sums[at] == wanted:
            number = self._numbers[at]
            begin, end = self._all.begins[number], self._all.begins[number + 1]
            if self._all.text[begin:end] == piece and number != self._all.unknown:
                return number
            at += 1
        return None


def _row(ways: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The pieces on the way from the end of a word back to its beginning, in their order."""
    found, at = [], len(ways) - 1
    while at > 0:
        at, number = ways[at]
        found.append(number)
    return tuple(reversed(found))
