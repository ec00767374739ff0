"""What people type, made safe to store, to search by and to compare by its looks."""

import unicodedata
from functools import cache
from pathlib import Path

_LOOK_ALIKES = Path(__file__).parent / "data" / "confusables.tsv"
_DIRECTION_MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_KEPT_CONTROL = "\n"
_SPACES = dict.fromkeys(map(ord, "\t\v\f\x1c\x1d\x1e\x1f\x85"), " ") | {0x2028: "\n", 0x2029: "\n"}
_UNSEEN = frozenset({"Mn", "Me", "Mc", "Cf", "Cc", "Cs"})
_LOOKS_ALIKE_IN_PAIRS = (("rn", "m"), ("vv", "w"))
_LOOKS_ALIKE_IN_ASCII = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s", "$": "s"})


@cache
def look_alikes() -> dict[int, str]:
    """What looks like plain Latin letters, with those letters (Unicode's confusables)."""
    table: dict[int, str] = {}
    for line in _LOOK_ALIKES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            plain, characters = line.split("\t")
            table.update((ord(character), plain) for character in characters)
    return table


def clean(text: str) -> str:
    """The same words in NFC, without control characters but newlines, and no half characters."""
    if text.isascii() and text.isprintable():
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES)
    kept = "".join(character for character in lines if _may_stay(character))
    return unicodedata.normalize("NFC", kept)


def _may_stay(character: str) -> bool:
    if character.isprintable() or character == _KEPT_CONTROL:
        return True
    kind = unicodedata.category(character)
    return kind not in {"Cc", "Cs"} and character not in _DIRECTION_MARKS


def without_marks(text: str) -> str:
    """Plain letters: lower case, no accents, no styled forms, nothing invisible."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if c.isascii() or unicodedata.category(c) not in _UNSEEN)


def fold(text: str) -> str:
    """The form in which search finds two spellings of one word: no case, accents, odd spaces."""
    return " ".join(without_marks(clean(text)).split())


def skeleton(text: str) -> str:
    """One form for all names that look alike, for refusing impostors; never shown to anybody."""
    apart = unicodedata.normalize("NFKD", clean(text))
    latin = without_marks(apart.translate(look_alikes()))
    letters = latin.translate(_LOOKS_ALIKE_IN_ASCII)
    for pair, single in _LOOKS_ALIKE_IN_PAIRS:
        letters = letters.replace(pair, single)
    return "".join(letters.split())
