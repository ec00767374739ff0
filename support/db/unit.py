"""Unit of work: one session, one `now`, one list of things to announce after the one commit."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from support.base.clock import Clock
from support.base.ids import new_id
from support.db import crossing
from support.db.bare import WAIT_SECONDS, Bare, NeedsSession, tune
from support.db.batch import Batch, Piece
from support.db.session import Unit

__all__ = ["Announcements", "Database", "Unit", "is_outage"]

log = logging.getLogger(__name__)
T = TypeVar("T")
Announcements = Mapping[type, Sequence[Callable[[Any], None]]]
SCRUB_TRIES = 10
MOST_READERS = 4


class Database:
    """The one place that begins, commits and publishes."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        announcements: Announcements | None = None,
        here: Announcements | None = None,
    ) -> None:
        """`announcements` are heard in every process, `here` only where a fact came true."""
        self.engine = _engine(url)
        self.clock = clock
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.origin = new_id()
        self.relay: Callable[[Sequence[object]], None] | None = None
        self._announcements = announcements or {}
        self._here = here or {}
        self._reading = self.engine.execution_options(handrail_reading=True)
        self._in_order = threading.RLock()  # gevent's own where the house is patched
        self._batch = Batch(self)
        self._lines: list[Bare] = []
        self._readers: list[Connection] = []
        self._keeps_room = False

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """One write transaction: committed at the end, then announced; undone on any error."""
        with Session(self.engine, expire_on_commit=False) as session:
            unit = Unit(session, self.clock.now())
            yield unit
            self.finish(session, unit.announced)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """One consistent look at the database; nothing written in it is kept.

        What is announced in it is true without a write, such as somebody typing; told at the end.
        """
        with self._reader() as session:
            unit = Unit(session, self.clock.now())
            yield unit
        if unit.announced:
            self._publish(unit.announced)

    @contextmanager
    def _reader(self) -> Iterator[Session]:
        """On SQLite a connection that stays open: taking one from the pool costs more than a look.

        Not on PostgreSQL, whose connections may die while they rest: the pool asks them first.
        """
        if not self.is_sqlite:
            with Session(self._reading, expire_on_commit=False, autoflush=False) as session:
                yield session
            return
        kept = self._readers.pop() if self._readers else self._reading.connect()
        try:
            with Session(kept, expire_on_commit=False, autoflush=False) as session:
                yield session
        finally:
            if len(self._readers) < MOST_READERS:
                self._readers.append(kept)
            else:
                kept.close()

    @contextmanager
    def look(self) -> Iterator[Unit]:
        """As `read`, for prepared statements alone: on SQLite it costs a tenth."""
        if not self.is_sqlite:
            with self.read() as unit:
                yield unit
            return
        with self.bare() as bare:
            bare.look()
            unit = Unit(bare.session, self.clock.now())
            yield unit
        if unit.announced:
            self._publish(unit.announced)

    @contextmanager
    def bare(self) -> Iterator[Bare]:
        """A line to SQLite for as long as this takes; what is not committed is undone."""
        bare = self._lines.pop() if self._lines else Bare(self.engine)
        try:
            yield bare
        finally:
            bare.undo()
            self._lines.append(bare)

    def batched(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in a transaction shared with whatever else arrives now (group commit)."""
        return self._batch.run(work)

    def add(self, piece: Piece) -> None:
        """The same without waiting: the piece is told when its transaction is over."""
        self._batch.add(piece)

    def finish(self, session: Session, announced: Sequence[object]) -> None:
        """Commit and publish under one lock, so that facts are told in the order they came true."""
        crossing.keep(session, self.origin, self.clock.now(), announced)
        session.flush()
        with self._in_order:
            session.commit()
            self._publish(announced)

    def finish_bare(self, bare: Bare, announced: Sequence[object]) -> None:
        """The same on a bare line, for what needs no row to be heard everywhere."""
        if crossing.any_kept(announced):
            raise NeedsSession
        with self._in_order:
            bare.cursor.execute("COMMIT")
            self._publish(announced)

    def publish(self, fact: object) -> None:
        """Tell a fact that is true without a write, such as somebody typing."""
        self._publish((fact,))

    def hear(self, fact: object | None) -> None:
        """A fact of another process: tell the listeners of this one, and nobody else."""
        if fact is not None:
            _tell(self._announcements, fact)

    def _publish(self, facts: Sequence[object]) -> None:
        for fact in facts:
            _tell(self._announcements, fact)
            _tell(self._here, fact)
        try:
            if self.relay is not None:
                self.relay(facts)
        except Exception as error:  # it is stored: whoever wrote it must not hear that it is not
            log.error("not passed on kind=%s", type(error).__name__)

    def scrub(self) -> bool:
        """Carry deletions into the SQLite file and empty its log, so that no byte of them stays.

        False if somebody read for so long that it could not be done now; the hourly job will.
        """
        if not self.is_sqlite:
            return True
        for _ in range(SCRUB_TRIES):
            connection = self.engine.raw_connection()
            try:
                busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.close()
            if not busy:
                if self._keeps_room:
                    self.make_room()
                return True
            time.sleep(0.05)
        return False

    def make_room(self) -> None:
        """Let commits fill SQLite's log instead of making it longer; for whoever serves."""
        self._keeps_room = True
        if self.is_sqlite:
            with self.bare() as bare:
                bare.make_room()

    def dispose(self) -> None:
        """Close every connection."""
        self._batch.close()
        while self._lines:
            self._lines.pop().close()
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()


def _tell(listeners: Announcements, fact: object) -> None:
    for listener in listeners.get(type(fact), ()):
        try:
            listener(fact)
        except Exception as error:
            kind = type(error).__name__
            log.error("listener failed fact=%s kind=%s", type(fact).__name__, kind)


def is_outage(error: BaseException) -> bool:
    """Whether an error means that the database is locked, full or away, and not that we erred."""
    if isinstance(error, (OperationalError, PoolTimeout)):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": 3, "options": "-c lock_timeout=5000"},
        )
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": 0.1},
        pool_size=8,
        hide_parameters=True,
    )
    event.listen(engine, "connect", tune)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _leave_clean)
    return engine


def _leave_clean(connection: sqlite3.Connection | None, _record: object) -> None:
    """A refused commit leaves its transaction open, and with it the write lock: let it go."""
    if connection is not None and connection.in_transaction:
        connection.rollback()


def _begin(connection: Connection) -> None:
    """Writers take the write lock at once (no deferred upgrade can fail later); readers never."""
    if connection.get_execution_options().get("handrail_reading"):
        connection.connection.cursor().execute("BEGIN")  # nothing of it can fail, or be slow
        return
    patience = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > patience:
                raise
            time.sleep(0.01)
        else:
            return
