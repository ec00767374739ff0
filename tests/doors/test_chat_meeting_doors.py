"""A meeting by page and by line: its script, its clocks, its turns, with and without script."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from support.chat.actions import keeping
from support.chat.models import Room
from support.web.work import workshop
from tests.groups_world import plan_all, plan_meeting
from tests.house import signed_in
from tests.lines import Line, gather
from tests.people import ROLES, actor

STEPS = "5 Welcome | Hello, good that you are here.\n20 Check-in\n35 Open talk"


@pytest.fixture(scope="module")
def house(lasting):
    """One house with the cast's group for the whole module; each test has a meeting of its own."""
    database = workshop(lasting).database
    with database.read() as unit:
        ids = {handle: actor(unit, handle).id for handle in ROLES}
    return lasting, gather(database, ids)


@pytest.fixture
def app(house):
    return house[0]


@pytest.fixture
def cast(house):
    return house[1]


@pytest.fixture
def database(app):
    return workshop(app).database


@pytest.fixture
def clock(database):
    return database.clock


@pytest.fixture
def sit(app, cast):
    return lambda handle: signed_in(app, cast[handle])


@pytest.fixture
def room(database, cast):
    """The room of a meeting that begins in an hour."""
    with database.unit() as unit:
        meeting = plan_meeting(unit, cast.group, rrule="")
        return str(unit.session.scalar(select(Room.id).where(Room.meeting_id == meeting)))


@pytest.fixture
def paul(sit):
    return sit("paul")


@pytest.fixture
def mina(sit):
    return sit("mina")


def opened(paul, room, steps=STEPS):
    assert paul.send(f"/rooms/{room}/script", steps=steps).status_code == 200
    return paul.send(f"/rooms/{room}/move", to="open").json


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


# ------------------------------------------------------------------ the script


def test_a_host_picks_a_template_in_the_time_of_the_meeting_and_keeps_it(paul, room):
    page = paul.get(f"/rooms/{room}/script?template=sleep")
    assert "Quiet together" in page.text
    lines = "\n".join(
        f"{step['minutes']} {step['title']}"
        for step in paul.ask(f"/rooms/{room}/script?template=sleep").json["script"]["steps"]
    )
    answer = paul.fill(f"/rooms/{room}/script", steps=lines, closing="Good night.", scope="meeting")
    assert answer.status_code == 302
    kept = paul.ask(f"/rooms/{room}/script").json
    assert kept["script"]["closing"] == "Good night."
    assert sum(step["minutes"] for step in kept["script"]["steps"]) == 60
    assert next(iter(kept["meeting"]["steps"]))["title"] == "Arrive"


def test_a_script_kept_for_the_series_is_there_at_the_next_meeting(paul, database, cast):
    with database.unit() as unit:
        dates = plan_all(unit, cast.group, rrule="FREQ=WEEKLY")[:3]
        rooms = {
            meeting: unit.session.scalar(select(Room.id).where(Room.meeting_id == meeting))
            for meeting in dates
        }
    first, second, third = (rooms[date] for date in dates)
    paul.send(f"/rooms/{third}/script", steps="60 All of it")
    paul.send(f"/rooms/{first}/script", steps=STEPS, scope="series")
    titles = {
        room: [s["title"] for s in paul.ask(f"/rooms/{room}/script").json["script"]["steps"]]
        for room in (second, third)
    }
    assert titles == {second: ["Welcome", "Check-in", "Open talk"], third: ["All of it"]}
    moved = paul.send(f"/rooms/{second}/move", to="open").json
    assert [step["title"] for step in moved["steps"]] == ["Welcome", "Check-in", "Open talk"]
    paul.send(f"/rooms/{first}/script", steps="60 Other", scope="series")
    assert paul.ask(f"/rooms/{second}").json["room"]["meeting"]["steps"] == moved["steps"]


def test_what_is_wrong_in_a_script_is_said_beside_it_and_what_was_typed_stays(paul, room):
    page = paul.fill(f"/rooms/{room}/script", steps="Check-in first", scope="meeting")
    assert page.status_code == 400
    assert "Line 1 should begin with its minutes" in page.text
    assert "Check-in first" in page.text


@pytest.mark.parametrize(
    "words", ["you should drop to 2 mg", "cheap zopiclone, no prescription, dm me"]
)
def test_a_script_cannot_say_what_nobody_may_say_here(paul, room, words):
    answer = paul.send(f"/rooms/{room}/script", steps=f"10 Welcome | {words}")
    assert answer.status_code == 400
    assert "could not be shown" in answer.json["error"]["fields"]["steps"]
    assert paul.ask(f"/rooms/{room}/script").json["script"]["steps"] == []


def test_members_and_lounges_have_no_script(mina, paul, sit, room, cast):
    for path, fields in ((f"/rooms/{room}/script", {"steps": STEPS}),):
        assert mina.send(path, **fields).status_code == 403
        assert mina.ask(path).status_code == 403
        assert sit("otto").ask(path).status_code == 404
    assert paul.ask(f"/rooms/{cast.lounge}/script").status_code == 409
    assert paul.ask(f"/rooms/{room}/script?template=karaoke").status_code == 400


def test_a_meeting_that_is_over_gets_no_new_script(paul, room):
    opened(paul, room)
    paul.send(f"/rooms/{room}/move", to="closed")
    assert paul.send(f"/rooms/{room}/script", steps=STEPS).status_code == 409


# ------------------------------------------------------------------ the clocks


def test_the_step_has_an_end_that_is_the_same_for_all_and_after_a_reload(paul, mina, room, clock):
    began = clock.now()
    told = opened(paul, room)
    assert instant(told["step_ends_at"]) == began + timedelta(minutes=5)
    clock.forward(minutes=3)
    for who in (paul, mina):
        found = who.ask(f"/rooms/{room}").json
        assert found["room"]["meeting"]["step_ends_at"] == told["step_ends_at"]
        assert instant(found["now"]) == began + timedelta(minutes=3)
    paul.send(f"/rooms/{room}/move", to="step", step=1)
    again = paul.send(f"/rooms/{room}/move", to="step", step=1).json
    assert (again["step"], instant(again["step_ends_at"])) == (1, began + timedelta(minutes=23))
    events = mina.ask(f"/rooms/{room}?after=0").json["events"]
    last = [event for event in events if event["kind"] == "meeting"][-1]
    assert {name: last[name] for name in again} == again


def test_who_joins_late_by_line_gets_step_clock_and_turn_with_the_servers_time(
    paul, room, app, mina, clock, cast
):
    opened(paul, room)
    paul.send(f"/rooms/{room}/set", turn_seconds=120)
    line = Line(app, mina)
    line.ask("turn:set", room=room, do="raise")
    given = paul.send(f"/rooms/{room}/turn", do="give", person=cast["mina"]).json["turn"]
    found = line.ask("room:join", room=room)
    assert instant(found["now"]) == clock.now()
    assert found["room"]["meeting"]["words"] == "Hello, good that you are here."
    assert found["room"]["turn"]["ends_at"] == given["ends_at"]
    assert instant(given["ends_at"]) == clock.now() + timedelta(minutes=2)
    assert [each["handle"] for each in found["room"]["turn"]["people"]] == ["mina"]


def test_a_pause_stops_step_and_turn_and_gives_both_back(paul, room, clock, cast):
    told = opened(paul, room)
    paul.send(f"/rooms/{room}/set", turn_seconds=60)
    turn = paul.send(f"/rooms/{room}/turn", do="give", person=cast["mina"]).json["turn"]
    paused = paul.send(f"/rooms/{room}/move", to="paused").json
    assert instant(paused["paused_at"]) == clock.now()
    clock.forward(minutes=4)
    on = paul.send(f"/rooms/{room}/move", to="open").json
    assert instant(on["step_ends_at"]) - instant(told["step_ends_at"]) == timedelta(minutes=4)
    after = paul.ask(f"/rooms/{room}").json["room"]["turn"]
    assert instant(after["ends_at"]) - instant(turn["ends_at"]) == timedelta(minutes=4)
    assert after["holder"] == cast["mina"]


def test_without_script_step_and_end_are_plain_words_and_plain_time(paul, mina, room, clock):
    opened(paul, room)
    page = mina.get(f"/rooms/{room}").text
    assert "Step 1 of 3: Welcome" in page
    assert "Hello, good that you are here." in page
    end = (clock.now() + timedelta(minutes=5)).astimezone().strftime(":%M")
    assert f"{end}</span>" in page
    paul.fill(f"/rooms/{room}/move", to="step", step="2")
    assert "Step 3 of 3: Open talk" in mina.get(f"/rooms/{room}").text


def test_the_lobby_opens_by_itself_with_numbers_in_view_and_only_hosts_write(
    database, paul, mina, room, clock
):
    paul.send(f"/rooms/{room}/script", steps=STEPS)
    clock.forward(minutes=46)
    with database.unit() as unit:
        assert keeping.move_by_clock(unit) >= 1
    page = mina.get(f"/rooms/{room}").text
    stage = page.split("data-stage")[1].split("</section>")[0]
    assert 'href="tel:112"' in stage
    assert 'data-when="planned lobby paused">' in stage
    refused = mina.send(f"/rooms/{room}/messages", body="hello")
    assert refused.json["error"]["code"] == "locked"
    assert paul.send(f"/rooms/{room}/messages", body="We begin at ten.").status_code == 200
    told = mina.ask(f"/rooms/{room}").json["room"]["meeting"]
    assert (told["state"], told["step_ends_at"]) == ("lobby", None)


def test_a_meeting_ends_with_words_that_ground_and_no_names_are_kept(paul, mina, room, cast):
    opened(paul, room)
    mina.fill(f"/rooms/{room}/turn", do="raise")
    closing = paul.send(f"/rooms/{room}/move", to="closing").json
    assert "feet on the floor" in closing["words"]
    assert "feet on the floor" in mina.get(f"/rooms/{room}").text
    paul.send(f"/rooms/{room}/move", to="closed")
    found = mina.ask(f"/rooms/{room}").json["room"]["turn"]
    assert (found["holder"], found["queue"], found["people"]) == (None, [], [])


def test_a_meeting_that_is_over_does_not_say_how_one_may_write(paul, mina, room):
    opened(paul, room)
    paul.send(f"/rooms/{room}/set", slow_seconds=30)
    assert "Slow: one message in 30 seconds." in mina.get(f"/rooms/{room}").text
    paul.send(f"/rooms/{room}/move", to="closed")
    page = mina.get(f"/rooms/{room}").text
    assert "The meeting is over." in page
    assert "Slow: one message in 30 seconds." not in page


# ------------------------------------------------------------------ turns by form


def test_without_script_mina_raises_her_hand_speaks_and_passes(paul, mina, room, cast):
    opened(paul, room)
    answer = mina.fill(f"/rooms/{room}/turn", do="raise")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/rooms/{room}#turns")
    assert "You are number 1." in mina.get(f"/rooms/{room}").text
    page = paul.get(f"/rooms/{room}").text
    assert "1 mina" in page
    assert f'value="{cast["mina"]}"' in page
    paul.fill(f"/rooms/{room}/turn", do="give", person=cast["mina"])
    assert 'aria-live="polite">It is your turn.' in mina.get(f"/rooms/{room}").text
    assert "mina has the floor." in paul.get(f"/rooms/{room}").text
    mina.fill(f"/rooms/{room}/turn", do="pass")
    assert 'aria-live="polite">It is your turn.' not in mina.get(f"/rooms/{room}").text


def test_without_cross_talk_only_whoever_has_the_floor_writes(paul, mina, room, cast):
    opened(paul, room)
    shown = paul.send(f"/rooms/{room}/messages", body="Welcome to all").json["message"]["id"]
    set_to = paul.send(f"/rooms/{room}/set", cross_talk="off").json["settings"]
    assert (set_to["cross_talk"], set_to["reactions"]) == (False, False)
    refused = mina.send(f"/rooms/{room}/messages", body="me too")
    assert refused.json["error"]["code"] == "locked"
    assert "Raise your hand" in refused.json["error"]["message"]
    quiet = mina.send(f"/messages/{shown}/react", reaction="hug")
    assert quiet.json["error"]["code"] == "locked"
    signs = paul.send(f"/rooms/{room}/set", cross_talk="reactions").json["settings"]
    assert (signs["cross_talk"], signs["reactions"]) == (False, True)
    assert mina.send(f"/messages/{shown}/react", reaction="hug").status_code == 200
    paul.send(f"/rooms/{room}/turn", do="give", person=cast["mina"])
    assert mina.send(f"/rooms/{room}/messages", body="thank you").status_code == 200
    on = paul.send(f"/rooms/{room}/set", cross_talk=True).json["settings"]
    assert (on["cross_talk"], on["reactions"]) == (True, True)


def test_by_line_too_the_floor_decides_who_writes(paul, room, cast, app, mina):
    opened(paul, room)
    paul.send(f"/rooms/{room}/set", cross_talk=False)
    line = Line(app, mina)
    assert line.says(room, "a word", "c1")["error"]["code"] == "locked"
    assert line.ask("typing", room=room)["error"]["code"] == "locked"
    paul.send(f"/rooms/{room}/turn", do="give", person=cast["mina"])
    assert line.says(room, "a word", "c1")["message"]["state"] == "visible"


def test_who_just_listens_is_left_in_peace_and_nobody_says_it_for_another(paul, mina, room, cast):
    opened(paul, room)
    assert mina.send(f"/rooms/{room}/turn", do="listen").json["turn"]["listening"] == [cast["mina"]]
    assert "You are just listening." in mina.get(f"/rooms/{room}").text
    given = paul.send(f"/rooms/{room}/turn", do="give", person=cast["mina"])
    assert given.status_code == 409
    put = paul.send(f"/rooms/{room}/turn", do="listen", person=cast["mina"])
    assert put.status_code == 403
    assert mina.send(f"/rooms/{room}/turn", do="raise").json["turn"]["queue"] == [cast["mina"]]


def test_nobody_outside_takes_a_turn_and_nonsense_is_refused(sit, mina, room):
    assert sit("otto").send(f"/rooms/{room}/turn", do="raise").status_code == 404
    assert mina.send(f"/rooms/{room}/turn", do="sing").status_code == 400
    assert mina.send(f"/rooms/{room}/turn", do="take").status_code == 403


def test_without_script_a_mute_is_taken_back_from_the_page_that_comes_next(paul, mina, room, cast):
    opened(paul, room)
    paul.fill(f"/rooms/{room}/mute", person=cast["mina"], minutes="10", reason="a rest")
    assert mina.send(f"/rooms/{room}/messages", body="hello").json["error"]["code"] == "muted"
    page = paul.get(f"/rooms/{room}").text
    panel = page.split("data-host-panel", 1)[1]
    assert panel.startswith(" open>")
    assert "Take it back: mina" in panel
    undo = panel.split('name="undo" value="', 1)[1].split('"', 1)[0]
    assert paul.fill(f"/rooms/{room}/undo", undo=undo).status_code == 302
    assert mina.send(f"/rooms/{room}/messages", body="hello").status_code == 200


def test_first_words_are_laid_in_the_place_to_write_and_nothing_is_sent(paul, mina, room):
    opened(paul, room)
    page = paul.get(f"/rooms/{room}?card=welcome").text
    box = page.split('id="say-body"', 1)[1].split("</textarea>", 1)[0]
    assert "Hello, good that you are here." in box
    assert mina.ask(f"/rooms/{room}").json["snapshot"] == []
