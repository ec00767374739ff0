"""Rooms by socket and by page: what is said, who hears it, and who may not."""

from collections.abc import Callable

import pytest

from support.base.actor import Actor
from support.chat import queries
from support.db.unit import Database, Unit
from tests.clocks import FrozenClock
from tests.databases import KIND
from tests.lines import Cast, Line
from tests.people import Browser

Sit = Callable[[str], Browser]
Call = Callable[[str], Line]


@pytest.fixture
def joined(socket: Call, cast: Cast) -> Call:
    """A line that hears the lounge."""

    def join(handle: str) -> Line:
        line = socket(handle)
        assert line.ask("room:join", room=cast.lounge)["ok"], handle
        line.heard()
        return line

    return join


def codes(*answers: dict) -> list[str]:
    return [answer["error"]["code"] for answer in answers]


def test_a_message_reaches_the_room_and_its_author(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    answer = mina.says(cast.lounge, "day 12, bad night", "a1")
    assert answer["message"]["state"] == "visible"
    assert answer["message"]["seq"] == 1
    for line in (mina, paul):
        (event,) = line.heard("room:event")
        assert event["kind"] == "message"
        assert event["seq"] == 1
        assert event["message"]["body"] == "day 12, bad night"
        assert event["message"]["author"] == {
            "id": cast["mina"],
            "handle": "mina",
            "role": "member",
        }


def test_the_same_client_id_is_the_same_message(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    first = mina.says(cast.lounge, "day 12", "a1")
    assert mina.says(cast.lounge, "day 12", "a1") == first
    assert len(paul.heard("room:event")) == 1


def test_joining_gives_the_room_and_its_newest_words(
    joined: Call, socket: Call, cast: Cast
) -> None:
    joined("mina").says(cast.lounge, "hello", "a1")
    answer = socket("paul").ask("room:join", room=cast.lounge)
    assert answer["ok"]
    assert answer["room"]["kind"] == "lounge"
    assert answer["you"]["role"] == "mentor"
    assert "host" in answer["you"]["can"]
    assert answer["events"] == []
    assert [each["body"] for each in answer["snapshot"]] == ["hello"]
    assert {each["handle"] for each in answer["people"]} == {"mina", "paul"}


def test_joining_with_a_cursor_misses_and_doubles_nothing(
    joined: Call, socket: Call, cast: Cast
) -> None:
    mina = joined("mina")
    for number in range(7):
        mina.says(cast.lounge, f"word {number}", f"a{number}")
    answer = socket("paul").ask("room:join", room=cast.lounge, after=3)
    assert [each["seq"] for each in answer["events"]] == [4, 5, 6, 7]
    assert "snapshot" not in answer
    assert answer["seq"] == 7
    everything = socket("paul").ask("room:join", room=cast.lounge, after=0)
    assert [each["seq"] for each in everything["events"]] == [1, 2, 3, 4, 5, 6, 7]
    assert socket("paul").ask("room:join", room=cast.lounge, after=7)["events"] == []


@pytest.mark.skipif(KIND != "sqlite", reason="only SQLite has quick looks")
def test_the_first_to_come_back_to_a_room_needs_no_more_than_a_quick_look(
    socket: Call, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mina, paul = socket("mina"), socket("paul")
    for number in range(3):
        assert paul.says(cast.lounge, f"day {number}", f"a{number}")["ok"]
    monkeypatch.setattr(Database, "read", None)
    answer = mina.ask("room:join", room=cast.lounge, after=1)
    assert [event["seq"] for event in answer["events"]] == [2, 3]
    monkeypatch.undo()
    paul.says(cast.lounge, "and now", "a4")
    assert [event["seq"] for event in mina.heard("room:event")] == [4]


def test_history_goes_back(joined: Call, cast: Cast) -> None:
    mina = joined("mina")
    for number in range(5):
        mina.says(cast.lounge, f"word {number}", f"a{number}")
    answer = mina.ask("room:history", room=cast.lounge, before=4, limit=2)
    assert [each["seq"] for each in answer["messages"]] == [2, 3]
    assert answer["more"] is True


def test_an_outsider_never_learns_that_the_room_exists(
    socket: Call, browser: Sit, cast: Cast
) -> None:
    otto = socket("otto")
    answers = [
        otto.ask("room:join", room=cast.lounge),
        otto.says(cast.lounge, "hello", "a1"),
        otto.ask("room:history", room=cast.lounge, before=9, limit=5),
        otto.ask("typing", room=cast.lounge),
        otto.ask("host:set", room=cast.lounge, locked=True),
        otto.ask("room:join", room="0" * 20),
    ]
    assert set(codes(*answers)) == {"not_found"}
    assert browser("otto").ask(f"/rooms/{cast.lounge}").status_code == 404
    sent = browser("otto").send(f"/rooms/{cast.lounge}/messages", body="x", client_id="a")
    assert sent.status_code == 404


def test_a_visitor_is_asked_to_log_in(stranger: Browser, cast: Cast) -> None:
    assert stranger.ask(f"/rooms/{cast.lounge}").status_code == 401
    page = stranger.get(f"/rooms/{cast.lounge}")
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/login?next=/rooms/")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"room": 7, "body": "x", "client_id": "a"},
        {"room": "r", "body": "", "client_id": "a"},
        {"room": "r", "body": "x", "client_id": "not valid!"},
        {"room": "r", "body": "x", "client_id": "a" * 65},
        {"room": "r", "body": "x", "client_id": "a", "role": "admin"},
        {"room": "r", "body": ["x"], "client_id": "a"},
    ],
)
def test_what_cannot_be_read_is_a_bad_request(joined: Call, data: dict) -> None:
    mina = joined("mina")
    answer = mina.client.emit("message:send", data, callback=True)
    assert codes(answer) == ["bad_request"]
    assert codes(mina.client.emit("message:send", "words", callback=True)) == ["bad_request"]
    assert codes(mina.client.emit("no:such", {}, callback=True)) == ["bad_request"]


def test_two_thousand_characters_are_enough(joined: Call, cast: Cast) -> None:
    mina = joined("mina")
    assert mina.says(cast.lounge, "x" * 2000, "a1")["ok"]
    assert codes(mina.says(cast.lounge, "x" * 2001, "a2")) == ["too_long"]


def test_selling_is_held_before_anyone_sees_it(
    joined: Call, socket: Call, browser: Sit, cast: Cast
) -> None:
    mina, paul = joined("mina"), joined("paul")
    answer = mina.says(cast.lounge, "cheap zopiclone for sale, no prescription, dm me", "a1")
    assert answer["message"]["state"] == "held"
    assert "seq" not in answer["message"]
    assert answer["notice"]["label"] == "sourcing"
    assert paul.heard() == []
    assert mina.heard("notice")[0]["label"] == "sourcing"
    assert socket("paul").ask("room:join", room=cast.lounge)["snapshot"] == []
    assert paul.ask("room:history", room=cast.lounge, before=99, limit=50)["messages"] == []
    facts = browser("paul").ask(f"/rooms/{cast.lounge}?after=0").json
    assert facts["events"] == []


def test_ones_own_dose_passes_and_advice_to_another_is_held(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    assert mina.says(cast.lounge, "I am down to 5 mg diazepam, shaky", "a1")["message"]["seq"] == 1
    advised = paul.says(cast.lounge, "you should drop to 2 now", "b1")
    assert advised["message"]["state"] == "held"
    assert advised["notice"]["label"] == "dosing_advice"
    reworded = paul.ask(
        "message:edit", message=advised["message"]["id"], body="I went slowly and it was hard"
    )
    assert reworded["message"]["state"] == "visible"
    assert [event["seq"] for event in mina.heard("room:event")] == [1, 2]


def test_taking_words_back_empties_them_everywhere(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    message = mina.says(cast.lounge, "too much of me", "a1")["message"]["id"]
    assert paul.ask("message:withdraw", message=message)["error"]["code"] == "forbidden"
    assert mina.ask("message:withdraw", message=message)["ok"]
    assert mina.ask("message:withdraw", message=message)["ok"]
    events = paul.heard("room:event")
    assert [event["kind"] for event in events] == ["message", "removed"]
    assert "body" not in events[1]["message"]
    replayed = paul.ask("room:join", room=cast.lounge, after=0)["events"]
    assert all("body" not in event["message"] for event in replayed)


def test_changed_words_are_told_as_changed(joined: Call, cast: Cast, clock: FrozenClock) -> None:
    mina, paul = joined("mina"), joined("paul")
    message = mina.says(cast.lounge, "bad nihgt", "a1")["message"]["id"]
    mina.ask("message:edit", message=message, body="bad night")
    event = paul.heard("room:event")[-1]
    assert event["kind"] == "edited"
    assert event["message"]["seq"] == 1
    assert event["message"]["body"] == "bad night"
    clock.forward(minutes=11)
    assert codes(mina.ask("message:edit", message=message, body="x")) == ["ended"]


def test_changed_words_that_must_be_held_are_taken_from_the_room(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    message = mina.says(cast.lounge, "hello", "a1")["message"]["id"]
    answer = mina.ask("message:edit", message=message, body="I sell xanax, dm me for price")
    assert answer["message"]["state"] == "held"
    assert paul.heard("room:event")[-1]["kind"] == "removed"
    assert "sell" not in str(paul.ask("room:join", room=cast.lounge, after=0))


def test_signs_are_counted_and_taken_off(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    message = mina.says(cast.lounge, "hello", "a1")["message"]["id"]
    on = paul.ask("message:react", message=message, reaction="thanks", on=True)
    assert on["reactions"] == {"thanks": 1}
    paul.ask("message:react", message=message, reaction="thanks", on=True)
    kinds = [event["kind"] for event in mina.heard("room:event")]
    assert kinds == ["message", "reaction"]
    assert (
        paul.ask("message:react", message=message, reaction="thanks", on=False)["reactions"] == {}
    )
    assert codes(paul.ask("message:react", message=message, reaction="x", on=True)) == [
        "bad_request"
    ]


def test_an_answer_names_words_of_the_same_room_only(joined: Call, cast: Cast) -> None:
    mina = joined("mina")
    first = mina.says(cast.lounge, "hello", "a1")["message"]["id"]
    assert mina.says(cast.lounge, "and more", "a2", reply_to=first)["ok"]
    assert codes(mina.says(cast.lounge, "x", "a3", reply_to="0" * 20)) == ["bad_request"]


def test_a_host_sets_mutes_and_takes_back(joined: Call, cast: Cast, clock: FrozenClock) -> None:
    mina, paul = joined("mina"), joined("paul")
    assert codes(mina.ask("host:set", room=cast.lounge, locked=True)) == ["forbidden"]
    assert paul.ask("host:set", room=cast.lounge, locked=True)["settings"]["locked"]
    assert codes(mina.says(cast.lounge, "x", "a1")) == ["locked"]
    paul.ask("host:set", room=cast.lounge, locked=False, slow_seconds=30)
    assert mina.says(cast.lounge, "x", "a2")["ok"]
    slow = mina.says(cast.lounge, "y", "a3")
    assert codes(slow) == ["slow_mode"]
    assert slow["error"]["retry_after"] == 30
    clock.forward(minutes=1)
    muted = paul.ask("host:mute", room=cast.lounge, person=cast["mina"], minutes=10, reason="calm")
    assert codes(mina.says(cast.lounge, "x", "a4")) == ["muted"]
    assert mina.heard("notice")[-1]["label"] == "mute"
    assert paul.ask("host:undo", undo=muted["undo"])["ok"]
    assert mina.heard("notice")[-1]["label"] == "mute_undone"
    assert mina.says(cast.lounge, "x", "a5")["ok"]


def test_a_removed_person_hears_nothing_more(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    paul.ask("host:remove", room=cast.lounge, person=cast["mina"], minutes=30, reason="calm")
    mina.heard()
    paul.says(cast.lounge, "we go on", "b1")
    assert mina.heard("room:event") == []
    assert codes(mina.ask("room:join", room=cast.lounge)) == ["banned"]
    assert codes(mina.says(cast.lounge, "x", "a1")) == ["banned"]


def test_who_is_taken_out_in_the_moment_of_their_join_hears_nothing(
    joined: Call, socket: Call, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    paul, mina = joined("paul"), socket("mina")
    really = queries.place
    reasons = ["calm"]  # once

    def place_and_then(unit: Unit, actor: Actor, room: str) -> queries.Place:
        found = really(unit, actor, room)
        if actor.handle == "mina" and reasons:
            how = {"minutes": 30, "reason": reasons.pop()}
            assert paul.ask("host:remove", room=cast.lounge, person=cast["mina"], **how)["ok"]
        return found

    monkeypatch.setattr(queries, "place", place_and_then)
    assert codes(mina.ask("room:join", room=cast.lounge)) == ["banned"]
    assert paul.says(cast.lounge, "she has gone", "b1")["ok"]
    assert mina.heard("room:event") == []


def test_hosts_and_staff_cannot_be_quietened(joined: Call, cast: Cast) -> None:
    paul = joined("paul")
    for person in (cast["mo"], cast["paul"]):
        answer = paul.ask("host:mute", room=cast.lounge, person=person, minutes=5, reason="x")
        assert codes(answer) == ["forbidden"]
    answer = paul.ask("host:mute", room=cast.lounge, person="0" * 20, minutes=5, reason="x")
    assert codes(answer) == ["not_found"]


def test_a_mute_is_taken_back_only_at_once_and_by_its_host(
    joined: Call, cast: Cast, clock: FrozenClock
) -> None:
    paul, mo = joined("paul"), joined("mo")
    undo = paul.ask("host:mute", room=cast.lounge, person=cast["mina"], minutes=10, reason="calm")[
        "undo"
    ]
    assert codes(mo.ask("host:undo", undo=undo)) == ["not_found"]
    clock.forward(seconds=11)
    assert codes(paul.ask("host:undo", undo=undo)) == ["conflict"]


def test_moderators_may_do_what_a_host_may(joined: Call, cast: Cast) -> None:
    mo = joined("mo")
    assert mo.ask("host:set", room=cast.lounge, topic="one small thing")["ok"]


def test_holding_all_words_waits_for_a_moderator(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    paul.ask("host:set", room=cast.lounge, hold="all")
    answer = mina.says(cast.lounge, "a plain word", "a1")
    assert answer["message"]["state"] == "held"
    assert answer["notice"]["label"] == "room_hold"
    assert paul.says(cast.lounge, "hosts go on", "b1")["message"]["state"] == "visible"


def test_pinning_only_what_is_shown(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    shown = mina.says(cast.lounge, "hello", "a1")["message"]["id"]
    assert paul.ask("host:set", room=cast.lounge, pinned=shown)["settings"]["pinned"] == shown
    assert mina.heard("room:event")[-1]["kind"] == "pinned"
    assert codes(paul.ask("host:set", room=cast.lounge, pinned="0" * 20)) == ["bad_request"]


def test_leaving_the_group_ends_hearing_it(joined: Call, browser: Sit, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    assert browser("mina").send(f"/groups/{cast.slug}/leave").status_code == 200
    paul.says(cast.lounge, "after", "b1")
    assert mina.heard("room:event") == []
    assert codes(mina.says(cast.lounge, "x", "a1")) == ["not_found"]


def test_typing_is_passed_on_once_in_three_seconds(joined: Call, cast: Cast) -> None:
    mina, paul = joined("mina"), joined("paul")
    for _ in range(3):
        assert mina.ask("typing", room=cast.lounge)["ok"]
    assert paul.heard("room:typing") == [{"room": cast.lounge, "handle": "mina"}]


def test_by_http_the_same_message_with_the_same_answer(
    joined: Call, browser: Sit, cast: Cast
) -> None:
    paul = joined("paul")
    mina = browser("mina")
    sent = mina.send(f"/rooms/{cast.lounge}/messages", body="by page", client_id="p1")
    assert sent.status_code == 200
    assert sent.json["message"]["seq"] == 1
    again = mina.send(f"/rooms/{cast.lounge}/messages", body="by page", client_id="p1")
    assert again.json == sent.json
    assert len(paul.heard("room:event")) == 1


def test_the_page_shows_words_and_keeps_what_was_typed(browser: Sit, cast: Cast) -> None:
    mina = browser("mina")
    assert mina.fill(f"/rooms/{cast.lounge}/messages", body="by page").status_code == 302
    page = mina.get(f"/rooms/{cast.lounge}")
    assert "by page" in page.text
    too_long = mina.fill(f"/rooms/{cast.lounge}/messages", body="y" * 2001)
    assert too_long.status_code == 413
    assert "y" * 2001 in too_long.text


def test_by_http_history_and_events_have_the_sockets_shape(browser: Sit, cast: Cast) -> None:
    mina = browser("mina")
    for number in range(3):
        mina.send(f"/rooms/{cast.lounge}/messages", body=f"w{number}", client_id=f"p{number}")
    before = mina.ask(f"/rooms/{cast.lounge}?before=3").json
    assert [each["seq"] for each in before["messages"]] == [1, 2]
    assert before["more"] is False
    after = mina.ask(f"/rooms/{cast.lounge}?after=1&limit=1").json
    assert [each["seq"] for each in after["events"]] == [2]
    assert after["more"] is True
    plain = mina.ask(f"/rooms/{cast.lounge}").json
    assert len(plain["snapshot"]) == 3
    assert mina.ask(f"/rooms/{cast.lounge}?after=soon").status_code == 400


def test_a_logged_out_socket_is_silent(joined: Call, cast: Cast, database: Database) -> None:
    mina = joined("mina")
    assert mina.browser.send("/logout").status_code in (200, 302)
    assert not mina.is_connected
