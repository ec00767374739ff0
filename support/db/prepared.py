"""Reads of the hot path: compiled once for a driver, asked for many keys, rows as they come.

A message costs a handful of reads. Through the ORM each costs several times what the database needs
for it; here the same Core statement is turned into the driver's own words once and then reused.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    SelectBase,
    String,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session


class Among(ColumnElement[bool]):
    """A column is one of many keys, in the same statement however many there are."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.name = name


@compiles(Among)
def _by_array(element: Among, compiler: Any, **more: Any) -> str:
    keys = bindparam(element.name, type_=ARRAY(String))
    return str(compiler.process(element.column == any_(keys), **more))


@compiles(Among, "sqlite")
def _by_json(element: Among, compiler: Any, **more: Any) -> str:
    keys = func.json_each(bindparam(element.name, type_=String)).table_valued("value")
    return str(compiler.process(element.column.in_(select(keys.c.value)), **more))


class Prepared:
    """One select; its parameters are named by `bindparam` and `Among`."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._ready: dict[str, tuple[str, list[str] | None, dict[str, Any]]] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, as the driver gives them; times are read by `moment`."""
        connection = session.connection()
        dialect = connection.dialect
        sql, order, fixed = self._ready.get(dialect.name) or self._prepare(dialect)
        given = {**fixed, **values}
        if dialect.name == "sqlite":
            given = {name: _for_sqlite(value) for name, value in given.items()}
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, [given[name] for name in order] if order is not None else given)
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def _prepare(self, dialect: Dialect) -> tuple[str, list[str] | None, dict[str, Any]]:
        compiled = self._statement.compile(dialect=dialect)
        order = list(compiled.positiontup or ()) if compiled.positional else None
        self._ready[dialect.name] = found = (str(compiled), order, dict(compiled.params))
        return found


def moment(value: Any) -> datetime | None:
    """A time as a driver gave it: aware, in UTC."""
    if value is None:
        return None
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, Collection) and not isinstance(value, str):
        return json.dumps(list(value))
    return value
