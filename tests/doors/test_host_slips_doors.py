"""Slips of a host, by page and without script: a decision undone, words out of sight and back."""

import pytest

from support.web.work import workshop
from tests.house import signed_in
from tests.lines import gather
from tests.people import ROLES, actor


@pytest.fixture(scope="module")
def house(lasting):
    database = workshop(lasting).database
    with database.read() as unit:
        ids = {handle: actor(unit, handle).id for handle in ROLES}
    return lasting, gather(database, ids)


@pytest.fixture
def sit(house):
    return lambda handle: signed_in(house[0], house[1][handle])


@pytest.fixture
def clock(house):
    return workshop(house[0]).database.clock


@pytest.fixture
def room(house):
    return f"/rooms/{house[1].lounge}"


def says(who, room, body, number):
    sent = who.send(f"{room}/messages", body=body, client_id=f"slip-{number}")
    return sent.json["message"]["id"]


def shown(who, room):
    messages = who.ask(room).json["snapshot"]
    return [each["body"] for each in messages if each["state"] == "visible"]


def test_a_decision_can_be_undone_on_the_page_for_ten_seconds(sit, room, clock):
    paul, mina = sit("paul"), sit("mina")
    paul.send(f"{room}/set", hold="all")
    says(mina, room, "a word that waits", 1)
    (hold,) = paul.ask(f"{room}/holds").json["holds"]
    assert paul.fill(f"{room}/holds", item=hold["item"], decision="allow").status_code == 302
    assert shown(paul, room) == ["a word that waits"]
    page = paul.get(f"{room}/holds").text
    assert "Decided: the words of mina." in page
    assert "a word that waits" not in page
    undone = paul.fill(f"{room}/holds/undo", item=hold["item"])
    assert (undone.status_code, undone.location) == (302, f"{room}/holds")
    assert shown(paul, room) == []
    assert [each["item"] for each in paul.ask(f"{room}/holds").json["holds"]] == [hold["item"]]
    paul.send(f"{room}/holds", item=hold["item"], decision="allow")
    clock.forward(seconds=11)
    assert paul.ask(f"{room}/holds").json["decided"] == []
    assert paul.send(f"{room}/holds/undo", item=hold["item"]).status_code == 409
    paul.send(f"{room}/set", hold="none")


def test_words_are_put_out_of_sight_and_shown_again_by_forms(sit, room, clock):
    paul, mina = sit("paul"), sit("mina")
    message = says(mina, room, "a word too loud", 2)
    menu = paul.get(f"{room}?about={message}").text
    assert "Out of sight until a moderator has read it" in menu
    assert "Out of sight until" not in mina.get(f"{room}?about={message}").text
    assert paul.fill(f"{room}/hide", message=message).location == room
    assert "a word too loud" not in shown(paul, room)
    page = paul.get(room).text
    assert "Show the words of mina again" in page
    assert "a word too loud" not in page
    assert "A host took this message out of sight." in mina.get(room).text
    assert paul.fill(f"{room}/unhide", message=message).status_code == 302
    assert "a word too loud" in shown(mina, room)
    assert paul.send(f"{room}/unhide", message=message).status_code == 404
    paul.send(f"{room}/hide", message=message)
    clock.forward(seconds=11)
    assert "Show the words of mina again" not in paul.get(room).text
    assert paul.send(f"{room}/unhide", message=message).status_code == 409
    item = next(each for each in sit("mo").ask("/moderation").json["items"])
    assert item["state"] == "open"


def test_a_room_says_to_everybody_how_it_is_set_without_script_too(sit, room):
    paul, mina = sit("paul"), sit("mina")
    paul.send(f"{room}/set", slow_seconds=30, hold="all", locked=True)
    page = mina.get(room).text
    for words in ("Slow: one message in 30 seconds.", "Only hosts write now.", "reads first"):
        assert words in page
    paul.send(f"{room}/set", slow_seconds=0, hold="none", locked=False)
    assert "reads first what is written" not in mina.get(room).text.split("<template")[0]
