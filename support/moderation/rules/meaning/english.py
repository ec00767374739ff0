"""Whether a text is English: which of two models looks at it."""

import re
from functools import cache
from pathlib import Path

LIST = Path(__file__).parents[2] / "data" / "english_words.txt"
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = str.maketrans("", "", "'’`")


def words_of(text: str) -> list[str]:
    """The words of a text as they are listed: small letters, no apostrophes, no numbers."""
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def is_english(text: str) -> bool:
    """Whether half of the words or more are listed, which may be wrong for two or three words.

    A text without words is nobody's language, and is taken for English.
    """
    words = words_of(text)
    return 2 * sum(map(_listed().__contains__, words)) >= len(words)


@cache
def _listed() -> frozenset[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
