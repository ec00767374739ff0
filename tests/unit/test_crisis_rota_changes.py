"""What differs from the weekly pattern: off, cover, swaps; on clock-change nights too."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.base.rota import check_may_swap
from support.crisis.rules import Change, Shift, Span, gaps, on_call, on_duty

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALL_DAY = [Shift("mo", day, time(0), 1440, "UTC") for day in range(7)]


def off(account, start, hours):
    return Change(account, False, MONDAY + start * HOUR, MONDAY + (start + hours) * HOUR)


def cover(account, start, hours):
    return Change(account, True, MONDAY + start * HOUR, MONDAY + (start + hours) * HOUR)


@pytest.mark.parametrize(
    ("hour", "called"), [(1, ["mo"]), (2, ["rae"]), (3.99, ["rae"]), (4, ["mo"]), (20, ["mo"])]
)
def test_a_swap_changes_who_is_called_in_its_hours_alone(hour, called):
    changes = [off("mo", 2, 2), cover("rae", 2, 2)]
    assert on_call(ALL_DAY, MONDAY + hour * HOUR, changes) == called


def test_who_is_off_leaves_a_gap_that_is_seen_ahead():
    found = gaps(ALL_DAY, MONDAY, MONDAY + 24 * HOUR, [off("mo", 5, 3)])
    assert found == [Span(MONDAY + 5 * HOUR, MONDAY + 8 * HOUR)]


def test_a_cover_in_the_middle_halves_the_gap():
    found = gaps(ALL_DAY, MONDAY, MONDAY + 24 * HOUR, [off("mo", 5, 3), cover("rae", 6, 1)])
    assert [(gap.starts_at.hour, gap.ends_at.hour) for gap in found] == [(5, 6), (7, 8)]


def test_being_off_touches_nobody_elses_hours():
    shifts = [*ALL_DAY, Shift("rae", 0, time(6), 60, "UTC")]
    assert on_call(shifts, MONDAY + 6.5 * HOUR, [off("mo", 5, 3)]) == ["rae"]


def test_a_change_that_is_over_or_far_away_changes_nothing():
    changes = [off("mo", -48, 2), cover("rae", 400, 2)]
    assert on_call(ALL_DAY, MONDAY + HOUR, changes) == ["mo"]
    assert gaps(ALL_DAY, MONDAY, MONDAY + 24 * HOUR, changes) == []


@settings(deadline=None)
@given(st.integers(0, 23), st.integers(1, 30), st.integers(0, 47))
def test_a_swap_never_leaves_a_hole(start, hours, asked):
    changes = [off("mo", start, hours), cover("rae", start, hours)]
    assert len(on_call(ALL_DAY, MONDAY + asked * HOUR, changes)) == 1
    assert gaps(ALL_DAY, MONDAY, MONDAY + 72 * HOUR, changes) == []


@pytest.mark.parametrize(
    ("night", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 21), 24)]
)
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Europe/London", "Europe/Berlin"])
def test_off_for_a_night_of_a_clock_change_leaves_all_of_it_open(night, hours, zone):
    day = datetime(*night, tzinfo=UTC)
    shifts = [Shift("mo", number, time(0), 1440, zone) for number in range(7)]
    (span,) = [
        one
        for one in on_duty(shifts, [], _wall(day, zone), _wall(day + timedelta(days=1), zone))
        if one.starts_at == _wall(day, zone)
    ]
    assert span.ends_at - span.starts_at == hours * HOUR
    away = Change("mo", False, span.starts_at, span.ends_at)
    found = gaps(shifts, span.starts_at - HOUR, span.ends_at + HOUR, [away])
    assert [(gap.starts_at, gap.ends_at) for gap in found] == [(span.starts_at, span.ends_at)]


def _wall(day, zone):

    return day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_one_can_hand_on_what_is_ones_own():
    mine = [Span(MONDAY, MONDAY + 4 * HOUR), Span(MONDAY + 4 * HOUR, MONDAY + 8 * HOUR)]
    check_may_swap(mine, MONDAY + HOUR, MONDAY + 7 * HOUR)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 9), (10, 12)])
def test_one_cannot_hand_on_what_is_not(start, end):
    mine = [Span(MONDAY, MONDAY + 4 * HOUR), Span(MONDAY + 5 * HOUR, MONDAY + 8 * HOUR)]
    with pytest.raises(Invalid) as refused:
        check_may_swap(mine, MONDAY + start * HOUR, MONDAY + end * HOUR)
    assert "not on call" in refused.value.fields["starts_at"]
