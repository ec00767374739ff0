"""Group commit: writes that arrive while one transaction is flushed share the next one."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import gevent
from gevent.event import AsyncResult
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from support.base.clock import Clock
from support.db.session import Unit

T = TypeVar("T")
TRIES = 3
LARGEST = 100


class Ledger(Protocol):
    """What a batch needs of the database."""

    @property
    def engine(self) -> Engine: ...

    @property
    def clock(self) -> Clock: ...

    def finish(self, session: Session, announced: list[object]) -> None: ...


class _Entry:
    """One piece of work waiting for its transaction, and what came of it."""

    __slots__ = ("done", "error", "unit", "value", "work")

    def __init__(self, work: Callable[[Unit], Any]) -> None:
        self.work = work
        self.done = AsyncResult()
        self.value: Any = None
        self.error: BaseException | None = None
        self.unit: Unit | None = None


class Batch:
    """Collects work; a greenlet of its own writes it down, each piece in a savepoint."""

    def __init__(self, database: "Ledger") -> None:
        self._database = database
        self._waiting: list[_Entry] = []
        self._is_writing = False

    def run(self, work: Callable[[Unit], T]) -> T:
        """Give `work` a place in the next transaction; return after it is durably stored."""
        entry = _Entry(work)
        self._waiting.append(entry)
        if not self._is_writing:
            self._is_writing = True
            gevent.spawn(self._write)
        entry.done.get()
        if entry.error is not None:
            raise entry.error
        return cast(T, entry.value)

    def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
                self._store(batch)
                for entry in batch:
                    entry.done.set(None)
        finally:
            self._is_writing = False

    def _store(self, batch: list[_Entry]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._transaction(batch)
            except OperationalError as error:
                if attempt < TRIES and _is_passing(error):
                    continue
                _fail(batch, error)
            except Exception as error:
                _fail(batch, error)
            return

    def _transaction(self, batch: list[_Entry]) -> None:
        now = self._database.clock.now()
        with Session(self._database.engine, expire_on_commit=False) as session:
            for entry in batch:
                entry.unit = Unit(session, now)
                self._attempt(session, entry, entry.unit)
            kept = [entry for entry in batch if entry.error is None and entry.unit]
            facts = [
                fact for entry in kept for fact in (entry.unit.announced if entry.unit else [])
            ]
            self._database.finish(session, facts)

    def _attempt(self, session: Session, entry: _Entry, unit: Unit) -> None:
        """One piece in its savepoint: its failure harms no neighbour."""
        entry.value, entry.error = None, None
        savepoint = session.begin_nested()
        try:
            entry.value = entry.work(unit)
            savepoint.commit()
        except OperationalError:
            raise
        except Exception as error:
            savepoint.rollback()
            entry.error = error


def _is_passing(error: OperationalError) -> bool:
    """Whether somebody else was merely in the way: SQLite's lock, or a deadlock of PostgreSQL."""
    return any(word in str(error.orig) for word in ("locked", "deadlock"))


def _fail(batch: list[_Entry], error: Exception) -> None:
    for entry in batch:
        entry.error = error
