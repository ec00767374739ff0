"""Words cut into the pieces that the embedding model was trained on (uncased WordPiece)."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

MOST_PIECES = 256
_LONGEST_WORD = 60
_T = TypeVar("_T")
_CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


class WordPiece:
    """Turns text into piece numbers; time is linear in its length."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        """Take the model's pieces and their numbers."""
        self._known = vocabulary
        self._first, self._last = vocabulary["[CLS]"], vocabulary["[SEP]"]
        self._unknown = vocabulary["[UNK]"]
        self._cut = lru_cache(maxsize=8_000)(self._pieces)

    @classmethod
    def read(cls, path: Path) -> "WordPiece":
        """Read `vocab.txt`: one piece a line, its number is its place."""
        lines = path.read_text(encoding="utf-8").split("\n")
        return cls({piece: number for number, piece in enumerate(lines) if piece})

    def numbers(self, text: str, most: int = MOST_PIECES) -> list[int]:
        """The numbers of a text; of a long one the first half and the last, where people turn."""
        found: list[int] = []
        for word in _words(text):
            found.extend(self._cut(word))
        return [self._first, *both_ends(found, most - 2), self._last]

    def _pieces(self, word: str) -> tuple[int, ...]:
        """Greedy: the longest known piece first, again for what is left."""
        if len(word) > _LONGEST_WORD:
            return (self._unknown,)
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start:
                number = self._known.get(word[start:end] if start == 0 else "##" + word[start:end])
                if number is not None:
                    break
                end -= 1
            if end == start or number is None:
                return (self._unknown,)
            found.append(number)
            start = end
        return tuple(found)


def both_ends(found: list[_T], room: int) -> list[_T]:
    """As many as there is room for: the first half of them and the last."""
    if len(found) <= room:
        return found
    return found[: room // 2] + found[-(room - room // 2) :]


def _words(text: str) -> list[str]:
    """Lower-case words without accents, each sign by itself."""
    if not text.isascii():
        apart = unicodedata.normalize("NFD", text.lower())
        text = "".join(_plain(sign) for sign in apart)
    else:
        text = text.lower()
    return "".join(sign if sign.isalnum() else _spaced(sign) for sign in text).split()


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Mn" or (category.startswith("C") and not sign.isspace()):
        return ""
    code = ord(sign)
    return f" {sign} " if any(first <= code <= last for first, last in _CJK) else sign


def _spaced(sign: str) -> str:
    return " " if sign.isspace() or ord(sign) < ord(" ") else f" {sign} "
