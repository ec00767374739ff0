"""Live lines at the crisis desk: who asks, who is called, who hears, and who never does."""

from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.crisis import actions, queries
from support.crisis.forms import ShiftForm
from support.crisis.jobs import climb
from support.crisis.queries import case_by_id

DANGER = "I want to kill myself tonight"


@pytest.fixture
def on_call(database, people):
    """Mo is on call all week."""
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))


def changes(line):
    return line.heard("case:changed")


def test_mina_asks_and_mo_hears_at_once_without_a_word_about_her(socket, cast, on_call):
    mina, mo, rae = socket("mina"), socket("mo"), socket("rae")
    found = mina.ask("help:now", note="I am shaking")
    assert found["ok"] is True
    assert found["resources"][0]["number"] == "112"
    assert found["responders"] == {"on_call": 1, "called_at": "2030-01-01T00:00:00.000Z"}
    (change,) = changes(mo)
    assert change == {
        "case": found["case"],
        "severity": "urgent",
        "state": "open",
        "rung": 0,
        "due_at": "2030-01-01T00:02:00.000Z",
    }
    assert "shaking" not in str(change)
    assert changes(rae)[0]["case"] == found["case"]


def test_only_who_is_called_gets_the_page(socket, cast, on_call):
    mina, mo, rae = socket("mina"), socket("mo"), socket("rae")
    case = mina.ask("help:now")["case"]
    (page,) = mo.heard("notice")
    assert (page["label"], page["case"]) == ("case_page", case)
    assert page["text"] == "Somebody may need you now. Please look."
    assert rae.heard("notice") == []


def test_the_person_hears_who_was_called_and_who_is_reading(socket, cast, on_call):
    mina, mo = socket("mina"), socket("mo")
    case = mina.ask("help:now")["case"]
    assert changes(mina) == [{"case": case, "called_at": "2030-01-01T00:00:00.000Z"}]
    taken = mo.ask("case:ack", case=case)
    assert taken["ok"] is True
    assert taken["case"]["acknowledged_by"] == "mo"
    (change,) = changes(mina)
    assert change["reading_by"] == "mo"
    assert "severity" not in change


def test_no_one_else_hears_of_a_case(socket, cast, on_call):
    mina, otto, paul = socket("mina"), socket("otto"), socket("paul")
    mina.ask("help:now")
    assert otto.heard() == []
    assert paul.heard() == []


def test_the_host_of_the_room_mina_calls_from_hears_and_may_take_it(socket, cast, on_call):
    mina, paul = socket("mina"), socket("paul")
    case = mina.ask("help:now", room=cast.lounge)["case"]
    assert changes(paul)[0]["case"] == case
    assert paul.heard("notice") == []
    assert paul.ask("case:ack", case=case)["case"]["acknowledged_by"] == "paul"


def test_the_first_wins_by_socket_too_and_the_same_one_may_ask_again(socket, cast, on_call):
    case = socket("mina").ask("help:now")["case"]
    mo, rae = socket("mo"), socket("rae")
    assert mo.ask("case:ack", case=case)["ok"] is True
    assert rae.ask("case:ack", case=case)["error"]["code"] == "conflict"
    assert mo.ask("case:ack", case=case)["ok"] is True


@pytest.mark.parametrize("handle", ["mina", "otto", "paul"])
def test_who_is_no_responder_of_it_hears_that_there_is_no_case(socket, cast, on_call, handle):
    case = socket("mina").ask("help:now")["case"]
    answer = socket(handle).ask("case:ack", case=case)
    assert (answer["ok"], answer["error"]["code"]) == (False, "not_found")


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("help:now", {"room": 7}),
        ("help:now", {"note": "x" * 501}),
        ("help:now", {"note": ["x"]}),
        ("help:now", {"severity": "critical"}),
        ("case:ack", {}),
        ("case:ack", {"case": None}),
        ("case:ack", {"case": "a/b"}),
        ("case:ack", {"case": "x" * 65}),
        ("case:ack", {"case": "abc", "force": True}),
    ],
)
def test_a_malformed_event_is_answered_and_harms_nobody(socket, cast, event, data):
    mina = socket("mina")
    answer = mina.ask(event, **data)
    assert (answer["ok"], answer["error"]["code"]) == (False, "bad_request")
    assert mina.is_connected
    assert mina.ask("help:now")["ok"] is True


def test_a_room_mina_may_not_know_does_not_keep_her_from_help(socket, cast, on_call):
    otto = socket("otto")
    found = otto.ask("help:now", room=cast.lounge)
    assert found["ok"] is True
    assert found["responders"]["on_call"] == 1


def test_an_empty_rota_is_told_at_once_and_ada_is_alerted(socket, cast):
    mina, ada = socket("mina"), socket("ada")
    found = mina.ask("help:now")
    assert found["responders"] == {"on_call": 0, "called_at": None}
    assert "Nobody is on duty right now." in found["text"]
    assert [notice["label"] for notice in ada.heard("notice")] == ["rota_empty"]


def test_each_rung_is_heard_by_those_it_calls(socket, cast, on_call, database, clock):
    mina, rae, ada = socket("mina"), socket("rae"), socket("ada")
    mina.ask("help:now")
    clock.forward(seconds=120)
    climb(database)
    assert [notice["label"] for notice in rae.heard("notice")] == ["case_page"]
    ada.heard()
    clock.forward(seconds=180)
    climb(database)
    assert [notice["label"] for notice in ada.heard("notice")] == ["case_page_outside"]
    assert [change["rung"] for change in changes(rae)] == [2]


def test_words_of_danger_in_a_room_call_the_host_and_open_a_side_room(
    socket, cast, on_call, database
):
    mina, paul, mo = socket("mina"), socket("paul"), socket("mo")
    mina.says(cast.lounge, DANGER, "m1")
    (card,) = mina.heard("notice")
    assert card["resources"][0]["number"] == "112"
    assert [notice["label"] for notice in paul.heard("notice")] == ["case_page"]
    taken = mo.ask("case:ack", case=card["case"])["case"]
    side = taken["room"]
    assert mina.ask("room:join", room=side)["ok"] is True
    assert paul.ask("room:join", room=side)["ok"] is True
    assert socket("otto").ask("room:join", room=side)["error"]["code"] == "not_found"
    mina.heard()
    assert mo.ask("room:join", room=side)["ok"] is True
    mo.says(side, "I am here and I am reading.", "r1")
    (event,) = mina.heard("room:event")
    assert event["message"]["body"] == "I am here and I am reading."


def test_a_word_of_the_holder_in_the_side_room_keeps_the_case(
    socket, cast, on_call, database, clock
):
    case = socket("mina").ask("help:now")["case"]
    mo = socket("mo")
    side = mo.ask("case:ack", case=case)["case"]["room"]
    clock.forward(minutes=9)
    assert mo.says(side, "Still here with you.", "r1")["ok"] is True
    clock.forward(minutes=9)
    climb(database)
    with database.unit() as unit:
        assert case_by_id(unit, case).state == "acknowledged"
        assert queries.case_of_room(unit, side) == case


def test_a_mute_or_a_lock_does_not_silence_mina_in_her_side_room(
    socket, cast, on_call, database, people, clock
):
    mina, mo = socket("mina"), socket("mo")
    case = mina.ask("help:now")["case"]
    side = mo.ask("case:ack", case=case)["case"]["room"]
    with database.unit() as unit:
        accounts.mute(unit, people["mina"], clock.now() + timedelta(hours=1), "x", "safety")
    assert mina.says(side, "please do not go", "m1")["ok"] is True
