"""What stands round a hit: who speaks, what is denied, what is long past, what is quoted."""

import re
from collections.abc import Callable, Mapping, Sequence

from support.moderation.rules.contexts import NOW, ROUND, Context, Contexts, Names
from support.moderation.rules.groups import Groups
from support.moderation.rules.phrase import Phrase
from support.moderation.rules.rulebook import Rule

_ENDS = (" .", " ?")
_CLAUSE_ENDS = (" .", " ?", " ,", ' "')
_TURNS = (*_CLAUSE_ENDS, " but ", " aber ", " pero ", " mas ", " mais ", " maar ")
_NUMBER = re.compile(r"\d+(?:_\d+)?")
_QUOTE = ' "'
_NEAR = frozenset({"near", "round"})
_ANYWHERE = frozenset({"message", "round"})
_WHOLE = _NEAR | {"sentence"}
_PLACES = {"clause": _CLAUSE_ENDS, "just before": _TURNS}
_FARTHEST = 400
_LONG_SENTENCE = 110  # characters, some 20 words, before and after: at night few type full stops


class Scene:
    """One message in which hits are looked at; what holds for the whole of it is asked once."""

    __slots__ = (
        "_known",
        "_masks",
        "_possible",
        "_settled",
        "_sure",
        "contexts",
        "encoded",
        "far",
        "groups",
        "is_short",
        "signs",
        "text",
    )

    def __init__(self, contexts: Contexts, text: str, groups: Groups) -> None:
        """Take a normalised text, and which word groups are in it."""
        self.contexts = contexts
        self.text = text
        self.encoded = text.encode("ascii")
        self.groups = groups
        self.is_short = text.count(" ") <= ROUND
        self.signs = groups.signs() | contexts.always
        self.far = self.signs & contexts.far | contexts.always
        self._sure = 0
        self._masks: dict[tuple[int, int], int] = {}
        self._possible: dict[tuple[str, int], list[Phrase]] = {}
        self._known: dict[tuple[str, int, int], bool] = {}
        self._settled: dict[str, bool | None] = {}

    def has(self, context: Context) -> bool:
        """Whether a context's words are anywhere in the message: looked for round its signs."""
        key = context.name, 0, len(self.text)
        known = self._known.get(key)
        if known is None:
            places = self.groups.around_signs(self.contexts.bits[context.name], context.crosses)
            known = self._known[key] = any(self._is_at(context, *place) for place in places)
        return known

    def _is_at(self, context: Context, first: int, last: int) -> bool:
        """Whether a context's words are in some pieces: a plain word that is possible is there."""
        phrases = context.possible(self.groups.within(first, last))
        if not phrases:
            return False
        if any(phrase.is_plain for phrase in phrases):
            return True
        start, end = self.groups.place(*self.groups.words_of(first, last))
        words = self.encoded[start:end]
        return any(phrase.is_in(words) for phrase in phrases)

    def settled(self, name: str) -> bool | None:
        """Whether a context holds for every hit or for none; None if it depends on the hit."""
        if name not in self._settled:
            holds = self._settled[name] = self._settle(name)
            if holds:
                self._sure |= self.contexts.bits[name]
        return self._settled[name]

    def may_let(self, rule: Rule) -> bool:
        """Whether some hit could be let by a rule, as far as is known without looking at one."""
        if self._sure & rule.unless.bits or rule.needs.bits & ~self.signs:
            return False
        return not rule.when or bool(rule.when.bits & self.signs)

    def _settle(self, name: str) -> bool | None:
        context = self.contexts.get(name)
        if context is None:
            return None
        if not self.contexts.bits[name] & self.signs:
            return False
        if context.where not in _ANYWHERE:
            return None
        if not self.has(context):
            return False
        if context.where == "round" and not self.is_short:
            return None
        undone = [self.settled(other) for other in context.unless]
        if True in undone:
            return False
        return None if None in undone else True

    def possible(self, context: Context, start: int, end: int) -> list[Phrase]:
        """What of a context the sentences between two places could hold, by their words alone."""
        place = start, end
        mask = self._masks.get(place)
        if mask is None:
            mask = self._masks[place] = self.groups.between(start, end)
        key = context.name, mask
        known = self._possible.get(key)
        if known is None:
            known = self._possible[key] = context.possible(mask)
        return known

    def finds(
        self, context: Context, phrases: Sequence[Phrase], place: tuple[int, int], *, whole: bool
    ) -> bool:
        """Whether one of these words of a context stands between two places; asked once of each.

        In whole sentences a plain word that is possible is there.
        """
        key = context.name, *place
        known = self._known.get(key)
        if known is None:
            known = whole and any(phrase.is_plain for phrase in phrases)
            if phrases and not known:
                words = self.encoded[place[0] : place[1]]
                known = any(phrase.is_in(words) for phrase in phrases)
            self._known[key] = known
        return known


class Surroundings:
    """The contexts of one hit, looked up once each."""

    __slots__ = (
        "_clauses",
        "_end",
        "_groups",
        "_known",
        "_nears",
        "_scene",
        "_start",
        "_text",
        "_there",
    )

    def __init__(self, scene: "Scene", start: int, end: int) -> None:
        """Look round the characters from start to end of a message."""
        self._scene = scene
        self._text = scene.text
        self._groups = scene.groups
        self._start = start
        self._end = end
        self._known: dict[str, bool] = {}
        self._clauses: dict[tuple[str, ...], tuple[int, int]] = {}
        self._nears: dict[int, tuple[int, int]] = {}
        near, clause = self._near(ROUND), self._clause(_ENDS)
        place = min(near[0], clause[0]), max(near[1], clause[1])
        self._there = scene.far | self._groups.signs_between(*place)

    @property
    def contexts(self) -> Contexts:
        """All contexts of the rule set."""
        return self._scene.contexts

    def lets(self, rule: Rule) -> bool:
        """Whether everything a rule asks for is there, and nothing that excuses."""
        if rule.needs.bits & ~self._there or not all(map(self.holds, rule.needs)):
            return False
        if rule.when and not self.any_of(rule.when):
            return False
        return not self.any_of(rule.unless)

    def any_of(self, names: Names) -> bool:
        """Whether at least one of these contexts holds: only those with a sign are looked at."""
        there = names.bits & self._there
        return bool(there) and any(map(self.holds, self.contexts.in_bits(there)))

    def holds(self, name: str) -> bool:
        """Whether a context holds for this hit."""
        known = self._known.get(name)
        if known is None:
            known = self._scene.settled(name)
            if known is None:
                known = self._found(name)
            self._known[name] = known
        return known

    def _found(self, name: str) -> bool:
        if name in _BUILT_IN:
            return _BUILT_IN[name](self)
        context = self.contexts[name]
        there = self._reaches_all(context.where) or self._is_there(context)
        return there and not self.any_of(self.contexts.undone_by[name])

    def _reaches_all(self, where: str) -> bool:
        """Whether a context may stand anywhere; one called round may if the hit is told as past."""
        return where == "message" or (
            where == "round" and (self._scene.is_short or not self.holds(NOW))
        )

    def _is_there(self, context: Context) -> bool:
        """Whether a context's words are where it looks for them, seen from this hit."""
        scene = self._scene
        place = self._near(context.reach) if context.where in _NEAR else self._clause(_ENDS)
        phrases = scene.possible(context, *place)
        if not phrases:
            return False
        if context.where not in _WHOLE:
            place = self._place(context)
        elif context.where == "sentence" and context.reach:
            near = self._near(context.reach)
            place = max(place[0], near[0]), min(place[1], near[1])
        whole = context.where == "sentence" and not context.reach and self._is_whole(*place)
        return scene.finds(context, phrases, place, whole=whole)

    def _is_whole(self, first: int, last: int) -> bool:
        """Whether a place is a sentence from end to end, not what is near in one that runs on."""
        begins = first == 0 or self._text.startswith(_ENDS, first)
        return begins and self._text.startswith(_ENDS, last - len(_ENDS[0]))

    def _place(self, context: Context) -> tuple[int, int]:
        """Where in the sentence of the hit to look for a context."""
        if context.where == "inside":
            return self._start, self._end
        first, last = self._clause(_PLACES.get(context.where, _ENDS))
        if context.where in {"before", "just before"}:
            return max(first, self._back(context.reach)), self._start
        if context.where == "after":
            return self._end, min(last, self._forth(context.reach))
        return first, last

    def _near(self, reach: int) -> tuple[int, int]:
        if reach not in self._nears:
            self._nears[reach] = self._back(reach), self._forth(reach)
        return self._nears[reach]

    def _back(self, reach: int) -> int:
        """Where so many words before the hit begin; without a number, all that may matter."""
        farthest = max(0, self._start - _FARTHEST)
        return max(farthest, self._groups.back(self._start, reach)) if reach else farthest

    def _forth(self, reach: int) -> int:
        """Where so many words after the hit end."""
        farthest = min(len(self._text), self._end + _FARTHEST)
        return min(farthest, self._groups.forth(self._end, reach)) if reach else farthest

    def _clause(self, ends: tuple[str, ...]) -> tuple[int, int]:
        if ends not in self._clauses:
            farthest = max(0, self._start - _LONG_SENTENCE)
            first = max(self._text.rfind(end, farthest, self._start + 1) for end in ends)
            last = self._first_end(self._end, ends, _LONG_SENTENCE) + len(_ENDS[0])
            self._clauses[ends] = (farthest if first < 0 else first), last
        return self._clauses[ends]

    def _first_end(self, at: int, ends: tuple[str, ...], reach: int = _FARTHEST) -> int:
        just_before = at - len(_ENDS[0])
        if just_before >= 0 and self._text.startswith(ends, just_before):
            return just_before
        farthest = min(len(self._text), at + reach)
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

    def _is_asked(self) -> bool:
        return self._sentence_end().startswith(" ?")


_BUILT_IN: Mapping[str, Callable[[Surroundings], bool]] = {
    "quoted": Surroundings._is_quoted,
    "question": Surroundings._is_asked,
    "halved": Surroundings._is_halved,
}
