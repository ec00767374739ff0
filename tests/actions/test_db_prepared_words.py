"""Statements in the driver's own words, rows new once, leases, and what a batch promises."""

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import SimpleNamespace

import gevent
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from support.base.clock import SystemClock
from support.db import lease
from support.db.batch import LARGEST, TRIES, Apart, Batch, Piece
from support.db.insert import insert_all_new, insert_new
from support.db.lease import Lease
from support.db.prepared import Among, Prepared, _for_postgres, _for_sqlite, _Ready, moment
from support.db.session import DRIVER, Driver, Unit
from support.db.unit import Database, is_outage
from tests.clocks import FrozenClock
from tests.databases import fresh_database


class Colour(StrEnum):
    GREY = "grey"


NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TABLE: Table = Lease.__table__
READ = Prepared(select(Lease.name, Lease.holder, Lease.until).where(Among(Lease.name, "names")))
LATER = Prepared(
    select(Lease.name)
    .where(Lease.until > bindparam("now", type_=DateTime()), Lease.holder == "one")
    .order_by(Lease.name)
)
WRITE = Prepared(insert(TABLE), ("name", "holder", "until"))
HAND_ON = Prepared(update(TABLE).where(TABLE.c.name == bindparam("which")).values(holder="two"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with fresh_database(tmp_path_factory.mktemp("prepared")) as url:
        database = Database(url, FrozenClock())
        yield database
        database.dispose()


@pytest.fixture
def unit(store):
    with Session(store.engine, expire_on_commit=False) as session:
        yield Unit(session, NOON)
        session.rollback()


def row(name, holder="one", until=NOON):
    return {"name": name, "holder": holder, "until": until}


def names_of(unit, *names):
    return {name for name, _, _ in READ.rows(unit.session, names=names)}


# ------------------------------------------------------------------ prepared statements


@pytest.mark.parametrize("keys", [["a"], ("a",), {"a"}, {"a": 1}.keys(), frozenset({"a"})])
def test_one_key_is_asked_for_without_a_list_and_finds_the_same(unit, monkeypatch, keys):
    WRITE.write(unit.session, [row("a"), row("b")])
    names_of(unit, "a", "b")
    asked = []
    whole = _Ready.given
    monkeypatch.setattr(
        _Ready, "given", lambda self, values: asked.append(self.sql) or whole(self, values)
    )
    assert [name for name, _, _ in READ.rows(unit.session, names=keys)] == ["a"]
    assert names_of(unit, "a", "b") == {"a", "b"}
    assert names_of(unit) == set()
    one, two, none = asked
    assert "json_each" not in one.lower()
    assert "ANY" not in one
    assert two == none != one


def test_one_key_beside_many_others_is_asked_for_as_many(unit):
    both = Prepared(select(TABLE.c.name).where(
        Among(TABLE.c.name, "names"), Among(TABLE.c.holder, "holders")
    ))  # fmt: skip
    WRITE.write(unit.session, [row("a"), row("b", "two"), row("c", "three")])
    found = both.rows(unit.session, names=["a"], holders=["one", "two"])
    assert [name for (name,) in found] == ["a"]
    assert [name for (name,) in both.rows(unit.session, names=["b"], holders=["two"])] == ["b"]
    assert both.rows(unit.session, names=["b"], holders=["one"]) == []


def test_keys_that_only_tell_which_rows_are_meant_find_the_same_and_use_no_index(unit):
    meant = Prepared(select(TABLE.c.name).where(
        Among(TABLE.c.holder, "holders"), Among(TABLE.c.name, "names", finds=False)
    ))  # fmt: skip
    WRITE.write(unit.session, [row("a"), row("b", "two"), row("c", "three")])
    found = meant.rows(unit.session, names=["a", "b", "x"], holders=["one", "three"])
    assert [name for (name,) in found] == ["a"]
    assert [name for (name,) in meant.rows(unit.session, names=["b"], holders=["two"])] == ["b"]
    if unit.session.bind.dialect.name == "sqlite":
        words = "EXPLAIN QUERY PLAN " + meant._ready["sqlite"].sql
        plan = unit.session.connection().exec_driver_sql(words, ("[]", "[]")).fetchall()
        assert not any("name=?" in step[-1] for step in plan)


def test_what_is_written_in_one_go_is_read_back_as_it_was(unit):
    WRITE.write(unit.session, [row("a"), row("b", "zwei", NOON + timedelta(microseconds=1))])
    found = {name: (who, moment(at)) for name, who, at in READ.rows(unit.session, names=["a", "b"])}
    assert found == {"a": ("one", NOON), "b": ("zwei", NOON + timedelta(microseconds=1))}


@pytest.mark.parametrize(
    "kind", [list, tuple, set, frozenset, lambda names: dict.fromkeys(names).keys()]
)
def test_any_collection_of_keys_will_do_and_none_finds_nothing(unit, kind):
    WRITE.write(unit.session, [row("a"), row("b"), row("c")])
    for names in ((), ("a",), ("a", "c", "nobody"), ("c", "a", "a")):
        found = {name for name, _, _ in READ.rows(unit.session, names=kind(list(names)))}
        assert found == set(names) - {"nobody"}


@pytest.mark.parametrize(
    "name", ["it's", 'say "a"', "a,b", "[a]", "%s", ":names", "?", "ü", "\\", "a; DROP TABLE lease"]
)
def test_a_key_is_a_key_whatever_stands_in_it(unit, name):
    WRITE.write(unit.session, [row(name), row("other")])
    assert names_of(unit, name) == {name}
    assert unit.session.scalar(select(func.count()).select_from(Lease)) == 2


def test_a_time_given_in_another_zone_is_the_same_time(unit):
    there = timezone(timedelta(hours=5, minutes=30))
    WRITE.write(unit.session, [row("a", until=NOON.astimezone(there)), row("b", until=NOON)])
    for now, found in ((NOON, []), (NOON - timedelta(seconds=1), ["a", "b"])):
        assert [name for (name,) in LATER.rows(unit.session, now=now.astimezone(there))] == found


def test_a_word_that_stands_in_the_statement_itself_is_given_along(unit):
    WRITE.write(unit.session, [row("a"), row("b", "two")])
    assert LATER.rows(unit.session, now=NOON - timedelta(days=1)) == [("a",)]
    HAND_ON.write(unit.session, [{"which": "a"}])
    assert LATER.rows(unit.session, now=NOON - timedelta(days=1)) == []


def test_the_same_statement_serves_one_session_after_another(store):
    for _ in range(2):
        with Session(store.engine) as session:
            WRITE.write(session, [row("a")])
            assert len(READ.rows(session, names=["a"])) == 1
            session.rollback()


def test_what_the_ladder_of_the_orm_wrote_is_seen_and_the_other_way_round(unit):
    assert insert_new(unit, Lease, row("orm"))
    WRITE.write(unit.session, [row("core")])
    assert names_of(unit, "orm", "core") == {"orm", "core"}
    assert unit.session.get(Lease, "core").holder == "one"


def test_a_row_that_is_there_already_is_refused_and_not_lost_silently(unit):
    WRITE.write(unit.session, [row("a")])
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        WRITE.write(unit.session, [row("a")])


class Gone:
    """A driver's cursor whose server has hung up."""

    connection = SimpleNamespace(closed=True, broken=True)

    def __init__(self, fault):
        self.fault = fault

    def execute(self, *_):
        raise self.fault

    executemany = execute


@pytest.mark.parametrize(
    "asks", [lambda s: READ.rows(s, names=["a"]), lambda s: WRITE.write(s, [row("a")])]
)
def test_a_drivers_fault_is_told_in_the_words_everybody_waits_out(unit, asks):
    unit.session.connection()
    dialect = unit.session.get_bind().dialect
    fault = dialect.loaded_dbapi.OperationalError("the server has gone")
    unit.session.info[DRIVER] = Driver(dialect, Gone(fault))
    with pytest.raises(OperationalError) as told:
        asks(unit.session)
    assert told.value.orig is fault
    assert is_outage(told.value)
    unit.session.info[DRIVER] = Driver(dialect, Gone(ValueError("ours")))
    with pytest.raises(ValueError, match="ours"):
        asks(unit.session)


def test_looking_again_takes_a_new_cursor(store):
    with store.read() as unit:
        READ.rows(unit.session, names=["late"])
        with store.unit() as other:
            assert insert_new(other, Lease, row("late"))
        unit.look_again()
        assert names_of(unit, "late") == {"late"}
    with store.unit() as other:
        lease.give_back(other, "late", "one")


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        (None, None),
        ("2030-01-01 12:00:00.000000", NOON),
        (datetime(2030, 1, 1, 12), NOON),  # noqa: DTZ001 - as a driver gives it
        (NOON, NOON),
        (NOON.astimezone(timezone(timedelta(hours=-8))), NOON),
    ],
)
def test_a_time_is_read_as_utc_however_the_driver_gives_it(given_, read):
    found = moment(given_)
    assert found == read
    assert found is None or found.utcoffset() == timedelta(0)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2999, 1, 1)),  # noqa: DTZ001
       st.integers(-14, 14))  # fmt: skip
def test_a_time_dressed_for_sqlite_comes_back_the_same_and_sorts_the_same(at, hours):
    aware = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    dressed = _for_sqlite(aware)
    assert moment(dressed) == aware
    assert _for_sqlite(aware - timedelta(microseconds=1)) < dressed


@pytest.mark.parametrize(
    ("value", "dressed"),
    [
        (None, None),
        ("word", "word"),
        (0, 0),
        (True, True),
        (["a", "ü"], '["a","ü"]'),
        ((), "[]"),
    ],
)
def test_values_dressed_for_sqlite(value, dressed):
    assert _for_sqlite(value) == dressed


def test_values_dressed_for_postgres():
    assert type(_for_postgres(Colour.GREY)) is str
    assert _for_postgres(("a",)) == ["a"]
    assert _for_postgres({"a": 1}.keys()) == ["a"]
    assert _for_postgres(frozenset({"a"})) == ["a"]
    assert _for_postgres(NOON) is NOON


# ------------------------------------------------------------------ rows that are new, leases


def test_a_row_twice_in_one_go_is_new_once(unit):
    assert insert_all_new(unit, Lease, [row("a"), row("a", "two"), row("b")]) == {("a",), ("b",)}
    assert unit.session.get(Lease, "a").holder == "one"


def test_no_rows_are_no_statement():
    assert insert_all_new(SimpleNamespace(session=None), Lease, []) == set()


def test_a_fault_that_is_not_about_being_there_already_is_told(unit):
    with pytest.raises(IntegrityError):
        insert_new(unit, Lease, {**row("a"), "holder": None})


def takes(unit, holder, seconds=10, **how):
    return lease.take(unit, "tidy", holder, seconds, **how)


def test_a_lease_ends_exactly_at_its_end(unit):
    assert takes(unit, "one")
    unit.now = NOON + timedelta(seconds=10, microseconds=-1)
    assert not takes(unit, "two")
    assert lease.held_until(unit, "tidy") == NOON + timedelta(seconds=10)
    unit.now = NOON + timedelta(seconds=10)
    assert lease.held_until(unit, "tidy") is None
    assert takes(unit, "two")
    assert not takes(unit, "one")


def test_whoever_holds_it_renews_it_and_may_make_it_shorter(unit):
    takes(unit, "one", 100)
    assert takes(unit, "one", 5)
    assert lease.held_until(unit, "tidy") == NOON + timedelta(seconds=5)


def test_force_takes_it_from_anybody_and_the_other_gives_back_nothing(unit):
    takes(unit, "one")
    assert takes(unit, "two", by_force=True)
    lease.give_back(unit, "tidy", "one")
    assert lease.held_until(unit, "tidy") is not None
    assert not takes(unit, "one")
    lease.give_back(unit, "tidy", "two")
    assert takes(unit, "one")


def test_force_where_nobody_holds_it_is_taking_it_and_each_name_is_its_own(unit):
    assert takes(unit, "two", by_force=True)
    assert lease.take(unit, "other", "one", 10)
    assert lease.held_until(unit, "nothing") is None


# ------------------------------------------------------------------ what a batch promises


class Nowhere:
    """A ledger that keeps what would be committed, and fails as often as it is told to."""

    is_sqlite = False  # no bare line: what is tried here is the ordinary way

    def __init__(self, engine, *faults):
        self.engine, self.clock = engine, SystemClock()
        self.faults, self.commits, self.facts = list(faults), 0, []

    def finish(self, session, announced):
        session.rollback()
        if self.faults:
            raise self.faults.pop(0)
        self.commits += 1
        self.facts += announced


def locked(word="database is locked"):
    return OperationalError("x", {}, Exception(word))


def stored(ledger, *pieces):
    """Hand these in and write them here and now."""
    batch = Batch(ledger)
    batch._is_writing = True
    for piece in pieces:
        batch.add(piece)
    batch._write()
    assert batch._is_writing is False


def piece(told, work, *together):
    return Piece(work, lambda value, error: told.append(error or value), *together)


def says(word):
    def work(unit):
        unit.announce(word)
        return word

    return work


def raises(error):
    def work(_unit):
        raise error

    return work


@pytest.mark.parametrize("word", ["database is locked", "deadlock detected"])
def test_who_was_only_in_the_way_is_tried_again_and_told_once(store, word):
    told, ledger = [], Nowhere(store.engine, *[locked(word)] * (TRIES - 1))
    stored(ledger, piece(told, says("a")), piece(told, says("b")))
    assert (told, ledger.facts, ledger.commits) == (["a", "b"], ["a", "b"], 1)


@pytest.mark.parametrize(
    "faults", [[locked()] * TRIES, [locked("disk is full")], [ValueError("ours")]], ids=str
)
def test_a_commit_that_fails_is_told_to_everybody_and_announces_nothing(store, faults):
    told, ledger = [], Nowhere(store.engine, *faults)
    stored(ledger, piece(told, says("a")), piece(told, says("b")))
    assert told == [faults[-1]] * 2
    assert (ledger.facts, ledger.faults) == ([], [])


class NoLine(Nowhere):
    """A ledger that cannot even open a line to its file: no more files may be open, say."""

    is_sqlite = True

    def bare(self):
        raise MemoryError("no line")


def test_where_not_even_a_line_can_be_had_everybody_is_answered_and_the_next_are_written(store):
    told, ledger = [], NoLine(store.engine)
    batch = Batch(ledger)
    batch.add(piece(told, says("a"), lambda *_: []))
    batch.add(piece(told, says("b"), lambda *_: []))
    with gevent.Timeout(20):
        while len(told) < 2:
            gevent.sleep(0)
    assert [type(each) for each in told] == [MemoryError, MemoryError]
    assert batch.run(says("later")) == "later"
    assert ledger.facts == ["later"]


def test_one_answer_that_cannot_be_given_keeps_no_other_back(store, caplog):
    def fails(_value, _error):
        raise RuntimeError("my secret")

    told, ledger = [], Nowhere(store.engine)
    stored(ledger, Piece(says("a"), fails), piece(told, says("b")))
    assert (told, ledger.facts) == (["b"], ["a", "b"])
    assert "answer failed kind=RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_refusal_is_told_to_its_own_piece_with_company_and_alone(store):
    refusal = ValueError("no")
    told, ledger = [], Nowhere(store.engine)
    stored(ledger, piece(told, says("a")), piece(told, raises(refusal)), piece(told, says("c")))
    assert (told, ledger.facts) == (["a", refusal, "c"], ["a", "c"])
    told.clear()
    stored(ledger, piece(told, raises(refusal)))
    assert (told, ledger.facts) == ([refusal], ["a", "c"])


def test_a_crowd_keeps_its_order_over_several_transactions(store):
    told, ledger = [], Nowhere(store.engine)
    stored(ledger, *(piece(told, says(number)) for number in range(1, 2 * LARGEST + 2)))
    assert told == ledger.facts == list(range(1, 2 * LARGEST + 2))
    assert ledger.commits == 3


def test_what_is_done_together_is_not_done_alone_and_the_rest_is(store):
    alone = []

    def together(unit, asked):
        unit.announce(tuple(asked))
        return [f"both {each}" if each != "odd" else None for each in asked]

    def by_itself(unit):
        alone.append("odd")
        return says("by itself")(unit)

    told, ledger = [], Nowhere(store.engine)
    stored(
        ledger,
        piece(told, by_itself, together, "one"),
        piece(told, by_itself, together, "odd"),
        piece(told, says("other kind")),
    )
    assert told == ["both one", "by itself", "other kind"]
    assert alone == ["odd"]
    assert ledger.facts == [("one", "odd"), "by itself", "other kind"]


@pytest.mark.parametrize(
    ("fault", "is_said"),
    [(RuntimeError("my secret"), True), (IntegrityError("x", {}, Exception("there")), False)],
)
def test_what_fails_together_is_tried_apart_and_a_repeat_is_no_fault(store, caplog, fault, is_said):
    def together(unit, _asked):
        unit.announce("never")
        raise fault

    told, ledger = [], Nowhere(store.engine)
    stored(ledger, piece(told, says("a"), together), piece(told, says("b"), together))
    assert (told, ledger.facts, ledger.commits) == (["a", "b"], ["a", "b"], 1)
    assert ("written apart" in caplog.text) is is_said
    assert "secret" not in caplog.text


def test_values_that_do_not_fit_their_pieces_are_an_error_and_no_mix_up(store):
    told, ledger = [], Nowhere(store.engine)
    stored(ledger, piece(told, says("a"), lambda *_: []), piece(told, says("b")))
    assert all(isinstance(each, ValueError) for each in told)
    assert ledger.facts == []
    assert issubclass(Apart, Exception)


def test_an_outage_while_writing_together_is_not_tried_for_ever(store):
    tries = []

    def together(_unit, _asked):
        tries.append(1)
        raise locked()

    told, ledger = [], Nowhere(store.engine)
    stored(ledger, piece(told, says("a"), together))
    assert len(tries) == TRIES
    assert isinstance(told[0], OperationalError)
