"""What hosts may decide about words that wait, and the words they begin from."""

from dataclasses import replace

import pytest

from support.base.errors import Conflict, Forbidden
from support.base.severity import Severity
from support.chat.rules.cards import CARDS, words_of
from support.moderation.rules import screen
from support.moderation.rules.desk import LABELS, HouseRule, Verdict
from support.moderation.rules.hosted import (
    LOW_RISK,
    SENTENCES,
    Choice,
    Waiting,
    Wording,
    check_may_decide,
    is_low_risk,
    rule_of,
    verdict_of,
)

MILD = Waiting("mina", ("self_promo",), Severity.WATCH, is_held=True, is_reported=False)


@pytest.mark.parametrize("labels", [(), *((label,) for label in sorted(LOW_RISK))])
def test_little_things_are_for_the_hosts_of_the_room(labels):
    check_may_decide("paul", (), replace(MILD, labels=labels))


@pytest.mark.parametrize("label", [label for label in LABELS if label not in LOW_RISK])
def test_doses_trades_and_danger_are_never_for_hosts(label):
    for labels in ((label,), ("self_promo", label)):
        assert not is_low_risk(replace(MILD, labels=labels))
        with pytest.raises(Conflict, match="for a moderator"):
            check_may_decide("paul", (), replace(MILD, labels=labels))


@pytest.mark.parametrize(
    "change",
    [{"severity": Severity.URGENT}, {"severity": Severity.CRITICAL}, {"is_reported": True},
     {"is_held": False}],
)  # fmt: skip
def test_what_is_grave_reported_or_shown_already_is_not_for_hosts(change):
    with pytest.raises(Conflict):
        check_may_decide("paul", (), replace(MILD, **change))


def test_nobody_decides_about_themselves_or_somebody_close():
    with pytest.raises(Forbidden, match="own words"):
        check_may_decide("mina", (), MILD)
    with pytest.raises(Forbidden, match="close"):
        check_may_decide("paul", {"mina"}, MILD)


def test_a_decision_rests_on_the_rule_it_is_about():
    assert rule_of(["personal_info"]) is HouseRule.PRIVACY
    assert rule_of(["harassment", "self_promo"]) is HouseRule.NO_HARASSMENT
    assert rule_of([]) is HouseRule.SAFETY
    assert {verdict_of(each) for each in Choice} == {Verdict.ALLOW, Verdict.REWORD}


def test_the_sentences_for_authors_are_kind_and_blame_nobody():
    assert set(SENTENCES) == set(Wording)
    for words in SENTENCES.values():
        assert len(words) <= 100
        assert "you must" not in words.lower()


def test_first_words_promise_nothing_and_would_pass_review_themselves():
    assert len({card.name for card in CARDS}) == len(CARDS)
    for card in CARDS:
        assert words_of(card.name) == card.words
        assert not screen(card.words, author_is_newcomer=False).holds
        assert "we will come" not in card.words
    assert "Help now" in words_of("danger")
    assert words_of("no such card") == ""
