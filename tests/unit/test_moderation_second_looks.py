"""Appeals, seals, hats and breaks as plain rules: tables of cases, no database."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, Invalid
from support.moderation.rules import appeals, evidence, team
from support.moderation.rules.desk import Verdict, check_hat, check_may_undo, needs_second
from support.moderation.rules.effects import effects_of
from support.moderation.rules.steps import check_may_promote
from tests.clocks import FrozenClock

NOW = FrozenClock().now()
house = settings(max_examples=150, deadline=None, derandomize=True, database=None)
minutes = st.integers(min_value=1, max_value=600_000)


# ------------------------------------------------------------------ appeals


@house
@given(minutes)
def test_an_answer_is_due_within_three_days_and_an_hour_is_always_given(left):
    due = appeals.due_for_appeal(NOW, NOW + timedelta(minutes=left))
    assert NOW + appeals.SHORTEST_WAIT <= due <= NOW + appeals.ANSWER_WITHIN
    if left > 120:
        assert due <= NOW + timedelta(minutes=left), "never later than the end"


@house
@given(minutes, minutes, minutes)
def test_shorter_always_ends_before_what_was_and_never_in_the_past(begun, left, wanted):
    at, until = NOW - timedelta(minutes=begun), NOW + timedelta(minutes=left)
    if wanted >= left:
        with pytest.raises(Invalid, match="not shorter"):
            appeals.shorter(at, until, NOW, wanted)
        return
    end = appeals.shorter(at, until, NOW, wanted)
    assert NOW < end < until
    whole = appeals.minutes_between(at, end)
    assert timedelta(minutes=whole - 1) < end - at <= timedelta(minutes=whole)


@house
@given(minutes)
def test_what_one_person_may_shorten_to_is_what_one_person_may_impose(length):
    assert appeals.one_person_is_enough(length) is not needs_second("ban", length)


def test_anything_with_an_end_is_shorter_than_without_end():
    assert appeals.shorter(NOW, None, NOW, 600_000) == NOW + timedelta(minutes=600_000)
    with pytest.raises(Invalid, match="For how long"):
        appeals.shorter(NOW, None, NOW, None)


@pytest.mark.parametrize(
    ("days", "live", "may"),
    [(0, False, True), (30, False, True), (31, False, False), (31, True, True), (900, True, True)],
)
def test_what_is_in_force_can_always_be_appealed_and_what_is_over_for_thirty_days(days, live, may):
    at = NOW - timedelta(days=days)
    if may:
        appeals.check_may_appeal(at, NOW, is_live=live)
        return
    with pytest.raises(Conflict, match="too late"):
        appeals.check_may_appeal(at, NOW, is_live=live)


# ------------------------------------------------------------------ seals


@pytest.mark.parametrize(
    ("who", "signers", "hours", "may"),
    [
        ("mo", ("mo", "rae"), 1, True),
        ("rae", ("mo", "rae"), 23, True),
        ("ada", ("mo", "rae"), 1, False),
        ("mo", ("mo", "rae"), -1, False),
        ("mo", (), None, False),
        ("mo", ("mo", None), None, False),
    ],
)
def test_a_seal_is_open_to_its_two_for_a_while(who, signers, hours, may):
    until = None if hours is None else NOW + timedelta(hours=hours)
    assert evidence.may_open(who, signers, until, NOW) is may
    if not may:
        with pytest.raises(Forbidden):
            evidence.check_may_open(may=may)


@house
@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=40))
def test_other_bytes_have_another_hash(first, second):
    bound = evidence.place_of("seal", 0, "otto")
    same = evidence.line_hash(bound, NOW, first) == evidence.line_hash(bound, NOW, second)
    assert same is (first == second)


@pytest.mark.parametrize("place", [0, 1, -1, 10])
def test_a_line_is_bound_to_its_place_and_its_author(place):
    bounds = {
        evidence.place_of(seal, at, who)
        for seal in ("one", "two")
        for at in (place, place + 1)
        for who in ("otto", "mina")
    }
    assert len(bounds) == 8


def test_the_order_of_the_lines_counts():
    about, key = ("seal", "item", "otto"), ("key", "mark")
    one = evidence.root_hash(about, NOW, key, ["a", "b"])
    assert one != evidence.root_hash(about, NOW, key, ["b", "a"])
    assert one != evidence.root_hash(about, NOW, key, ["a"])
    assert one != evidence.root_hash(("seal", "item", "mina"), NOW, key, ["a", "b"])


# ------------------------------------------------------------------ the desk itself


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("admin", [True, False])
def test_who_may_become_a_moderator_and_who_signs(role, admin):
    is_staff = role in (Role.MODERATOR, Role.ADMIN)
    for asking in (True, False):
        if is_staff:
            with pytest.raises(Conflict):
                check_may_promote(role, admin_signs=admin, is_asking=asking)
        elif asking or admin:
            check_may_promote(role, admin_signs=admin, is_asking=asking)
        else:
            with pytest.raises(Forbidden, match="admin"):
                check_may_promote(role, admin_signs=admin, is_asking=asking)


@pytest.mark.parametrize(
    ("group", "own", "may"),
    [(None, {"a"}, True), ("a", set(), True), ("a", {"b"}, True), ("a", {"a", "b"}, False)],
)
def test_a_hat_counts_in_its_own_group_only(group, own, may):
    if may:
        check_hat(group, own)
        return
    with pytest.raises(Forbidden, match="in this group yourself"):
        check_hat(group, own)


@pytest.mark.parametrize("seconds", [0, 10, 11, 100_000])
@pytest.mark.parametrize("reason", ["", "I misread it."])
def test_taking_back_is_free_for_ten_seconds_and_costs_a_reason_later(seconds, reason):
    at = NOW - timedelta(seconds=seconds)
    if seconds <= 10 or reason:
        check_may_undo("mo", "mo", at, NOW, reason)
    else:
        with pytest.raises(Conflict, match="say why"):
            check_may_undo("mo", "mo", at, NOW, reason)
    with pytest.raises(Forbidden):
        check_may_undo("rae", "mo", at, NOW, reason)


def test_a_break_stops_new_work_and_hand_overs():
    team.check_is_at_work(None)
    with pytest.raises(Conflict, match="on a break"):
        team.check_is_at_work(NOW)
    team.check_may_be_handed(may_see=True, paused=False)
    for may_see, paused in ((False, False), (True, True), (False, True)):
        with pytest.raises(Invalid) as refusal:
            team.check_may_be_handed(may_see=may_see, paused=paused)
        assert refusal.value.message == "They cannot take this now.", "why is told to nobody"


@pytest.mark.parametrize("verdict", [Verdict.SUSPEND, Verdict.BAN])
@pytest.mark.parametrize(
    ("length", "two"), [(60, False), (10080, False), (10081, True), (None, True)]
)
def test_the_preview_names_the_second_person_exactly_where_one_is_needed(verdict, length, two):
    found = effects_of(verdict, length, NOW, shown=True, reported=False)
    assert (found.second is not None) is two
    assert (found.until is None) is (length is None)
