"""Our feeds as outside programs read them: Meeting Guide rules, iCalendar read back whole."""

import io
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from dateutil.tz import tzical

from support.base.zones import to_utc, zone
from support.groups.rules.feeds_out import Override, Slot, calendar, entries, single_events
from support.groups.rules.feeds_out.vtimezone import vtimezone
from support.groups.rules.recurrence import read_rule
from support.groups.rules.words import Policy

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SITE = "https://handrail.example"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def slot(**changes) -> Slot:
    start = local(changes.pop("start", "2026-11-24T19:00"))
    name = changes.pop("timezone", "Europe/London")
    pattern = read_rule(changes.pop("rule", "FREQ=WEEKLY"), start, name)
    facts = {
        "id": "ab12cd34ef56ab12cd34",
        "title": "Slow taper",
        "start": start,
        "timezone": name,
        "minutes": 60,
        "pattern": pattern,
        "changed_at": NOW,
        "group_slug": "night-owls",
        "group_name": "Night owls",
        "about": "A quiet room.",
        "language": "en",
        "policy": Policy.OPEN,
        "newcomers": False,
    }
    return Slot(**{**facts, **changes})


def entry(**changes):
    (only,) = entries([slot(**changes)], SITE, NOW)
    return only


def test_an_entry_has_what_directories_need():
    found = entry()
    assert found["day"] == 2
    assert (found["time"], found["end_time"]) == ("19:00", "20:00")
    assert found["timezone"] == "Europe/London"
    assert found["formatted_address"] == "Online"
    assert found["conference_url"] == f"{SITE}/groups/night-owls"
    assert found["types"] == ["ONL", "O", "EN"]
    assert found["updated"] == "2026-11-23 12:00:00"
    assert found["entity_url"] == SITE
    assert all(value not in ("", None) for value in found.values())


def test_sunday_is_nought_there():
    assert entry(start="2026-11-29T19:00")["day"] == 0


def test_a_slot_on_three_days_is_three_entries_with_their_own_slugs():
    found = entries([slot(rule="FREQ=WEEKLY;BYDAY=MO,WE,SU")], SITE, NOW)
    assert [each["day"] for each in found] == [1, 3, 0]
    assert len({each["slug"] for each in found}) == 3
    assert all(isinstance(each["day"], int) for each in found)


def test_an_end_after_midnight_is_the_last_minute_of_the_day():
    assert entry(start="2026-11-24T23:30")["end_time"] == "23:59"


@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=4TU", "FREQ=WEEKLY;COUNT=6",
     "FREQ=WEEKLY;UNTIL=20271231"],
)  # fmt: skip
def test_what_is_not_truly_weekly_is_not_told_as_if_it_were(rule):
    assert entries([slot(rule=rule)], SITE, NOW) == []


def test_a_series_that_begins_in_spring_is_not_told_in_november():
    assert entries([slot(start="2027-03-02T19:00")], SITE, NOW) == []


def test_closed_groups_beginners_and_languages_have_their_codes():
    assert entry(policy=Policy.REQUEST)["types"][1] == "C"
    assert "BE" in entry(newcomers=True)["types"]
    assert "S" in entry(language="es-MX")["types"]
    assert entry(language="xx")["types"] == ["ONL", "O"]


def test_long_names_are_cut_and_slugs_stay_apart():
    long = "x" * 64
    found = entries(
        [slot(group_slug=long, group_name="Y" * 80, id=id_) for id_ in ("1" * 20, "2" * 20)],
        SITE,
        NOW,
    )
    assert all(len(each["name"]) <= 64 and len(each["slug"]) <= 64 for each in found)
    assert found[0]["slug"] != found[1]["slug"]


def read_back(*slots: Slot) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(calendar(list(slots), "Night owls", SITE))


def test_a_series_is_one_event_with_its_rule():
    (event,) = read_back(slot()).walk("VEVENT")
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=TU"
    assert event.decoded("DTSTART") == local("2026-11-24T19:00").replace(
        tzinfo=zone("Europe/London")
    )
    assert event.decoded("DURATION") == timedelta(hours=1)
    assert event["UID"] == "ab12cd34ef56ab12cd34@handrail.example"


def test_a_lost_date_is_an_exception_and_a_moved_one_stands_by_itself():
    off = Override(original=local("2026-12-01T19:00"), moved_to=None, minutes=60, changes=1,
                   changed_at=NOW)  # fmt: skip
    moved = Override(original=local("2026-12-08T19:00"), moved_to=local("2026-12-09T20:00"),
                     minutes=60, changes=2, changed_at=NOW)  # fmt: skip
    series, single = read_back(slot(overrides=(off, moved))).walk("VEVENT")
    london = zone("Europe/London")
    assert series["EXDATE"].dts[0].dt == local("2026-12-01T19:00").replace(tzinfo=london)
    assert single.decoded("RECURRENCE-ID") == local("2026-12-08T19:00").replace(tzinfo=london)
    assert single.decoded("DTSTART") == local("2026-12-09T20:00").replace(tzinfo=london)
    assert single["SEQUENCE"] == 2
    assert "RRULE" not in single


def test_the_end_of_a_rule_is_told_in_utc():
    (event,) = read_back(slot(rule="FREQ=WEEKLY;UNTIL=20270630", timezone="Europe/Lisbon")).walk(
        "VEVENT"
    )
    assert b"UNTIL=20270630T225959Z" in event["RRULE"].to_ical()


def test_a_single_date_has_no_rule_and_utc_needs_no_zone():
    book = read_back(slot(rule="", timezone="UTC"))
    assert "RRULE" not in book.walk("VEVENT")[0]
    assert book.walk("VTIMEZONE") == []


@pytest.mark.parametrize("evil", ["a\r\nBEGIN:VEVENT", "a\nATTACH:http://x", "x;y,z\\", "é" * 200])
def test_nobody_writes_lines_of_their_own_into_a_calendar(evil):
    text = calendar([slot(title=evil, about=evil)], evil, SITE)
    book = icalendar.Calendar.from_ical(text)
    assert len(book.walk("VEVENT")) == 1
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert not any(line.startswith(b"ATTACH") for line in text.split(b"\r\n"))


def test_ones_own_calendar_says_nothing_of_what_it_is_about():
    text = single_events([("m1", NOW, NOW + timedelta(hours=1), NOW)], SITE)
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"] == "Meeting"
    assert b"taper" not in text.lower()


ZONES = ["Europe/London", "America/New_York", "Australia/Sydney", "Europe/Dublin", "Asia/Tokyo",
         "America/Nuuk", "Africa/Cairo", "America/Santiago", "Asia/Gaza", "Africa/Casablanca",
         "Australia/Lord_Howe", "America/Sao_Paulo"]  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_is_told_so_that_every_hour_of_three_years_comes_out_right(name):
    told = tzical(io.StringIO(vtimezone(name, 2026).to_ical().decode())).get(name)
    for day in range(3 * 365):
        instant = datetime(2026, 1, 2, 12, tzinfo=UTC) + timedelta(days=day)
        wall = instant.astimezone(zone(name)).replace(tzinfo=None)
        assert told.utcoffset(wall) == zone(name).utcoffset(wall), (name, wall)


@pytest.mark.parametrize("name", ["Europe/London", "America/New_York", "Australia/Sydney"])
def test_common_zones_are_told_by_rule(name):
    text = vtimezone(name, 2026).to_ical()
    assert text.count(b"RRULE:FREQ=YEARLY") == 2
    assert b"RDATE" not in text


def test_a_zone_without_summer_time_is_one_line():
    assert vtimezone("Asia/Tokyo", 2026).to_ical().count(b"BEGIN:STANDARD") == 1


def test_an_unknown_zone_is_refused():
    with pytest.raises(ValueError, match="no"):
        to_utc(local("2026-11-24T19:00"), "no/where")
