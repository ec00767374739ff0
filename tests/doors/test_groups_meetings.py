"""Meetings over HTTP: when they are for whom, seats, hosts' views, feeds, and every no."""

from datetime import timedelta

import icalendar
import pytest

from support.groups import actions, queries
from support.groups.rules.words import MeetingState
from tests.groups_world import found_group, plan_all, plan_meeting
from tests.people import actor


@pytest.fixture
def world(database, people):
    """Night owls meets in an hour with one seat; Small hours (ask first) in two, in Portuguese."""
    with database.unit() as unit:
        paul, mina = actor(unit, "paul"), actor(unit, "mina")
        owls = found_group(unit, [paul], [mina], newcomers=True)
        hours = found_group(unit, [paul], slug="small-hours", name="Small hours",
                            policy="request", language="pt")  # fmt: skip
        return {
            "owls": owls,
            "meeting": plan_meeting(unit, owls, seats=1),
            "asked": plan_meeting(unit, hours, start="2030-01-01T02:00", title="Devagar",
                                  timezone="America/New_York"),
        }  # fmt: skip


def test_strangers_take_no_seats_and_change_no_dates(world, stranger):
    for path in ("rsvp", "cancel-rsvp", "cancel", "move"):
        assert stranger.send(f"/meetings/{world['meeting']}/{path}").status_code == 401
    answer = stranger.get(f"/meetings/{world['meeting']}/move")
    assert answer.headers["Location"].startswith("/login?next=")


def test_members_change_no_dates(world, browser):
    mina = browser("mina")
    for path, fields in (("cancel", {}), ("move", {"start": "2030-01-02T20:00"})):
        assert mina.send(f"/meetings/{world['meeting']}/{path}", **fields).status_code == 403
    assert mina.get(f"/meetings/{world['meeting']}/move").status_code == 403


def test_a_meeting_that_is_not_there(world, browser):
    mina = browser("mina")
    assert mina.ask("/meetings/0000").status_code == 404
    for path in ("rsvp", "cancel-rsvp", "cancel"):
        assert mina.send(f"/meetings/0000/{path}").status_code == 404


def test_a_closed_groups_meeting_seats_members_only(world, browser):
    answer = browser("otto").send(f"/meetings/{world['asked']}/rsvp")
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "forbidden")


def test_hosts_are_told_that_they_need_no_seat(world, browser):
    answer = browser("paul").send(f"/meetings/{world['meeting']}/rsvp")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("state", [MeetingState.CLOSED, MeetingState.CANCELLED])
def test_when_it_is_over_there_are_no_seats(world, browser, database, state):
    mina = browser("mina")
    with database.unit() as unit:
        actions.set_meeting_state(unit, world["meeting"], state)
    answer = mina.send(f"/meetings/{world['meeting']}/rsvp")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "ended")


@pytest.mark.parametrize("query", ["from=soon", "to=9999-99-99", "from=0001-01-01", "page=m1"])
def test_dates_that_are_none_are_named(world, stranger, query):
    assert stranger.ask(f"/meetings?{query}").status_code == 400


def test_a_seat_then_the_list_and_the_same_answer_again(world, browser):
    mina, otto = browser("mina"), browser("otto")
    path = f"/meetings/{world['meeting']}"
    for _ in range(2):
        answer = mina.send(path + "/rsvp")
        assert (answer.status_code, answer.json) == (200, {"state": "seat"})
    for _ in range(2):
        assert otto.send(path + "/rsvp").json == {"state": "waiting", "place": 1}
    assert otto.ask(path).json["you"]["place"] == 1
    assert "number 1 on the waiting list" in otto.get(path).text
    for _ in range(2):
        answer = mina.send(path + "/cancel-rsvp")
        assert (answer.status_code, answer.json) == (200, {"state": "none"})
    assert otto.send(path + "/rsvp").json == {"state": "seat"}
    assert "You have a seat." in otto.get(path).text


def test_who_sits_is_for_hosts_and_moderators_to_see(world, browser, stranger):
    path = f"/meetings/{world['meeting']}"
    for handle in ("mina", "otto"):
        browser(handle).send(path + "/rsvp")
    for handle in ("paul", "mo", "ada"):
        assert browser(handle).ask(path).json["seats"] == ["mina"]
    assert "mina" in browser("paul").get(path).text
    for browser_ in (browser("mina"), browser("otto"), stranger):
        assert "seats" not in browser_.ask(path).json
    assert browser("otto").ask(path).json["seats_left"] == 0


def test_the_room_is_for_those_who_may_enter(world, browser, stranger):
    path = f"/meetings/{world['meeting']}"
    for handle in ("mina", "paul", "mo"):
        assert browser(handle).ask(path).json["room"], handle
    assert browser("otto").ask(path).json["room"] is None
    assert "room" not in stranger.ask(path).json


def test_everybody_sees_when_it_is_in_their_own_time_and_in_the_groups(world, stranger, browser):
    path = f"/meetings/{world['asked']}"
    shown = stranger.ask(path + "?tz=Asia/Tokyo").json
    assert shown["starts_at"].startswith("2030-01-01T07:00")
    assert (shown["your_start"], shown["your_timezone"]) == ("2030-01-01T16:00", "Asia/Tokyo")
    assert shown["other_time"] == "02:00 New York"
    assert stranger.ask(path).json["your_timezone"] == "UTC"
    assert browser("mina").ask(path).json["your_timezone"] == "Europe/Lisbon"
    page = stranger.get(path + "?tz=Asia/Tokyo").text
    assert "16:00" in page
    assert "02:00 New York" in page


def test_a_meeting_page_says_what_it_is_and_where_help_is(world, stranger):
    page = stranger.get(f"/meetings/{world['meeting']}").text
    for words in ("What this is", "7 days", "House rules", "We do not give doses", "/help", "paul",
                  "application/ld+json"):  # fmt: skip
        assert words in page


def test_what_is_coming_stands_in_order_with_what_one_asks_for(world, stranger):
    page = stranger.ask("/meetings").json
    starts = [one["starts_at"] for one in page["meetings"]]
    assert starts == sorted(starts)
    assert page["meetings"][0]["group"]["slug"] == "night-owls"
    assert page["meetings"][0]["hosts"] == ["paul"]


@pytest.mark.parametrize(
    ("query", "count"),
    [("newcomers=1", 2), ("language=pt", 2), ("day=tonight", 1), ("tonight=1", 1),
     ("day=today&q=owls", 1), ("from=2030-01-08&to=2030-01-08", 2), ("to=2030-01-01", 2),
     ("from=2030-01-01&to=2030-01-16", 6), ("stage=finished", 0), ("listening=1", 4),
     ("from=2030-03-20&to=2030-04-10&q=owls", 3)],
)  # fmt: skip
def test_filters(world, stranger, query, count):
    found = stranger.ask(f"/meetings?{query}").json["meetings"]
    assert len(found) == count, [(one["title"], one["starts_at"]) for one in found]


def test_a_long_list_comes_in_pages(database, people, stranger):
    with database.unit() as unit:
        paul = actor(unit, "paul")
        for number in range(30):
            plan_all(unit, found_group(unit, [paul], slug=f"g{number}", name=f"G {number}"))
    seen, path = [], "/meetings?to=2030-01-28"
    while path:
        page = stranger.ask(path).json
        assert len(page["meetings"]) <= 50
        seen += [one["id"] for one in page["meetings"]]
        path = page.get("next")
    assert (len(seen), len(set(seen))) == (120, 120)


def test_a_host_moves_and_cancels_a_date(world, browser, stranger, clock):
    paul, path = browser("paul"), f"/meetings/{world['meeting']}"
    assert "New date and time" in paul.get(path + "/move").text
    wrong = paul.fill(path + "/move", start="someday")
    assert wrong.status_code == 400
    assert "someday" in wrong.text
    moved = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert paul.send(path + "/move", start=moved).json == {"state": "moved"}
    assert stranger.ask(path).json["local_start"] == moved
    assert paul.fill(path + "/cancel").status_code == 302
    assert stranger.ask(path).json["state"] == "cancelled"
    assert "Cancelled" in stranger.get(path).text
    assert paul.send(path + "/cancel").json == {"state": "cancelled"}
    assert paul.send(path + "/move", start=moved).status_code == 409


def test_the_first_page_shows_the_next_open_meetings(world, stranger):
    page = stranger.ask("/").json
    assert [one["group"]["slug"] for one in page["meetings"]] == ["night-owls", "night-owls"]
    assert (page["timezone"], page["help"]) == ("UTC", "/help")
    assert "Slow taper" in stranger.get("/").text


def test_the_first_page_without_a_meeting_still_has_help(people, stranger):
    assert "Help is still here" in stranger.get("/").text


def test_the_directory_feed_is_open_to_all_programs(world, stranger):
    answer = stranger.get("/feeds/meetings.json?timestamp=123")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    entries = answer.json
    assert sorted(each["name"] for each in entries) == ["Night owls: Slow taper",
                                                        "Small hours: Devagar"]  # fmt: skip
    assert all(each["formatted_address"] == "Online" for each in entries)


def test_calendars_tell_what_the_list_tells(world, browser, stranger):
    browser("paul").send(f"/meetings/{world['meeting']}/cancel")
    for path in ("/feeds/meetings.ics", "/groups/night-owls/calendar.ics"):
        answer = stranger.get(path)
        assert answer.content_type == "text/calendar; charset=utf-8"
        events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
        owls = next(each for each in events if "owls" in each["SUMMARY"])
        assert owls["EXDATE"].dts[0].dt == owls.decoded("DTSTART")


def test_an_invited_group_is_in_no_public_calendar(database, people, stranger):
    with database.unit() as unit:
        plan_meeting(unit, found_group(unit, [actor(unit, "paul")], policy="invited"))
    assert stranger.get("/feeds/meetings.json").json == []
    assert b"VEVENT" not in stranger.get("/feeds/meetings.ics").data


def test_ones_own_calendar_has_a_secret_address_that_can_be_renewed(world, browser, stranger):
    mina = browser("mina")
    mina.send(f"/meetings/{world['meeting']}/rsvp")
    first = mina.send("/account/calendar").json["calendar"]
    path = first[first.index("/feeds") :]
    (event,) = icalendar.Calendar.from_ical(stranger.get(path).data).walk("VEVENT")
    assert event["SUMMARY"] == "Meeting"
    second = mina.send("/account/calendar").json["calendar"]
    assert second != first
    assert stranger.ask(path).status_code == 404
    assert stranger.get(second[second.index("/feeds") :]).status_code == 200
    assert stranger.send("/account/calendar").status_code == 401


def test_hosts_are_named_for_a_whole_list_at_once(database, people):
    with database.unit() as unit:
        paul = actor(unit, "paul")
        for number in range(3):
            plan_all(unit, found_group(unit, [paul], slug=f"g{number}", name=f"G {number}"))
    with database.read() as unit:
        coming = queries.next_open(unit)
        assert len(coming) == 5
        named = queries.host_handles(unit, {each.group.id for each in coming})
        assert set(map(tuple, named.values())) == {("paul",)}
