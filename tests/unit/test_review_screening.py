"""What a message leads to: shown, held, or somebody called; and an answer to anything at all."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.severity import Severity
from support.moderation.rules import screen, screen_words
from tests.review.poison import POISON, work_of

ANYTHING = st.text(st.characters(codec=None), max_size=400)
MOST_CALLS = 12  # for one character
MOST_SEARCHED = 40  # characters that patterns look at, for one that was typed
A_FEW = 300


@pytest.mark.parametrize(
    "own",
    [
        "I am down to 5 mg, shaky",
        "dropped to 2 last week and holding",
        "my doctor says I can take half on flight days",
        "should I drop to 2?",
        "i cut 10 percent every two weeks and it works for me",
    ],
)
def test_mina_may_say_what_she_takes_herself(own):
    assert not screen(own).holds


@pytest.mark.parametrize(
    "advice",
    [
        "you should drop to 2",
        "drop to 2 now",
        "if i were you i would cut 10 percent",
        "have you thought about halving it",
        "1 xanax is 20 valium",
        "10 percent every two weeks, for anyone",
        "y o u should take 2 mg more",
    ],
)
def test_paul_may_not_tell_another_what_to_take(advice):
    screening = screen(advice)
    assert screening.holds
    assert screening.hold_label == "dosing_advice"
    assert screening.severity is Severity.WATCH


@pytest.mark.parametrize(
    "trade",
    [
        "zopiclone for sale, no script",
        "anyone got spare xans, will pay",
        "dm me",
        "lets talk on telegram",
        "z0p1cl0ne f0r s4le",
        "vendo rivotril, envio discreto",
    ],
)
def test_trading_and_hand_offs_are_held(trade):
    assert screen(trade).hold_label == "sourcing"


@pytest.mark.parametrize(
    ("feeling", "severity"),
    [
        ("i just want to be dead", Severity.URGENT),
        ("i want to die tonight", Severity.CRITICAL),
        ("je veux mourir", Severity.URGENT),
    ],
)
def test_feelings_are_shown_and_somebody_is_called(feeling, severity):
    screening = screen(feeling)
    assert screening.labels == ("crisis_self_harm",)
    assert not screening.holds
    assert screening.severity is severity


def test_method_details_are_held_kindly_before_anything_else():
    screening = screen("i am going to hang myself tonight, dm me if you want my pills")
    assert screening.holds
    assert screening.hold_label == "crisis_self_harm"
    assert screening.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("danger", "label"),
    [
        ("i ran out of klonopin last night", "abrupt_stop"),
        ("they cut me off on monday with no taper", "abrupt_stop"),
        ("i think i just had a seizure", "crisis_medical"),
        ("my brother says he wants to die", "third_party_concern"),
    ],
)
def test_bodily_danger_and_danger_to_others_are_shown_and_raised(danger, label):
    screening = screen(danger)
    assert label in screening.labels
    assert not screening.holds
    assert screening.severity.rank >= Severity.URGENT.rank


@pytest.mark.parametrize(
    "harmless",
    [
        "this headache is killing me",
        "i wanted to die back in 2014, not any more",
        "never stop all at once",
        "my pharmacy had it in stock again",
        "call 116 123 any time",
        "is it ok to dm people here?",
        "my doctor is an idiot",
        "if you feel like ending it please call 988",
        "",
        "   \n ",
    ],
)
def test_ordinary_talk_passes(harmless):
    screening = screen_words(harmless)
    assert screening.labels == ()
    assert screening.severity is Severity.NONE


@pytest.mark.parametrize(
    "contact",
    [
        "ring me on 07700 900123",
        "my number is +44 7700 900123",
        "0 7 7 0 0 9 0 0 1 2 3 any time",
        "mina.owl@mail.example",
        "mina dot owl at gmail dot com",
        "mina (at) gmail.com",
        "it is oh seven seven double oh nine one two",
        "i live at 12 Rosewood Lane",
    ],
)
def test_contact_details_are_held(contact):
    assert "personal_info" in screen(contact).labels
    assert screen(contact).holds


@pytest.mark.parametrize(
    "number",
    [
        "at 20:00 and 21:30",
        "day 1,095",
        "2026-11-23",
        "192.168.0.1",
        "0800 111 0 111",
        "22 20 18 16",
    ],
)
def test_times_dates_doses_and_helplines_are_no_contact_details(number):
    assert screen_words(number).labels == ()


class TestLinks:
    """Links wait for a moderator unless their domain is on the operator's list."""

    def test_a_link_off_the_list_is_held_by_its_own_rule(self):
        screening = screen("see https://somewhere.example/page", allowed_domains=frozenset())
        assert [finding.rule_id for finding in screening.findings] == ["link.unlisted"]
        assert screening.holds
        assert screening.hold_label == "self_promo"

    def test_a_listed_domain_and_what_lies_below_it_pass(self):
        allowed = frozenset({"somewhere.example"})
        assert not screen("see www.somewhere.example", allowed_domains=allowed).holds
        assert not screen("see https://help.somewhere.example/a", allowed_domains=allowed).holds

    def test_a_domain_that_only_ends_alike_does_not_pass(self):
        allowed = frozenset({"where.example"})
        assert screen("see https://somewhere.example", allowed_domains=allowed).holds

    def test_without_a_list_the_shipped_public_bodies_pass(self):
        assert not screen("https://www.nhs.uk/mental-health/").holds
        assert screen("https://nhs.uk.bad.example/").holds

    def test_the_words_alone_are_judged_without_any_list(self):
        assert screen_words("see https://somewhere.example/page").labels == ()

    def test_a_path_of_the_site_and_a_full_stop_are_no_links(self):
        assert not screen("it is under /meetings.see you there").holds


def test_a_newcomer_is_read_more_strictly():
    assert screen("check my profile", author_is_newcomer=True).holds
    assert not screen("check my profile").holds


def test_findings_carry_rule_span_and_version():
    text = "hello Paul, you should take 2 mg"
    screening = screen(text)
    finding = next(each for each in screening.findings if each.rule_id == "dosing.you_should")
    assert 0 <= finding.start < finding.end <= len(text)
    assert len(screening.rules_version) == 12


@settings(deadline=None, max_examples=300)
@given(ANYTHING)
def test_anything_at_all_is_answered(typed):
    screening = screen(typed)
    assert all(0 <= found.start <= found.end <= len(typed) for found in screening.findings)


@pytest.mark.parametrize("poison", POISON, ids=lambda text: repr(text[:12]))
def test_two_thousand_characters_of_poison_are_little_work(poison, monkeypatch):
    """The promise of five milliseconds, told by work: a count is the same on every machine."""
    half, whole = poison[:1000], poison[:2000]
    screen(half), screen(whole)  # words met before are remembered; patterns are ready
    first, both = (work_of(partial(screen, text), monkeypatch) for text in (half, whole))
    assert both.calls <= MOST_CALLS * len(whole)
    assert both.searched <= MOST_SEARCHED * len(whole)
    if set(half) == set(whole):
        assert both.calls <= 2.2 * first.calls + A_FEW, "work must grow with the length, no faster"
        assert both.searched <= 2.2 * first.searched + A_FEW


def test_work_that_grows_with_the_square_would_be_noticed(monkeypatch):
    def squared(text):
        return [text.find(sign, at) for at in range(len(text)) for sign in text]

    first, both = (work_of(partial(squared, "a" * length), monkeypatch) for length in (100, 200))
    assert both.calls > 2.2 * first.calls + A_FEW
