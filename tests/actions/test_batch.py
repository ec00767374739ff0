"""Group commit: what arrives together is stored together, and nobody pays for a neighbour."""

import logging
import os
from collections.abc import Callable, Iterator
from threading import Thread

import gevent
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from support.base.errors import Conflict
from support.db import batch as batch_module
from support.db import unit as unit_module
from support.db.insert import insert_new
from support.db.lease import Lease
from support.db.unit import Database, Unit
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.stores import commits_counted, commits_refused, is_there, somebody_writes, write


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
    """A database whose facts are heard."""
    with fresh_database(tmp_path) as url:

        def listen(fact: Told) -> None:
            heard.append((fact.name, is_there(database, fact.name)))

        database = Database(url, FrozenClock(), {Told: [listen]})
        yield database
        database.dispose()


def says(name: str) -> Callable[[Unit], str]:
    """A piece of work that writes a row and announces it."""

    def work(unit: Unit) -> str:
        unit.announce(Told(name))
        return write(unit, name)

    return work


def together(database: Database, *works: Callable[[Unit], object]) -> list[object]:
    """Hand in several pieces before any is written; what came of each, errors too."""

    def hand_in(work: Callable[[Unit], object]) -> object:
        try:
            return database.batched(work)
        except Exception as error:
            return error

    greenlets = [gevent.spawn(hand_in, work) for work in works]
    gevent.joinall(greenlets, timeout=30)
    return [greenlet.value for greenlet in greenlets]


def test_what_arrives_together_shares_one_commit(store, heard):
    names = [f"n{number}" for number in range(20)]
    with commits_counted(store) as commits:
        assert together(store, *map(says, names)) == names
    assert len(commits) == 1
    assert heard == [(name, True) for name in names]


def test_what_arrives_alone_does_not_wait_for_company(store, heard):
    assert store.batched(says("alone")) == "alone"
    assert heard == [("alone", True)]


@pytest.fixture
def knock() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Something that happens when the loop next looks at its sockets."""
    ears, knuckles = os.pipe()
    watcher = gevent.get_hub().loop.io(ears, 1)

    def arrives(deed: Callable[[], object]) -> None:
        def heard() -> None:
            watcher.stop()
            os.read(ears, 1)
            deed()

        watcher.start(heard)
        os.write(knuckles, b".")

    yield arrives
    watcher.stop()
    watcher.close()
    os.close(ears)
    os.close(knuckles)


def test_where_several_speak_whoever_is_just_being_read_is_written_with_them(store, knock):
    done: list[str] = []

    def late(*names: str) -> None:
        store.add(batch_module.Piece(says(names[0]), lambda value, _: done.append(value)))
        if names[1:]:
            knock(lambda: late(*names[1:]))

    knock(lambda: late("third", "fourth", "fifth"))
    with commits_counted(store) as commits:
        assert together(store, says("first"), says("second")) == ["first", "second"]
    assert len(commits) == 1
    assert done == ["third", "fourth", "fifth"]


def test_who_speaks_after_a_crowd_waits_for_no_more_than_one_look(store, heard):
    together(store, says("one"), says("two"))
    assert store.batched(says("alone")) == "alone"
    assert [name for name, _ in heard] == ["one", "two", "alone"]


def test_a_crowd_is_written_in_bounded_transactions(store, monkeypatch):
    monkeypatch.setattr(batch_module, "LARGEST", 10)
    names = [f"n{number}" for number in range(15)]
    with commits_counted(store) as commits:
        assert together(store, *map(says, names)) == names
    assert len(commits) == 2


def test_what_arrives_while_others_are_written_comes_next(store, heard):
    late: list[gevent.Greenlet] = []

    def brings_another(unit: Unit) -> str:
        late.append(gevent.spawn(store.batched, says("late")))
        gevent.sleep(0)
        return says("first")(unit)

    assert together(store, brings_another) == ["first"]
    assert late[0].get(timeout=10) == "late"
    assert heard == [("first", True), ("late", True)]


def test_a_refused_neighbour_is_undone_alone_and_announces_nothing(store, heard):
    def refused(unit: Unit) -> None:
        says("refused")(unit)
        raise Conflict("Somebody was first.")

    before, wrong, after = together(store, says("before"), refused, says("after"))
    assert (before, after) == ("before", "after")
    assert isinstance(wrong, Conflict)
    assert heard == [("before", True), ("after", True)]
    assert not is_there(store, "refused")


def test_a_neighbour_that_breaks_a_rule_of_the_database_is_undone_alone(store, heard):
    def twice(unit: Unit) -> None:
        row = {"name": "twice", "holder": "x", "until": unit.now}
        unit.session.add(Lease(**row))
        unit.session.flush()
        unit.session.execute(Lease.__table__.insert().values(**row))

    before, wrong, after = together(store, says("before"), twice, says("after"))
    assert (before, after) == ("before", "after")
    assert isinstance(wrong, IntegrityError)
    assert not is_there(store, "twice")


def test_a_neighbour_whose_rows_are_wrong_only_at_its_end_is_undone_alone(store):
    def unflushed(unit: Unit) -> None:
        unit.session.add(Lease(name="unflushed", holder=None, until=unit.now))

    before, wrong, after = together(store, says("before"), unflushed, says("after"))
    assert (before, after) == ("before", "after")
    assert isinstance(wrong, IntegrityError)


def test_a_refused_commit_reaches_everybody_and_nothing_is_announced(store, heard):
    with commits_refused(store):
        answers = together(store, says("one"), says("unlucky"), says("two"))
    assert [isinstance(answer, DBAPIError) for answer in answers] == [True, True, True]
    assert heard == []
    assert not is_there(store, "one")
    assert together(store, says("three")) == ["three"]


def test_an_error_of_the_database_itself_reaches_everybody(store, heard):
    def away(_: Unit) -> None:
        raise OperationalError("SELECT 1", {}, Exception("disk I/O error"))

    answers = together(store, says("one"), away, says("two"))
    assert [type(answer) for answer in answers] == [OperationalError] * 3
    assert heard == []
    assert not is_there(store, "one")


@pytest.mark.parametrize("words", ["database is locked", "deadlock detected"])
def test_who_was_only_in_the_way_is_tried_again_and_each_piece_counts_once(store, heard, words):
    tries: list[int] = []

    def in_the_way(unit: Unit) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("INSERT", {}, Exception(words))
        return says("third")(unit)

    assert together(store, says("one"), in_the_way) == ["one", "third"]
    assert len(tries) == 3
    assert heard == [("one", True), ("third", True)]


def test_it_is_not_tried_for_ever(store):
    tries: list[int] = []

    def in_the_way(_: Unit) -> None:
        tries.append(1)
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    (answer,) = together(store, in_the_way)
    assert isinstance(answer, OperationalError)
    assert len(tries) == 3


def test_a_writer_elsewhere_is_waited_for(store, heard):
    with somebody_writes(store, 0.3):
        assert together(store, says("one"), says("two")) == ["one", "two"]
    assert heard == [("one", True), ("two", True)]


def test_a_writer_elsewhere_who_never_lets_go_is_an_outage(store, heard, monkeypatch):
    monkeypatch.setattr(unit_module, "WAIT_SECONDS", 0.05)
    hurry = "SELECT 1" if store.is_sqlite else "SET LOCAL lock_timeout = '50ms'"

    def hurried(unit: Unit) -> str:
        unit.session.execute(text(hurry))
        return says("one")(unit)

    with somebody_writes(store, 1.5):
        answers = together(store, hurried, says("two"))
    assert all(unit_module.is_outage(answer) for answer in answers)
    assert heard == []


def test_batches_and_units_of_other_processes_lose_nothing(store, tmp_path):
    url = store.engine.url.render_as_string(hide_password=False)
    failures: list[BaseException] = []

    def elsewhere(who: int) -> None:
        database = Database(url, FrozenClock())
        try:
            for number in range(15):
                with database.unit() as unit:
                    row = {"name": f"p{who}.{number}", "holder": "x", "until": unit.now}
                    assert insert_new(unit, Lease, row)
        except BaseException as error:
            failures.append(error)
        finally:
            database.dispose()

    threads = [Thread(target=elsewhere, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for start in range(0, 60, 10):
        names = [f"b{number}" for number in range(start, start + 10)]
        assert together(store, *map(says, names)) == names
    for thread in threads:
        thread.join()
    assert failures == []
    with store.read() as unit:
        assert unit.session.query(Lease).count() == 4 * 15 + 60


def test_a_listener_that_fails_undoes_nothing_and_says_nothing_of_the_fact(tmp_path, caplog):
    heard: list[str] = []

    def breaks(fact: Told) -> None:
        raise ValueError(f"secret words of {fact.name}")

    with fresh_database(tmp_path) as url:
        listeners = {Told: [breaks, lambda fact: heard.append(fact.name)]}
        database = Database(url, FrozenClock(), listeners)
        with caplog.at_level(logging.ERROR):
            assert together(database, says("one"), says("two")) == ["one", "two"]
        assert is_there(database, "one")
        database.dispose()
    assert heard == ["one", "two"]
    assert "Told" in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
