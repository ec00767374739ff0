"""The ladder: when each rung is due, whom it calls and by which ways, and who is left in peace."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.base.severity import Severity
from support.crisis.rules import (
    HOUSE_LADDER,
    LadderStep,
    State,
    Target,
    check_ladder,
    due_at,
    ladder_of,
    next_due,
    rest_ends,
    shown_state,
    step_of,
    to_call,
)
from support.notify.rules import Channel

OPENED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WAITS = ladder_of((0, 120, 300))
LAST = LadderStep(300, Target.ADMINS)


@pytest.mark.parametrize(
    ("rung", "seconds"), [(0, 0), (1, 120), (2, 300), (3, 600), (4, 900), (10, 2700)]
)
def test_rungs_are_due_at_once_after_two_minutes_after_five_and_every_five_again(rung, seconds):
    assert due_at(OPENED, rung, WAITS) == OPENED + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("waits", "rung", "seconds"),
    [((1, 2, 3), 3, 6), ((5,), 0, 5), ((5,), 2, 15), ((0, 60), 3, 180)],
)
def test_the_last_wait_an_operator_sets_is_the_interval_of_the_repeats(waits, rung, seconds):
    assert due_at(OPENED, rung, ladder_of(waits)) == OPENED + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("rung", "target"),
    [
        (0, Target.ON_CALL),
        (1, Target.RESPONDERS),
        (2, Target.ADMINS),
        (3, Target.ADMINS),
        (99, Target.ADMINS),
    ],
)
@pytest.mark.parametrize("waits", [(5,), (0, 60), (0, 120, 300), (0, 1, 2, 3, 4)])
def test_each_rung_calls_more_people_and_the_repeats_call_the_admins(waits, rung, target):
    assert step_of(ladder_of(waits), rung).target is target


def test_the_house_ladder_calls_the_outside_from_the_third_rung_on():
    assert ladder_of((0, 120, 300)) == HOUSE_LADDER
    assert [Channel.EMAIL in step_of(HOUSE_LADDER, rung).channels for rung in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_an_hour_without_the_server_makes_up_for_every_rung():
    now = OPENED + timedelta(hours=1)
    assert [next_due(OPENED, rung, WAITS, now) for rung in (1, 2, 3)] == [
        due_at(OPENED, rung, WAITS) for rung in (1, 2, 3)
    ]


def test_a_week_without_the_server_does_not_page_the_admins_two_thousand_times():
    now = OPENED + timedelta(days=7)
    assert next_due(OPENED, 2, WAITS, now) == due_at(OPENED, 2, WAITS)
    assert next_due(OPENED, 3, WAITS, now) == now + timedelta(seconds=300)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 3600), min_size=1, max_size=6).map(sorted),
    st.integers(1, 3600),
    st.integers(0, 40),
)
def test_a_later_rung_is_never_due_before_an_earlier_one(waits, last, rung):
    ladder = ladder_of((*(wait for wait in waits if wait <= last), last))
    assert due_at(OPENED, rung, ladder) <= due_at(OPENED, rung + 1, ladder)


@pytest.mark.parametrize(
    ("ladder", "why"),
    [
        ((), "from 1 to 8"),
        ((LAST,) * 9, "from 1 to 8"),
        ((LadderStep(60, Target.ON_CALL), LadderStep(30, Target.ADMINS)), "later than the one"),
        ((LadderStep(0, Target.ADMINS),), "later than the one"),
        ((LadderStep(100_000, Target.ADMINS),), "later than the one"),
        ((LadderStep(0, Target.ON_CALL, ()), LAST), "at least one way"),
        ((LadderStep(0, Target.ON_CALL), LadderStep(60, Target.RESPONDERS)), "calls the admins"),
    ],
)
def test_a_ladder_that_would_leave_somebody_waiting_is_refused(ladder, why):
    with pytest.raises(Invalid, match=why):
        check_ladder(ladder)


def test_the_house_ladder_and_a_shorter_one_are_good():
    check_ladder(HOUSE_LADDER)
    check_ladder((LadderStep(60, Target.ADMINS, (Channel.EMAIL,)),))


@pytest.mark.parametrize(
    ("resting", "busy", "called"),
    [
        ((), (), ["mo", "rae"]),
        (("mo",), (), ["rae"]),
        ((), ("mo",), ["rae"]),
        ((), ("mo", "rae"), ["mo", "rae"]),
        (("mo",), ("rae",), ["rae"]),
        (("mo", "rae"), (), []),
    ],
)
def test_who_rests_is_left_in_peace_and_who_is_busy_while_somebody_is_free(resting, busy, called):
    assert to_call(["mo", "rae", "mo"], set(resting), set(busy)) == called


def test_where_it_may_wake_people_it_calls_even_who_rests_rather_than_nobody():
    assert to_call(["ada"], {"ada"}, set(), may_wake=True) == ["ada"]
    assert to_call(["ada", "eve"], {"ada"}, set(), may_wake=True) == ["eve"]
    assert to_call([], set(), set(), may_wake=True) == []


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")), st.booleans())
def test_whoever_is_called_was_meant_and_nobody_twice(people, some, may_wake):
    for resting, busy in ((some, set()), (set(), some)):
        called = to_call(people, resting, busy, may_wake=may_wake)
        assert set(called) <= set(people)
        assert len(called) == len(set(called))
        assert may_wake or not set(called) & resting


@pytest.mark.parametrize(
    ("severity", "engaged", "rests"),
    [
        (Severity.URGENT, OPENED, True),
        (Severity.CRITICAL, OPENED, True),
        (Severity.URGENT, None, False),
        (Severity.WATCH, OPENED, False),
    ],
)
def test_a_hard_case_is_one_that_called_people_and_in_which_somebody_wrote(
    severity, engaged, rests
):
    ends = rest_ends(severity, engaged, OPENED)
    assert (ends == OPENED + timedelta(minutes=30)) is rests


def test_a_case_is_engaged_once_its_reader_has_written():
    assert shown_state(State.ACKNOWLEDGED, None) is State.ACKNOWLEDGED
    assert shown_state(State.ACKNOWLEDGED, OPENED) is State.ENGAGED
    assert shown_state(State.OPEN, OPENED) is State.OPEN
    assert shown_state(State.CLOSED, OPENED) is State.CLOSED
