"""What stands round a hit: who speaks, what is denied, what is long past, what is quoted."""

from collections.abc import Iterable, Mapping

from support.moderation.rules.rulebook import Context

_ENDS = (" .", " ?")
_CLAUSE_ENDS = (" .", " ?", " ,", ' "')
_QUOTE = ' "'


class Surroundings:
    """The contexts of one hit, looked up once each."""

    __slots__ = ("_contexts", "_end", "_known", "_start", "_text")

    def __init__(self, contexts: Mapping[str, Context], text: str, start: int, end: int) -> None:
        """Look round the characters from start to end of a normalised text."""
        self._contexts = contexts
        self._text = text
        self._start = start
        self._end = end
        self._known: dict[str, bool] = {}

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
        context = self._contexts[name]
        if not context.pattern.search(self._place(context)):
            return False
        return not self.any_of(context.unless)

    def _place(self, context: Context) -> str:
        if context.where == "message":
            return self._text
        if context.where == "inside":
            return self._text[self._start : self._end] + " "
        ends = _CLAUSE_ENDS if context.where == "clause" else _ENDS
        first = max(self._text.rfind(end, 0, self._start + 1) for end in ends)
        first = 0 if first < 0 else first
        last = self._first_end(self._end, ends)
        if context.where == "before":
            return _last_words(self._text[first : self._start], context.reach)
        if context.where == "after":
            return _first_words(self._text[self._end : last + 2], context.reach)
        if context.where == "near":
            before = _last_words(self._text[: self._start], context.reach)
            after = _first_words(self._text[self._end :], context.reach)
            return before + self._text[self._start : self._end] + after
        return self._text[first : last + 2]

    def _first_end(self, at: int, ends: tuple[str, ...]) -> int:
        if self._text.startswith(ends, max(0, at - 2)) and at >= 2:
            return at - 2
        places = [place for end in ends if (place := self._text.find(end, at)) >= 0]
        return min(places, default=len(self._text))

    def _sentence_end(self) -> str:
        return self._text[self._first_end(self._end, _ENDS) :]

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
