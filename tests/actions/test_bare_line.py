"""What is written together goes by a line of its own to SQLite, and a batch keeps its promises."""

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest
from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from support.chat.actions.facts import PersonOut
from support.db import bare as bare_module
from support.db.bare import Bare, NeedsSession
from support.db.batch import Piece
from support.db.lease import Lease
from support.db.prepared import Prepared
from support.db.unit import Database, Unit
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.stores import is_there, somebody_writes, write

TABLE: Table = Lease.__table__  # type: ignore[assignment]
WRITE = Prepared(insert(TABLE), ("name", "holder", "until"))
READ = Prepared(select(Lease.holder).where(Lease.name == bindparam("which")))


class Told:
    """A fact, by name."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def heard() -> list[tuple[str, bool]]:
    """What was announced, and whether it was in the database by then."""
    return []


@pytest.fixture
def store(tmp_path, heard) -> Iterator[Database]:
    with fresh_database(tmp_path) as url:
        told = lambda fact: heard.append((fact.name, is_there(database, fact.name)))  # noqa: E731
        database = Database(url, FrozenClock(), {Told: [told]})
        yield database
        database.dispose()


@pytest.fixture
def on_sqlite(store) -> Database:
    if not store.is_sqlite:
        pytest.skip("only SQLite has bare lines")
    return store


def row(unit: Unit, name: str) -> dict[str, object]:
    return {"name": name, "holder": "together", "until": unit.now.replace(year=2099)}


def say(unit: Unit, names: list[str]) -> list[str | None]:
    """Those with a short name are written together; the others are left to be done alone."""
    quick = [name for name in names if len(name) == 1]
    for name in quick:
        unit.announce(Told(name))
    WRITE.write(unit.session, [row(unit, name) for name in quick])
    return [f"{name} together" if len(name) == 1 else None for name in names]


def alone(name: str):
    def work(unit: Unit) -> str:
        if READ.rows(unit.session, which=name):
            return f"{name} is there"
        unit.announce(Told(name))
        return f"{write(unit, name)} alone"

    return work


def done(database: Database, *names: str, way=say) -> list[object]:
    """Hand these in at one moment; what came of each."""
    found: dict[str, object] = {}

    def ended(name):
        return lambda value, error: found.__setitem__(name, error or value)

    for name in names:
        database.add(Piece(alone(name), ended(name), way, name))
    with gevent.Timeout(20):
        while len(found) < len(names):
            gevent.sleep(0)
    return [found[name] for name in names]


def test_what_is_said_together_is_stored_before_it_is_told_and_in_order(store, heard):
    assert done(store, "a", "b", "c") == ["a together", "b together", "c together"]
    assert heard == [("a", True), ("b", True), ("c", True)]


def test_what_must_be_done_alone_is_done_after_and_its_neighbours_stay(store, heard):
    assert done(store, "a", "long", "c") == ["a together", "long alone", "c together"]
    assert heard == [("a", True), ("c", True), ("long", True)]


def test_one_that_is_there_already_harms_no_neighbour(store, heard, caplog):
    done(store, "a")
    heard.clear()
    with caplog.at_level(logging.WARNING, logger="support.db.batch"):
        assert done(store, "b", "a", "c") == ["b alone", "a is there", "c alone"]
    assert heard == [("b", True), ("c", True)]
    assert [one for one in caplog.records if one.name == "support.db.batch"] == []


def test_who_asks_for_more_than_a_bare_line_can_goes_the_ordinary_way(store, heard):
    def by_session(unit, names):
        return [f"{write(unit, name)} by session" for name in names]

    assert done(store, "a", way=by_session) == ["a by session"]
    assert is_there(store, "a")


def test_a_fault_of_ours_leaves_nothing_behind_and_each_is_done_alone(store, heard, caplog):
    def stumbles(unit, names):
        say(unit, names)
        raise RuntimeError("ours")

    with caplog.at_level(logging.WARNING, logger="support.db.batch"):
        assert done(store, "a", "b", way=stumbles) == ["a alone", "b alone"]
    assert heard == [("a", True), ("b", True)]
    assert "kind=RuntimeError" in caplog.text


def test_a_fact_that_other_processes_must_hear_is_written_by_a_session(store):
    ended = PersonOut("room", "person", "removed")

    def parts(unit, names):
        unit.announce(ended)
        return say(unit, names)

    assert done(store, "a", way=parts) == ["a together"]
    with store.read() as unit:
        rows = unit.session.connection().exec_driver_sql("SELECT name FROM fact").all()
    assert [each.name for each in rows] == ["PersonOut"]


def test_a_writer_elsewhere_is_waited_for(store):
    with somebody_writes(store, 0.2):
        assert done(store, "a") == ["a together"]


def test_a_writer_elsewhere_who_never_lets_go_is_an_outage_on_a_bare_line(on_sqlite, monkeypatch):
    monkeypatch.setattr(bare_module, "WAIT_SECONDS", 0.05)
    with on_sqlite.bare() as mine:
        mine.begin()
        with on_sqlite.bare() as other, pytest.raises(sqlite3.OperationalError, match="locked"):
            other.begin()


def test_what_is_not_committed_is_undone_and_the_line_is_used_again(on_sqlite):
    with on_sqlite.bare() as first:
        first.begin()
        unit = Unit(first.session, on_sqlite.clock.now())
        WRITE.write(unit.session, [row(unit, "gone")])
    assert not is_there(on_sqlite, "gone")
    with on_sqlite.bare() as again, on_sqlite.bare() as second:
        assert again is first
        assert second is not first


def test_a_bare_line_keeps_what_it_is_told_to_keep_as_every_line_does(on_sqlite):
    bare = Bare(on_sqlite.engine)
    found = [
        bare.cursor.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    ]
    bare.close()
    assert found == ["wal", 2, 1, 1]


def test_a_quick_look_sees_what_is_true_and_keeps_nothing(store):
    done(store, "a")
    with store.look() as unit:
        assert READ.rows(unit.session, which="a") == [("together",)]
        assert READ.rows(unit.session, which="b") == []


def test_a_quick_look_is_for_prepared_statements_alone(on_sqlite):
    with on_sqlite.look() as unit, pytest.raises(NeedsSession):
        unit.session.get(Lease, "a")


def test_what_another_process_wrote_at_the_same_moment_is_seen_at_a_second_look(store):
    looks = []

    def meets_another(unit: Unit) -> str:
        looks.append(1)
        unit.announce(Told("twice"))
        if len(looks) == 1:
            raise IntegrityError("INSERT", {}, Exception("there already"))
        return "the first answer"

    assert store.batched(meets_another) == "the first answer"
    assert len(looks) == 2
    with pytest.raises(IntegrityError):
        store.batched(_always_meets)


def _always_meets(_unit: Unit) -> str:
    raise IntegrityError("INSERT", {}, Exception("there already"))


def log_of(database: Database) -> Path:
    return Path(f"{database.engine.url.database}-wal")


def test_whoever_serves_gives_the_log_its_size_and_nothing_in_it_is_lost(on_sqlite, heard):
    done(on_sqlite, "a")
    on_sqlite.make_room()
    size = log_of(on_sqlite).stat().st_size
    assert size >= bare_module.LOG_SIZE
    done(on_sqlite, "b")
    assert log_of(on_sqlite).stat().st_size == size
    with sqlite3.connect(str(on_sqlite.engine.url.database)) as somebody_else:
        found = somebody_else.execute("SELECT name FROM lease ORDER BY name").fetchall()
    assert found == [("a",), ("b",)]


def test_after_a_kill_the_zeros_are_no_messages_and_every_message_is_there(on_sqlite, tmp_path):
    on_sqlite.make_room()
    done(on_sqlite, "a", "b")
    where = Path(str(on_sqlite.engine.url.database))
    for name in ("", "-wal"):  # as a kill leaves them: without the index beside the log
        shutil.copy(f"{where}{name}", tmp_path / f"left.db{name}")
    with sqlite3.connect(tmp_path / "left.db") as after:
        assert after.execute("SELECT name FROM lease").fetchall() == [("a",), ("b",)]
        assert after.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_log_has_its_size_again_after_it_was_emptied_where_somebody_serves(on_sqlite):
    assert on_sqlite.scrub()
    assert log_of(on_sqlite).stat().st_size == 0
    on_sqlite.make_room()
    done(on_sqlite, "secret")
    assert on_sqlite.scrub()
    assert log_of(on_sqlite).stat().st_size == bare_module.LOG_SIZE
    assert b"secret" not in log_of(on_sqlite).read_bytes()


def test_other_databases_need_no_room(store):
    if store.is_sqlite:
        pytest.skip("SQLite's own log is tried above")
    store.make_room()
    assert done(store, "a") == ["a together"]
