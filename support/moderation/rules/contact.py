"""Phone numbers and e-mail addresses in any spelling: what would let a stranger find a person."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import re2

from support.moderation.rules.reading import Reading

_RUN = re2.compile(r"(?:\+|\(|\b)\d[\d ().\-/\x{2010}-\x{2014}x]{4,28}\d\b")
_GROUP = re.compile(r"\d+")
_CLOCK_OR_DATE = re2.compile(
    r"^(?:\d{1,2}[:.]\d\d|(?:19|20)\d\d ?[-\x{2013}] ?(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)?\d\d)(?:\s|$)"
)
_ADDRESS_OF_A_COMPUTER = re2.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")
DIGITS, WORDS, MAIL = "digits", "spelt-out contact", "a mail service"
_FEWEST_WITH_CUE = 7
_FEWEST = 9
_MOST = 15
_LONGEST_UNBROKEN = 11
_BEFORE = 48
_ENOUGH = 4
_MOST_GROUPS = 5
_SHORTEST_GROUP = 3
_ENDINGS = "com|net|org|co|uk|de|fr|nl|es|pt|br|eu|info|io|be|ch|at|it|ie|ca|au|us|edu|gov|example"
_COUNTING = (" 1 2 3 4", " 10 9 8", " 5 4 3 2")


class ContactFinder:
    """Knows what a phone number, a helpline and a spelt-out address look like."""

    def __init__(self, facts: Mapping[str, Sequence[str]]) -> None:
        """Take the words and numbers of contact.toml."""
        self._helplines = frozenset(facts.get("helplines", ()))
        self._free = tuple(facts.get("free_prefixes", ()))
        cues = "|".join(facts.get("cues", ()) or ("call",))
        self._cue = re2.compile(rf"(?i)\b(?:{cues})\b")
        digits = "|".join(sorted(set(facts.get("digits", ()) or ("one",)), key=len, reverse=True))
        self._spoken = re2.compile(rf"(?:(?: ,)? (?:{digits}|\d)){{7,}}\b")
        self._mail = mail = "|".join(facts.get("mail_words", ()) or ("gmail",))
        dot = r"(?:(?: ,)* (?:dot|punto|punkt|ponto|point|punt)(?: ,)*"
        dots, ending = rf"{dot} \w+)", rf"{dot} (?:{_ENDINGS}))"
        at = r"(?: ,)* (?:at|arroba|arrobas|apenstaartje|ett|klammeraffe|arobase|a with)(?: ,)*"
        host = rf"(?: (?:{mail})\b| \w+{dots}?{ending}\b)"
        self._spelt_mail = re2.compile(rf" \w+{dots}?{at}{host}| emailx\b")
        self._typed_mail = re2.compile(
            rf"(?i)[a-z0-9._-]{{2,}} ?(?:@|\(at\)|\[at\]|\{{at\}}| at ) ?(?:{mail})\.[a-z]{{2,4}}\b"
        )

    def hints(self) -> dict[str, str]:
        """Patterns that tell in a reading that it is worth looking closer."""
        return {
            DIGITS: r"(?:\d[^\d]{0,5}){7}",
            WORDS: f"{self._spelt_mail.pattern}|{self._spoken.pattern}",
            MAIL: rf" (?:{self._mail})\b| urlx",
        }

    def details(
        self, text: str, reading: Reading, hints: Collection[str]
    ) -> Iterator[tuple[str, int, int]]:
        """Each contact detail of a message, as rule id and span; only what the hints point to."""
        if WORDS in hints:
            yield from self._spelt_out(reading)
        if MAIL in hints:
            for match in islice(self._typed_mail.finditer(text), _ENOUGH):
                yield "personal.email", *match.span()
        if DIGITS in hints:
            for match in _RUN.finditer(text):
                if self._is_phone(match, text):
                    yield "personal.phone", *match.span()

    def _spelt_out(self, reading: Reading) -> Iterator[tuple[str, int, int]]:
        for match in islice(self._spelt_mail.finditer(reading.text), _ENOUGH):
            yield "personal.email", *reading.span(match.start(), match.end())
        for match in islice(self._spoken.finditer(reading.text), _ENOUGH):
            if not str(match[0]).startswith(_COUNTING):
                yield "personal.phone", *reading.span(match.start(), match.end())

    def _is_phone(self, match: Any, text: str) -> bool:
        typed = str(match[0]).split("x")[0].strip()
        groups = _GROUP.findall(typed)
        digits = "".join(groups)
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        told = bool(self._cue.search(before)) or typed.startswith("+")
        fewest = _FEWEST_WITH_CUE if told else _FEWEST
        if not fewest <= len(digits) <= _MOST or self._is_public(digits):
            return False
        if _CLOCK_OR_DATE.search(typed) or _ADDRESS_OF_A_COMPUTER.search(typed):
            return False
        if text[match.start() - 1 : match.start()] in {"_", "-", "/", ".", "#", ":", "="}:
            return False
        return told or _looks_dialled(typed, groups, digits)

    def _is_public(self, digits: str) -> bool:
        local = digits.removeprefix("00")
        if digits in self._helplines or local in self._helplines:
            return True
        return digits.startswith(self._free) or len(set(digits)) == 1


def _looks_dialled(typed: str, groups: list[str], digits: str) -> bool:
    """Whether digits without any word about calling are still grouped as one dials them."""
    if len(groups) == 1:
        return len(digits) <= _LONGEST_UNBROKEN
    if "." in typed and any(len(group) == 1 for group in groups):
        return False
    if typed.startswith(("0", "(")):
        return True
    return len(groups) <= _MOST_GROUPS and min(map(len, groups)) >= _SHORTEST_GROUP
