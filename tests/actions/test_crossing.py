"""Facts that every process must hear are rows of the transaction that makes them true."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from support.accounts import actions as accounts
from support.accounts.actions import SessionsEnded, StandingChanged
from support.base.actor import Role
from support.base.clock import SystemClock
from support.base.severity import Severity
from support.chat.actions.facts import AuthorNoticed, PersonOut, RoomEventLogged, RoomGrew, Typing
from support.crisis import actions as crisis
from support.crisis.actions import CaseChanged, CaseOpened
from support.crisis.models import Case
from support.db import lookout as lookout_module
from support.db.crossing import (
    CROSSINGS,
    KEPT_FOR,
    NAMED,
    Crossing,
    Fact,
    forget_old,
    unpacked,
)
from support.db.lookout import Lookout
from support.db.unit import Database
from support.groups.actions.facts import MemberJoined, MemberLeft
from support.moderation.actions import QueueChanged
from support.notify.actions import NoticePut

FLAT = (
    PersonOut("room", "account", "removed"),
    MemberLeft("group", "account"),
    MemberJoined("group", "account"),
    StandingChanged("account"),
    AuthorNoticed("account", "PT", "room", "message", {"label": "held", "params": {"n": 1}}),
    SessionsEnded("account", ("s1", "s2"), "banned"),
    SessionsEnded("account", None, "banned"),
    Typing("room", "account", "mina"),
)


@dataclass
class Elsewhere:
    """Another process on the same database, and what its listeners hear."""

    database: Database
    heard: list[object]
    lookout: Lookout

    def look(self) -> list[object]:
        self.heard.clear()
        self.lookout.look()
        return list(self.heard)


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Elsewhere]:
    heard: list[object] = []
    listeners: dict[type, list[Callable[[object], None]]] = {
        fact: [heard.append] for fact in CROSSINGS
    }
    url = database.engine.url.render_as_string(hide_password=False)
    other = Database(url, SystemClock(), listeners)
    yield Elsewhere(other, heard, Lookout(other))
    other.dispose()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are asked of a database meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("fact", FLAT, ids=lambda fact: type(fact).__name__)
def test_a_flat_fact_is_the_same_after_its_way_over_the_queue(database, fact):
    crossing = CROSSINGS[type(fact)]
    body = json.loads(json.dumps(crossing.pack(fact)))
    assert unpacked(database.read, crossing.name, body) == fact


def test_a_rooms_event_crosses_whole_or_by_its_number(database):
    crossing = CROSSINGS[RoomEventLogged]
    fact = RoomEventLogged("room", {"seq": 4, "kind": "message"})
    assert unpacked(database.read, crossing.name, crossing.pack(fact)) == fact
    assert crossing.small
    assert unpacked(database.read, crossing.name, crossing.small(fact)) == RoomGrew("room", 4)


def test_what_is_not_known_here_says_nothing(database):
    assert unpacked(database.read, "SomethingNewer", {"id": "x"}) is None
    database.hear(None)


def test_what_revokes_rights_is_kept_and_chatter_is_not():
    kept = {fact for fact, crossing in CROSSINGS.items() if crossing.kept}
    assert {PersonOut, MemberLeft, StandingChanged, NoticePut, CaseOpened, QueueChanged} <= kept
    assert not kept & {Typing, RoomEventLogged}
    assert len(NAMED) == len(CROSSINGS)


def test_another_process_hears_a_kept_fact_once(database, elsewhere):
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "mina"))
        unit.announce(Typing("room", "mina", "mina"))
    assert elsewhere.look() == [MemberLeft("group", "mina")]
    assert elsewhere.look() == []


def test_the_process_that_announced_it_does_not_hear_it_twice(database):
    lookout = Lookout(database)
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "mina"))
    told: list[object] = []
    database.hear = told.append  # type: ignore[method-assign]
    assert lookout.look() == 1
    assert told == []


def test_what_was_undone_is_heard_by_nobody(database, elsewhere):
    def leave_and_fail() -> None:
        with database.unit() as unit:
            unit.announce(MemberLeft("group", "mina"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        leave_and_fail()
    assert elsewhere.look() == []


def test_who_starts_now_does_not_hear_what_was(database, elsewhere):
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "mina"))
    assert Lookout(elsewhere.database).look() == 0


def test_a_number_that_is_committed_late_is_heard_all_the_same(database, elsewhere, monkeypatch):
    for number in (3, 1, 2):
        body = asdict(MemberLeft("group", f"person {number}"))
        with database.unit() as unit:
            row = Fact(id=number, at=unit.now, origin="x", name="MemberLeft", body=body)
            unit.session.add(row)
        assert elsewhere.look() == [MemberLeft("group", f"person {number}")]
    monkeypatch.setattr(lookout_module, "LATEST_SECONDS", -1.0)
    assert elsewhere.look() == []
    assert elsewhere.look() == []
    assert elsewhere.lookout._heard == set()  # what is long past is no burden


def test_numbers_are_not_used_again_after_old_facts_are_forgotten(database, elsewhere, clock):
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "mina"))
    elsewhere.look()
    clock.time += KEPT_FOR + timedelta(seconds=1)
    with database.unit() as unit:
        forget_old(unit)
        assert unit.session.scalar(select(func.count()).select_from(Fact)) == 0
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "paul"))
    assert elsewhere.look() == [MemberLeft("group", "paul")]


def test_a_ban_is_written_down_with_ids_alone(database, people, elsewhere):
    with database.unit() as unit:
        accounts.ban(unit, people["otto"], "selling to the others", "no_trading", None)
    assert StandingChanged(people["otto"]) in elsewhere.look()
    with database.read() as unit:
        rows = unit.session.scalars(select(Fact)).all()
    assert rows
    assert "selling" not in json.dumps([row.body for row in rows])
    assert "otto" not in json.dumps([row.body for row in rows])


def open_cases(unit, count, first=0):
    for number in range(first, first + count):
        person = accounts.create(unit, f"person{number}", Role.MEMBER, "x")
        signal = {"labels": ("abrupt_stop",), "room_id": None, "host_ids": [], "source": "test"}
        crisis.raise_signal(unit, person, severity=Severity.URGENT, **signal)


def test_a_case_crosses_by_its_id_and_is_read_as_it_stands(database, cast, elsewhere):
    with database.unit() as unit:
        open_cases(unit, 1)
    (change,) = [one for one in elsewhere.look() if isinstance(one, CaseChanged)]
    assert change.change.case.person.handle == "person0"
    assert change.change.case.rung == 0
    for fact in (CaseOpened, CaseChanged):
        gather = CROSSINGS[fact].gather
        assert gather
        assert gather(database.read, [{"case": "nobody's"}]) == []


def test_many_cases_of_one_second_are_one_row_and_one_reading(database, people, elsewhere):
    with database.unit() as unit:
        open_cases(unit, 5)
    with counted(elsewhere.database) as few:
        heard = elsewhere.look()
    assert len([one for one in heard if isinstance(one, CaseChanged)]) == 5
    with database.unit() as unit:
        open_cases(unit, 20, first=5)
    with counted(elsewhere.database) as many:
        assert len([one for one in elsewhere.look() if isinstance(one, CaseChanged)]) == 20
    assert len(many) == len(few)
    with database.read() as unit:
        names = unit.session.scalars(select(Fact.name).where(Fact.name == "CaseOpened")).all()
    assert len(names) == 2


def test_where_no_page_is_open_a_case_is_not_read_and_a_ban_is_heard(database, people, elsewhere):
    pages: list[str] = []
    elsewhere.lookout = Lookout(elsewhere.database, lambda: bool(pages))
    with database.unit() as unit:
        open_cases(unit, 3)
        accounts.ban(unit, people["otto"], "selling", "no_trading", None)
    with counted(elsewhere.database) as asked:
        heard = {type(one) for one in elsewhere.look()}
    assert StandingChanged in heard
    assert not heard & {CaseChanged, NoticePut}
    assert not [one for one in asked if "crisis_case" in one or "notice" in one]
    pages.append("Mo opens the desk")
    assert elsewhere.look() == []  # the page itself has read how all that stands
    with database.unit() as unit:
        open_cases(unit, 1, first=3)
    assert {type(one) for one in elsewhere.look()} == {CaseChanged, NoticePut}


def test_a_ban_among_a_thousand_notices_is_told_before_them(database, people, elsewhere):
    with database.unit() as unit:
        open_cases(unit, 3)
        accounts.ban(unit, people["otto"], "selling", "no_trading", None)
    kinds = [type(one) for one in elsewhere.look()]
    assert kinds.index(StandingChanged) < min(kinds.index(NoticePut), kinds.index(CaseChanged))


def test_what_an_older_process_wrote_down_one_by_one_is_understood(database, elsewhere):
    with database.unit() as unit:
        open_cases(unit, 1)
        (case_id,) = unit.session.scalars(select(Case.id))
    elsewhere.look()
    with database.unit() as unit:
        body = {"case": case_id}
        unit.session.add_all(
            Fact(at=unit.now, origin="x", name="CaseChanged", body=body) for _ in range(2)
        )
    (told_once,) = elsewhere.look()
    assert told_once.change.case.id == case_id


def test_a_notice_that_is_gone_says_nothing(database):
    gather = NAMED["NoticePut"].gather
    assert gather
    assert gather(database.read, [{"id": "gone"}]) == []
    assert unpacked(database.read, "NoticePut", {"id": "gone"}) is None


def test_the_desks_numbers_are_counted_where_they_are_told(database, people):
    fact = unpacked(database.read, "QueueChanged", {"item": "item"})
    assert isinstance(fact, QueueChanged)
    assert {view.account_id for view in fact.views} >= {people["mo"], people["rae"]}


@dataclass(frozen=True)
class Torn:
    """A fact that some process cannot read."""

    number: int


@pytest.fixture
def torn(elsewhere, monkeypatch):
    """What reading such a fact ends with; None: it is read after all."""
    fate: dict[str, BaseException | None] = {"fault": None}

    def read(_looking: object, body: dict[str, int]) -> Torn:
        if fate["fault"] is not None:
            raise fate["fault"]
        return Torn(**body)

    crossing = Crossing(name="Torn", pack=asdict, unpack=read)
    monkeypatch.setitem(CROSSINGS, Torn, crossing)
    monkeypatch.setitem(NAMED, "Torn", crossing)
    elsewhere.database._announcements[Torn] = [elsewhere.heard.append]
    return fate


def announce_three(database):
    """Something, a fact that may be torn, and something again."""
    with database.unit() as unit:
        unit.announce(MemberLeft("group", "mina"))
        unit.announce(Torn(1))
        unit.announce(MemberLeft("group", "nora"))


AROUND = [MemberLeft("group", "mina"), MemberLeft("group", "nora")]


def test_a_fact_that_nobody_can_read_takes_no_other_with_it(database, elsewhere, torn, caplog):
    torn["fault"] = KeyError("number")
    announce_three(database)
    with caplog.at_level(logging.ERROR, logger="handrail.queue"):
        assert elsewhere.look() == AROUND
    assert "fact cannot be read name=Torn kind=KeyError" in caplog.text
    torn["fault"] = None
    assert elsewhere.look() == []


def test_what_cannot_be_read_while_the_database_is_away_is_heard_later(
    database, elsewhere, torn, monkeypatch
):
    monkeypatch.setattr(lookout_module, "LATEST_SECONDS", -1.0)
    torn["fault"] = OperationalError("SELECT", None, Exception("away"))
    announce_three(database)
    for heard in (AROUND, []):
        with pytest.raises(OperationalError):
            elsewhere.look()
        assert elsewhere.heard == heard
        elsewhere.heard.clear()
    torn["fault"] = None
    assert elsewhere.look() == [Torn(1)]
    assert elsewhere.look() == []


def test_a_look_that_cannot_read_the_rows_loses_none_of_them(database, elsewhere, monkeypatch):
    announce = [MemberLeft("group", "mina"), MemberLeft("group", "nora")]
    with database.unit() as unit:
        for fact in announce:
            unit.announce(fact)

    def away(_ids: object) -> list[Fact]:
        raise OperationalError("SELECT", None, Exception("away"))

    with monkeypatch.context() as broken:
        broken.setattr(elsewhere.lookout, "_rows", away)
        with pytest.raises(OperationalError):
            elsewhere.look()
    assert elsewhere.look() == announce
