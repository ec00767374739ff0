"""The small language rules are written in, turned into re2 patterns over normalised words.

A pattern is words in a row: `you should ~2 drop # mg`. `word*` is a beginning, `a|b` a choice of
words, `<list>` a word list, `[...]` may be missing, `( … | … )` chooses between phrases, `#` is a
number, `#part` one with a fraction, `#year` a year, `#code` letters with digits, `+` any word,
`~3` up to three words of one sentence, `~~9` up to nine words across sentences, `^` the beginning
of a clause, `$` the end of a sentence.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from support.moderation.rules.part import MARK, Part, either, in_a_row
from support.moderation.rules.phrase import Phrase

_ITEM = re.compile(r"<\w+>|#(?:year|code|part)?|[\[\]()|^$+]|~~?\d*|[^\s\[\]()|<>^$#~+]+")
_WORD = re.compile(r"[a-z0-9_]+\*?|[,.?\"]")
NUMBER = r" \d[\d_]*"
CODE = r" [a-z]+\d\w*"
PART = r" \d+_\d+"
A_WORD = r" [a-z]{3,}"
YEAR = r" (?:19|20)\d\d"
CLAUSE_START = r'(?:^|[.?,"])'
SENTENCE_END = r" [.?]"
_DEEPEST = 6
_DEEPEST_BRACKETS = 12
_LONGEST = 4_000
_TOLD = 60
_MOST_BETWEEN = 1_000  # words; re2 reads no larger number


class BadPattern(ValueError):
    """A pattern a moderator has to mend; the text says what is wrong with it."""


class PatternBook:
    """The word lists of a rule set, and patterns made with them."""

    def __init__(
        self,
        lists: Mapping[str, Sequence[str]],
        spell: Callable[[str], Sequence[str]],
        like: "PatternBook | None" = None,
    ) -> None:
        """Take lists by name, how one typed word is normalised, and a book that may be alike."""
        self._lists = lists
        self._spell = spell
        self._ready: dict[str, Part] = {}
        self._spelt: dict[str, Sequence[str]] = {}
        self._said: dict[str, Part] = {}
        self._whole: dict[str, Part] = {}
        if like and self._reads_as(like):
            self._ready, self._spelt = dict(like._ready), dict(like._spelt)
            self._said, self._whole = dict(like._said), dict(like._whole)

    def _reads_as(self, other: "PatternBook") -> bool:
        """Whether all that the other has made would be made here just so."""
        if self._lists != other._lists:
            return False
        return all(self._spell(word) == spelt for word, spelt in other._spelt.items())

    def phrases(self, patterns: Sequence[str]) -> tuple[Phrase, ...]:
        """What each pattern looks for; a word, a number or two neighbours that it cannot lack."""
        made = [(pattern, self._part(pattern)) for pattern in patterns]
        for pattern, part in made:
            if not part.needs:
                raise BadPattern(f"{_NO_WORD} in {pattern!r}")
        return tuple(_phrase(part) for _, part in made)

    def signs(self, patterns: Sequence[str]) -> tuple[Phrase, ...]:
        """The same for patterns of which only is asked whether one of them is there.

        The plain words of a choice stand apart from its phrases: they need no search. A mark alone
        will do.
        """
        found = []
        for pattern in patterns:
            made = self._part(pattern)
            if not made.needs and (made.may_lack or made.first is None):
                raise BadPattern(f"{_NO_WORD} in {pattern!r}")
            plain = [way for way in made.ways if way.is_plain]
            others = [way for way in made.ways if not way.is_plain]
            parts = [either(plain), either(others)] if plain and others else [made]
            found += [_phrase(replace(part, needs=_anywhere(part.needs))) for part in parts]
        return tuple(found)

    def _part(self, pattern: str) -> Part:
        try:
            if pattern not in self._whole:
                self._whole[pattern] = self._one(pattern, 0)
            return self._whole[pattern]
        except BadPattern as wrong:
            told = pattern if len(pattern) <= _TOLD else f"{pattern[:_TOLD]}…"
            raise BadPattern(f"{wrong} in {told!r}") from wrong

    def _one(self, pattern: str, depth: int) -> Part:
        if len(pattern) > _LONGEST:
            raise BadPattern(f"more than {_LONGEST} signs in one line")
        items = _ITEM.findall(pattern)
        if "".join(items) != "".join(pattern.split()):
            raise BadPattern("unknown signs")
        if _deepest_in(items) > _DEEPEST_BRACKETS:
            raise BadPattern(f"more than {_DEEPEST_BRACKETS} brackets inside each other")
        items.reverse()  # the next one is the last: taken off, nothing is copied
        row: list[Part] = []
        while items:
            if row and items[-1] == "|":
                items.pop()
                row[-1:] = [either([*row[-1:], self._element(items, depth)])]
            else:
                row.append(self._element(items, depth))
        return _row(row)

    def _element(self, items: list[str], depth: int) -> Part:
        """The first word, list or bracket of these items, which is taken off them."""
        if not items or items[-1] in {")", "]", "|"}:
            raise BadPattern("a bracket or a | too many")
        opened = items.pop()
        if opened not in _BRACKETS:
            return self._item(opened, depth)
        choices: list[list[Part]] = [[]]
        while items and items[-1] != _BRACKETS[opened]:
            if items[-1] == "|":
                items.pop()
                choices.append([])
            else:
                choices[-1].append(self._element(items, depth))
        if not items:
            raise BadPattern(f"the bracket {opened} is not closed")
        items.pop()
        chosen = either([_row(choice) for choice in choices])
        return chosen.or_nothing() if opened == "[" else chosen

    def _item(self, item: str, depth: int) -> Part:
        if item in _SIGNS:
            return _sign(item)
        if item.startswith("~"):
            return _gap(item.strip("~") or "3", crosses=item.startswith("~~"))
        if item.startswith("<"):
            return self._list(item.strip("<>"), depth)
        if item not in self._said:
            self._said[item] = in_a_row([self._word(word) for word in self._words(item)])
        return self._said[item]

    def _words(self, item: str) -> Sequence[str]:
        if item.endswith("*") or item in _MARKS:
            return (item,)
        if item not in self._spelt:
            self._spelt[item] = self._spell(item)
        return self._spelt[item]

    def _word(self, word: str) -> Part:
        if not _WORD.fullmatch(word):
            raise BadPattern(f"cannot use {word!r}: plain lower-case words without accents")
        if word in _MARKS:
            stops = word in _STOPS
            return Part(" " + re.escape(word), ends_open=True, first=MARK, last=MARK, stops=stops)
        group = (frozenset({word}),)
        if word.endswith("*"):
            return Part(" " + word[:-1] + r"\w*", group, is_plain=True)
        alone = _NUMBER if word[0].isdigit() else frozenset({word})
        return Part(" " + re.escape(word), group, is_plain=True, first=alone, last=alone)

    def _list(self, name: str, depth: int) -> Part:
        if name not in self._lists:
            raise BadPattern(f"no word list is called <{name}>")
        if depth > _DEEPEST:
            raise BadPattern(f"the word list <{name}> contains itself")
        if name not in self._ready:
            entries = [self._one(entry, depth + 1) for entry in self._lists[name]]
            self._ready[name] = either(sorted(set(entries), key=_longest))
        return self._ready[name]


def _row(parts: Sequence[Part]) -> Part:
    """These one after the other; only the first of them can ask for the beginning of a clause."""
    if len(parts) == 1:
        return parts[0]
    if any(part.opens for part in parts[1:]):
        raise BadPattern("^ can only stand at the beginning, for nothing comes before it")
    return in_a_row(parts)


def _deepest_in(items: Iterable[str]) -> int:
    """How deep brackets stand in each other: the parser calls itself as often."""
    steps = (1 if item in _BRACKETS else -1 if item in {")", "]"} else 0 for item in items)
    return max(accumulate(steps), default=0)


def _anywhere(needs: Iterable[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The same groups for a piece of a text, which may begin with any word: no mark before it."""
    bare = (frozenset(one.removeprefix(_AFTER_A_MARK) for one in group) for group in needs)
    return tuple(group for group in bare if group.isdisjoint(MARK))


def _phrase(part: Part) -> Phrase:
    whole = part.built if part.ends_open else f"(?:{part.built})\\b"
    return Phrase(
        whole, part.needs, is_plain=part.is_plain, length=part.length, crosses=part.crosses
    )


def _sign(sign: str) -> Part:
    """A number, a mark or a place, as it is written in patterns."""
    if sign in _NUMBERS:
        return Part(_SIGNS[sign], (frozenset({sign}),), first=_NUMBER, last=_NUMBER)
    if sign == "^":
        return Part(CLAUSE_START, last=MARK, opens=True)
    if sign == "$":
        return Part(SENTENCE_END, ends_open=True, first=MARK, last=MARK, stops=True)
    return Part(_SIGNS[sign])


def _gap(most: str, *, crosses: bool) -> Part:
    """Up to so many words, whichever they are."""
    if int(most) > _MOST_BETWEEN:
        raise BadPattern(f"more than {_MOST_BETWEEN} words between")
    word = r" [^ ]+" if crosses else r" [^ .?]+"
    return Part(f"(?:{word}){{0,{most}}}", length=int(most), may_lack=True, crosses=crosses)


def _longest(part: Part) -> tuple[int, str]:
    return -len(part.built), part.built


_AFTER_A_MARK = ", "
_NO_WORD = "no word has to be there, so it would be found everywhere"
_BRACKETS = {"(": ")", "[": "]"}
_MARKS = frozenset(',.?"')
_STOPS = frozenset(".?")
_NUMBER = frozenset("#")
_NUMBERS = frozenset({"#", "#year", "#part"})
_SIGNS = {
    "#": NUMBER,
    "#year": YEAR,
    "#code": CODE,
    "#part": PART,
    "+": A_WORD,
    "^": CLAUSE_START,
    "$": SENTENCE_END,
}


def words_in(patterns: Sequence[str]) -> set[str]:
    """Every plain word, or beginning of one, that patterns speak of, as written."""
    items = (item for pattern in patterns for item in _ITEM.findall(pattern))
    return {item.removesuffix("*") for item in items if item[0] not in '<[]()|^$#~+,.?"'}
