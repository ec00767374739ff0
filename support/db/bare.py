"""A line to SQLite of our own, kept open: a transaction on it costs what SQLite takes, no more.

A session and a place in the pool cost more than all a short message reads and writes. So group
commit writes, and quick looks read, on lines that stay open and know prepared statements alone.
"""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from support.db.session import BARE, DRIVER, Driver

WAIT_SECONDS = 3.0
A_MOMENT = 0.3  # then the ordinary way waits on, for as long as anybody may
LOG_PAGES = 4000  # of which most are written again and again, and so go to the database once
A_PAGE = bytes(4096)
LOG_SIZE = 4124 * len(A_PAGE)  # so many pages, each with its head, and one message more
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=100",
    "PRAGMA mmap_size=268435456",
    f"PRAGMA wal_autocheckpoint={LOG_PAGES}",
)


class NeedsSession(Exception):
    """This work asks for more than prepared statements: it goes the ordinary way."""


def tune(connection: sqlite3.Connection, _record: object = None) -> None:
    """What every connection to SQLite is set to."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


class Bare:
    """One kept connection; stands where prepared statements look for a session."""

    def __init__(self, engine: Engine) -> None:
        kept = engine.raw_connection()
        kept.detach()
        self._connection = cast(sqlite3.Connection, kept.dbapi_connection)
        self.cursor = self._connection.cursor()
        self.info = {DRIVER: Driver(engine.dialect, self.cursor), BARE: True}

    @property
    def session(self) -> Session:
        """This, as a unit holds it."""
        return cast(Session, self)

    def begin(self) -> None:
        """Take the write lock; wait a little for whoever has it."""
        patience = time.monotonic() + A_MOMENT
        while True:
            try:
                self.cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > patience:
                    raise
                time.sleep(0.01)
            else:
                return

    def look(self) -> None:
        """Begin one consistent look."""
        self.cursor.execute("BEGIN")

    def undo(self) -> None:
        """Nothing of it was."""
        if self._connection.in_transaction:
            self.cursor.execute("ROLLBACK")

    def make_room(self) -> None:
        """Give SQLite's log its usual size at once, in zeros.

        A commit that makes the file longer has the file system write down its new length too: twice
        the work of one that fills what is there. Done under the write lock: nobody adds to the log
        meanwhile, and whoever reads it after a crash stops at the first frame that is none. By
        single pages: what the kernel was given in one piece it also keeps in one piece, and looks
        through all of it whenever a page is written.
        """
        log = Path(f"{self.cursor.execute('PRAGMA database_list').fetchone()[2]}-wal")
        self.begin()
        try:
            with log.open("r+b", buffering=0) as file:
                for _ in range(file.seek(0, os.SEEK_END), LOG_SIZE, len(A_PAGE)):
                    file.write(A_PAGE)
                os.fsync(file.fileno())
        finally:
            self.undo()

    def close(self) -> None:
        """The line is not needed any more."""
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        """Whatever else a session can do, this cannot."""
        raise NeedsSession(name)
