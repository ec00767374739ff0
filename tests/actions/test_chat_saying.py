"""Many messages at once: the same checks, the same promises, a few statements for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import gevent
import pytest
from sqlalchemy import event, select, update

from support.accounts import actions as accounts
from support.accounts.actions.sessions import Stay
from support.accounts.models import Account, LoginSession
from support.accounts.queries import actors_for_sessions
from support.base.errors import NotFound
from support.base.hashing import digest
from support.chat.actions import saying, speaking
from support.chat.actions.facts import RoomEventLogged
from support.chat.actions.speaking import Posted
from support.chat.forms import SendForm
from support.chat.models import Message, Room, RoomEvent, RoomMeasure
from support.db.batch import Piece
from support.db.unit import Database, Unit
from tests.lines import Cast, gathered

CALM = "a calm evening, slept a little"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message by somebody's log-in."""

    session_id: str
    form: SendForm


@pytest.fixture
def cast(database: Database, people: dict[str, str]) -> Cast:
    """The cast in Night owls; nobody is new here."""
    with database.unit() as unit:
        unit.session.execute(update(Account).values(shown_messages=9))
    return gathered(database, people)


@pytest.fixture
def logged_in(database: Database, cast: Cast) -> Callable[[str], str]:
    """The id of a fresh log-in of somebody."""

    def begin(handle: str) -> str:
        with database.unit() as unit:
            token = accounts.begin_session(unit, cast[handle], Stay())
            found = select(LoginSession.id).where(LoginSession.token_hash == digest(token))
            return str(unit.session.scalars(found).one())

    return begin


@pytest.fixture
def says(database: Database, cast: Cast, logged_in: Callable[[str], str]) -> Callable[..., Asked]:
    """A message of somebody, in the lounge unless it says where."""
    known: dict[str, str] = {}
    count = iter(range(1000))

    def ask(handle: str, body: str = CALM, client_id: str = "", **more: str) -> Asked:
        session = known.setdefault(handle, "") or logged_in(handle)
        known[handle] = session
        room = more.pop("room", cast.lounge)
        fields = {"room": room, "body": body, "client_id": client_id or f"c{next(count)}", **more}
        return Asked(session, SendForm.parse(fields))

    return ask


def said(database: Database, *asked: Asked) -> list[Posted | None]:
    """What came of these, all in one transaction."""
    with database.unit() as unit:
        return saying.say(unit, asked)


def log_of(database: Database, room: str) -> list[tuple[int, str]]:
    """The room's log: numbers and kinds."""
    with database.read() as unit:
        rows = unit.session.execute(
            select(RoomEvent.seq, RoomEvent.kind)
            .where(RoomEvent.room_id == room)
            .order_by(RoomEvent.seq)
        )
        return [(row.seq, row.kind) for row in rows]


def change(database: Database, statement: object) -> None:
    """Something about the world is another way now."""
    with database.unit() as unit:
        unit.session.execute(statement)


def test_calm_words_are_stored_numbered_and_announced_together(database, cast, says):
    asked = [says("mina"), says("paul"), says("mina", warning="sleep")]
    with database.unit() as unit:
        found = saying.say(unit, asked)
        told = [fact for fact in unit.announced if isinstance(fact, RoomEventLogged)]
    assert [each.message["seq"] for each in found] == [1, 2, 3]
    assert [fact.event["seq"] for fact in told] == [1, 2, 3]
    assert [fact.event["message"]["author"]["handle"] for fact in told] == ["mina", "paul", "mina"]
    assert told[2].event["message"]["warning"] == "sleep"
    assert log_of(database, cast.lounge) == [(1, "message"), (2, "message"), (3, "message")]
    with database.read() as unit:
        assert unit.session.get(Room, cast.lounge).seq == 3
        rows = unit.session.scalars(select(Message).order_by(Message.seq)).all()
        assert [row.state for row in rows] == ["visible"] * 3
        assert [row.id for row in rows] == [each.message["id"] for each in found]
        assert rows[0].at == unit.session.get(RoomEvent, (cast.lounge, 1)).at


@pytest.mark.parametrize(
    "body",
    ["you should drop to 2", "cheap zopiclone online, no prescription", "I want to die tonight"],
)
def test_words_that_review_speaks_about_go_the_ordinary_way(database, cast, says, body):
    assert said(database, says("mina", body), says("paul"))[0] is None
    assert log_of(database, cast.lounge) == [(1, "message")]


def test_a_muted_person_goes_the_ordinary_way_and_others_are_heard(database, cast, says):
    asked = [says("mina"), says("paul")]
    with database.unit() as unit:
        accounts.mute(unit, cast["mina"], unit.now + timedelta(minutes=5), "rest", "safety")
    found = said(database, *asked)
    assert found[0] is None
    assert found[1].message["seq"] == 1


@pytest.mark.parametrize("kind", ["mute", "remove"])
def test_who_a_host_has_quietened_or_taken_out_goes_the_ordinary_way(database, cast, says, kind):
    with database.unit() as unit:
        unit.session.add(
            RoomMeasure(
                room_id=cast.lounge, account_id=cast["mina"], kind=kind, by_id=cast["paul"],
                reason="rest", at=unit.now, until=unit.now + timedelta(minutes=5),
            )
        )  # fmt: skip
    assert said(database, says("mina")) == [None]
    assert log_of(database, cast.lounge) == []


def test_a_measure_that_is_over_or_taken_back_stops_nobody(database, cast, says):
    with database.unit() as unit:
        now = unit.now
        for until, undone in ((now - timedelta(minutes=1), None), (now + timedelta(hours=1), now)):
            unit.session.add(
                RoomMeasure(
                    room_id=cast.lounge, account_id=cast["mina"], kind="mute", by_id=cast["paul"],
                    reason="rest", at=now, until=until, undone_at=undone,
                )
            )  # fmt: skip
    assert said(database, says("mina"))[0].message["seq"] == 1


def test_who_is_banned_is_nobody_from_that_transaction_on(database, cast, says):
    asked = says("mina")
    with database.unit() as unit:
        accounts.ban(unit, cast["mina"], "selling", "no_trading")
    assert said(database, asked) == [None]


def test_who_logged_out_is_nobody_though_the_line_is_still_there(database, cast, says):
    asked = says("mina")
    with database.unit() as unit:
        accounts.end_sessions(unit, cast["mina"], "logged out")
    assert said(database, asked) == [None]


def test_a_log_in_that_ran_out_is_nobodys(database, says):
    asked = says("mina")
    change(database, update(LoginSession).values(expires_at=LoginSession.created_at))
    assert said(database, asked) == [None]


def test_otto_from_outside_goes_the_ordinary_way_and_learns_nothing(database, cast, says):
    assert said(database, says("otto")) == [None]
    assert log_of(database, cast.lounge) == []


def test_mo_moderates_and_may_speak_in_any_lounge(database, says):
    assert said(database, says("mo"))[0].message["seq"] == 1


@pytest.mark.parametrize(
    "setting",
    [{"locked": True}, {"slow_seconds": 30}, {"hold": "all"}, {"state": "closed"}],
)
def test_a_room_that_is_set_otherwise_is_left_to_the_ordinary_way(database, cast, says, setting):
    change(database, update(Room).where(Room.id == cast.lounge).values(**setting))
    assert said(database, says("mina")) == [None]


def test_a_locked_room_still_hears_its_host(database, cast, says):
    change(database, update(Room).where(Room.id == cast.lounge).values(locked=True))
    found = said(database, says("mina"), says("paul"))
    assert found[0] is None
    assert found[1].message["seq"] == 1


def test_a_newcomer_is_counted_the_ordinary_way(database, cast, says):
    change(database, update(Account).where(Account.id == cast["mina"]).values(shown_messages=4))
    assert said(database, says("mina")) == [None]


def test_a_room_that_is_not_there_is_left_to_the_ordinary_refusal(database, says):
    assert said(database, says("mina", room="nowhere")) == [None]


def test_the_same_client_id_twice_in_one_go_is_taken_once(database, cast, says):
    found = said(database, says("mina", client_id="a"), says("mina", client_id="a"))
    assert found[0].message["seq"] == 1
    assert found[1] is None
    assert log_of(database, cast.lounge) == [(1, "message")]


def test_numbers_go_on_where_the_log_stands_and_have_no_gap(database, cast, says):
    said(database, says("mina"))
    said(database, says("paul"), says("otto"), says("mina"))
    assert [seq for seq, _ in log_of(database, cast.lounge)] == [1, 2, 3]


def test_twenty_messages_cost_as_many_statements_as_one(database, says):
    asked = [says("mina") for _ in range(20)] + [says("paul") for _ in range(20)]
    counted: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        said(database, *asked[:1])
        one = len(counted)
        said(database, *asked[1:])
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    assert len(counted) == 2 * one


# -- by the batch -----------------------------------------------------------------------------


def handed_in(database: Database, *asked: Asked) -> list[object]:
    """What each was told after its transaction, errors too: as the socket's door does it."""
    told: dict[int, object] = {}

    def put_down(one: Asked) -> Callable[[object, object], None]:
        return lambda value, error: told.__setitem__(id(one), error or value)

    def alone(one: Asked) -> Callable[[Unit], object]:
        def work(unit: Unit) -> Posted:
            actor = actors_for_sessions(unit, [one.session_id])[one.session_id]
            return speaking.post(unit, actor, one.form)

        return work

    for one in asked:
        database.add(Piece(alone(one), put_down(one), saying.say, one))
    while len(told) < len(asked):
        gevent.sleep(0)
    return [told[id(one)] for one in asked]


def test_a_message_sent_again_gets_its_first_answer_and_its_neighbours_are_stored(
    database, cast, says
):
    first = handed_in(database, says("mina", client_id="a"))[0]
    again, other = handed_in(database, says("mina", client_id="a"), says("paul", client_id="b"))
    assert again.message == first.message
    assert other.message["seq"] == 2
    assert log_of(database, cast.lounge) == [(1, "message"), (2, "message")]


def test_held_words_among_calm_ones_are_held_and_only_they(database, cast, says):
    calm, held = handed_in(database, says("paul"), says("mina", "you should drop to 2"))
    assert calm.message["state"] == "visible"
    assert held.message["state"] == "held"
    assert "seq" not in held.message
    assert held.notice["label"] == "dosing_advice"
    assert log_of(database, cast.lounge) == [(1, "message")]


def test_a_refusal_among_calm_words_harms_nobody(database, cast, says):
    calm, refused = handed_in(database, says("paul"), says("otto"))
    assert calm.message["seq"] == 1
    assert isinstance(refused, NotFound)


def test_what_fails_together_is_done_one_by_one(database, cast, says, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("somebody erred")

    monkeypatch.setattr(saying, "screen", broken)
    found = handed_in(database, says("mina"), says("paul"))
    assert [each.message["seq"] for each in found] == [1, 2]
