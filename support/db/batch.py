"""Group commit: writes that arrive while one transaction is flushed share the next one."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

import gevent
from gevent.event import AsyncResult
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from support.base.clock import Clock
from support.db.bare import Bare, NeedsSession
from support.db.hands import Hands
from support.db.session import Unit

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 3
LARGEST = 100
GOOD_COMPANY = 16  # beyond so many, one more commit costs less than everybody's waiting
BEFORE_SOCKETS = 2  # libev's highest priority: our turn comes before what has arrived is read
Done = Callable[[Any, BaseException | None], None]


class Ledger(Protocol):
    """What a batch needs of the database."""

    @property
    def engine(self) -> Engine: ...

    @property
    def clock(self) -> Clock: ...

    is_sqlite: bool

    def bare(self) -> AbstractContextManager[Bare]: ...

    def finish_bare(self, bare: Bare, announced: Sequence[object]) -> None: ...

    def finish(self, session: Session, announced: list[object]) -> None: ...


class Piece:
    """One piece of work waiting for its transaction, and what came of it.

    `together` is how many pieces of its kind are written at once; it returns a value for each that
    is done by that, and None for each that must be done alone. `asked` is what it is given.
    """

    __slots__ = ("asked", "done", "error", "together", "unit", "value", "work")

    def __init__(
        self,
        work: Callable[[Unit], Any],
        done: Done,
        together: "Together | None" = None,
        asked: Any = None,
    ) -> None:
        self.work = work
        self.done = done
        self.together = together
        self.asked = asked
        self.value: Any = None
        self.error: BaseException | None = None
        self.unit: Unit | None = None


Together = Callable[[Unit, Sequence[Any]], Sequence[Any]]


class Apart(Exception):
    """What was tried together failed: nothing of it is written, and each is tried alone."""


class Batch:
    """Collects work; a greenlet of its own writes it down, each piece harming no other."""

    def __init__(self, database: "Ledger") -> None:
        self._database = database
        self._waiting: list[Piece] = []
        self._is_writing = False
        self._were_together = 0
        self._hands = Hands(most=1)

    def run(self, work: Callable[[Unit], T]) -> T:
        """Give `work` a place in the next transaction; return after it is durably stored."""
        result = AsyncResult()
        piece = Piece(work, lambda *_: result.set(None))
        self.add(piece)
        result.get()
        if piece.error is not None:
            raise piece.error
        return cast(T, piece.value)

    def add(self, piece: Piece) -> None:
        """Give a piece a place in the next transaction; it is told when that is over."""
        self._waiting.append(piece)
        if not self._is_writing:
            self._is_writing = True
            self._hands.do(self._write)

    def close(self) -> None:
        """Nothing more will be written."""
        self._hands.rest()

    def _write(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) > 1 or self._were_together > 1:
                    self._wait_for_company()
                batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
                self._were_together = len(batch)
                try:
                    self._store(batch)
                except Exception as error:  # not even a line to the database could be had
                    log.error("not written kind=%s", type(error).__name__)
                    _fail(batch, error)
                for piece in batch:
                    _tell(piece)
        finally:
            self._is_writing = False

    def _wait_for_company(self) -> None:
        """Where several speak at once more are on their way: read on while a turn brings any."""
        there = 0
        while there < len(self._waiting) < GOOD_COMPANY:
            there = len(self._waiting)
            gevent.idle(BEFORE_SOCKETS)  # the loop looks who has sent something,
            gevent.idle(BEFORE_SOCKETS)  # and by now has read it

    def _store(self, batch: list[Piece]) -> None:
        kinds = {piece.together for piece in batch if piece.together is not None}
        if self._database.is_sqlite and all(piece.together for piece in batch):
            found = self._at_once(batch, kinds)
            if found is not None:
                batch, kinds = found, set()
        if batch:
            self._in_session(batch, kinds)

    def _at_once(self, batch: list[Piece], kinds: set[Together]) -> list[Piece] | None:
        """All of it without a session; who must be done alone, or None where that is not enough."""
        with self._database.bare() as bare:
            try:
                bare.begin()
                unit = Unit(bare.session, self._database.clock.now())
                for kind in kinds:
                    same = [piece for piece in batch if piece.together is kind]
                    for piece, value in zip(same, kind(unit, _asked(same)), strict=True):
                        piece.value = value
                self._database.finish_bare(bare, unit.announced)
            except (NeedsSession, OperationalError, sqlite3.OperationalError):
                return None
            except Exception as error:
                _note(error)
                return batch
        return [piece for piece in batch if piece.value is None]

    def _in_session(self, batch: list[Piece], kinds: set[Together]) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._transaction(batch, kinds)
            except Apart:
                kinds = set()
                continue
            except OperationalError as error:
                if attempt < TRIES and _is_passing(error):
                    continue
                _fail(batch, error)
            except Exception as error:
                _fail(batch, error)
            return

    def _transaction(self, batch: list[Piece], kinds: set[Together]) -> None:
        now = self._database.clock.now()
        with Session(self._database.engine, expire_on_commit=False) as session:
            shared = Unit(session, now)
            alone = batch
            for kind in kinds:
                alone = self._together(shared, alone, kind)
            for piece in alone:
                piece.unit = Unit(session, now)
                self._attempt(session, piece, piece.unit, has_company=len(batch) > 1)
            facts = list(shared.announced)
            for piece in alone:
                if piece.error is None and piece.unit is not None:
                    facts += piece.unit.announced
            self._database.finish(session, facts)

    def _together(self, shared: Unit, batch: list[Piece], kind: Together) -> list[Piece]:
        """All pieces of a kind at once, without savepoints; which of them must be done alone."""
        same = [piece for piece in batch if piece.together is kind]
        try:
            values = kind(shared, _asked(same))
        except OperationalError as error:
            if _is_passing(error):
                raise
            raise Apart from error
        except Exception as error:
            _note(error)
            raise Apart from error
        for piece, value in zip(same, values, strict=True):
            piece.value, piece.error = value, None
        return [piece for piece in batch if piece.together is not kind or piece.value is None]

    def _attempt(self, session: Session, piece: Piece, unit: Unit, *, has_company: bool) -> None:
        """One piece; what another process wrote at the same moment is seen at a second look."""
        self._once(session, piece, unit, has_company=has_company)
        if isinstance(piece.error, IntegrityError):
            unit.announced.clear()
            self._once(session, piece, unit, has_company=has_company)

    def _once(self, session: Session, piece: Piece, unit: Unit, *, has_company: bool) -> None:
        """In a savepoint if it has neighbours: its failure harms none of them."""
        piece.value, piece.error = None, None
        savepoint = session.begin_nested() if has_company else None
        try:
            piece.value = piece.work(unit)
            if savepoint:
                savepoint.commit()
        except OperationalError:
            raise
        except Exception as error:
            if savepoint:
                savepoint.rollback()
            else:
                Unit(session, unit.now).look_again()
            piece.error = error


def _is_passing(error: OperationalError) -> bool:
    """Whether somebody else was merely in the way: SQLite's lock, or a deadlock of PostgreSQL."""
    return any(word in str(error.orig) for word in ("locked", "deadlock"))


def _asked(pieces: Sequence[Piece]) -> list[Any]:
    return [piece.asked for piece in pieces]


def _note(error: Exception) -> None:
    """Something failed together, by whichever driver; a message sent again is no fault."""
    if not any(kind.__name__ == "IntegrityError" for kind in type(error).__mro__):
        log.warning("written apart kind=%s", type(error).__name__)


def _tell(piece: Piece) -> None:
    """Tell it what came of it; one that cannot be told keeps no other from its answer."""
    try:
        piece.done(piece.value, piece.error)
    except Exception as error:
        log.error("answer failed kind=%s", type(error).__name__)


def _fail(batch: list[Piece], error: Exception) -> None:
    for piece in batch:
        piece.error = error
