"""Words dressed up with digits, signs and dots (v4l1um, k*ll): which known word is meant.

What a sign may stand for is not tried out letter by letter: four stars would be six hundred words.
Known words are kept by their outline, in which all that a sign may hide is one; few share one.
"""

import re
from collections.abc import Sequence, Set
from itertools import product
from math import prod

_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "i", "|": "l", "+": "t", "(": "c", "*": "aeiou",
}  # fmt: skip
_HIDDEN = str.maketrans(dict.fromkeys((*_LEET, *"".join(_LEET.values())), "?"))
_BETWEEN = re.compile(r"[^\w@$!|+(*]|_")
_SHORT = {"n0": "no", "m3": "me", "t0": "to", "y0u": "you", "0n": "on", "0r": "or"}
_MOST_SIGNS = 4
SHORTEST_DISGUISED = 3


class Disguises:
    """The words that are known behind disguises."""

    def __init__(self, known: Set[str]) -> None:
        """Take all words that may be meant."""
        self._known = known
        self._by_outline: dict[str, list[str]] = {}
        for word in known:
            self._by_outline.setdefault(word.translate(_HIDDEN), []).append(word)

    def behind(self, typed: str) -> str | None:
        """The word behind digits, signs and dots between letters; None if there is none."""
        if typed.isalpha():
            return None
        letters = _BETWEEN.sub("", typed)
        if letters in _SHORT:
            return _SHORT[letters]
        if len(letters) < SHORTEST_DISGUISED or letters.isdigit():
            return None
        signs = sum(map(_LEET.__contains__, letters))
        if signs > _MOST_SIGNS or (not signs and len(letters) == len(typed)):
            return None
        alike = self._by_outline.get(letters.translate(_HIDDEN), [])
        return self._first_meant([_LEET.get(sign, sign) for sign in letters], alike)

    def _first_meant(self, ways: Sequence[str], alike: Sequence[str]) -> str | None:
        """The word that signs spell which may stand for these letters, of some that look alike.

        Of several the one whose signs stand for what they stand for most often.
        """
        if prod(map(len, ways)) <= len(alike):
            return next(filter(self._known.__contains__, map("".join, product(*ways))), None)
        fitting = [word for word in alike if all(map(str.__contains__, ways, word))]
        return min(fitting, key=lambda word: [*map(str.index, ways, word)], default=None)
