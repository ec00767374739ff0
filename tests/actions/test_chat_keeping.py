"""What time, erasure and the desk do to rooms and to what was said in them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from support.base.errors import NotFound
from support.chat.actions import keeping
from support.chat.actions.rooms import RoomHosts, SideRooms, Words
from support.chat.actions.target import MessageTarget
from support.chat.jobs import forget_old_words, open_doors
from support.chat.models import Message, Room, RoomEvent
from support.chat.queries.retention import forecast
from support.db.unit import Database
from tests.clocks import FrozenClock
from tests.lines import Cast, Line

TARGET = MessageTarget()
Call = Callable[[str], Line]


@pytest.fixture
def said(socket: Call, cast: Cast) -> Callable[..., str]:
    """Somebody says something in the lounge; the id of what they said."""
    count = iter(range(1, 1000))

    def say(handle: str, words: str) -> str:
        answer = socket(handle).says(cast.lounge, words, f"k{next(count)}")
        return str(answer["message"]["id"])

    return say


def meeting_room(database: Database, cast: Cast, clock: FrozenClock) -> str:
    with database.unit() as unit:
        room = Room(
            kind="meeting",
            name="Slow taper",
            group_id=cast.group,
            state="planned",
            starts_at=clock.now() + timedelta(minutes=30),
            ends_at=clock.now() + timedelta(minutes=90),
            turns={},
            keeps_days=7,
            created_at=clock.now(),
        )
        unit.session.add(room)
        unit.session.flush()
        return room.id


def state_of(database: Database, room: str) -> str:
    with database.read() as unit:
        return unit.session.get_one(Room, room).state


def test_doors_open_a_quarter_of_an_hour_early(
    database: Database, cast: Cast, clock: FrozenClock
) -> None:
    room = meeting_room(database, cast, clock)
    clock.forward(minutes=14)
    open_doors(database)
    assert state_of(database, room) == "planned"
    clock.forward(minutes=1)
    open_doors(database)
    assert state_of(database, room) == "lobby"


def test_a_meeting_everybody_has_left_is_closed_two_hours_later(
    database: Database, cast: Cast, clock: FrozenClock
) -> None:
    room = meeting_room(database, cast, clock)
    clock.forward(minutes=20)
    open_doors(database)
    clock.forward(minutes=70 + 119)
    open_doors(database)
    assert state_of(database, room) == "lobby"
    clock.forward(minutes=2)
    open_doors(database)
    assert state_of(database, room) == "closed"
    with database.unit() as unit:
        assert keeping.move_by_clock(unit) == 0


def test_a_meeting_that_was_missed_altogether_never_opens(
    database: Database, cast: Cast, clock: FrozenClock
) -> None:
    room = meeting_room(database, cast, clock)
    clock.forward(minutes=91)
    open_doors(database)
    assert state_of(database, room) == "planned"


def test_words_go_after_the_days_their_room_keeps_them(
    database: Database, cast: Cast, said: Callable[..., str], clock: FrozenClock
) -> None:
    old = said("mina", "thirty days ago")
    clock.forward(days=20)
    young = said("mina", "ten days ago")
    clock.forward(days=10, minutes=1)
    with database.read() as unit:
        counted = next(line for line in forecast(unit) if line.kind == "lounge")
    assert (counted.messages, counted.events) == (1, 1)
    forget_old_words(database)
    with database.read() as unit:
        assert unit.session.get(Message, old) is None
        assert unit.session.get(Message, young) is not None
        assert unit.session.scalar(select(func.count()).select_from(RoomEvent)) == 1


def test_a_cursor_from_before_what_is_kept_gets_the_newest_words(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call, clock: FrozenClock
) -> None:
    said("mina", "long ago")
    clock.forward(days=31)
    said("mina", "today")
    said("mina", "and now")
    forget_old_words(database)
    answer = socket("paul").ask("room:join", room=cast.lounge, after=0)
    assert answer["events"] == []
    assert [each["body"] for each in answer["snapshot"]] == ["today", "and now"]
    assert answer["seq"] == 3


def test_erasing_somebody_empties_every_word_of_theirs(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call
) -> None:
    said("mina", "what only I would say")
    said("paul", "I stay")
    with database.unit() as unit:
        Words().erase(unit, cast["mina"])
    answer = socket("paul").ask("room:join", room=cast.lounge)
    assert "what only I would say" not in str(answer)
    assert [each.get("body") for each in answer["snapshot"]] == [None, "I stay"]
    with database.read() as unit:
        assert Words().export(unit, cast["mina"]) == []
        assert [each["body"] for each in Words().export(unit, cast["paul"])] == ["I stay"]


def test_the_desk_takes_words_away_keeps_them_and_gives_them_back(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call
) -> None:
    message = said("mina", "a word")
    paul = socket("paul")
    paul.ask("room:join", room=cast.lounge)
    for act in (TARGET.remove, TARGET.keep, TARGET.send_back):
        with database.unit() as unit:
            act(unit, message)
        assert "a word" not in str(paul.ask("room:join", room=cast.lounge, after=0))
        with database.unit() as unit:
            TARGET.let_through(unit, message)
        assert "a word" in str(paul.ask("room:join", room=cast.lounge))
    kinds = [event["kind"] for event in paul.heard("room:event")]
    assert kinds == ["removed", "edited"] * 3


def test_put_back_undoes_what_was_decided(
    database: Database, cast: Cast, said: Callable[..., str]
) -> None:
    message = said("mina", "a word")
    with database.unit() as unit:
        TARGET.remove(unit, message)
        TARGET.put_back(unit, message, "visible")
        assert TARGET.snapshot(unit, message).state == "visible"
        TARGET.put_back(unit, message, "held")
        assert TARGET.snapshot(unit, message).state == "held"


def test_what_an_author_took_back_stays_away(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call
) -> None:
    message = said("mina", "not for you")
    socket("mina").ask("message:withdraw", message=message)
    with database.unit() as unit:
        TARGET.let_through(unit, message)
        TARGET.remove(unit, message)
        assert TARGET.snapshot(unit, message).body == ""
    assert "not for you" not in str(socket("paul").ask("room:join", room=cast.lounge, after=0))


def test_words_that_go_are_not_pinned_any_more(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call
) -> None:
    message = said("mina", "hold on to this")
    paul = socket("paul")
    paul.ask("host:set", room=cast.lounge, pinned=message)
    socket("mina").ask("message:withdraw", message=message)
    assert paul.ask("room:join", room=cast.lounge)["room"]["settings"]["pinned"] is None


def test_neighbours_are_what_others_saw_round_it(
    database: Database, cast: Cast, said: Callable[..., str], clock: FrozenClock
) -> None:
    ids = []
    for number in range(8):
        ids.append(said(("mina", "paul")[number % 2], f"word {number}"))
        clock.forward(seconds=20)
    with database.unit() as unit:
        TARGET.remove(unit, ids[3])
    with database.read() as unit:
        found = [each.id for each in TARGET.neighbours(unit, ids[4], before=2, after=2)]
    assert found == [ids[1], ids[2], ids[5], ids[6]]


def test_somebody_outside_sees_no_words_to_report(
    database: Database, cast: Cast, said: Callable[..., str], socket: Call
) -> None:
    message = said("mina", "among us")
    answer = socket("otto").ask("message:report", message=message, reason="spam")
    assert answer["error"]["code"] == "not_found"
    with database.read() as unit, pytest.raises(NotFound):
        TARGET.snapshot(unit, "0" * 20)


def test_a_case_has_one_side_room_however_often_it_is_asked_for(
    database: Database, cast: Cast, socket: Call
) -> None:
    case = socket("mina").ask("help:now", room=cast.lounge)["case"]
    with database.unit() as unit:
        first = SideRooms().open(unit, case, cast["mina"])
        assert SideRooms().open(unit, case, cast["mina"]) == first
    assert socket("mina").ask("room:join", room=first)["ok"]
    assert socket("otto").ask("room:join", room=first)["error"]["code"] == "not_found"


def test_the_hosts_of_a_room_are_named_only_to_whoever_may_know_it(
    database: Database, cast: Cast
) -> None:
    with database.read() as unit:
        assert RoomHosts().hosts_of(unit, cast["mina"], cast.lounge) == [cast["paul"]]
        assert RoomHosts().hosts_of(unit, cast["paul"], cast.lounge) == []
        assert RoomHosts().hosts_of(unit, cast["otto"], cast.lounge) is None
        assert RoomHosts().hosts_of(unit, "0" * 20, cast.lounge) is None
