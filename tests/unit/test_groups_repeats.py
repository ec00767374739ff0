"""How often a series meets, in the page's words and in RFC 5545's; and where known dates go."""

from datetime import date, datetime, timedelta

import pytest

from support.base.errors import Invalid
from support.groups.forms import parse_plan
from support.groups.rules.recurrence import dates, read_rule
from support.groups.rules.repeats import Repeat, ended, is_ended, lay_anew, repeat_of, rule_of

TUESDAY = datetime.fromisoformat("2026-10-13T19:00")
SENT = {"title": "Slow taper", "start": "2026-10-13T19:00", "timezone": "Europe/London"}
RULES = [
    (Repeat.ONCE, TUESDAY, ""),
    (Repeat.WEEKLY, TUESDAY, "FREQ=WEEKLY"),
    (Repeat.FORTNIGHTLY, TUESDAY, "FREQ=WEEKLY;INTERVAL=2"),
    (Repeat.MONTHLY_DATE, TUESDAY, "FREQ=MONTHLY"),
    (Repeat.MONTHLY_DAY, TUESDAY, "FREQ=MONTHLY;BYDAY=2TU"),
    (Repeat.MONTHLY_DAY, datetime.fromisoformat("2026-09-29T19:00"), "FREQ=MONTHLY;BYDAY=-1TU"),
    (Repeat.MONTHLY_DAY, datetime.fromisoformat("2026-10-01T19:00"), "FREQ=MONTHLY;BYDAY=1TH"),
]


@pytest.mark.parametrize(("repeat", "start", "rule"), RULES)
def test_each_choice_of_the_page_is_a_rule_and_is_read_back_as_that_choice(repeat, start, rule):
    assert rule_of(repeat, start, None) == rule
    assert repeat_of(read_rule(rule, start, "Europe/London"), start) is repeat


def test_an_end_is_the_last_minute_of_its_day_and_no_end_takes_one_away():
    rule = rule_of(Repeat.WEEKLY, TUESDAY, date(2026, 10, 27))
    assert rule == "FREQ=WEEKLY;UNTIL=20261027"
    later = TUESDAY + timedelta(days=90)
    found = dates(read_rule(rule, TUESDAY, "Europe/London"), TUESDAY, TUESDAY, later)
    assert [one.day for one in found] == [13, 20, 27]
    assert repeat_of(read_rule(rule, TUESDAY, "UTC"), TUESDAY) is Repeat.WEEKLY
    assert rule_of(Repeat.SAME, TUESDAY, None, rule) == "FREQ=WEEKLY"


def test_a_rule_the_page_has_no_words_for_stays_as_it_is():
    rule = "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9"
    assert repeat_of(read_rule(rule, TUESDAY, "UTC"), TUESDAY) is Repeat.SAME
    assert rule_of(Repeat.SAME, TUESDAY, None, rule) == rule
    ends = rule_of(Repeat.SAME, TUESDAY, date(2026, 12, 1), rule)
    assert ends == "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20261201"


def test_a_series_that_a_host_ends_has_no_date_after_that_moment():
    now = TUESDAY + timedelta(days=8, seconds=12)
    over = ended(read_rule("FREQ=WEEKLY;COUNT=50", TUESDAY, "UTC"), now)
    found = dates(over, TUESDAY, TUESDAY, TUESDAY + timedelta(days=300))
    assert found == [TUESDAY, TUESDAY + timedelta(weeks=1)]
    assert is_ended(over, now)
    assert not is_ended(read_rule("FREQ=WEEKLY", TUESDAY, "UTC"), now)


def day(number, hour=19):
    return datetime.fromisoformat(f"2026-10-{number}T{hour}:00")


LAID = [
    ("another hour", [day(13), day(20)], [day(13, 20), day(20, 20)], [day(13, 20), day(20, 20)]),
    ("another weekday", [day(13), day(20)], [day(15), day(22)], [day(15), day(22)]),
    ("every other week", [day(13), day(20), day(27)], [day(13), day(27)], [day(13), None, day(27)]),
    ("one day stays", [day(12), day(14)], [day(14), day(16)], [day(16), day(14)]),
    ("nothing fits", [day(13)], [day(27)], [None]),
    ("all fall away", [day(13), day(20)], [], [None, None]),
]


@pytest.mark.parametrize(("_what", "known", "wanted", "to"), LAID)
def test_a_date_goes_to_the_same_day_else_to_the_same_week_else_it_is_off(_what, known, wanted, to):
    laid = lay_anew(known, wanted)
    assert [laid.to.get(one) for one in known] == to
    assert list(laid.off) == [one for one, new in zip(known, to, strict=True) if new is None]
    assert set(laid.add) == set(wanted) - set(laid.to.values())


def test_a_plan_as_the_page_sends_it():
    form = parse_plan({**SENT, "repeat": "fortnightly", "until": "2026-12-31", "seats": "12"})
    assert form.pattern.as_rrule() == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261231T235959"
    assert (form.minutes, form.seats) == (60, 12)
    assert parse_plan({**SENT, "repeat": "once"}).pattern.as_rrule() == ""
    assert parse_plan(SENT).pattern.is_truly_weekly
    kept = parse_plan({**SENT, "repeat": "same"}, "FREQ=WEEKLY;BYDAY=TU,TH")
    assert kept.pattern.weekdays == (1, 3)
    assert parse_plan({**SENT, "rrule": "FREQ=MONTHLY;BYDAY=2TU"}).pattern.nth == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start", "tomorrow"),
        ("start", ""),
        ("timezone", "BST"),
        ("title", " "),
        ("minutes", "0"),
        ("seats", "many"),
        ("repeat", "hourly"),
        ("until", "soon"),
        ("colour", "blue"),
        ("rrule", "FREQ=HOURLY"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_its_field(name, value):
    with pytest.raises(Invalid) as wrong:
        parse_plan({**SENT, name: value})
    assert name in wrong.value.fields


def test_an_end_before_the_first_date_is_said_at_its_field():
    with pytest.raises(Invalid) as wrong:
        parse_plan({**SENT, "until": "2026-10-12"})
    assert list(wrong.value.fields) == ["until"]
    assert parse_plan({**SENT, "until": "2026-10-13"}).pattern.until is not None
