"""Saying no to an event: the same words as ever, made once, and a fault that tells nothing."""

import logging

import pytest
from flask import Flask
from flask_babel import Babel

from support.base.errors import Invalid, RateLimited
from support.web import refusing
from support.web.refusing import refusal


@pytest.fixture
def house(monkeypatch) -> Flask:
    """An app, and how often it had to look up words."""
    made = Flask("house")
    Babel(made)
    made.asked = []
    whole = made.test_request_context

    def counted(path: str):
        made.asked.append(path)
        return whole(path)

    monkeypatch.setattr(made, "test_request_context", counted)
    return made


def test_a_refusal_has_its_code_its_words_and_its_fields(house):
    error = Invalid("Please look again.", fields={"body": "Please fill this in."})
    assert refusal(house, "message:send", error) == {
        "ok": False,
        "error": {
            "code": "bad_request",
            "message": "Please look again.",
            "fields": {"body": "Please fill this in."},
        },
    }


def test_the_same_words_are_made_once_however_often_somebody_is_refused(house):
    for _ in range(5):
        refusal(house, "typing", Invalid("This is no room."))
    assert house.asked == ["/"]


def test_numbers_in_the_words_are_those_of_this_refusal(house):
    told = [
        refusal(house, "x", RateLimited("Wait %(seconds)s s.", retry_after=n, seconds=n))["error"]
        for n in (3, 9)
    ]
    assert [error["message"] for error in told] == ["Wait 3 s.", "Wait 9 s."]
    assert [error["retry_after"] for error in told] == [3, 9]


def test_words_kept_are_bounded(house, monkeypatch):
    monkeypatch.setattr(refusing, "_MOST_SAID", 10)
    for number in range(25):
        refusal(house, "x", Invalid(f"No, for the {number}th time."))
    assert len(house.extensions[refusing._SAID]) <= 10


def test_a_fault_is_a_number_in_the_log_and_tells_nobody_what_was_said(house, caplog):
    with caplog.at_level(logging.ERROR, logger="handrail.sockets"):
        told = refusal(house, "typing", ValueError("what Mina wrote"))
    assert told["error"]["code"] == "server_error"
    assert "Mina" not in caplog.text + str(told)
    assert "event=typing kind=ValueError" in caplog.text
