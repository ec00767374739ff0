"""A fresh, migrated database for every test, on SQLite or on a throw-away PostgreSQL.

A database may start as a world: with the cast in it, say. A world is made once a test process.
"""

import functools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from support.base.clock import SystemClock
from support.db.unit import Database
from support.db.upgrade import upgrade
from tests.postgres import fresh_postgres, spoken

KIND = os.environ.get("HANDRAIL_TEST_DATABASE", "sqlite")
World = Callable[[str], None]


@contextmanager
def fresh_database(folder: Path, world: World | None = None) -> Iterator[str]:
    """The address of a database nobody else uses, at the newest revision; empty, or a world."""
    if KIND == "postgres":
        with fresh_postgres(world) as url:
            yield spoken(url)
        return
    path = folder / "handrail.db"
    shutil.copyfile(_template(world), path)
    yield f"sqlite:///{path}"


@functools.cache
def _template(world: World | None) -> Path:
    """One file a world and test process; copying it is quicker than making it again."""
    path = Path(tempfile.mkdtemp(prefix="handrail-template-")) / "handrail.db"
    if world is None:
        database = Database(f"sqlite:///{path}", SystemClock())
        upgrade(database.engine)
        database.dispose()
    else:
        shutil.copyfile(_template(None), path)
        world(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as line:  # what still lies beside the file goes into it
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path
