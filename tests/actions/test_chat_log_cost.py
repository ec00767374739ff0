"""A look at a room is one statement along an index, however much was ever said in it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from support.chat.actions import tending
from support.chat.models import MessageReaction, Room
from support.chat.queries import place, writers_lately
from support.chat.queries.lately import count_between, said_since
from support.chat.queries.log import events_after, history, snapshot
from support.chat.queries.retention import due_rooms
from support.chat.queries.seats import caught_up
from support.chat.queries.speakers import _ROOMS
from support.db.unit import Database, Unit
from tests.clocks import FrozenClock
from tests.databases import KIND
from tests.lines import Cast, Line
from tests.load.bench_log import looks, old_room, statements
from tests.people import actor

FEW, MANY = 1_000, 10_000


@pytest.fixture
def rooms(database: Database, cast: Cast) -> dict[int, str]:
    """A young room and one ten times as old."""
    people = [cast["mina"], cast["paul"]]
    return {size: old_room(database, people, size) for size in (FEW, MANY)}


def sent(database: Database, look: Callable[[Unit], object]) -> list[str]:
    """The statements of one look."""
    with database.read() as unit, statements(database) as found:
        look(unit)
    return [one for one in found if one.lstrip().startswith("SELECT")]


def plans(database: Database, look: Callable[[Unit], object], size: int) -> list[str]:
    """How SQLite goes about the statements of a look: each step in its own words."""
    found: list[str] = []
    with database.read() as unit:
        for statement in sent(database, look):
            width = statement.count("?")
            rows = unit.session.connection().exec_driver_sql(
                "EXPLAIN QUERY PLAN " + statement, (size,) * width
            )
            found += [row[-1] for row in rows]
    return found


def test_each_look_is_one_statement_whatever_the_age(
    database: Database, rooms: dict[int, str]
) -> None:
    for size, room in rooms.items():
        counts = {name: len(sent(database, look)) for name, look in looks(room, size).items()}
        assert counts == dict.fromkeys(counts, 1), size


@pytest.mark.skipif(KIND != "sqlite", reason="the plans are read in SQLite's own words")
def test_every_step_goes_along_an_index_and_nothing_is_sorted(
    database: Database, rooms: dict[int, str]
) -> None:
    for size, room in rooms.items():
        for name, look in looks(room, size).items():
            steps = plans(database, look, size)
            assert steps, name
            for step in steps:
                is_walked = step.startswith(("SEARCH", "CORRELATED", "USE TEMP B-TREE FOR LAST"))
                assert is_walked, (name, step)
            assert any("room_id=?" in step for step in steps), (name, steps)


def test_a_join_of_an_old_room_asks_no_more_than_of_a_young_one(
    database: Database, cast: Cast, socket: Callable[[str], Line]
) -> None:
    mina, paul = socket("mina"), socket("paul")
    counts = []
    for number in range(3):
        for place_ in range(4):
            words = f"words {number} {place_}"
            speaker = mina if number % 2 else paul
            assert speaker.says(cast.lounge, words, f"k{number}{place_}")["ok"]
        with database.read() as unit:
            there = place(unit, actor(unit, "mina"), cast.lounge)
            with statements(database) as found:
                caught_up(unit, there, 0, 500)
                caught_up(unit, there, None, 500)
        counts.append(len(found))
    assert len(set(counts)) == 1, counts


def test_what_is_read_is_what_was_said_with_names_and_signs(
    database: Database, cast: Cast, socket: Callable[[str], Line]
) -> None:
    mina, paul = socket("mina"), socket("paul")
    message = mina.says(cast.lounge, "a plain word", "a1", warning="sleep")["message"]["id"]
    paul.says(cast.lounge, "an answer", "b1", reply_to=message)
    for speaker, sign in ((mina, "hug"), (paul, "hug"), (paul, "thanks")):
        assert speaker.ask("message:react", message=message, reaction=sign, on=True)["ok"]
    with database.read() as unit:
        first, second = snapshot(unit, cast.lounge)
        lines, more = events_after(unit, cast.lounge, 0)
        older, has_more = history(unit, cast.lounge, 2, 50)
    assert first["author"] == {"id": cast["mina"], "handle": "mina", "role": "member"}
    assert first["reactions"] == {"hug": 2, "thanks": 1}
    assert (first["warning"], first["body"]) == ("sleep", "a plain word")
    assert second["reply_to"] == message
    assert "reactions" not in second
    assert [line["kind"] for line in lines] == ["message"] * 2 + ["reaction"] * 3
    assert lines[0]["message"] == first
    assert "message" not in lines[4] or isinstance(lines[4]["message"], str)
    assert (more, has_more, older) == (False, False, [first])


def test_words_taken_away_have_no_signs_and_no_words_in_any_look(
    database: Database, cast: Cast, socket: Callable[[str], Line]
) -> None:
    mina = socket("mina")
    message = mina.says(cast.lounge, "only for a moment", "a1")["message"]["id"]
    socket("paul").ask("message:react", message=message, reaction="hug", on=True)
    mina.ask("message:withdraw", message=message)
    with database.read() as unit:
        found = [snapshot(unit, cast.lounge), *events_after(unit, cast.lounge, 0)]
    assert "only for a moment" not in str(found)
    assert found[0][0]["state"] == "removed"
    assert "reactions" not in found[0][0]


def test_a_page_of_history_ends_where_the_room_began(
    database: Database, rooms: dict[int, str]
) -> None:
    with database.read() as unit:
        page, more = history(unit, rooms[FEW], 51, 50)
        assert [each["seq"] for each in page] == list(range(1, 51))
        assert more is False
        page, more = history(unit, rooms[FEW], 52, 50)
        assert (page[0]["seq"], more) == (2, True)
        assert history(unit, rooms[FEW], 1, 50) == ([], False)
        lines, more = events_after(unit, rooms[MANY], MANY - 501)
        assert (len(lines), more, lines[0]["seq"]) == (500, True, MANY - 500)


def test_the_search_for_old_words_looks_at_one_line_a_room(
    database: Database, rooms: dict[int, str]
) -> None:
    with database.read() as unit, statements(database) as found:
        assert due_rooms(unit) == []
    assert len(found) <= 4


def test_signs_of_others_rooms_are_not_counted(database: Database, rooms: dict[int, str]) -> None:
    with database.read() as unit:
        total = unit.session.scalar(text("SELECT count(*) FROM reaction"))
        assert total == (FEW + MANY) // 20
        signed = [each for each in snapshot(unit, rooms[MANY]) if "reactions" in each]
    assert all(each["reactions"] == {"thanks": 1} for each in signed)
    assert len(signed) in (2, 3)
    assert MessageReaction.__tablename__ == "reaction"


@pytest.mark.skipif(KIND != "sqlite", reason="the plans are read in SQLite's own words")
def test_who_wrote_lately_is_found_by_the_newest_lines(
    database: Database, rooms: dict[int, str]
) -> None:
    with database.read() as unit:
        old = unit.session.get_one(Room, rooms[MANY])
    steps = plans(database, lambda unit: writers_lately(unit, old), MANY)
    assert any("message" in step and "seq>?" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps


def test_what_was_said_lately_is_found_in_every_room_and_nothing_older(
    database: Database,
    rooms: dict[int, str],
    socket: Callable[[str], Line],
    cast: Cast,
    clock: FrozenClock,
) -> None:
    clock.forward(hours=1)
    began, mina = clock.now(), socket("mina")
    shown = mina.says(cast.lounge, "day 12", "s1")["message"]["id"]
    held = mina.says(cast.lounge, "cheap zopiclone online, no prescription", "s2")["message"]["id"]
    gone = mina.says(cast.lounge, "never mind", "s3")["message"]["id"]
    assert mina.ask("message:withdraw", message=gone)["ok"]
    clock.forward(minutes=5)
    later = clock.now()
    assert mina.ask("message:edit", message=shown, body="day 13")["ok"]
    newest = mina.says(cast.lounge, "good night", "s4")["message"]["id"]
    with database.read() as unit:
        assert said_since(unit, began)[0] == (held, began)
        assert dict(said_since(unit, began)) == {held: began, shown: later, newest: later}
        assert set(dict(said_since(unit, later))) == {shown, newest}
        assert said_since(unit, later + timedelta(seconds=1)) == []
        assert count_between(unit, began, later) == 2, "what was withdrawn does not stand"
        assert count_between(unit, began, began) == 0


@pytest.mark.skipif(KIND != "sqlite", reason="the plans are read in SQLite's own words")
def test_a_process_that_starts_reads_no_old_words_to_find_the_last_ones(
    database: Database, rooms: dict[int, str]
) -> None:
    steps = plans(database, lambda unit: said_since(unit, unit.now.replace(year=2000)), MANY)
    assert [step for step in steps if "message" in step and "room_id=? AND seq=?" in step], steps
    assert [step for step in steps if "room_event" in step and "seq>?" in step], steps
    for step in steps:
        assert not step.startswith(("SCAN message", "SCAN room_event")), steps


@pytest.mark.skipif(KIND != "sqlite", reason="the plans are read in SQLite's own words")
def test_a_message_asks_for_its_own_room_and_not_for_every_room_of_its_kind(
    database: Database, rooms: dict[int, str]
) -> None:
    with database.read() as unit:
        _ROOMS.rows(unit.session, rooms=list(rooms.values()))
        words = "EXPLAIN QUERY PLAN " + _ROOMS._ready["sqlite"].sql
        plan = unit.session.connection().exec_driver_sql(words, ("[]",)).fetchall()
    assert "(id=?)" in plan[0][-1], plan


def test_whoever_is_forgotten_holds_nobody_up_however_much_they_said(
    database: Database, cast: Cast, socket: Callable[[str], Line]
) -> None:
    """Few statements a room, and open pages are told of each word that goes, in order."""
    mina, people = cast["mina"], [cast["mina"], cast["paul"]]
    asked = {}
    for size in (20, 200):
        room = old_room(database, people, size)
        with database.unit() as unit, statements(database) as found:
            tending.forget_words_of(unit, mina)
        asked[size] = len(found)
        with database.read() as unit:
            events, more = events_after(unit, room, size)
        assert [event["seq"] for event in events] == list(range(size + 1, size + size // 2 + 1))
        assert not more
        assert {event["kind"] for event in events} == {"removed"}
        gone = [event["message"] for event in events]
        assert [message["seq"] for message in gone] == sorted(message["seq"] for message in gone)
        assert {message["author"]["id"] for message in gone} == {mina}
        assert not [message for message in gone if "body" in message]
    assert asked[200] == asked[20]


def test_what_is_told_of_words_that_go_together_is_what_the_log_says_of_them(
    database: Database, cast: Cast, socket: Callable[[str], Line]
) -> None:
    paul, mina = socket("paul"), socket("mina")
    assert paul.ask("room:join", room=cast.lounge)["ok"]
    for number in range(3):
        mina.says(cast.lounge, f"day {number}", f"m{number}")
    paul.says(cast.lounge, "good night", "p1")
    paul.heard()
    with database.unit() as unit:
        tending.forget_words_of(unit, cast["mina"])
    told = paul.heard("room:event")
    with database.read() as unit:
        kept, _ = events_after(unit, cast.lounge, 4)
    assert told == kept
    assert [event["seq"] for event in told] == [5, 6, 7]
    assert paul.says(cast.lounge, "still here", "p2")["message"]["seq"] == 8
