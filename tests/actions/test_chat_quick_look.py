"""Who comes into a room is told the same by a quick look as by a session, and refused the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from support.base.errors import Banned, NotFound
from support.chat import queries
from support.chat.actions import hosting, speaking, tending
from support.chat.forms import EditForm, ReactForm, SettingsForm, SilenceForm, UndoForm
from support.chat.models import Message, Room
from support.chat.queries.log import events_after, oldest_event
from support.chat.queries.seats import caught_up, room_object, you_object
from support.chat.rules.places import Reaction
from support.db.bare import NeedsSession
from support.db.unit import Database, Unit
from tests.chat_world import Evening, house_of
from tests.lines import Cast
from tests.people import actor

House = tuple[Database, Cast, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    """Night owls after a few words, one of them removed, one signed by somebody."""
    with house_of(tmp_path_factory.mktemp("quick")) as (database, cast):
        with database.unit() as unit:
            evening = Evening(unit, cast)
            gone = evening.says("mina", "not well said")
            evening.says("paul", "be gentle with yourself", warning="feelings")
            kept = evening.says("mina", "thank you, caf\u00e9 at four \U0001f319")
            tending.withdraw(unit, actor(unit, "mina"), gone)
            tending.react(unit, actor(unit, "paul"), ReactForm(kept, Reaction.THANKS, on=True))
            pin = SettingsForm.parse({"room": cast.lounge, "pinned": kept, "topic": "one thing"})
            hosting.set_room(unit, actor(unit, "paul"), pin)
            words = {"message": kept, "body": "thank you, tea at four"}
            speaking.edit(unit, actor(unit, "mina"), EditForm.parse(words))
            meeting = evening.meeting()
        yield database, cast, meeting


@contextmanager
def both(house: House) -> Iterator[tuple[Unit, Unit]]:
    """A quick look and a session, at one moment."""
    database, *_ = house
    with database.look() as quick, database.read() as slow:
        yield quick, slow


def told(unit: Unit, handle: str, room_id: str, after: int | None, who: Unit) -> dict[str, object]:
    """What somebody is told who comes in."""
    person = actor(who, handle)
    place = queries.place(unit, person, room_id)
    found = caught_up(unit, place, after, 500)
    return {**found, "room": room_object(unit, place), "you": you_object(person, place)}


@pytest.mark.parametrize("handle", ["mina", "paul", "mo", "ada"])
def test_what_everybody_is_told_who_comes_in_is_the_same(house, handle):
    with both(house) as (quick, slow):
        found = told(quick, handle, house[1].lounge, None, slow)
        assert found == told(slow, handle, house[1].lounge, None, slow)
    assert [each["state"] for each in found["snapshot"]] == ["removed", "visible", "visible"]
    assert "body" not in found["snapshot"][0]


@pytest.mark.parametrize("handle", ["mina", "paul", "mo"])
def test_a_meetings_room_too(house, handle):
    with both(house) as (quick, slow):
        found = told(quick, handle, house[2], None, slow)
        assert found == told(slow, handle, house[2], None, slow)
    assert found["room"]["kind"] == "meeting"
    assert found["room"]["meeting"]["starts_at"].endswith("Z")


def test_who_has_everything_already_is_told_nothing_without_a_look_at_the_log(house):
    with both(house) as (quick, slow):
        newest = queries.room_by_id(slow, house[1].lounge).seq
        found = told(quick, "mina", house[1].lounge, newest, slow)
    assert (found["seq"], found["events"]) == (newest, [])
    assert "snapshot" not in found


@pytest.mark.parametrize("handle", ["mina", "paul", "mo"])
def test_who_comes_back_is_told_the_same_of_everything_that_happens_in_a_log(house, handle):
    lounge = house[1].lounge
    with both(house) as (quick, slow):
        newest = queries.room_by_id(slow, lounge).seq
        for after in range(newest):
            found = told(quick, handle, lounge, after, slow)
            assert found == told(slow, handle, lounge, after, slow)
            seqs = [event["seq"] for event in found["events"]]
            assert seqs == list(range(after + 1, newest + 1))
        kinds = {event["kind"] for event in told(quick, handle, lounge, 0, slow)["events"]}
    assert kinds == {"message", "removed", "reaction", "settings", "pinned", "edited"}


def test_a_long_absence_is_read_in_pieces_by_a_quick_look_too(house):
    lounge = house[1].lounge
    with both(house) as (quick, slow):
        newest = queries.room_by_id(slow, lounge).seq
        for limit in (1, 2, newest - 1, newest):
            found = events_after(quick, lounge, 0, limit)
            assert found == events_after(slow, lounge, 0, limit)
            assert (len(found[0]), found[1]) == (limit, limit < newest)
        assert events_after(quick, lounge, newest) == ([], False)
        for room in (lounge, house[2], "nowhere"):
            assert oldest_event(quick, room) == oldest_event(slow, room)


@pytest.mark.parametrize("room", ["lounge", "nowhere"])
def test_an_outsider_hears_that_there_is_no_such_room(house, room):
    room_id = house[1].lounge if room == "lounge" else "0" * 20
    with both(house) as (quick, slow):
        otto = actor(slow, "otto")
        for unit in (quick, slow):
            with pytest.raises(NotFound):
                queries.place(unit, otto, room_id)


def test_who_was_taken_out_is_refused_at_the_next_look(house):
    database, cast, _ = house
    with database.unit() as unit:
        mina = actor(unit, "mina")
        form = SilenceForm(room=cast.lounge, person=mina.id, minutes=5, reason="safety")
        measure = hosting.take_out(unit, actor(unit, "paul"), form)
    with both(house) as (quick, slow):
        mina = actor(slow, "mina")
        for unit in (quick, slow):
            with pytest.raises(Banned):
                queries.place(unit, mina, cast.lounge)
            unit.now += timedelta(minutes=6)
            queries.place(unit, mina, cast.lounge)
    with database.unit() as unit:  # the house is everybody's
        hosting.undo(unit, actor(unit, "paul"), UndoForm(measure))


def test_a_row_that_was_looked_at_is_as_the_model_promises(house):
    with both(house) as (quick, slow):
        if not quick.is_bare:
            pytest.skip("only SQLite has bare lines")
        mo = actor(slow, "mo")
        seen = queries.place(quick, mo, house[2]).room
        kept = slow.session.get_one(Room, house[2])
        names = [column.key for column in Room.__table__.columns]
        assert {each: getattr(seen, each) for each in names} == {
            each: getattr(kept, each) for each in names
        }
        assert seen.starts_at.tzinfo is not None
        assert (seen.locked, seen.turns) == (False, {})


def test_what_a_quick_look_cannot_do_it_says_and_nothing_is_kept_open(house):
    database, cast, _ = house
    with both(house) as (quick, slow):
        if not quick.is_bare:
            pytest.skip("only SQLite has bare lines")
        mina = actor(slow, "mina")
        with pytest.raises(NeedsSession):
            quick.session.get(Message, "x")
        with pytest.raises(NeedsSession):
            quick.look_again()
        assert queries.place(quick, actor(slow, "paul"), cast.lounge).standing.hosts
    with database.unit() as unit:
        assert unit.session.get(Room, cast.lounge) is not None
    assert not mina.is_staff
