"""Patterns are made before they are asked for, each once; nothing else changes."""

from types import SimpleNamespace

import pytest
import re2
from flask import Flask

from support import serve
from support.base.clock import SystemClock
from support.moderation.rules import phrase, screen_words
from support.moderation.rules.rulebook import RuleBook

PET = {"where": "sentence", "say": ["my dog"]}
TAKE = {"id": "dosing.a", "label": "dosing_advice", "say": ["take two", "take three"]}
DROP = {"id": "dosing.b", "label": "dosing_advice", "say": ["drop to #"]}
RULE = {"context": {"pet": PET}, "rule": [{**TAKE, "unless": ["pet"]}, DROP]}


@pytest.fixture
def book():
    return RuleBook({"some.toml": RULE}, "v1")


def patterns(book):
    return [each for each in book.getting_ready() if not isinstance(each, str)]


def test_every_pattern_is_made_once(book):
    made = patterns(book)
    assert len(made) == 4
    assert all(phrase.is_ready for phrase in made)
    assert list(book.getting_ready()) == []


def test_every_word_that_begins_a_pair_is_made_once(book):
    made = [each for each in book.getting_ready() if isinstance(each, str)]
    assert sorted(made) == ["drop", "my", "take", "to"]
    assert list(book.getting_ready()) == []


def test_pairs_of_a_word_that_a_message_had_are_not_made_again(book):
    screen_words("please take two now", book)
    assert "take" not in list(book.getting_ready())


def test_what_a_message_asked_for_is_not_made_again(book):
    before = screen_words("please take two now", book)
    assert before.labels == ("dosing_advice",)
    assert len(patterns(book)) < 4
    assert screen_words("please take two now", book) == before


def test_a_pattern_that_another_rule_set_has_is_not_made_again(book, monkeypatch):
    made: list[str] = []
    make = re2.compile
    monkeypatch.setattr(
        phrase.re2, "compile", lambda source, *more: made.append(source) or make(source, *more)
    )
    patterns(book)
    more = {**RULE, "rule": [*RULE["rule"], {**DROP, "id": "dosing.c", "say": ["halve to #"]}]}
    made.clear()
    assert len(patterns(RuleBook({"some.toml": more}, "v2"))) == 5
    assert any("halve" in source for source in made)
    assert not any("drop" in source for source in made)


class Base:
    """A database that has room."""

    clock = SystemClock()

    def make_room(self):
        pass


def test_a_server_has_made_them_before_it_says_that_it_is_ready(book, monkeypatch):
    monkeypatch.setattr(serve, "shipped", lambda: book)
    monkeypatch.setattr(serve, "workshop", lambda app: SimpleNamespace(database=Base()))
    serve.warm_up(Flask("house"))
    assert all(phrase.is_ready for rule in book.rules for phrase in rule.phrases)
