"""Tonight, Tuesdays and dates, as the person means them."""

from datetime import UTC, datetime

import pytest

from support.base.errors import Invalid
from support.groups.rules.days import is_day, read_edge, spans_of, tonight
from support.groups.rules.words import OVER, MeetingState

EVENING = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)  # a Monday


def shown(span) -> str:
    return f"{span.start:%d %H:%M}-{span.end:%d %H:%M}"


def test_tonight_runs_from_the_evening_to_four_in_the_morning():
    assert shown(tonight("Europe/Lisbon", EVENING)) == "23 17:00-24 04:00"
    assert shown(tonight("America/New_York", EVENING)) == "23 22:00-24 09:00"


def test_at_three_in_the_morning_tonight_is_the_night_that_is_still_on():
    small_hours = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert shown(tonight("UTC", small_hours)) == "23 17:00-24 04:00"


def test_today_and_tomorrow_are_the_viewers_own():
    assert shown(spans_of("today", "Asia/Tokyo", EVENING)[0]) == "23 15:00-24 15:00"
    assert shown(spans_of("tomorrow", "UTC", EVENING)[0]) == "24 00:00-25 00:00"
    assert spans_of("tonight", "UTC", EVENING) == [tonight("UTC", EVENING)]


@pytest.mark.parametrize("word", ["tuesday", "tue", "1"])
def test_a_weekday_means_that_day_of_the_coming_weeks(word):
    spans = spans_of(word, "UTC", EVENING)
    assert [f"{span.start:%d}" for span in spans] == ["24", "01", "08", "15", "22"]


def test_a_date_is_one_whole_day_also_when_it_has_23_hours():
    (span,) = spans_of("2027-03-28", "Europe/London", EVENING)
    assert (span.end - span.start).total_seconds() == 23 * 3600


@pytest.mark.parametrize("word", ["someday", "tu", "7", "2026-13-01", "1926-01-01", "x" * 10])
def test_other_words_are_no_days(word):
    assert not is_day(word)
    with pytest.raises(Invalid, match="pick a day"):
        spans_of(word, "UTC", EVENING)


@pytest.mark.parametrize("word", ["", "today", "tonight", "sunday", "0", "2026-11-23"])
def test_these_are_days(word):
    assert is_day(word)


def test_from_and_to_take_dates_and_instants():
    assert read_edge("2026-11-23", "Europe/Lisbon", is_end=False).hour == 0
    assert read_edge("2026-11-23", "UTC", is_end=True) == datetime(2026, 11, 24, tzinfo=UTC)
    assert read_edge("2026-11-23T22:00Z", "UTC", is_end=True).hour == 22
    assert read_edge("2026-07-23T22:00", "Europe/Lisbon", is_end=False).astimezone(UTC).hour == 21


@pytest.mark.parametrize("text", ["soon", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_an_edge_out_of_the_world_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_edge(text, "UTC", is_end=False)


@pytest.mark.parametrize("state", list(MeetingState))
def test_a_meeting_that_was_looked_back_at_is_as_over_as_a_closed_one(state):
    assert state.is_over == (state in OVER) == (state in ("closed", "debriefed", "cancelled"))
