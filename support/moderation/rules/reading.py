"""A message as review reads it: plain lower-case words with single spaces, disguises undone."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection
from itertools import accumulate
from typing import Any, TypeVar

import re2

from support.base.text import look_alikes
from support.moderation.rules.spelling import Spelling

LETTERS_APART = "letters apart"
NAME_IN_PIECES = "a name in pieces"
_MOST_REMEMBERED = 12_000
_LONGEST_REMEMBERED = 24
_WORD = re.compile(r"\S+")
_SHORT = 3
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_Said = TypeVar("_Said")
_LETTER_RUN = re2.compile(
    r"(?i)(?:^|[^a-z0-9])((?:[a-z0-9@$!][ ._*-]{1,3}){2,}[a-z0-9@$])(?:$|[^a-z0-9])"
)


def comes_again(word: str) -> bool:
    """Whether a word is worth remembering; long numbers and names with numbers never end."""
    return len(word) <= _SHORT or not any(map(str.isdigit, word))


class Remembered(dict[str, _Said]):
    """What was made of words before; a new one is made, and kept if it may come again."""

    def __init__(self, make: Callable[[str], _Said], longest: int) -> None:
        """Take how something is made of a word, and how long words are that are kept."""
        super().__init__()
        self._make = make
        self._longest = longest

    def __missing__(self, word: str) -> _Said:
        """What is made of a new word; there are never more kept than a language has."""
        made = self._make(word)
        if len(word) <= self._longest and comes_again(word):
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[word] = made
        return made


class Reading:
    """The words of one message, and the way back to where they stood in it."""

    __slots__ = ("_chunks", "_ends", "_lines", "_typed", "text")

    def __init__(self, typed: str, text: str, chunks: list[str] | None) -> None:
        """Keep the normalised text and its parts, one for each typed word, if they line up."""
        self._typed = typed
        self._chunks = chunks
        self._ends: list[int] = []
        self._lines: list[tuple[list[str], list[int]]] = []
        self.text = text

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the normalised characters from start to end stand in what was typed."""
        if self._chunks is None:
            return 0, len(self._typed)
        if not self._ends:
            self._ends = [*accumulate(map(len, self._chunks))]
            self._lines = _lines(self._typed)
        first = bisect_right(self._ends, start + 1)
        last = max(first, bisect_right(self._ends, max(start, end - 1)))
        return self._place(first)[0], self._place(last)[1]

    def _place(self, at: int) -> tuple[int, int]:
        """Where one typed word stands; the end of a line is where its last word ends."""
        end = 0
        for words, ends in self._lines:
            if at < len(words):
                return ends[at] + at - len(words[at]), ends[at] + at
            if words:
                end = ends[-1] + len(words) - 1
            if at == len(words):
                break
            at -= len(words) + 1
        return end, end


def _lines(typed: str) -> list[tuple[list[str], list[int]]]:
    """The words of each line, and where each ends, the words before it taken off."""
    found, begins = [], 0
    for line in typed.split("\n"):
        words = line.split()
        ends = [*accumulate(map(len, words), initial=begins)][1:]
        if words and len(line) != ends[-1] - begins + len(words) - 1:  # more than single spaces
            places = enumerate(_WORD.finditer(line))
            ends = [begins + place.end() - number for number, place in places]
        found.append((words, ends))
        begins += len(line) + 1
    return found


class Reader:
    """Turns what people type into readings; remembers how words were read, never who wrote them."""

    def __init__(self, spelling: Spelling) -> None:
        """Read with one rule set's spelling."""
        self._spelling = spelling
        self._looks = look_alikes() | spelling.signs()
        self._known = Remembered(self._chunk, _LONGEST_REMEMBERED)

    def read(self, typed: str) -> Reading:
        """The reading of one message, in time linear in its length."""
        known = self._known
        chunks: list[str] = []
        for line in typed.split("\n"):
            chunks += map(known.__getitem__, line.split())
            chunks.append(" .")
        return Reading(typed, "".join(chunks), chunks)

    def read_disguised(self, typed: str, hints: Collection[str]) -> Reading:
        """The reading once more, letters typed one by one and names in pieces put right."""
        whole = _LETTER_RUN.sub(self._joined, typed) if LETTERS_APART in hints else typed
        reading = self.read(whole)
        together = self._spelling.rejoined(reading.text)
        if whole == typed and together == reading.text:
            return reading
        return Reading(typed, together, None)

    def _chunk(self, word: str) -> str:
        return "".join(f" {part}" for part in self._spelling.words(self.plain(word)))

    def hints(self) -> dict[str, str]:
        """Patterns that tell in a reading that it is worth a second one."""
        lone = {
            " ".join(words) for typed, words in self._spelling.same_as.items() if len(typed) == 1
        }
        single = "|".join(["[a-z0-9]", *sorted(lone)])
        hints = {LETTERS_APART: rf"(?: (?:{single})(?: [.,])?){{3,}}(?: |$)"}
        if self._spelling.split_names.pattern:
            hints[NAME_IN_PIECES] = self._spelling.split_names.pattern
        return hints

    def plain(self, word: str) -> str:
        """One typed word in plain lower-case ASCII; what has no plain form is left out."""
        if word.isascii():
            return word.lower()
        if _CYRILLIC.search(word) and not _LATIN.search(word):
            word = word.lower()  # a word of that script, not one dressed up with its letters
        apart = unicodedata.normalize("NFKD", word.translate(self._looks)).translate(self._looks)
        return apart.casefold().encode("ascii", "ignore").decode("ascii")

    def _joined(self, match: Any) -> str:
        """Letters that stand alone in a row (d m  m e) become words where they spell some."""
        run = str(match[1])
        letters = [sign for sign in self.plain(run) if sign.isalnum() or sign in "@$!"]
        words = self._spelling.spelt_out(letters)
        whole = str(match[0])
        return whole.replace(run, " ".join(words)) if words else whole
