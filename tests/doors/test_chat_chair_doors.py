"""The chair by page and by line: refusals, the stand-by list, what a room shows, lines that end."""

from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.base.actor import Role
from support.chat.broadcast.signs import SIGNS
from support.chat.jobs import ChairSweep, open_doors, see_who_is_here
from support.chat.rules.chair import SETTLE
from support.groups.models import Meeting
from support.notify import queries as notices
from tests.groups_world import plan_meeting


@pytest.fixture
def meeting(database, cast, people):
    """A meeting in an hour, and Wren, another mentor."""
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    with database.unit() as unit:
        people["wren"] = accounts.create(unit, "wren", Role.MENTOR, "no log-in", about)
        meeting_id = plan_meeting(unit, cast.group)
        found = unit.session.get_one(Meeting, meeting_id)
        return meeting_id, found.room_id


@pytest.fixture
def house(database, clock):
    """What the ticking does, moved by hand: so many seconds pass, some at a time."""
    sweep = ChairSweep()

    def passes(step=2, **span):
        end = clock.now() + timedelta(**span)
        while clock.now() < end:
            clock.forward(seconds=min(step, (end - clock.now()).total_seconds()))
            see_who_is_here(database)
            sweep(database)

    sweep(database)
    clock.forward(seconds=SETTLE.total_seconds())
    return passes


@pytest.fixture
def evening(database, clock, meeting, socket, house):
    """Paul leads and Mina has come; nobody else can lead but Wren, who stands by."""
    clock.forward(minutes=59)
    open_doors(database)
    _, room = meeting
    lines = {handle: socket(handle) for handle in ("paul", "mina")}
    for line in lines.values():
        assert line.ask("room:join", room=room)["ok"]
    house(seconds=2)
    assert lines["paul"].ask("meeting:move", room=room, to="open")["ok"]
    house(seconds=2)
    return lines


def chair(browser, room):
    return browser("paul").ask(f"/rooms/{room}").json["chair"]


# ------------------------------------------------------------------ refusals first


@pytest.mark.parametrize("path", ["/meetings/{0}/stand-by", "/rooms/{1}/chair"])
def test_strangers_log_in_first(stranger, meeting, path):
    assert stranger.send(path.format(*meeting), do="accept").status_code == 401


def test_members_do_not_stand_by_and_otto_knows_of_no_room(browser, meeting):
    meeting_id, room = meeting
    assert browser("mina").send(f"/meetings/{meeting_id}/stand-by").status_code == 403
    assert browser("paul").send(f"/meetings/{meeting_id}/stand-by").status_code == 409
    for room_id in (room, "0" * 20):
        assert browser("otto").send(f"/rooms/{room_id}/chair", do="accept").status_code in (
            404,
            409,
        )


@pytest.mark.parametrize("sent", [{}, {"do": "dance"}, {"do": "accept", "who": "mina"}])
def test_what_is_not_understood_is_refused(browser, meeting, sent):
    assert browser("paul").send(f"/rooms/{meeting[1]}/chair", **sent).status_code == 400


# ------------------------------------------------------------------ the list


def test_wren_stands_by_by_a_button_and_leaves_again(browser, meeting):
    meeting_id, _ = meeting
    page = f"/meetings/{meeting_id}"
    wren = browser("wren")
    assert "Stand by for this meeting" in wren.get(page).text
    assert wren.fill(f"{page}/stand-by").status_code == 302
    assert "Leave the list" in wren.get(page).text
    assert wren.ask(page).json["you"]["stands_by"] is True
    assert browser("paul").ask(page).json["stand_by"] == 1
    assert "stand_by" not in browser("mina").ask(page).json
    assert wren.ask("/chair").json["lists"][0]["meeting"] == meeting_id
    assert wren.send(f"{page}/stand-by", on=False).json == {"stands_by": False}
    nothing = {"asked": [], "look_back": [], "lists": [], "to_host": []}
    assert wren.ask("/chair").json == nothing
    assert "Nobody needs you to lead now" in wren.get("/chair").text


# ------------------------------------------------------------------ the line that ends


def test_the_lost_host_the_stand_by_and_the_chair_given_back(evening, browser, meeting, house):
    meeting_id, room = meeting
    wren = browser("wren")
    wren.send(f"/meetings/{meeting_id}/stand-by")
    house(seconds=20)
    assert chair(browser, room)["led_by"]["handle"] == "paul"
    assert evening["mina"].ask("turn:set", room=room, do="raise")["ok"]
    evening["paul"].client.disconnect()
    house(seconds=18)
    assert wren.ask("/chair").json["asked"] == []
    house(seconds=8)
    assert [one["why"] for one in wren.ask("/chair").json["asked"]] == ["lost"]
    assert "Take the chair" in wren.get("/chair").text
    assert wren.ask(f"/rooms/{room}").status_code == 404
    given = wren.send(f"/rooms/{room}/chair", do="accept")
    assert given.status_code == 200, given.json
    assert (given.json["seat"], given.json["state"]) == ("chair", "open")
    assert len(given.json["turn"]["queue"]) == 1
    assert "wren leads." in browser("mina").get(f"/rooms/{room}").text
    heard = [each for each in evening["mina"].heard("room:event") if each["kind"] == "meeting"]
    assert heard[-1]["led_by"] == wren.ask("/api/v1/me").json["id"]
    page = browser("paul").get(f"/rooms/{room}").text
    assert 'value="reclaim" data-chair-back>' in page
    back = browser("paul").fill(f"/rooms/{room}/chair", do="reclaim")
    assert back.headers["Location"] == f"/rooms/{room}"
    assert chair(browser, room)["led_by"]["handle"] == "paul"
    late = wren.send(f"/rooms/{room}/chair", do="reclaim")
    assert (late.status_code, late.json["error"]["code"]) == (403, "forbidden")
    assert wren.send(f"/rooms/{room}/chair", do="decline").json == {"seat": "declined"}


def test_with_nobody_to_ask_the_room_waits_with_a_notice_and_numbers(
    evening, browser, meeting, house
):
    room = meeting[1]
    evening["paul"].client.disconnect()
    house(seconds=24)
    page = browser("mina").get(f"/rooms/{room}").text
    assert "The meeting waits, and nobody writes now." in page
    assert "paul leads." not in page
    waits = page[page.index("data-chair-waits") :]
    assert "hidden" not in waits[: waits.index(">")]
    assert 'href="/help"' in waits
    refused = evening["mina"].says(room, "hello?", "w1")
    assert refused["error"]["code"] == "locked"
    assert browser("mina").ask(f"/rooms/{room}").json["room"]["state"] == "paused"
    paul = browser("paul")
    paul.get(f"/rooms/{room}")
    house(seconds=2)
    assert chair(browser, room)["waits"] is False
    assert paul.fill(f"/rooms/{room}/move", to="open").status_code == 302
    assert evening["mina"].says(room, "good to see you", "w2")["ok"]


def test_a_host_by_page_alone_counts_for_two_minutes_after_each_page(
    database, browser, clock, meeting, house
):
    _, room = meeting
    paul = browser("paul")
    clock.forward(minutes=60)
    open_doors(database)
    paul.fill(f"/rooms/{room}/move", to="open")
    house(step=10, seconds=100)
    assert chair(browser, room)["led_by"]["handle"] == "paul"
    paul.get(f"/rooms/{room}")
    house(step=10, seconds=120)
    assert paul.ask(f"/rooms/{room}").json["room"]["state"] == "open"
    house(seconds=30)
    assert paul.ask(f"/rooms/{room}").json["room"]["state"] == "paused"


def test_a_host_whose_line_never_joined_the_room_leads_by_it_all_the_same(
    database, browser, clock, meeting, socket, house
):
    _, room = meeting
    clock.forward(minutes=60)
    open_doors(database)
    line = socket("paul")
    assert line.ask("meeting:move", room=room, to="open")["ok"]
    house(minutes=2)
    assert browser("paul").ask(f"/rooms/{room}").json["room"]["state"] == "open"
    line.client.disconnect()
    house(seconds=26)
    assert browser("paul").ask(f"/rooms/{room}").json["room"]["state"] == "paused"


def test_a_line_found_silent_was_lost_long_before_and_nobody_is_kept_waiting_longer(
    evening, browser, meeting, house, people, monkeypatch
):
    room = meeting[1]
    house(seconds=20)
    monkeypatch.setattr("support.chat.broadcast.signs.fell_silent", lambda _sid: True)
    evening["paul"].client.disconnect()
    SIGNS.left("any", people["paul"])
    house(seconds=4)
    assert browser("mina").ask(f"/rooms/{room}").json["room"]["state"] == "paused"


def test_a_line_that_came_and_went_between_two_looks_ends_what_the_page_had_promised(
    database, browser, clock, meeting, socket, house
):
    _, room = meeting
    paul = browser("paul")
    clock.forward(minutes=60)
    open_doors(database)
    paul.fill(f"/rooms/{room}/move", to="open")
    house(seconds=30)
    paul.get(f"/rooms/{room}")
    line = socket("paul")
    assert line.ask("room:join", room=room)["ok"]
    line.client.disconnect()
    house(seconds=26)
    assert paul.ask(f"/rooms/{room}").json["room"]["state"] == "paused"


def test_a_meeting_nobody_leads_is_called_off_and_its_people_are_told(
    database, browser, clock, meeting, house, people
):
    meeting_id, _ = meeting
    assert browser("mina").send(f"/meetings/{meeting_id}/rsvp").json == {"state": "seat"}
    clock.forward(minutes=50)
    house(step=30, minutes=20, seconds=30)
    assert browser("mina").ask(f"/meetings/{meeting_id}").json["state"] == "cancelled"
    with database.read() as unit:
        told = {one.kind: one.to for one in notices.notices_of(unit, people["mina"])}
        team = [one.kind for one in notices.notices_of(unit, people["mo"])]
        own = [one.kind for one in notices.notices_of(unit, people["paul"])]
    assert told == {"meeting_called_off": "/help"}
    assert team == ["meeting_unhosted"]
    assert own.count("host_missing") == 2
    assert "meeting_unhosted" in own


def test_a_process_that_has_just_started_waits_for_those_on_their_way_back(
    evening, database, browser, meeting, house, clock
):
    room = meeting[1]
    evening["paul"].client.disconnect()
    house(seconds=2)
    clock.forward(seconds=60)
    fresh = ChairSweep()
    fresh(database)
    assert browser("mina").ask(f"/rooms/{room}").json["room"]["state"] == "open"
    clock.forward(seconds=10)
    fresh(database)
    assert browser("mina").ask(f"/rooms/{room}").json["room"]["state"] == "paused"
