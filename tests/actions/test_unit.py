"""The unit of work: all or nothing, told only when true, and one writer at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    StatementError,
    TimeoutError,
)

from support.db.lease import Lease
from support.db.unit import Database, Unit, is_outage
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.stores import commits_counted, commits_refused, is_there, somebody_writes, write

SEATS, TAKERS, PROCESSES = 10, 100, 10


class Told:
    """Something that came true."""


@pytest.fixture
def heard() -> list[object]:
    return []


@pytest.fixture
def store(tmp_path, heard):
    with fresh_database(tmp_path) as url:
        database = Database(url, FrozenClock(), {Told: [heard.append]})
        yield database
        database.dispose()


def in_a_unit(store: Database, work: Callable[[Unit], None]) -> None:
    with store.unit() as unit:
        work(unit)


def test_a_refused_commit_holds_up_nobody_after_it(store):
    with commits_refused(store):
        for _ in range(3):
            with pytest.raises(DBAPIError):
                in_a_unit(store, lambda unit: write(unit, "unlucky"))
        in_a_unit(store, lambda unit: write(unit, "next"))
    elsewhere = Database(store.engine.url.render_as_string(hide_password=False), FrozenClock())
    in_a_unit(elsewhere, lambda unit: write(unit, "another process"))
    elsewhere.dispose()
    assert is_there(store, "next")


def test_what_was_done_is_kept_and_then_told(store, heard):
    with store.unit() as unit:
        write(unit, "kept")
        unit.announce(Told())
        assert heard == []
    assert is_there(store, "kept")
    assert len(heard) == 1


def test_any_error_undoes_everything_and_tells_nothing(store, heard):
    def halfway(unit: Unit) -> None:
        write(unit, "lost")
        unit.announce(Told())
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        in_a_unit(store, halfway)
    assert not is_there(store, "lost")
    assert heard == []


def test_nothing_is_told_when_the_commit_itself_fails(store, heard):
    def unlucky(unit: Unit) -> None:
        write(unit, "unlucky")
        unit.announce(Told())

    with commits_refused(store), pytest.raises(DBAPIError):
        in_a_unit(store, unlucky)
    assert not is_there(store, "unlucky")
    assert heard == []


def test_nothing_is_told_when_the_last_flush_fails(store, heard):
    def nameless(unit: Unit) -> None:
        unit.session.add(Lease(name="x", holder=None, until=unit.now))
        unit.announce(Told())

    with pytest.raises(IntegrityError):
        in_a_unit(store, nameless)
    assert heard == []


def test_a_fact_nobody_listens_for_is_no_fault(store):
    with store.unit() as unit:
        write(unit, "kept")
        unit.announce("a fact of another kind")
    assert is_there(store, "kept")


def test_the_time_of_a_unit_is_the_clocks_and_stands_still(store):
    with store.unit() as unit:
        assert unit.now == datetime(2030, 1, 1, tzinfo=UTC)
        store.clock.forward(minutes=5)
        assert unit.now == datetime(2030, 1, 1, tzinfo=UTC)
        write(unit, "timed")
    with store.read() as unit:
        assert unit.now == datetime(2030, 1, 1, 0, 5, tzinfo=UTC)
        until = unit.session.scalars(select(Lease.until)).one()
    assert until == datetime(2030, 1, 1, 1, 0, tzinfo=UTC)
    assert until.tzinfo is UTC


def test_a_naive_time_is_never_stored(store):
    def naive(unit: Unit) -> None:
        row = {"name": "x", "holder": "y", "until": datetime(2030, 1, 1)}  # noqa: DTZ001
        unit.session.execute(Lease.__table__.insert().values(**row))

    with pytest.raises(StatementError, match="naive"):
        in_a_unit(store, naive)


def test_reading_keeps_nothing_that_was_written_in_it(store):
    with commits_counted(store) as commits, store.read() as unit:
        write(unit, "stray")
    assert not commits
    assert not is_there(store, "stray")


def test_reading_waits_for_no_writer_and_sees_one_moment(store):
    with store.unit() as unit:
        write(unit, "before")
    with somebody_writes(store, 0.5):
        assert is_there(store, "before")
    with store.read() as reader:
        count = select(func.count()).select_from(Lease)
        assert reader.session.scalar(count) == 1
        with store.unit() as unit:
            write(unit, "after")
        if store.is_sqlite:
            assert reader.session.scalar(count) == 1
        reader.look_again()
        assert reader.session.scalar(count) == 2


def test_a_hundred_at_once_never_overbook_ten_seats(store):
    """Count, then insert: safe only because a writer is alone from its first statement."""
    url = store.engine.url.render_as_string(hide_password=False)
    gate = Barrier(PROCESSES)

    def take_seats(who: int) -> int:
        database, taken = Database(url, FrozenClock()), 0
        gate.wait(30)
        for number in range(TAKERS // PROCESSES):
            with database.unit() as unit:
                taken += _take_one(unit, database, f"{who}.{number}")
        database.dispose()
        return taken

    with ThreadPoolExecutor(PROCESSES) as pool:
        assert sum(pool.map(take_seats, range(PROCESSES))) == SEATS
    with store.read() as unit:
        assert unit.session.scalar(select(func.count()).select_from(Lease)) == SEATS


def _take_one(unit: Unit, database: Database, name: str) -> bool:
    if not database.is_sqlite:  # there a row is locked by whoever counts
        unit.session.connection().exec_driver_sql("LOCK TABLE lease IN EXCLUSIVE MODE")
    if unit.session.scalar(select(func.count()).select_from(Lease)) >= SEATS:
        return False
    write(unit, name)
    return True


def test_the_file_is_written_down_before_anybody_is_told(store):
    if not store.is_sqlite:
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "5s"
        return
    with store.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_an_error_does_not_carry_the_parameters_of_its_statement(store):
    def no_until(unit: Unit) -> None:
        row = {"name": "x", "holder": "secret words", "until": None}
        unit.session.execute(Lease.__table__.insert().values(**row))

    with pytest.raises(IntegrityError) as wrong:
        in_a_unit(store, no_until)
    assert "parameters hidden" in str(wrong.value)
    assert not store.is_sqlite or "secret" not in str(wrong.value)


def test_what_cannot_be_passed_on_is_stored_all_the_same_and_told_here(store, heard, caplog):
    def no_way(_facts: object) -> None:
        raise TypeError("secret words")

    store.relay = no_way

    def work(unit: Unit) -> None:
        write(unit, "kept")
        unit.announce(Told())

    in_a_unit(store, work)
    assert store.batched(lambda unit: write(unit, "kept too")) == "kept too"
    assert is_there(store, "kept")
    assert is_there(store, "kept too")
    assert len(heard) == 1
    assert "not passed on kind=TypeError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (OperationalError("s", {}, Exception("database is locked")), True),
        (OperationalError("s", {}, Exception("database or disk is full")), True),
        (DBAPIError("s", {}, Exception("gone"), connection_invalidated=True), True),
        (TimeoutError("QueuePool limit"), True),
        (DBAPIError("s", {}, Exception("syntax")), False),
        (IntegrityError("s", {}, Exception("UNIQUE")), False),
        (ValueError("database is locked"), False),
    ],
)
def test_an_outage_is_told_from_a_fault_of_our_own(error, is_one):
    assert is_outage(error) is is_one


def test_looks_within_looks_and_in_threads_see_what_is_true_and_hold_nobody_up(store):
    for name in ("one", "two"):
        with store.read() as outer, store.read() as inner:
            before = [
                unit.session.scalar(select(func.count(Lease.name))) for unit in (outer, inner)
            ]
        with store.unit() as unit:
            write(unit, name)
        with ThreadPoolExecutor(SEATS) as pool:
            seen = list(pool.map(lambda name: is_there(store, name), [name] * TAKERS))
        assert all(seen)
    assert before == [1, 1]


def test_a_look_that_fails_leaves_no_old_picture_behind(store):
    with suppress(ZeroDivisionError), store.read() as unit:
        unit.session.scalar(select(func.count(Lease.name)))
        raise ZeroDivisionError
    with store.unit() as unit:
        write(unit, "later")
    assert is_there(store, "later")
