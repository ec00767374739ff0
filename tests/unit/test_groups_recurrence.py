"""When a series meets: the shapes people may plan by, and the rules that are refused."""

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.base.zones import to_local, to_utc
from support.groups.rules.recurrence import MOST_TIMES, Freq, dates, first_date, read_rule
from tests.parts import slower

TUESDAY = datetime.fromisoformat("2026-11-24T19:00")


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def planned(rule: str, start: datetime = TUESDAY, *, until: str = "2027-03-01") -> list[str]:
    pattern = read_rule(rule, start, "Europe/London")
    return [f"{date:%m-%d}" for date in dates(pattern, start, start, day(until))]


def test_a_meeting_without_a_rule_happens_once():
    assert planned("") == ["11-24"]
    assert read_rule("", TUESDAY, "UTC").freq is Freq.ONCE


def test_weekly_is_the_weekday_of_the_first_date():
    assert planned("FREQ=WEEKLY", until="2026-12-16") == ["11-24", "12-01", "12-08", "12-15"]


def test_every_other_week():
    rule = "RRULE:FREQ=WEEKLY;INTERVAL=2"
    assert planned(rule, until="2027-01-06") == ["11-24", "12-08", "12-22", "01-05"]


def test_every_other_week_stays_in_step_long_after_it_began():
    pattern = read_rule("FREQ=WEEKLY;INTERVAL=2", TUESDAY, "UTC")
    late = dates(pattern, TUESDAY, day("2027-11-20"), day("2027-12-20"))
    assert late == [day("2027-11-23T19:00"), day("2027-12-07T19:00")]


def test_several_days_a_week():
    assert planned("FREQ=WEEKLY;BYDAY=TH,TU", until="2026-12-04") == ["11-24", "11-26", "12-01",
                                                                     "12-03"]  # fmt: skip


def test_daily_means_all_seven_days():
    assert len(planned("FREQ=DAILY", until="2026-12-08")) == 14


def test_monthly_by_weekday():
    assert planned("FREQ=MONTHLY;BYDAY=4TU", until="2027-02-01") == ["11-24", "12-22", "01-26"]
    assert planned("FREQ=MONTHLY;BYDAY=-1FR", until="2027-02-01") == ["11-27", "12-25", "01-29"]


def test_monthly_by_date_leaves_out_months_that_lack_it():
    start = day("2026-12-31T20:00")
    assert planned("FREQ=MONTHLY", start, until="2027-06-01") == ["12-31", "01-31", "03-31",
                                                                 "05-31"]  # fmt: skip


def test_a_rule_ends_after_a_number_of_times_or_on_a_date():
    assert planned("FREQ=WEEKLY;COUNT=2") == ["11-24", "12-01"]
    assert planned("FREQ=WEEKLY;UNTIL=20261208") == ["11-24", "12-01", "12-08"]
    assert planned("FREQ=WEEKLY;UNTIL=20261208T185959Z") == ["11-24", "12-01"]


def test_the_first_date_may_lie_after_the_day_it_was_planned_for():
    pattern = read_rule("FREQ=WEEKLY;BYDAY=FR", TUESDAY, "UTC")
    assert first_date(pattern, TUESDAY) == day("2026-11-27T19:00")


def test_a_rule_that_never_comes_true_has_no_first_date():
    start = day("2027-02-01T19:00")
    rule = read_rule("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30", start, "UTC")
    assert first_date(rule, start) is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;INTERVAL=99999999999999999999999999",
        "FREQ=WEEKLY;COUNT=1000000000",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=5",
        "FREQ=HOURLY",
        "FREQ=YEARLY",
        "FREQ=DAILY;INTERVAL=2",
        "FREQ=WEEKLY;BYSECOND=1,2,3",
        "FREQ=WEEKLY;BYEASTER=1",
        "FREQ=WEEKLY;FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=2TU",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20270101",
        "FREQ=WEEKLY;UNTIL=20271399",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=MONTHLY;BYDAY=TU",
        "FREQ=MONTHLY;BYDAY=9TU",
        "FREQ=MONTHLY;BYDAY=1TU,2TU",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ",
        "every tuesday",
        "FREQ=WEEKLY;" + "BYDAY=MO;" * 100,
        "INTERVAL=2",
    ],
)
def test_rules_that_could_run_for_ever_or_mean_nothing_are_refused_with_a_sentence(rule):
    began = time.process_time()
    with pytest.raises(Invalid) as no:
        read_rule(rule, TUESDAY, "Europe/London")
    assert time.process_time() - began < 0.1 * slower()
    assert no.value.message.endswith(".")
    assert no.value.fields["rrule"] == no.value.message


@pytest.mark.parametrize("year", [1969, 2101])
def test_a_first_date_out_of_the_world_is_refused(year):
    with pytest.raises(Invalid, match="between 2000 and 2100"):
        read_rule("FREQ=WEEKLY", day(f"{year}-01-01"), "UTC")


def test_no_look_is_longer_than_a_year_or_500_dates():
    pattern = read_rule("FREQ=DAILY", day("2000-01-01T10:00"), "UTC")
    found = dates(pattern, day("2000-01-01T10:00"), day("2026-01-01"), day("2099-01-01"))
    assert len(found) == 366
    assert len(found) <= MOST_TIMES


def test_a_weekly_meeting_keeps_its_wall_clock_time_over_the_summer():
    pattern = read_rule("FREQ=WEEKLY", TUESDAY, "Europe/London")
    instants = [
        to_utc(date, "Europe/London")
        for date in dates(pattern, TUESDAY, day("2027-03-20"), day("2027-04-01"))
    ]
    assert [f"{each:%m-%d %H:%M}" for each in instants] == ["03-23 19:00", "03-30 18:00"]
    assert {to_local(each, "Europe/London").hour for each in instants} == {19}


def test_a_rule_reads_back_as_it_was_written():
    for rule in ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "FREQ=MONTHLY;BYDAY=-1FR",
                 "FREQ=MONTHLY;BYMONTHDAY=24;COUNT=6",
                 "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270101T235959"):  # fmt: skip
        assert read_rule(rule, TUESDAY, "UTC").as_rrule() == rule


def test_only_every_week_without_an_end_is_truly_weekly():
    assert read_rule("FREQ=WEEKLY", TUESDAY, "UTC").is_truly_weekly
    for rule in ("", "FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;COUNT=3", "FREQ=MONTHLY"):
        assert not read_rule(rule, TUESDAY, "UTC").is_truly_weekly


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="FREQWKLYINTVALBDOMUCH=;,-0123456789TUSA ", max_size=60))
def test_whatever_is_typed_is_a_pattern_or_a_sentence(text):
    try:
        pattern = read_rule("FREQ=WEEKLY;" + text, TUESDAY, "UTC")
    except Invalid:
        return
    assert len(dates(pattern, TUESDAY, TUESDAY, day("2027-11-24"))) <= MOST_TIMES
