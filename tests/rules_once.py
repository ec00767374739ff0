"""Addresses are read once a test process: most of the time an app took to start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.routing import Map
from werkzeug.routing.rules import Rule

Builder = Callable[..., tuple[str, str]]
Asked = tuple[tuple[Any, ...], dict[str, Any]]

_add: Callable[..., None] = Flask.add_url_rule
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder
_made: dict[tuple[object, ...], Builder] = {}
_maps: dict[tuple[object, ...], Map] = {}
_waiting: list[Asked] | None = None


def _remembered(self: Rule, append_unknown: bool = True) -> Builder:
    """The function that builds an address; it depends on nothing but the rule's own text."""
    if self.defaults:
        return _compile(self, append_unknown)
    key = (append_unknown, *self._trace)
    if key not in _made:
        _made[key] = _compile(self, append_unknown)
    return _made[key]


def _add_later(
    self: Flask,
    rule: str,
    endpoint: str | None = None,
    view_func: Callable[..., Any] | None = None,
    *more: Any,
    **options: Any,
) -> None:
    """While an app is made, its rules are only written down; later they are added as ever."""
    if _waiting is None:
        if any(self.url_map is known for known in _maps.values()):
            self.url_map = _own(self.url_map)
        _add(self, rule, endpoint, view_func, *more, **options)
        return
    named = endpoint or getattr(view_func, "__name__", "")
    _waiting.append(((rule, named, view_func, *more), options))


def _own(shared: Map) -> Map:
    """The same rules in a map that is one app's alone."""
    own = Map(host_matching=shared.host_matching)
    for rule in shared.iter_rules():
        copy = rule.empty()
        copy.provide_automatic_options = rule.provide_automatic_options  # type: ignore[attr-defined]
        own.add(copy)
    return own


def _key(asked: Asked) -> tuple[object, ...]:
    (rule, endpoint, view, *more), options = asked
    says = (getattr(view, "methods", None), getattr(view, "provide_automatic_options", None))
    return (rule, endpoint, *more, repr(says), repr(sorted(options.items())))


@contextmanager
def one_map() -> Iterator[Callable[[Flask], Flask]]:
    """Make an app; given to what this yields, it has the rules it asked for, read once for all."""
    global _waiting
    asked: list[Asked] = []
    _waiting = asked

    def with_rules(app: Flask) -> Flask:
        global _waiting
        _waiting = None
        key = tuple(map(_key, asked))
        if key in _maps:
            app.url_map = _maps[key]
            app.view_functions |= {words[1]: words[2] for words, _ in asked if words[2]}
            return app
        for words, options in asked:
            _add(app, *words, **options)
        _maps[key] = app.url_map
        return app

    try:
        yield with_rules
    finally:
        _waiting = None


def remember_rules() -> None:
    """From now on a rule that was read before is not read again."""
    Rule._compile_builder = _remembered
    Flask.add_url_rule = _add_later  # type: ignore[method-assign]
