"""Short ways to write, count and disturb in tests of the unit of work, on either database."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import psycopg
from sqlalchemy import event

from support.db.lease import held_until, take
from support.db.unit import Database, Unit

BREAK_POSTGRES = """
CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN
  IF NEW.name = 'unlucky' THEN RAISE EXCEPTION 'no commit'; END IF;
  RETURN NULL; END $$ LANGUAGE plpgsql;;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON lease DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION refuse()
"""
# A child without its parent, whose check is put off to the commit.
BREAK_SQLITE = """
CREATE TABLE child (parent TEXT REFERENCES room(id) DEFERRABLE INITIALLY DEFERRED);;
CREATE TRIGGER refuse AFTER INSERT ON lease WHEN NEW.name = 'unlucky'
  BEGIN INSERT INTO child VALUES ('nobody'); END
"""


def write(unit: Unit, name: str) -> str:
    """Write one row by this name; gives the name back."""
    assert take(unit, name, "holder", 3600)
    return name


def is_there(database: Database, name: str) -> bool:
    """Whether the row is in the database for everybody."""
    with database.read() as unit:
        return held_until(unit, name) is not None


@contextmanager
def commits_counted(database: Database) -> Iterator[list[object]]:
    """Every commit while the block runs."""
    commits: list[object] = []

    def count(connection: object) -> None:
        commits.append(connection)

    event.listen(database.engine, "commit", count)
    yield commits
    event.remove(database.engine, "commit", count)


@contextmanager
def commits_refused(database: Database) -> Iterator[None]:
    """The database itself refuses any commit that holds the row `unlucky`."""
    script = BREAK_SQLITE if database.is_sqlite else BREAK_POSTGRES
    with database.engine.connect() as connection:
        for statement in script.split(";;"):
            connection.exec_driver_sql(statement)
        connection.commit()
    try:
        yield
    finally:
        if not database.is_sqlite:  # a SQLite file is a test's own and goes with it
            with database.engine.connect() as connection:
                connection.exec_driver_sql("DROP FUNCTION refuse CASCADE")
                connection.commit()


@contextmanager
def somebody_writes(database: Database, seconds: float) -> Iterator[None]:
    """Another process holds what writers need, and lets go after a while."""
    url = database.engine.url
    line: Any
    if database.is_sqlite:
        line = sqlite3.connect(str(url.database), isolation_level=None, check_same_thread=False)
        line.execute("BEGIN IMMEDIATE")
    else:
        line = psycopg.connect(url.set(drivername="postgresql").render_as_string())
        line.execute("LOCK TABLE lease IN EXCLUSIVE MODE")
    timer = Timer(seconds, line.rollback)
    timer.start()
    try:
        yield
    finally:
        timer.join()
        line.close()
