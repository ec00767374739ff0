"""Patterns are made before they are asked for: a few at a time, each once; nothing else changes."""

import pytest

from support import serve
from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import RuleBook

PET = {"where": "sentence", "say": ["my dog"]}
TAKE = {"id": "dosing.a", "label": "dosing_advice", "say": ["take two", "take three"]}
DROP = {"id": "dosing.b", "label": "dosing_advice", "say": ["drop to #"]}
RULE = {"context": {"pet": PET}, "rule": [{**TAKE, "unless": ["pet"]}, DROP]}


@pytest.fixture
def book():
    return RuleBook({"some.toml": RULE}, "v1")


def test_every_pattern_is_made_once(book):
    made = list(book.getting_ready())
    assert len(made) == 4
    assert all(phrase.is_ready for phrase in made)
    assert list(book.getting_ready()) == []


def test_what_a_message_asked_for_is_not_made_again(book):
    before = screen_words("please take two now", book)
    assert before.labels == ("dosing_advice",)
    assert len(list(book.getting_ready())) < 4
    assert screen_words("please take two now", book) == before


def test_a_server_makes_a_few_at_a_time_and_lets_others_have_their_turn(book, monkeypatch):
    rests = []
    monkeypatch.setattr(serve.gevent, "sleep", rests.append)
    monkeypatch.setattr(serve, "AT_A_TIME", 3)
    serve.get_rules_ready(book)
    assert rests == [serve.BETWEEN]
    serve.get_rules_ready(book)
    assert rests == [serve.BETWEEN]
