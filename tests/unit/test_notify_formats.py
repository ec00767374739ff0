"""The dialects of the operator's own address: ids and neutral words, whichever is spoken."""

import json

import pytest

from support.notify.rules.formats import DIALECTS, News, split

NEWS = News(
    "case:c1:1:2",
    "case_page_outside",
    "Somebody may need you now. Please look.",
    "https://handrail.example/crisis/cases",
    "2026-11-23T03:00:00Z",
    {"case": "c1", "rung": 2},
)


def said(address, news=NEWS):
    dialect, parts = split(address)
    spoken = DIALECTS[dialect]
    return spoken.body(news, parts), spoken.headers(news, parts)


@pytest.mark.parametrize(
    ("address", "dialect", "host", "scheme"),
    [
        ("https://a.example/hook?x=1", "generic", "a.example", "https"),
        ("ntfy+https://ntfy.example/topic", "ntfy", "ntfy.example", "https"),
        ("slack+http://127.0.0.1:9/x", "slack", "127.0.0.1", "http"),
        ("pagerduty+https://k@events.example/v2/enqueue", "pagerduty", "events.example", "https"),
        ("https://a.example/a+b", "generic", "a.example", "https"),
    ],
)
def test_the_dialect_stands_before_the_address(address, dialect, host, scheme):
    spoken, parts = split(address)
    assert (spoken, parts.hostname, parts.scheme) == (dialect, host, scheme)


def test_the_generic_far_end_is_told_ids_and_codes():
    body, headers = said("https://a.example/hook")
    assert body == {
        "id": "case:c1:1:2",
        "kind": "case_page_outside",
        "text": NEWS.text,
        "url": NEWS.url,
        "at": NEWS.at,
        "case": "c1",
        "rung": 2,
    }
    assert headers == {}


def test_ntfy_is_told_in_plain_words_loudly_and_with_its_token():
    body, headers = said("ntfy+https://:tk_1@ntfy.example/topic")
    assert body == NEWS.text
    assert headers["Priority"] == "urgent"
    assert headers["Click"] == NEWS.url
    assert headers["Authorization"] == "Bearer tk_1"


def test_ntfy_without_a_token_and_for_a_test_is_quiet():
    quiet = News("test:1:0", "test_page", "Only a test.", NEWS.url, NEWS.at)
    body, headers = said("ntfy+https://ntfy.example/topic", quiet)
    assert body == "Only a test."
    assert headers["Priority"] == "default"
    assert "Authorization" not in headers


def test_slack_and_its_like_are_told_a_sentence_and_a_link():
    body, _ = said("slack+https://hooks.example/x")
    assert body == {"text": f"{NEWS.text} <{NEWS.url}>"}


def test_pagerduty_is_told_one_incident_a_case():
    body, _ = said("pagerduty+https://key%201@events.example/v2/enqueue")
    assert body["routing_key"] == "key 1"
    assert body["event_action"] == "trigger"
    assert body["dedup_key"] == "c1"
    assert body["payload"] == {
        "summary": NEWS.text,
        "source": "handrail.example",
        "severity": "critical",
        "timestamp": NEWS.at,
        "class": "case_page_outside",
    }
    assert body["links"] == [{"href": NEWS.url, "text": "Handrail"}]


def test_pagerduty_hears_of_a_test_as_information_by_its_own_key():
    quiet = News("test:1:0", "test_page", "Only a test.", NEWS.url, NEWS.at)
    body, _ = said("pagerduty+https://k@events.example/v2/enqueue", quiet)
    assert body["payload"]["severity"] == "info"
    assert body["dedup_key"] == "test:1:0"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_says_more_than_it_was_given(dialect):
    prefix = "" if dialect == "generic" else f"{dialect}+"
    body, headers = said(f"{prefix}https://k:p@far.example/x")
    whole = json.dumps([body, headers])
    assert "mina" not in whole
    assert NEWS.text in whole
