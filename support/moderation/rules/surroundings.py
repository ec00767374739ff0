"""What stands round a hit: who speaks, what is denied, what is long past, what is quoted."""

import re
from collections.abc import Iterable, Mapping

from support.moderation.rules.gate import Groups
from support.moderation.rules.rulebook import Context, Rule

_ENDS = (" .", " ?")
_CLAUSE_ENDS = (" .", " ?", " ,", ' "')
_TURNS = (*_CLAUSE_ENDS, " but ", " aber ", " pero ", " mas ", " mais ", " maar ")
_NUMBER = re.compile(r"\d+(?:_\d+)?")
_QUOTE = ' "'
_PLACES = {"clause": _CLAUSE_ENDS, "just before": _TURNS}
_FARTHEST = 400


class Scene:
    """One message in which hits are looked at; what holds for the whole of it is asked once."""

    __slots__ = ("_groups", "_known", "contexts", "encoded", "text")

    def __init__(self, contexts: Mapping[str, Context], text: str, groups: Groups) -> None:
        """Take a normalised text, and which word groups are in it."""
        self.contexts = contexts
        self.text = text
        self.encoded = text.encode("ascii")
        self._groups = groups
        self._known: dict[tuple[str, str], bool] = {}

    def has(self, context: Context) -> bool:
        """Whether a context's words are anywhere in the message."""
        return self._finds(context, self.text, self._groups.whole)

    def finds(self, context: Context, place: str, start: int, end: int) -> bool:
        """Whether a context's words are in one place, which lies between these two."""
        return self._finds(context, place, self._groups.between(start, end))

    def _finds(self, context: Context, place: str, mask: int) -> bool:
        """Asks only for what the sentences of a place could hold, and for each place once."""
        key = context.name, place
        known = self._known.get(key)
        if known is None:
            lacking = ~mask
            possible = [phrase for phrase in context.phrases if not phrase.mask & lacking]
            encoded = place.encode("ascii") if possible else b""
            known = self._known[key] = any(phrase.is_in(encoded) for phrase in possible)
        return known


class Surroundings:
    """The contexts of one hit, looked up once each."""

    __slots__ = ("_clauses", "_end", "_known", "_scene", "_start", "_text")

    def __init__(self, scene: "Scene", start: int, end: int) -> None:
        """Look round the characters from start to end of a message."""
        self._scene = scene
        self._text = scene.text
        self._start = start
        self._end = end
        self._known: dict[str, bool] = {}
        self._clauses: dict[tuple[str, ...], tuple[int, int]] = {}

    def lets(self, rule: Rule) -> bool:
        """Whether everything a rule asks for is there, and nothing that excuses."""
        if rule.needs and not all(self.holds(name) for name in rule.needs):
            return False
        if rule.when and not self.any_of(rule.when):
            return False
        return not self.any_of(rule.unless)

    def any_of(self, names: Iterable[str]) -> bool:
        """Whether at least one of these contexts holds."""
        return any(self.holds(name) for name in names)

    def holds(self, name: str) -> bool:
        """Whether a context holds for this hit."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> bool:
        if name == "quoted":
            return self._is_quoted()
        if name == "question":
            return self._sentence_end().startswith(" ?")
        if name == "halved":
            return self._is_halved()
        context = self._scene.contexts[name]
        if context.where == "message" and not self._scene.has(context):
            return False
        if context.where != "message" and not self._scene.finds(context, *self._place(context)):
            return False
        return not self.any_of(context.unless)

    def _place(self, context: Context) -> tuple[str, int, int]:
        """Where to look for a context: the words, and two places of the message round them."""
        if context.where == "inside":
            return self._text[self._start : self._end] + " ", self._start, self._end
        if context.where == "near":
            return self._near(context.reach)
        first, last = self._clause(_PLACES.get(context.where, _ENDS))
        if context.where in {"before", "just before"}:
            before = _last_words(self._text[first : self._start], context.reach)
            return before, first, self._start
        if context.where == "after":
            return _first_words(self._text[self._end : last], context.reach), self._end, last
        return self._text[first:last], first, last

    def _near(self, reach: int) -> tuple[str, int, int]:
        farthest = max(0, self._start - _FARTHEST)
        before = _last_words(self._text[farthest : self._start], reach)
        after = _first_words(self._text[self._end : self._end + _FARTHEST], reach)
        words = before + self._text[self._start : self._end] + after
        return words, self._start - len(before), self._end + len(after)

    def _clause(self, ends: tuple[str, ...]) -> tuple[int, int]:
        if ends not in self._clauses:
            farthest = max(0, self._start - _FARTHEST)
            first = max(self._text.rfind(end, farthest, self._start + 1) for end in ends)
            last = self._first_end(self._end, ends) + len(_ENDS[0])
            self._clauses[ends] = (farthest if first < 0 else first), last
        return self._clauses[ends]

    def _first_end(self, at: int, ends: tuple[str, ...]) -> int:
        just_before = at - len(_ENDS[0])
        if just_before >= 0 and self._text.startswith(ends, just_before):
            return just_before
        farthest = min(len(self._text), at + _FARTHEST)
        places = [place for end in ends if (place := self._text.find(end, at, farthest)) >= 0]
        return min(places, default=farthest)

    def _sentence_end(self) -> str:
        end = self._first_end(self._end, _ENDS)
        return self._text[end : end + len(_ENDS[0])]

    def _is_halved(self) -> bool:
        """Whether the last number of the hit is half the first or less."""
        numbers = _NUMBER.findall(self._text[self._start : self._end])
        if len(numbers) < len(("from", "to")):
            return False
        first, last = (float(number.replace("_", ".")) for number in (numbers[0], numbers[-1]))
        return first > 0 and last * 2 <= first

    def _is_quoted(self) -> bool:
        before = self._text.count(_QUOTE, 0, self._start + 1)
        return before % 2 == 1 and self._text.find(_QUOTE, self._end) >= 0


def _last_words(text: str, reach: int) -> str:
    if not reach:
        return text
    words = text.split(" ")
    return text if len(words) <= reach else " " + " ".join(words[-reach:])


def _first_words(text: str, reach: int) -> str:
    if not reach:
        return text
    words = text.split(" ", reach + 1)
    return text if len(words) <= reach + 1 else " ".join(words[:-1])
