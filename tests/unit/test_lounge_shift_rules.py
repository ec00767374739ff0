"""How much is enough for a mentor: every cap says no by its name, whatever the clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Conflict, Invalid
from support.base.rota import Span, holes, is_wall_time
from support.mentoring.forms import LimitsForm, LoungeShiftForm
from support.mentoring.rules.hours import read_span
from support.mentoring.rules.shifts import (
    CapReached,
    Caps,
    Duty,
    check_may_take,
    in_quiet_hours,
    week_minutes,
    week_of,
)

LISBON = "Europe/Lisbon"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
USUAL = Caps(LISBON, 360, 2)


def hours(day: int, start: float, length: float = 1) -> Span:
    """A stretch of that week: Monday is 0."""
    begins = MONDAY + timedelta(days=day, hours=start)
    return Span(begins, begins + timedelta(hours=length))


def had(*spans: Span, is_shift: bool = True) -> list[Duty]:
    return [Duty(one.starts_at, one.ends_at, is_shift) for one in spans]


def refusal(caps: Caps, taken: list[Duty], wanted: Span) -> str:
    with pytest.raises(Conflict) as declined:
        check_may_take(caps, taken, wanted)
    return declined.value.message % declined.value.params


# ------------------------------------------------------------------ each cap by its name


def test_within_all_caps_nothing_is_said():
    check_may_take(USUAL, had(hours(0, 20), hours(1, 20)), hours(2, 20, 2))


def test_a_third_shift_on_one_day_is_too_many():
    assert refusal(USUAL, had(hours(0, 9), hours(0, 12)), hours(0, 20)) == (
        "This is one more than the 2 shifts a day that you set."
    )
    check_may_take(USUAL, had(hours(0, 9), hours(0, 12)), hours(1, 0))


def test_more_than_the_hours_of_a_week_is_too_many():
    mine = had(hours(0, 18, 3), hours(2, 18, 2.5))
    assert refusal(USUAL, mine, hours(5, 10)) == (
        "This is more than the 6 hours a week that you set."
    )
    check_may_take(USUAL, mine, hours(5, 10, 0.5))
    check_may_take(USUAL, mine, hours(7, 10))


def test_hosted_meetings_count_as_hours_and_not_as_shifts():
    hosted = had(hours(0, 9), hours(0, 11), hours(0, 13), is_shift=False)
    check_may_take(USUAL, hosted, hours(0, 18, 3))
    assert "6 hours a week" in refusal(USUAL, hosted, hours(0, 18, 3.5))


def test_half_hours_are_said_as_such():
    assert "1.5 hours" in refusal(Caps(LISBON, 90, 2), [], hours(0, 9, 2))


def test_nobody_is_in_two_places_at_once():
    assert refusal(USUAL, had(hours(0, 20, 2)), hours(0, 21)) == (
        "You are busy at that time already."
    )
    check_may_take(USUAL, had(hours(0, 20)), hours(0, 21))


def test_a_break_and_a_rest_come_before_all_else():
    assert "on a break" in refusal(Caps(LISBON, 360, 2, is_paused=True), [], hours(0, 9))
    resting = Caps(LISBON, 360, 2, resting_until=hours(0, 9.5).starts_at)
    assert "hard case" in refusal(resting, [], hours(0, 9))
    check_may_take(resting, [], hours(0, 9.5))


@pytest.mark.parametrize(
    ("quiet", "start", "length", "is_quiet"),
    [
        ("22:00-08:00", 21, 1, False),
        ("22:00-08:00", 21, 1.5, True),
        ("22:00-08:00", 23, 1, True),
        ("22:00-08:00", 7.5, 1, True),
        ("22:00-08:00", 8, 3, False),
        ("13:00-14:00", 12, 3, True),
        ("13:00-14:00", 14, 3, False),
        ("", 3, 1, False),
    ],
)
def test_quiet_hours_are_on_the_wall_of_the_mentor(quiet, start, length, is_quiet):
    assert in_quiet_hours(quiet, hours(0, start, length), LISBON) is is_quiet


def test_quiet_hours_are_told_by_their_field():
    with pytest.raises(CapReached) as reached:
        check_may_take(Caps(LISBON, 360, 2, "22:00-08:00"), [], hours(0, 23))
    assert reached.value.field == "quiet"


def test_in_new_york_it_is_still_yesterday():
    late = hours(1, 2)
    two = had(hours(0, 18), hours(0, 21))
    check_may_take(USUAL, two, late)
    with pytest.raises(CapReached):
        check_may_take(Caps("America/New_York", 360, 2), two, late)


# ------------------------------------------------------------------ laws

BEGINS = st.integers(0, 20 * 24 * 4).map(lambda n: MONDAY + timedelta(minutes=15 * n))
SPANS = st.builds(
    lambda begins, quarters: Span(begins, begins + timedelta(minutes=15 * quarters)),
    BEGINS,
    st.integers(2, 24),
)
ZONES = st.sampled_from([LISBON, "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC"])


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(SPANS, max_size=60), ZONES, st.integers(0, 600), st.integers(0, 4))
def test_whatever_is_asked_for_in_whatever_order_no_cap_is_ever_exceeded(
    wanted, zone, minutes, shifts
):
    caps, taken = Caps(zone, minutes, shifts, "01:00-05:00"), []
    for span in wanted:
        try:
            check_may_take(caps, taken, span)
        except Conflict:
            continue
        taken.append(Duty(span.starts_at, span.ends_at))
    for one in taken:
        assert week_minutes(taken, one.starts_at, zone) <= minutes
        assert not in_quiet_hours("01:00-05:00", Span(one.starts_at, one.ends_at), zone)
        assert not any(
            one is not two and one.starts_at < two.ends_at and two.starts_at < one.ends_at
            for two in taken
        )


@settings(max_examples=25, derandomize=True, deadline=None)
@given(BEGINS, ZONES)
def test_the_stretch_that_is_read_for_a_week_has_all_of_that_week(moment, zone):
    since, until = week_of(moment, zone)
    for days in range(-8, 9):
        other = moment + timedelta(days=days)
        if week_minutes([Duty(other, other + timedelta(minutes=1))], moment, zone):
            assert since <= other < until


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(SPANS, max_size=8))
def test_a_moment_is_in_a_gap_or_covered_and_never_both(covered):
    since, until = MONDAY, MONDAY + timedelta(days=7)
    found = holes(covered, since, until)
    for step in range(7 * 24 * 4):
        moment = since + timedelta(minutes=15 * step)
        is_covered = any(one.starts_at <= moment < one.ends_at for one in covered)
        in_gap = any(one.starts_at <= moment < one.ends_at for one in found)
        assert is_covered is not in_gap


# ------------------------------------------------------------------ what is typed

SHIFT = {"weekday": 1, "start": "20:00", "minutes": 90}


def test_a_shift_is_on_the_wall_of_ones_own_zone_unless_said_otherwise():
    assert LoungeShiftForm.parse(SHIFT, LISBON).timezone == LISBON
    assert LoungeShiftForm.parse({**SHIFT, "timezone": "UTC"}, LISBON).timezone == "UTC"
    assert LoungeShiftForm.parse(SHIFT, LISBON).start_time.hour == 20


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekday": 7}, "weekday"),
        ({"start": "25:00"}, "start"),
        ({"start": "8pm"}, "start"),
        ({"start": ""}, "start"),
        ({"minutes": 20}, "minutes"),
        ({"minutes": 361}, "minutes"),
        ({"timezone": "BST"}, "timezone"),
        ({"handle": "mina"}, "handle"),
    ],
)
def test_what_no_shift_can_be_is_said_beside_its_field(wrong, field):
    with pytest.raises(Invalid) as declined:
        LoungeShiftForm.parse({**SHIFT, **wrong}, LISBON)
    assert field in declined.value.fields


def test_limits_that_were_not_sent_stay():
    form = LimitsForm.parse({"languages": "en", "most": 2})
    assert (form.week_hours, form.day_shifts, form.quiet) == (None, None, None)
    form = LimitsForm.parse({"languages": "en", "most": 2, "quiet": "", "week_hours": "4"})
    assert (form.week_hours, form.quiet) == (4, "")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"quiet": "at night"}, "quiet"),
        ({"week_hours": 25}, "week_hours"),
        ({"day_shifts": 7}, "day_shifts"),
    ],
)
def test_limits_that_cannot_be_are_said(wrong, field):
    with pytest.raises(Invalid) as declined:
        LimitsForm.parse({"languages": "en", "most": 2, **wrong})
    assert field in declined.value.fields


def test_quiet_hours_may_pass_midnight():
    assert read_span("22:00-08:00") == (22 * 60, 600)
    assert read_span("08:00-08:00") is None


@pytest.mark.parametrize("text", ["24:00", "7:00", "07:60", "0700", "", "aa:bb", "٠٧:٠٠"])
def test_what_is_no_time_on_the_wall(text):
    assert not is_wall_time(text)
