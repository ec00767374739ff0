"""The ladder: when each rung is due and whom it calls."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.crisis.rules import Target, due_at, next_due, target_of

OPENED = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WAITS = (0, 120, 300)


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
    assert due_at(OPENED, rung, waits) == OPENED + timedelta(seconds=seconds)


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
def test_each_rung_calls_more_people_and_the_repeats_call_the_admins(rung, target):
    assert target_of(rung) is target


def test_an_hour_without_the_server_makes_up_for_every_rung():
    now = OPENED + timedelta(hours=1)
    assert [next_due(OPENED, rung, WAITS, now) for rung in (1, 2, 3)] == [
        due_at(OPENED, rung, WAITS) for rung in (1, 2, 3)
    ]


def test_a_week_without_the_server_does_not_page_the_admins_two_thousand_times():
    now = OPENED + timedelta(days=7)
    assert next_due(OPENED, 2, WAITS, now) == due_at(OPENED, 2, WAITS)
    assert next_due(OPENED, 3, WAITS, now) == now + timedelta(seconds=300)


@given(
    st.lists(st.integers(0, 3600), min_size=1, max_size=6).map(sorted),
    st.integers(1, 3600),
    st.integers(0, 40),
)
def test_a_later_rung_is_never_due_before_an_earlier_one(waits, last, rung):
    ladder = (*(wait for wait in waits if wait <= last), last)
    assert due_at(OPENED, rung, ladder) <= due_at(OPENED, rung + 1, ladder)
