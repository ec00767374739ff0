"""From numbers to findings: likely, doubtful, held; feelings never, tier 1 never silenced."""

import pytest

from support.base.severity import Severity
from support.chat.rules.words import DANGER as TOLD
from support.chat.rules.words import TAKEN_BACK, taken_back, told_after
from support.moderation.rules import DANGER
from support.moderation.rules.meaning.verdict import (
    LONG,
    Bounds,
    Thresholds,
    findings,
    scores,
    summed_up,
)
from support.moderation.rules.meaning.words import OUTPUTS
from support.moderation.rules.rulebook import HOLDING, LABELS
from support.moderation.rules.scoring import agreeing

BOUNDS = Thresholds({label: Bounds(0.0, 2.0) for label in LABELS}, critical=1.0, holds=3.0)


def numbers(**given):
    return [given.get(name, -9.0) for name in OUTPUTS]


def found(known=(), **given):
    return findings(numbers(**given), BOUNDS, 40, known)


def only(known=(), **given):
    (one,) = found(known, **given)
    return one


def test_ordinary_talk_is_nothing():
    assert found() == ()
    assert found(urgent=5.0, critical=5.0) == ()


@pytest.mark.parametrize("label", sorted(DANGER))
def test_doubtful_danger_is_a_look_and_a_card_and_pages_nobody(label):
    one = only(**{label: 1.0, "critical": 9.0})
    assert (one.label, one.severity, one.holds) == (label, Severity.WATCH, False)


@pytest.mark.parametrize("label", sorted(DANGER))
def test_likely_danger_is_urgent(label):
    assert only(**{label: 2.5}).severity is Severity.URGENT


@pytest.mark.parametrize("label", sorted(DANGER - {"abrupt_stop"}))
def test_danger_tonight_is_critical(label):
    assert only(**{label: 2.5, "critical": 1.5}).severity is Severity.CRITICAL


def test_an_abrupt_stop_is_urgent_at_most_as_the_rules_of_the_suite_say():
    assert only(abrupt_stop=9.0, critical=9.0).severity is Severity.URGENT


@pytest.mark.parametrize("critical", [-9.0, 0.0, 1.5, 2.9])
def test_feelings_are_never_held(critical):
    assert not only(crisis_self_harm=9.0, critical=critical).holds


def test_a_plan_or_a_goodbye_beyond_doubt_is_held():
    assert only(crisis_self_harm=2.5, critical=3.5).holds


@pytest.mark.parametrize("label", sorted(DANGER - {"crisis_self_harm"}))
def test_a_body_in_danger_and_a_worry_about_others_are_shown(label):
    assert not only(**{label: 9.0, "critical": 9.0}).holds


@pytest.mark.parametrize("label", sorted(HOLDING))
def test_what_harms_others_is_held_when_it_is_likely_and_looked_at_when_it_is_not(label):
    assert only(**{label: 2.5}).holds
    assert not only(**{label: 0.5}).holds
    assert only(**{label: 0.5}).severity is Severity.WATCH


def test_a_doubt_adds_nothing_to_what_tier_one_found():
    assert found({"crisis_self_harm"}, crisis_self_harm=1.0) == ()


def test_a_likely_finding_is_said_though_tier_one_found_it_too_for_it_may_be_graver():
    one = only({"crisis_self_harm"}, crisis_self_harm=4.0, critical=2.0)
    assert one.severity is Severity.CRITICAL


def test_several_labels_stand_side_by_side():
    labels = [each.label for each in found(abrupt_stop=3.0, crisis_medical=3.0)]
    assert labels == ["crisis_medical", "abrupt_stop"]


def test_a_finding_names_its_rule_and_the_whole_text():
    one = only(sourcing=3.0)
    assert (one.rule_id, one.start, one.end) == ("second_look.sourcing", 0, 40)


def test_scores_lie_between_nought_and_one_for_every_label():
    told = scores(numbers(crisis_self_harm=30.0, sourcing=-30.0), BOUNDS, 40)
    assert set(told) == set(LABELS)
    assert all(0 <= value <= 1 for value in told.values())
    assert told["crisis_self_harm"] > 0.99
    assert told["sourcing"] < 0.01


@pytest.mark.parametrize(
    ("number", "score"), [(-30.0, 0.0), (0.0, 0.5), (1.0, 0.625), (2.0, 0.75), (30.0, 1.0)]
)
def test_one_half_is_where_a_doubt_begins_and_three_quarters_where_it_is_likely(number, score):
    assert scores(numbers(sourcing=number), BOUNDS, 40)["sourcing"] == score


def test_a_score_rises_with_the_number_and_a_label_is_given_from_one_half_on():
    steps = [step / 8 for step in range(-80, 80)]
    told = [scores(numbers(sourcing=step), BOUNDS, 40)["sourcing"] for step in steps]
    assert told == sorted(told)
    for step, score in zip(steps, told, strict=True):
        assert (score >= 0.5) == bool(found(sourcing=step)), step


def test_no_score_says_the_contrary_of_the_labels():
    told = agreeing({"sourcing": 0.1, "harassment": 0.9, "self_promo": 0.7}, {"sourcing"})
    assert told == {"sourcing": 0.5, "harassment": 0.4999, "self_promo": 0.4999}


def test_what_tier_one_found_scores_high_whatever_is_thought_here():
    assert scores(numbers(), BOUNDS, 40, {"harassment"})["harassment"] == 0.99


def test_thresholds_that_are_no_numbers_are_refused():
    bounds = {label: {"doubtful": 1, "likely": 2} for label in LABELS}
    with pytest.raises(ValueError, match="not a number"):
        Thresholds.of({**bounds, "critical": "1", "holds": 1.0, "grave": 1.0})
    with pytest.raises(KeyError):
        Thresholds.of({**bounds, "critical": 1.0})


# ------------------------------------------------------------------ a short text, out of context

BRIEF = Thresholds(
    {label: Bounds(0.0, 2.0, 1.5) for label in LABELS}, critical=1.0, holds=3.0, grave=1.0
)


def doubted(number: float, length: int) -> bool:
    return bool(findings(numbers(crisis_self_harm=number), BRIEF, length))


def test_a_short_remark_is_doubted_later_than_a_long_text():
    assert (doubted(1.0, LONG - 1), doubted(1.0, LONG)) == (False, True)
    assert doubted(1.5, LONG - 1)


def test_what_is_likely_is_likely_however_short():
    assert doubted(2.0, 1)
    assert Bounds(0.0, 2.0, 9.0).fit(1) == Bounds(2.0, 2.0)


def test_a_long_text_may_be_doubted_later_than_a_short_one():
    contempt = Bounds(-1.0, 2.0, -4.0)
    assert (contempt.fit(1).doubtful, contempt.fit(LONG).doubtful) == (-4.0, -1.0)


def test_a_label_without_such_a_bound_asks_the_same_of_every_text():
    assert Bounds(0.5, 2.0).fit(1) == Bounds(0.5, 2.0).fit(LONG) == Bounds(0.5, 2.0)


@pytest.mark.parametrize("length", [1, LONG])
def test_the_score_of_a_text_is_half_where_its_own_doubt_begins(length):
    begins = BRIEF.labels["crisis_self_harm"].fit(length).doubtful
    told = scores(numbers(crisis_self_harm=begins), BRIEF, length)
    assert told["crisis_self_harm"] == 0.5


def test_a_bound_nobody_knows_is_refused():
    bounds = {label: {"doubtful": 1, "likely": 2} for label in LABELS}
    rest = {"critical": 1.0, "holds": 1.0, "grave": 1.0}
    for wrong in ({"doubtful": 1}, {"doubtful": 1, "likely": 2, "short": 3}):
        with pytest.raises(ValueError, match="a bound is missing"):
            Thresholds.of({**bounds, **rest, "sourcing": wrong})


def test_summing_up_orders_labels_and_names_the_gravest():
    screening = summed_up(found(sourcing=3.0, crisis_self_harm=3.0, critical=2.0), "second-x")
    assert screening.labels == ("crisis_self_harm", "sourcing")
    assert screening.severity is Severity.CRITICAL
    assert (screening.holds, screening.hold_label) == (True, "sourcing")
    assert screening.rules_version == "second-x"


def test_nothing_summed_up_is_nothing():
    screening = summed_up((), "second-x")
    assert (screening.labels, screening.severity, screening.holds) == ((), Severity.NONE, False)


# ------------------------------------------------------------------ what the author reads


def test_words_taken_back_come_with_a_kind_word_and_the_reason():
    words = taken_back(("harassment",), "harassment")
    assert words.text.startswith(TAKEN_BACK)
    assert "nothing wrong" in words.text
    assert not words.shows_help


def test_a_goodbye_that_is_taken_back_comes_with_help():
    words = taken_back(("crisis_self_harm",), "crisis_self_harm")
    assert words.label == "crisis_self_harm"
    assert words.shows_help
    assert "Are you safe right now?" in words.text


def test_danger_that_only_the_second_look_saw_comes_with_the_card():
    words = told_after(("abrupt_stop",), None)
    assert (words.text, words.shows_help) == (TOLD["abrupt_stop"], True)


def test_who_was_told_already_is_not_told_the_same_again():
    assert told_after(("crisis_self_harm",), "crisis_self_harm") is None


def test_a_doubt_that_is_no_danger_is_for_moderators_and_the_author_hears_nothing():
    assert told_after(("harassment", "sourcing"), None) is None


def test_nothing_found_is_nothing_told():
    assert taken_back((), None) is None
    assert told_after((), "sourcing") is None


def test_who_answers_contempt_is_not_suspected_of_it():
    assert findings(numbers(harassment=1.0), BOUNDS, 40, (), ("harassment",)) == ()


def test_contempt_beyond_doubt_is_held_whoever_it_quotes():
    (one,) = findings(numbers(harassment=2.5), BOUNDS, 40, (), ("harassment",))
    assert (one.label, one.holds) == ("harassment", True)


def test_only_what_is_spared_is_left_out():
    found_ = findings(numbers(harassment=1.0, sourcing=1.0), BOUNDS, 40, (), ("harassment",))
    assert [one.label for one in found_] == ["sourcing"]


def test_a_farewell_beyond_doubt_needs_less_of_the_wish():
    """A goodbye says little of wanting to die; where gravity is plain it is acted upon."""
    sure = Thresholds(BOUNDS.labels, critical=1.0, holds=3.0, grave=-1.0)
    numbers = [-9.0] * len(OUTPUTS)
    numbers[OUTPUTS.index("crisis_self_harm")] = -0.5
    numbers[OUTPUTS.index("critical")] = 1.5
    (found,) = findings(numbers, sure, 9)
    assert (found.label, found.severity) == ("crisis_self_harm", Severity.CRITICAL)
    assert findings(numbers, BOUNDS, 9) == ()
    numbers[OUTPUTS.index("critical")] = 0.5
    assert findings(numbers, sure, 9) == ()
