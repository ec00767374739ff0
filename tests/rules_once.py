"""Address rules are compiled once a test process: most of the time an app took to start."""

from collections.abc import Callable

from werkzeug.routing.rules import Rule

Builder = Callable[..., tuple[str, str]]

_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder
_made: dict[tuple[object, ...], Builder] = {}


def _remembered(self: Rule, append_unknown: bool = True) -> Builder:
    """The function that builds an address; it depends on nothing but the rule's own text."""
    if self.defaults:
        return _compile(self, append_unknown)
    key = (append_unknown, *self._trace)
    if key not in _made:
        _made[key] = _compile(self, append_unknown)
    return _made[key]


def remember_rules() -> None:
    """From now on a rule that was compiled before is not compiled again."""
    Rule._compile_builder = _remembered
