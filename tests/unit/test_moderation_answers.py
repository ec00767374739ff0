"""Appeals, evidence, effects, breaks and the forms of the desk: decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, Invalid
from support.base.severity import Severity
from support.moderation import forms
from support.moderation.rules import appeals, evidence, team
from support.moderation.rules.desk import (
    ALONE_AT_MOST,
    LABELS,
    SanctionState,
    Verdict,
    needs_second,
    sanction_in,
)
from support.moderation.rules.effects import SECOND, effects_of
from support.moderation.rules.lanes import Lanes
from support.moderation.rules.overlay import laid_over, rules_in, version_of
from support.moderation.rules.rulebook import HOLDING
from support.moderation.rules.rulebook import LABELS as RULE_LABELS
from support.moderation.rules.steps import check_may_promote

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = 7 * 24 * 60


def wrong(parse, data):
    with pytest.raises(Invalid) as refused:
        parse(data)
    return list(refused.value.fields)


# ------------------------------------------------------------------ appeals


@pytest.mark.parametrize(
    ("left", "wait"),
    [
        (None, 72 * HOUR),
        (30 * DAY, 72 * HOUR),
        (6 * DAY, 72 * HOUR),
        (4 * DAY, 48 * HOUR),
        (4 * HOUR, 2 * HOUR),
        (2 * HOUR, HOUR),
        (timedelta(minutes=10), HOUR),
        (-HOUR, HOUR),
    ],
)
def test_an_answer_is_due_while_it_is_still_of_use(left, wait):
    until = None if left is None else NOW + left
    assert appeals.due_for_appeal(NOW, until) == NOW + wait


@given(st.integers(-10_000, 1_000_000))
def test_nobody_has_less_than_an_hour_to_answer_or_more_than_three_days(minutes):
    due = appeals.due_for_appeal(NOW, NOW + timedelta(minutes=minutes))
    assert HOUR <= due - NOW <= 72 * HOUR


@pytest.mark.parametrize(
    ("age", "live", "may"),
    [
        (0 * DAY, False, True),
        (30 * DAY, False, True),
        (30 * DAY + timedelta(seconds=1), False, False),
        (400 * DAY, True, True),
        (400 * DAY, False, False),
    ],
)
def test_what_is_over_for_thirty_days_is_not_appealed_and_what_holds_always_is(age, live, may):
    if may:
        appeals.check_may_appeal(NOW - age, NOW, is_live=live)
        return
    with pytest.raises(Conflict, match="too late"):
        appeals.check_may_appeal(NOW - age, NOW, is_live=live)


@pytest.mark.parametrize("state", list(SanctionState))
def test_what_waits_for_a_second_name_is_as_live_as_what_holds(state):
    assert appeals.is_live(state) is (state in ("pending", "in_force"))


@pytest.mark.parametrize(
    ("began", "ends", "minutes", "end"),
    [
        (-HOUR, 5 * HOUR, 60, HOUR),
        (-HOUR, 5 * HOUR, 299, timedelta(minutes=299)),
        (-HOUR, None, 100_000, timedelta(minutes=100_000)),
    ],
)
def test_shorter_is_counted_from_now(began, ends, minutes, end):
    until = None if ends is None else NOW + ends
    assert appeals.shorter(NOW + began, until, NOW, minutes) == NOW + end


@pytest.mark.parametrize(
    ("began", "ends", "minutes", "words"),
    [
        (-HOUR, 5 * HOUR, None, "how long"),
        (-HOUR, 5 * HOUR, 300, "not shorter"),
        (-HOUR, 5 * HOUR, 301, "not shorter"),
        (2 * HOUR, 5 * HOUR, 60, "not shorter"),
        (HOUR, 5 * HOUR, 60, "not shorter"),
    ],
)
def test_what_is_not_shorter_is_refused_beside_its_field(began, ends, minutes, words):
    with pytest.raises(Invalid) as refused:
        appeals.shorter(NOW + began, NOW + ends, NOW, minutes)
    assert words in str(refused.value).lower()
    assert list(refused.value.fields) == ["minutes"]


@given(st.integers(1, 200_000), st.integers(1, 200_000), st.integers(0, 200_000))
def test_a_shortened_sanction_ends_sooner_or_is_refused(left, minutes, ago):
    at, until = NOW - timedelta(minutes=ago), NOW + timedelta(minutes=left)
    try:
        end = appeals.shorter(at, until, NOW, minutes)
    except Invalid:
        assert minutes >= left
    else:
        assert at < end < until
        assert appeals.minutes_between(at, end) == ago + minutes


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2), (3600, 60)]
)
def test_a_begun_minute_counts_so_that_nothing_seems_shorter_than_it_is(seconds, minutes):
    assert appeals.minutes_between(NOW, NOW + timedelta(seconds=seconds)) == minutes


@given(st.integers(1, 100_000))
def test_one_person_is_enough_exactly_where_no_second_one_is_needed(minutes):
    alone = appeals.one_person_is_enough(minutes)
    assert alone is (minutes <= ALONE_AT_MOST)
    assert alone is not needs_second(sanction_in(Verdict.BAN), minutes)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "forgive", "reply": "x"}, "outcome"),
        ({"outcome": "keep"}, "reply"),
        ({"outcome": "keep", "reply": "x" * 1001}, "reply"),
        ({"outcome": "keep", "reply": "x", "minutes": 5}, "minutes"),
        ({"outcome": "lift", "reply": "x", "minutes": 5}, "minutes"),
        ({"outcome": "shorten", "reply": "x", "minutes": 0}, "minutes"),
        ({"outcome": "shorten", "reply": "x", "minutes": 366 * 24 * 60 + 1}, "minutes"),
    ],
)
def test_an_answer_that_cannot_be_is_named(sent, field):
    assert field in wrong(forms.AnswerForm.parse, sent)


def test_an_answer_may_shorten_lift_or_keep():
    for outcome in ("keep", "lift"):
        form = forms.AnswerForm.parse({"outcome": outcome, "reply": "We looked again."})
        assert (form.outcome, form.minutes) == (outcome, None)
    form = forms.AnswerForm.parse({"outcome": "shorten", "minutes": "60", "reply": "Sorry."})
    assert form.minutes == 60


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"text": ""}, "text"), ({"text": "x" * 1001}, "text"), ({"text": "x", "to": "mo"}, "to")],
)
def test_an_appeal_is_words_and_names_nobody(sent, field):
    assert forms.AppealForm.parse({"text": " It was a joke. "}).text == "It was a joke."
    assert wrong(forms.AppealForm.parse, sent) == [field]


def test_whoever_stands_outside_appeals_with_the_pass_from_the_door():
    form = forms.OutsideAppealForm.parse({"token": "t.1", "text": "Please look again."})
    assert (form.token, form.text) == ("t.1", "Please look again.")
    assert set(wrong(forms.OutsideAppealForm.parse, {})) == {"token", "text"}
    assert wrong(forms.OutsideAppealForm.parse, {"token": "t" * 401, "text": "x"}) == ["token"]


# ------------------------------------------------------------------ evidence


@pytest.mark.parametrize(
    ("who", "signers", "left", "may"),
    [
        ("mo", ("mo", "rae"), HOUR, True),
        ("rae", ("mo", "rae"), HOUR, True),
        ("ada", ("mo", "rae"), HOUR, False),
        ("mo", ("mo", "rae"), timedelta(0), False),
        ("mo", ("mo", "rae"), -HOUR, False),
        ("mo", ("mo", "rae"), None, False),
        ("mo", (None, None), HOUR, False),
        ("mo", (), HOUR, False),
    ],
)
def test_a_seal_is_opened_by_the_two_who_signed_and_for_a_day(who, signers, left, may):
    until = None if left is None else NOW + left
    assert evidence.may_open(who, signers, until, NOW) is may


def test_nobody_else_is_let_in():
    evidence.check_may_open(may=True)
    with pytest.raises(Forbidden, match="Two moderators"):
        evidence.check_may_open(may=False)


LINE = {"bound": "e1:3:mina", "said_at": NOW, "sealed": b"sealed"}


@pytest.mark.parametrize(
    "change",
    [
        {"bound": "e1:4:mina"},
        {"bound": "e2:3:mina"},
        {"bound": "e1:3:paul"},
        {"said_at": NOW + timedelta(microseconds=1)},
        {"sealed": b"sealee"},
        {"sealed": b""},
    ],
)
def test_a_line_that_was_moved_or_changed_has_another_hash(change):
    whole = evidence.line_hash(**LINE)
    assert whole == evidence.line_hash(**LINE)
    assert evidence.line_hash(**{**LINE, **change}) != whole


ROOT = {
    "about": ("e1", "i1", "mina"),
    "taken_at": NOW,
    "key": ("k1", "mark"),
    "lines": ["a", "b", "c"],
}


@pytest.mark.parametrize(
    "change",
    [
        {"about": ("e2", "i1", "mina")},
        {"about": ("e1", "i2", "mina")},
        {"about": ("e1", "i1", "paul")},
        {"taken_at": NOW + HOUR},
        {"key": ("k2", "mark")},
        {"key": ("k1", "other")},
        {"lines": ["a", "c", "b"]},
        {"lines": ["a", "b"]},
        {"lines": ["a", "b", "c", "d"]},
        {"lines": ["ab", "c"]},
        {"lines": []},
    ],
)
def test_a_seal_that_lost_gained_or_swapped_a_line_has_another_hash(change):
    whole = evidence.root_hash(**ROOT)
    assert whole == evidence.root_hash(**ROOT)
    assert evidence.root_hash(**{**ROOT, **change}) != whole


def test_a_line_is_bound_to_its_seal_its_place_and_its_author():
    places = {
        evidence.place_of(seal, place, author)
        for seal in ("e1", "e2")
        for place in range(3)
        for author in ("mina", "paul")
    }
    assert len(places) == 12


# ------------------------------------------------------------------ what a decision will do


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("shown", [True, False])
def test_what_follows_is_said_before_the_click(verdict, shown):
    told = effects_of(verdict, None, NOW, shown=shown, reported=True)
    kind = sanction_in(verdict)
    assert told.words.endswith(".")
    assert (told.person is None) is (kind is None)
    assert told.until is None
    assert told.second == (SECOND if verdict in (Verdict.SUSPEND, Verdict.BAN) else None)
    assert told.reporter_news == ("report_kept" if verdict is Verdict.ALLOW else "report_closed")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_where_nobody_reported_nobody_hears_of_a_report(verdict):
    told = effects_of(verdict, None, NOW, shown=True, reported=False)
    assert told.reporter_news is None


@pytest.mark.parametrize(
    ("verdict", "shown", "news"),
    [
        (Verdict.ALLOW, True, None),
        (Verdict.ALLOW, False, "message_shown"),
        (Verdict.REWORD, True, "message_reword"),
        (Verdict.KEEP, False, "message_kept"),
        (Verdict.REMOVE, True, "message_removed"),
        (Verdict.WARN, True, "warned"),
        (Verdict.MUTE, True, "sanction"),
        (Verdict.REMOVE_FROM_GROUP, False, "sanction"),
        (Verdict.SUSPEND, True, "sanction"),
        (Verdict.BAN, True, "sanction"),
    ],
)
def test_the_author_hears_the_one_thing_that_fits(verdict, shown, news):
    assert effects_of(verdict, None, NOW, shown=shown, reported=False).author_news == news


@pytest.mark.parametrize(
    ("verdict", "minutes", "until", "second"),
    [
        (Verdict.MUTE, 30, timedelta(minutes=30), False),
        (Verdict.MUTE, 10 * WEEK, timedelta(weeks=10), False),
        (Verdict.SUSPEND, WEEK, timedelta(weeks=1), False),
        (Verdict.SUSPEND, WEEK + 1, timedelta(weeks=1, minutes=1), True),
        (Verdict.BAN, 60, HOUR, False),
        (Verdict.BAN, None, None, True),
        (Verdict.WARN, None, None, False),
    ],
)
def test_until_when_and_whether_a_second_one_has_to_agree(verdict, minutes, until, second):
    told = effects_of(verdict, minutes, NOW, shown=True, reported=False)
    assert told.until == (None if until is None else NOW + until)
    assert (told.second is not None) is second


# ------------------------------------------------------------------ looking after each other


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("label", LABELS)
def test_danger_illness_and_cruelty_are_hard_to_read(label, severity):
    soft = {"sourcing", "dosing_advice", "personal_info", "self_promo"}
    expected = label not in soft or severity in (Severity.URGENT, Severity.CRITICAL)
    assert team.is_hard([label], severity) is expected


def test_one_hard_label_among_soft_ones_is_enough():
    assert team.is_hard(["sourcing", "harassment"], Severity.NONE)
    assert not team.is_hard([], Severity.WATCH)


@pytest.mark.parametrize(("hard", "wants"), [(0, False), (5, False), (6, True), (60, True)])
def test_after_six_hard_ones_a_break_is_offered(hard, wants):
    assert team.wants_a_break(hard) is wants


def test_nobody_takes_something_new_on_a_break_and_why_somebody_cannot_is_told_to_nobody():
    team.check_is_at_work(None)
    with pytest.raises(Conflict, match="on a break"):
        team.check_is_at_work(NOW)
    team.check_may_be_handed(may_see=True, paused=False)
    said = set()
    for may_see, paused in ((False, False), (True, True), (False, True)):
        with pytest.raises(Invalid) as refused:
            team.check_may_be_handed(may_see=may_see, paused=paused)
        said.add((str(refused.value), str(refused.value.fields)))
    assert len(said) == 1


@pytest.mark.parametrize(
    ("role", "admin", "asking", "refusal"),
    [
        (Role.MEMBER, True, False, None),
        (Role.MENTOR, True, False, None),
        (Role.MEMBER, False, True, None),
        (Role.MEMBER, False, False, Forbidden),
        (Role.MODERATOR, True, False, Conflict),
        (Role.ADMIN, True, True, Conflict),
    ],
)
def test_of_the_two_who_make_a_moderator_one_is_an_admin(role, admin, asking, refusal):
    if refusal is None:
        check_may_promote(role, admin_signs=admin, is_asking=asking)
        return
    with pytest.raises(refusal):
        check_may_promote(role, admin_signs=admin, is_asking=asking)


@pytest.mark.parametrize(
    ("form", "good", "bad", "field"),
    [
        (forms.HandOverForm, {"to": "rae"}, {"to": ""}, "to"),
        (forms.HandOverForm, {"to": "rae"}, {"to": "r" * 61}, "to"),
        (forms.PauseForm, {"minutes": 0}, {"minutes": -1}, "minutes"),
        (forms.PauseForm, {"minutes": 2880}, {"minutes": 2881}, "minutes"),
        (forms.PauseForm, {"minutes": "30"}, {"minutes": "a while"}, "minutes"),
        (forms.NoteForm, {"text": "x" * 1000}, {"text": "x" * 1001}, "text"),
        (forms.NoteForm, {"text": "x"}, {"text": " \n "}, "text"),
        (forms.VersionForm, {"version": "r1"}, {"version": ""}, "version"),
        (forms.VersionForm, {"version": "v" * 20}, {"version": "v" * 21}, "version"),
    ],
)
def test_small_forms_of_the_team_have_their_limits(form, good, bad, field):
    assert form.parse(good)
    assert wrong(form.parse, bad) == [field]
    assert wrong(form.parse, {**good, "by": "ada"}) == ["by"]


# ------------------------------------------------------------------ labels


def test_the_labels_of_rules_and_of_the_desk_are_the_same_and_five_hold():
    assert set(RULE_LABELS) == set(LABELS)
    assert set(LABELS) >= HOLDING
    assert "crisis_self_harm" not in HOLDING


# ------------------------------------------------------------------ changes laid over

IDS = st.sampled_from(["a.one", "a.two", "b.three", "b.four"])
RAWS = st.booleans().map(lambda off: {"off": True} if off else {"say": ["x"]})
OVERLAYS = st.dictionaries(IDS, RAWS).map(
    lambda some: {name: {"id": name, **raw} for name, raw in some.items()}
)
FILES = {
    "a.toml": {"rule": [{"id": "a.one"}, {"id": "a.two"}], "context": {"night": {"say": ["x"]}}},
    "b.toml": {"list": {"thing": ["lamp"]}},
}


@given(OVERLAYS)
def test_each_rule_is_there_once_as_it_was_changed_or_not_at_all(overlay):
    found = rules_in(laid_over(FILES, overlay))
    for name in ("a.one", "a.two", "b.three", "b.four"):
        if name in overlay and overlay[name].get("off"):
            assert name not in found
        elif name in overlay:
            assert found[name] == overlay[name]
        else:
            assert (name in found) is (name in ("a.one", "a.two"))


@given(OVERLAYS)
def test_what_is_laid_over_changes_no_file_that_is_shipped(overlay):
    before = repr(FILES)
    laid = laid_over(FILES, overlay)
    assert repr(FILES) == before
    assert laid["b.toml"] == FILES["b.toml"]
    assert laid["a.toml"]["context"] == FILES["a.toml"]["context"]


@given(OVERLAYS, OVERLAYS)
def test_two_sets_of_changes_share_a_version_only_if_they_are_the_same(one, two):
    assert (version_of("r1", one) == version_of("r1", two)) is (one == two)


# ------------------------------------------------------------------ waiting for a second look


def test_a_message_that_was_moved_forward_is_still_the_one_that_waits_longest():
    lanes = Lanes()
    lanes.add("early", NOW, first=False)
    lanes.add("flagged", NOW + HOUR, first=True)
    lanes.add("early", NOW + 2 * HOUR, first=True)
    assert lanes.oldest() == NOW


def test_a_message_heard_of_again_is_still_the_one_that_waits_longest():
    lanes = Lanes()
    lanes.add("early", NOW, first=False)
    lanes.add("late", NOW + HOUR, first=False)
    lanes.add("early", NOW + 2 * HOUR, first=False)
    assert lanes.oldest() == NOW


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=30))
def test_nobody_waits_longer_than_the_oldest_says(heard):
    lanes = Lanes()
    for number, (name, first) in enumerate(heard):
        lanes.add(name, NOW + number * HOUR, first=first)
    oldest = lanes.oldest()
    waits = [each.since for each in lanes.take(100)]
    assert oldest == min(waits, default=None)
