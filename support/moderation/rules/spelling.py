"""How one typed word becomes plain words: slang, units, doubled letters, disguises and slips."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import re2

from support.moderation.rules.disguises import SHORTEST_DISGUISED, Disguises
from support.moderation.rules.links import Links

_SIMPLE = re.compile(r"([a-z]+)([.,!?;:]?)")
_EDGES = re.compile(r"([\"'([{<*_~]*)(.*?)([\"')\]}>*_~.,!?;:]*)")
_MEASURE = re.compile(r"([$]?)((?:\d+(?:[.,]\d+)?)|(?:[.,]\d+))([a-z%$]{0,8})")
_PARTS = re.compile(r"\d+(?:[.,]\d+)+|[.,]\d+|[a-z0-9]+|->|[%$=+&@.,!?;:\"()]")
_DOTTED = re.compile(r"[a-z]+(?:\.[a-z]+){2,}")
_TRIPLE = re.compile(r"([a-z])\1\1+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_SHORTEST_SLIP = 5
_LONGEST_SLIP = 16
_MARKS = {
    ".": ".", "!": ".", "?": "?", ",": ",", ";": ",", ":": ",", "(": ",", ")": ",",
    "%": "percent", "$": "money", "=": "equals", "+": "plus", "&": "and", "->": "to",
}  # fmt: skip
_PUNCTUATION = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"', "‹": '"', "›": '"',
    "’": "'", "‘": "'", "´": "'", "…": ".", "—": ",", "–": "-", "−": "-", "¿": "", "¡": "",
    "→": " -> ", "➡": " -> ", "⇒": " -> ", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "，": ",",
    "。": ".", "？": "?", "！": "!", "×": "x", "€": "$", "£": "$",
}  # fmt: skip


class SplitNames:
    """Medicine names that people type in two pieces (va lium)."""

    def __init__(self, pieces: Mapping[str, str]) -> None:
        """Take each pair of pieces with the word it stands for."""
        self._pieces = pieces
        self.pattern = " (" + "|".join(sorted(pieces)) + r")\b" if pieces else ""
        self._any = re2.compile(self.pattern)

    def joined(self, text: str) -> str:
        """The same text with such names whole."""
        if not self._pieces:
            return text
        return str(self._any.sub(lambda match: " " + self._pieces[match[1]], text))


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a rule set knows of spelling: all its words, slang, medicines, units and signs."""

    words_known: frozenset[str]
    same_as: Mapping[str, Sequence[str]]
    drugs: Mapping[str, str]
    units: frozenset[str]
    emoji: Mapping[str, str]
    slips: Mapping[str, str]
    split_names: SplitNames
    links: Links
    plain_words: frozenset[str] = field(default=frozenset())
    run_together: tuple[str, ...] = ()
    known: frozenset[str] = field(init=False)
    disguises: Disguises = field(init=False)

    def __post_init__(self) -> None:
        """Gather all words that a typed one may stand for."""
        object.__setattr__(
            self, "known", self.words_known | self.drugs.keys() | self.same_as.keys()
        )
        object.__setattr__(self, "disguises", Disguises(self.known))

    def signs(self) -> dict[int, str]:
        """Characters read as words or plain marks: emoji, quotes, arrows, fractions."""
        table = {ord(sign): plain for sign, plain in _PUNCTUATION.items()}
        return table | {ord(sign): f" {word} " for sign, word in self.emoji.items()}

    def words(self, plain: str) -> list[str]:
        """The words in one typed piece of plain lower-case text."""
        if plain.isdigit() and plain not in self.same_as:
            return [plain]
        simple = _SIMPLE.fullmatch(plain)
        if simple:
            marks = [_MARKS[simple[2]]] if simple[2] else []
            return [*self._known_word(simple[1]), *marks]
        pieces = plain.split()
        known = {piece: self._piece(piece) for piece in set(pieces)}
        return [word for piece in pieces for word in known[piece]]

    def _piece(self, piece: str) -> list[str]:
        if piece in self.same_as:
            return list(self.same_as[piece])
        edges = _EDGES.fullmatch(piece)
        before, core, after = (edges[1], edges[2], edges[3]) if edges else ("", piece, "")
        if after.startswith("!") and len(core) < SHORTEST_DISGUISED:
            core, after = piece[len(before) :], ""
        words = [_QUOTE for sign in before if sign == _QUOTE]
        words += self._core(core) if core else []
        return words + [_MARKS.get(sign, sign) for sign in _once(after) if sign in _MARKS_AFTER]

    def _core(self, core: str) -> list[str]:
        link = self.links.word_for(core)
        if link:
            return [link]
        if core in self.same_as:
            return list(self.same_as[core])
        measure = _MEASURE.fullmatch(core)
        if measure and (not measure[3] or measure[3] in self.units):
            return self._measure(measure)
        whole = self._disguised(core)
        if whole:
            return whole
        if core.startswith("@") and len(core) > 1:
            return ["mentionx"]
        parts = _split(core)
        if _DOTTED.fullmatch(core):
            parts = core.split(".")
        known = {part: self._part(part) for part in set(parts)}
        return [word for part in parts for word in known[part]]

    def _measure(self, measure: re.Match[str]) -> list[str]:
        number = _number(measure[2])
        unit = {"%": "percent", "$": "money"}.get(measure[3], measure[3])
        sign = ["money"] if measure[1] else []
        return [*sign, number, *([unit] if unit else [])]

    def _part(self, part: str) -> list[str]:
        if part in _MARKS or part == _QUOTE:
            return [_MARKS.get(part, part)]
        if part[0].isdigit() or part[0] in ".,":
            measure = _MEASURE.fullmatch(part)
            if measure and (not measure[3] or measure[3] in self.units):
                return self._measure(measure)
        if part.isalpha():
            return self._known_word(part)
        return self._disguised(part) or [part.replace(".", "_").replace(",", "_")]

    def _known_word(self, word: str) -> list[str]:
        if word in self.same_as:
            return list(self.same_as[word])
        if word in self.drugs:
            return [self.drugs[word]]
        if word in self.words_known or word in self.plain_words:
            return [word]
        return [self._mended(word)]

    def _mended(self, word: str) -> str:
        """Drawn-out letters and one slip put right where that gives a word the rules know."""
        single, drawn_out = _TRIPLE.subn(_first_letter, word)
        if drawn_out:
            for form in (single, _TRIPLE.sub(_first_twice, word)):
                if form in self.known:
                    return self._read_as(form)
            word = single
        if word.endswith("s") and word[:-1] in self.drugs:
            return self.drugs[word[:-1]]
        if _SHORTEST_SLIP <= len(word) <= _LONGEST_SLIP:
            for form in with_one_missing(word):
                if form in self.slips:
                    return self._read_as(self.slips[form])
        return self._apart(word)

    def _apart(self, word: str) -> str:
        """Words typed without a space between them, where one of them is watched for."""
        if not _SHORTEST_RUN <= len(word) <= _LONGEST_RUN_TOGETHER:
            return word
        if not any(map(word.__contains__, self.run_together)):
            return word
        found = self._cut(word)
        if not found or any(len(part) < _SHORTEST_PART for part in found if part != "i"):
            return word
        return " ".join(self._read_as(part) for part in found)

    def _read_as(self, word: str) -> str:
        if word in self.same_as:
            return " ".join(self.same_as[word])
        return self.drugs.get(word, word)

    def _disguised(self, core: str) -> list[str]:
        """The word behind digits, signs and dots between letters; nothing if there is none."""
        word = self.disguises.behind(core)
        return self._read_as(word).split() if word else []

    def spelt_out(self, letters: Sequence[str]) -> list[str]:
        """The known words that letters typed one by one make; nothing if they make none."""
        if not SHORTEST_DISGUISED <= len(letters) <= _LONGEST_RUN or "".join(letters).isdigit():
            return []
        found = self._cut("".join(letters))
        return found if len(found) * 2 <= len(letters) else []

    def _cut(self, letters: str) -> list[str]:
        """Divide letters into the fewest known words, the longest first."""
        spells = self.known.__contains__ if letters.isalpha() else self._spells
        best: dict[int, list[str]] = {0: []}
        for start in range(len(letters)):
            way = best.get(start)
            if way is None:
                continue
            for end in range(start + 1, min(start + _LONGEST_SLIP, len(letters)) + 1):
                if end in best and len(best[end]) <= len(way) + 1:
                    continue
                if spells(letters[start:end]):
                    best[end] = [*way, letters[start:end]]
        return best.get(len(letters), [])

    def _spells(self, letters: str) -> bool:
        return letters in self.known or self.disguises.behind(letters) is not None

    def rejoined(self, text: str) -> str:
        """Medicine names typed in two pieces are put together."""
        return self.split_names.joined(text)


_QUOTE = '"'
_MARKS_AFTER = frozenset('.!?,;:")')
_LONGEST_RUN = 60
_SHORTEST_RUN = 7
_LONGEST_RUN_TOGETHER = 24
_SHORTEST_PART = 2


def _first_letter(run: re.Match[str]) -> str:
    return run[1]


def _first_twice(run: re.Match[str]) -> str:
    return run[1] * 2


def _once(marks: str) -> Iterable[str]:
    """Each mark once, a question mark before a full stop."""
    if "?" in marks:
        return [mark for mark in ('"', "?") if mark in marks]
    return dict.fromkeys(marks)


def _split(core: str) -> list[str]:
    apart = core.replace("'", "").replace("`", "").replace("*", "")
    return [part for part in _PARTS.findall(apart)]


def _number(typed: str) -> str:
    if _THOUSANDS.fullmatch(typed):
        return typed.replace(",", "")
    whole = typed.replace(",", ".")
    if whole.startswith("."):
        whole = "0" + whole
    return whole.replace(".", "_")


def with_one_missing(word: str) -> list[str]:
    """The word and every form with one letter less: two words one slip apart share a form."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]
