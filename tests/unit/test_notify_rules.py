"""Reaching people: neutral words, keys that happen once, and trying again for a day."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from support.notify.rules import (
    EMAIL,
    KINDS,
    PAGE,
    PUSH,
    WEBHOOK,
    check_payload,
    kind_of,
    next_try,
    row_key,
    signature,
)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HEALTH = (
    "benzo", "taper", "withdraw", "suicid", "crisis", "diazepam", "dose", "pill", "mina", "%(",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in KINDS if EMAIL in KINDS[name].channels])
def test_what_leaves_the_house_says_nothing_of_anybody(name):
    words = KINDS[name].text.lower()
    assert [health for health in HEALTH if health in words] == []


def test_the_loud_ways_are_for_cases_the_empty_rota_and_a_test_alone():
    loud = {name for name, kind in KINDS.items() if {PUSH, WEBHOOK} & set(kind.channels)}
    assert loud == {"case_page_outside", "rota_empty", "test_page"}
    assert kind_of("case_page").channels == (PAGE,)


def test_mail_besides_is_for_what_the_team_must_know_before_it_is_late():
    mailed = {name for name, kind in KINDS.items() if kind.channels == (PAGE, EMAIL)}
    assert mailed == {"rota_gap", "swap_asked", "substitute_asked", "appeal_late", "to_sign"}


def test_an_unknown_kind_is_plain_news_in_the_page():
    assert kind_of("colour").text == "There is news for you."
    assert kind_of("colour").channels == (PAGE,)


@pytest.mark.parametrize("payload", [{}, {"case": "abc"}, {"rung": 2, "room": None}, {"ok": True}])
def test_ids_codes_and_counts_may_travel(payload):
    check_payload(payload)


@pytest.mark.parametrize(
    "payload", [{"text": "x" * 65}, {"note": "two\nlines"}, {"list": ["a"]}, {"at": 1.5}]
)
def test_anything_that_could_be_a_sentence_may_not(payload):
    with pytest.raises(ValueError, match="must be an id"):
        check_payload(payload)


def test_one_key_for_each_message_person_and_channel():
    assert row_key("case:1", PAGE, "mo") == "case:1:page:mo"
    assert row_key("case:1", WEBHOOK, None) == "case:1:webhook:-"


def test_the_first_tries_are_quick_and_the_later_ones_patient():
    waits = [(next_try(NOW, NOW, tries) - NOW).total_seconds() for tries in (1, 2, 3, 6, 7, 50)]
    assert waits == [5, 10, 20, 160, 300, 300]


def test_after_a_day_it_is_a_dead_letter_and_not_before():
    assert next_try(NOW, NOW - timedelta(hours=23, minutes=59), 400) is not None
    assert next_try(NOW, NOW - timedelta(hours=24), 1) is None


def test_the_signature_covers_time_and_body():
    expected = hmac.new(b"key", b"2026." + b"{}", hashlib.sha256).hexdigest()
    assert signature("key", "2026", b"{}") == f"sha256={expected}"
    assert signature("key", "2027", b"{}") != signature("key", "2026", b"{}")
    assert signature("other", "2026", b"{}") != signature("key", "2026", b"{}")
