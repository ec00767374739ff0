"""SQL is compiled once a test process, though every test has a database of its own.

A line to PostgreSQL outlives its app too, and serves the next app on the same database: a new one
costs more than most tests ask by it.
"""

import select
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import LRUCache

from support.db import unit
from tests.postgres import resting

MOST = 4_000
Line = psycopg.Connection[Any]
FORGET = "RESET ALL; SELECT pg_advisory_unlock_all(); UNLISTEN *"
_make = unit._engine
_first: dict[str, Engine] = {}


def _remembering(url: str) -> Engine:
    """An engine that knows what the first one of its kind compiled."""
    engine = _make(url)
    name = engine.dialect.name
    if name not in _first:
        engine._compiled_cache = LRUCache(MOST)
        with suppress(SQLAlchemyError), engine.connect():  # so the dialect knows its server
            _first[name] = engine
    else:
        engine.dialect.initialize = lambda connection: None  # type: ignore[method-assign]
        engine.dialect = engine.pool._dialect = _first[name].dialect
        engine._compiled_cache = _first[name]._compiled_cache
    if name == "postgresql":
        _keep_lines(engine)
    return engine


def _keep_lines(engine: Engine) -> None:
    """Lines that are let go rest; who needs one to the same database takes it."""
    connect, lines = engine.pool._invoke_creator, resting[engine.url.database or ""]

    def line_from(record: Any) -> Any:
        while lines:
            line = lines.pop()
            if _is_alive(line):
                return line
        return connect(record)

    engine.pool._creator = line_from
    engine.dialect.do_close = _rest  # type: ignore[method-assign]


def _is_alive(line: Line) -> bool:
    """A line that was cut has its goodbye to read."""
    return not line.closed and not select.select([line.fileno()], [], [], 0)[0]


def _rest(line: Line) -> None:
    """A line in the middle of something is closed as ever; another forgets who used it."""
    with suppress(psycopg.Error):
        if not line.closed and line.info.transaction_status == TransactionStatus.IDLE:
            line.autocommit = True
            line.execute(FORGET, prepare=False)
            line.autocommit = False
            resting[line.info.dbname].append(line)
            return
    line.close()


def remember_statements() -> None:
    """From now on a statement that was compiled before is not compiled again."""
    unit._engine = _remembering
