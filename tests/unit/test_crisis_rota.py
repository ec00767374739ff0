"""The rota in wall time: no hole and no doubt in the nights when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.base.rota import instant
from support.crisis.rules import Shift, gaps, on_call, spans

ZONES = (
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
)
YEARS = (2026, 2027, 2028)


def wall(*parts):
    """What a clock on the wall shows, without a zone."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def week_round(zone, minutes=1440, start=time(0)):
    """Seven people, one for each day of the week."""
    return [Shift(f"person{day}", day, start, minutes, zone) for day in range(7)]


def transitions(zone, year):
    """The moments of a year at which the zone's clocks change, to the hour."""
    moment, found, place = datetime(year, 1, 1, tzinfo=UTC), [], ZoneInfo(zone)
    while moment.year == year:
        later = moment + timedelta(hours=1)
        if moment.astimezone(place).utcoffset() != later.astimezone(place).utcoffset():
            found.append(later)
        moment = later
    return found


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("start", [time(0), time(1, 30), time(2, 15), time(2, 30)])
def test_a_week_round_rota_has_no_hole_in_any_year(zone, year, start):
    since = datetime(year, 1, 1, tzinfo=UTC)
    until = datetime(year + 1, 1, 1, tzinfo=UTC)
    assert gaps(week_round(zone, start=start), since, until) == []


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"])
def test_somebody_is_on_call_every_ten_minutes_of_both_transition_nights(zone, year):
    nights = transitions(zone, year)
    assert len(nights) == 2
    for night in nights:
        for step in range(-30, 31):
            assert on_call(week_round(zone), night + step * timedelta(minutes=10))


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"])
def test_half_hour_shifts_leave_no_hole_in_the_transition_nights(zone, year):
    shifts = [
        Shift(f"person{slot}", day, time(slot // 2, slot % 2 * 30), 30, zone)
        for day in range(7)
        for slot in range(48)
    ]
    for night in transitions(zone, year):
        assert gaps(shifts, night - timedelta(days=1), night + timedelta(days=1)) == []


def test_a_skipped_wall_time_is_the_later_one():
    assert instant(wall(2026, 3, 29, 1, 30), "Europe/Lisbon") == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Lisbon")).hour == 2


def test_a_doubled_wall_time_is_the_first_one():
    assert instant(wall(2026, 10, 25, 1, 30), "Europe/Lisbon") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_night_shift_lasts_25_hours_when_the_clocks_go_back():
    shift = Shift("mo", 6, time(0), 1440, "Europe/Lisbon")
    night = datetime(2026, 10, 25, 12, tzinfo=UTC)
    (span,) = spans(shift, night, night + timedelta(minutes=1))
    assert span.ends_at - span.starts_at == timedelta(hours=25)


def test_mo_in_lisbon_hands_over_to_rae_in_new_york_on_the_wall_of_each():
    shifts = [
        Shift("mo", 0, time(8), 12 * 60, "Europe/Lisbon"),
        Shift("rae", 0, time(15), 12 * 60, "America/New_York"),
    ]
    assert on_call(shifts, datetime(2026, 11, 23, 19, 59, tzinfo=UTC)) == ["mo"]
    assert on_call(shifts, datetime(2026, 11, 23, 20, 0, tzinfo=UTC)) == ["rae"]
    assert on_call(shifts, datetime(2026, 11, 24, 7, 59, tzinfo=UTC)) == ["rae"]
    assert on_call(shifts, datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) == []


def test_a_shift_over_midnight_belongs_to_the_day_it_began():
    shift = Shift("mo", 6, time(22), 600, "UTC")
    assert on_call([shift], datetime(2026, 11, 23, 7, 59, tzinfo=UTC)) == ["mo"]
    assert on_call([shift], datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) == []


def test_one_person_with_two_shifts_at_once_is_named_once():
    shifts = [Shift("mo", 0, time(0), 1440, "UTC"), Shift("mo", 0, time(3), 60, "UTC")]
    assert on_call(shifts, datetime(2026, 11, 23, 3, 30, tzinfo=UTC)) == ["mo"]


def test_a_whole_week_is_one_shift_without_an_end():
    shift = Shift("mo", 2, time(9), 7 * 1440, "America/New_York")
    since = datetime(2026, 3, 1, tzinfo=UTC)
    assert gaps([shift], since, since + timedelta(days=30)) == []


def test_gaps_are_named_from_when_to_when():
    shifts = [Shift("mo", 0, time(0), 1440, "UTC"), Shift("rae", 2, time(12), 60, "UTC")]
    since = datetime(2026, 11, 23, tzinfo=UTC)
    found = gaps(shifts, since, since + timedelta(days=3))
    assert [(f"{gap.starts_at:%d %H}", f"{gap.ends_at:%d %H}") for gap in found] == [
        ("24 00", "25 12"),
        ("25 13", "26 00"),
    ]


def test_an_empty_rota_is_one_gap():
    since = datetime(2026, 11, 23, tzinfo=UTC)
    (gap,) = gaps([], since, since + timedelta(days=14))
    assert (gap.starts_at, gap.ends_at) == (since, since + timedelta(days=14))
    assert on_call([], since) == []


@pytest.mark.parametrize(("weekday", "minutes"), [(7, 60), (-1, 60), (0, 0), (0, 7 * 1440 + 1)])
def test_a_shift_that_no_week_can_hold_is_refused(weekday, minutes):
    with pytest.raises(Invalid):
        Shift("mo", weekday, time(0), minutes, "UTC")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.times().map(lambda t: t.replace(second=0, microsecond=0)),
            st.integers(1, 7 * 1440),
            st.sampled_from(ZONES),
        ),
        max_size=6,
    ),
    st.datetimes(wall(2026, 1, 1), wall(2028, 12, 31), timezones=st.just(UTC)),
)
def test_a_moment_is_covered_or_in_a_gap_never_both(rows, moment):
    shifts = [Shift("mo", *row) for row in rows]
    open_then = any(
        gap.starts_at <= moment < gap.ends_at
        for gap in gaps(shifts, moment - timedelta(days=1), moment + timedelta(days=1))
    )
    assert bool(on_call(shifts, moment)) is not open_then
