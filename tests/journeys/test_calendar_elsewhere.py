"""Our calendars in another program's hands: npm's ical.js, in Chromium, over six clock changes."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.groups.rules.feeds_out import Override, Slot, calendar, single_events
from support.groups.rules.recurrence import read_rule
from support.groups.rules.words import Policy

LIBRARY = Path(__file__).resolve().parents[1] / "vendor" / "ical.min.js"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SITE = "https://handrail.example"
WEEKS = 3 * 52
READ = """
async ([library, text, most]) => {
  const { default: ICAL } = await import(library);
  const book = new ICAL.Component(ICAL.parse(text));
  for (const zone of book.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = book.getAllSubcomponents("vevent").map(each => new ICAL.Event(each));
  const series = events.filter(each => !each.isRecurrenceException());
  for (const each of events.filter(each => each.isRecurrenceException()))
    series.find(one => one.uid === each.uid).relateException(each);
  const dates = [];
  for (const one of series) {
    if (!one.isRecurring()) { dates.push([one.startDate.toUnixTime(), one.endDate.toUnixTime()]); continue; }
    const steps = one.iterator();
    for (let next = steps.next(); next && dates.length < most; next = steps.next()) {
      const at = one.getOccurrenceDetails(next);
      dates.push([at.startDate.toUnixTime(), at.endDate.toUnixTime()]);
    }
  }
  return { dates, names: series.map(each => each.summary), zones: events.map(each => each.startDate.zone.tzid) };
}
"""  # noqa: E501 - another program's language
Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def read(chromium) -> Read:
    """What ical.js understands of a calendar."""
    page = chromium.new_context().new_page()
    code = base64.b64encode(LIBRARY.read_bytes()).decode()

    def understood(text: bytes, most: int = WEEKS) -> dict[str, Any]:
        return page.evaluate(READ, [f"data:text/javascript;base64,{code}", text.decode(), most])

    return understood


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def slot(start: datetime, zone: str, rule: str, **changes: Any) -> Slot:
    facts: dict[str, Any] = {
        "id": "ab12cd34ef56ab12cd34",
        "title": "Slow taper; or not, \\ tonight",
        "start": start,
        "timezone": zone,
        "minutes": 90,
        "pattern": read_rule(rule, start, zone),
        "changed_at": NOW,
        "group_slug": "night-owls",
        "group_name": "Night owls",
        "about": "A quiet room.\nCome as you are.",
        "language": "en",
        "policy": Policy.OPEN,
        "newcomers": False,
    }
    return Slot(**{**facts, **changes})


def instants(locals_: list[datetime], zone: str, minutes: int = 90) -> list[list[int]]:
    """Start and end of each date as Unix time; an end is a span after its start."""
    starts = [each.replace(tzinfo=ZoneInfo(zone)).timestamp() for each in locals_]
    return [[int(start), int(start) + minutes * 60] for start in starts]


@pytest.mark.parametrize(
    "zone", ["Europe/Lisbon", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "UTC"]
)
@pytest.mark.parametrize("hour", [9, 22])
def test_every_week_of_three_years_is_at_the_right_moment(read, zone, hour):
    start = local(f"2026-03-05T{hour:02}:30")
    found = read(calendar([slot(start, zone, "FREQ=WEEKLY")], "Night owls", SITE))
    wanted = [start + timedelta(weeks=week) for week in range(WEEKS)]
    assert found["dates"] == instants(wanted, zone)
    assert found["zones"] == [zone]


def test_every_other_week_skips_the_one_between(read):
    start = local("2026-03-05T19:00")
    rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=6"
    found = read(calendar([slot(start, "Europe/London", rule)], "Night owls", SITE))
    wanted = [start + timedelta(weeks=2 * number) for number in range(6)]
    assert found["dates"] == instants(wanted, "Europe/London")


def test_the_last_friday_of_each_month_is_found(read):
    start = local("2026-03-27T20:00")
    rule = "FREQ=MONTHLY;BYDAY=-1FR;COUNT=4"
    found = read(calendar([slot(start, "Europe/Lisbon", rule)], "Night owls", SITE))
    wanted = [local(f"2026-{day}T20:00") for day in ("03-27", "04-24", "05-29", "06-26")]
    assert found["dates"] == instants(wanted, "Europe/Lisbon")


def test_a_cancelled_date_is_gone_and_a_moved_one_is_where_it_went(read):
    start = local("2026-03-05T19:00")
    third, fourth = start + timedelta(weeks=2), start + timedelta(weeks=3)
    elsewhere = fourth + timedelta(days=1, hours=1)
    common = {"minutes": 90, "changes": 1, "changed_at": NOW}
    off = Override(original=third, moved_to=None, **common)
    moved = Override(original=fourth, moved_to=elsewhere, **common)
    series = slot(start, "Europe/Lisbon", "FREQ=WEEKLY;COUNT=5", overrides=(off, moved))
    found = read(calendar([series], "Night owls", SITE))
    wanted = [start, start + timedelta(weeks=1), elsewhere, start + timedelta(weeks=4)]
    assert found["dates"] == instants(wanted, "Europe/Lisbon")


def test_what_people_wrote_comes_back_as_they_wrote_it(read):
    found = read(calendar([slot(NOW.replace(tzinfo=None), "UTC", "FREQ=WEEKLY")], "Owls", SITE), 1)
    assert found["names"] == ["Night owls: Slow taper; or not, \\ tonight"]


def test_ones_own_dates_are_understood_and_named_neutrally(read):
    start = NOW + timedelta(days=1)
    end = start + timedelta(minutes=60)
    found = read(single_events([("m1", start, end, NOW)], SITE))
    assert found["dates"] == [[int(start.timestamp()), int(end.timestamp())]]
    assert found["names"] == ["Meeting"]
    assert "taper" not in json.dumps(found)
