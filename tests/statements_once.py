"""SQL is compiled once a test process, though every test has a database of its own."""

from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import LRUCache

from support.db import unit

MOST = 4_000
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
        return engine
    engine.dialect = engine.pool._dialect = _first[name].dialect
    engine._compiled_cache = _first[name]._compiled_cache
    return engine


def remember_statements() -> None:
    """From now on a statement that was compiled before is not compiled again."""
    unit._engine = _remembering
