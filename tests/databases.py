"""A fresh, migrated database for every test, on SQLite or on a throw-away PostgreSQL."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.base.clock import SystemClock
from support.db.unit import Database
from support.db.upgrade import upgrade
from tests.postgres import copied_postgres_url, drop_postgres, fresh_postgres

KIND = os.environ.get("HANDRAIL_TEST_DATABASE", "sqlite")


@contextmanager
def fresh_database(folder: Path) -> Iterator[str]:
    """The address of a database nobody else uses, at the newest revision."""
    if KIND == "postgres":
        with fresh_postgres() as url:
            yield url.replace("postgresql://", "postgresql+psycopg://")
        return
    path = folder / "handrail.db"
    shutil.copyfile(_template(), path)
    yield f"sqlite:///{path}"


@contextmanager
def copied_database(source: str, folder: Path) -> Iterator[str]:
    """The address of a copy of a database that nobody holds a line to any more."""
    if KIND == "postgres":
        copy = copied_postgres_url(source)
        try:
            yield copy.replace("postgresql://", "postgresql+psycopg://")
        finally:
            drop_postgres(copy)
        return
    path = folder / "handrail.db"
    shutil.copyfile(source.removeprefix("sqlite:///"), path)
    yield f"sqlite:///{path}"


@functools.cache
def _template() -> Path:
    """One migrated file a test process; copying it is quicker than migrating again."""
    path = Path(tempfile.mkdtemp(prefix="handrail-template-")) / "handrail.db"
    database = Database(f"sqlite:///{path}", SystemClock())
    upgrade(database.engine)
    database.dispose()
    return path
