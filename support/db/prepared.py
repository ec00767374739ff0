"""Reads of the hot path: compiled once for a driver, asked for many keys, rows as they come.

A message costs a handful of reads. Through the ORM each costs several times what the database needs
for it; here the same Core statement is turned into the driver's own words once and then reused.
"""

from collections.abc import KeysView, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    SelectBase,
    String,
    UpdateBase,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from support.db.session import DRIVER, Driver

_PLAIN = frozenset((str, int, type(None)))
ALONE = "alone"  # how the compiler is told that there is one key each, and tells their names


class Among(ColumnElement[bool]):
    """A column is one of many keys, in the same statement however many there are.

    For one key there is a second form of the statement, which costs a third: most talk is slow.
    `finds=False`: other keys find the rows and this one only tells which of them are meant, so
    that SQLite does not try each of these with each of those.
    """

    inherit_cache = False

    def __init__(self, column: Any, name: str, *, finds: bool = True) -> None:
        self.column = column
        self.name = name
        self.finds = finds


@compiles(Among)
def _by_array(element: Among, compiler: Any, **more: Any) -> str:
    if ALONE in more:
        return _by_one(element, compiler, **more)
    keys = bindparam(element.name, type_=ARRAY(String))
    return str(compiler.process(element.column == any_(keys), **more))


@compiles(Among, "sqlite")
def _by_json(element: Among, compiler: Any, **more: Any) -> str:
    if ALONE in more:
        return _by_one(element, compiler, **more)
    keys = func.json_each(bindparam(element.name, type_=String)).table_valued("value")
    found = str(compiler.process(element.column.in_(select(keys.c.value)), **more))
    return found if element.finds else f"+{found}"  # what has a sign before it uses no index


def _by_one(element: Among, compiler: Any, **more: Any) -> str:
    more[ALONE].add(element.name)
    key = bindparam(element.name, type_=String)
    return str(compiler.process(element.column == key, **more))


class Prepared:
    """One statement; its parameters are named by `bindparam`, `Among` and, for rows, by column."""

    def __init__(self, statement: SelectBase | UpdateBase, columns: Sequence[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._ready: dict[str, _Ready] = {}
        self._alone: dict[str, _Ready] = {}

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """What it reads, as the driver gives it; times are read by `moment`."""
        driver = _driver_of(session)
        name = driver.dialect.name
        ready = self._ready.get(name) or self._prepare(driver.dialect)
        alone = self._alone[name]
        if all(len(values[each]) == 1 for each in alone.keys):
            ready = alone
            for each in alone.keys:
                values[each] = next(iter(values[each]))
        given = ready.given(values)
        try:
            driver.cursor.execute(ready.sql, given)
            found: list[tuple[Any, ...]] = driver.cursor.fetchall()
        except driver.dialect.loaded_dbapi.Error as error:
            raise _in_one_language(driver, ready.sql, error) from error
        return found

    def write(self, session: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Do it once for each of these rows."""
        driver = _driver_of(session)
        ready = self._ready.get(driver.dialect.name) or self._prepare(driver.dialect)
        given = [ready.given(row) for row in rows]
        try:
            driver.cursor.executemany(ready.sql, given)
        except driver.dialect.loaded_dbapi.Error as error:
            raise _in_one_language(driver, ready.sql, error) from error

    def _prepare(self, dialect: Dialect) -> "_Ready":
        name = dialect.name
        self._alone[name] = self._compiled(dialect, {ALONE: set()})
        found = self._ready[name] = self._compiled(dialect, {})
        return found

    def _compiled(self, dialect: Dialect, asked: dict[str, Any]) -> "_Ready":
        compiled = self._statement.compile(
            dialect=dialect, column_keys=self._columns, compile_kwargs=asked
        )
        order = list(compiled.positiontup or ()) if compiled.positional else None
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        keys = tuple(asked.get(ALONE, ()))
        return _Ready(str(compiled), order, fixed, keys, is_sqlite=dialect.name == "sqlite")


class _Ready:
    """A statement in the words of one driver."""

    def __init__(
        self,
        sql: str,
        order: list[str] | None,
        fixed: dict[str, Any],
        keys: tuple[str, ...],
        *,
        is_sqlite: bool,
    ) -> None:
        self.sql = sql
        self.keys = keys
        self._order = order
        self._fixed = {name: _for_postgres(value) for name, value in fixed.items()}
        self._is_sqlite = is_sqlite

    def given(self, values: dict[str, Any]) -> Any:
        """The parameters as this driver wants them."""
        given = {**self._fixed, **values} if self._fixed else values
        dress = _for_sqlite if self._is_sqlite else _for_postgres
        if self._order is None:
            return {name: dress(value) for name, value in given.items()}
        found = [given[name] for name in self._order]
        return [value if value.__class__ in _PLAIN else dress(value) for value in found]


def _driver_of(session: Session) -> Driver:
    found: Driver | None = session.info.get(DRIVER)
    if found is None:
        connection = session.connection()
        found = Driver(connection.dialect, connection.connection.cursor())
        session.info[DRIVER] = found
    return found


def _in_one_language(driver: Driver, sql: str, error: Any) -> BaseException:
    """A driver's error as SQLAlchemy would tell it: whoever waits out an outage knows that one."""
    dialect, cursor = driver.dialect, driver.cursor
    is_lost = dialect.is_disconnect(error, cursor.connection, cursor)
    told: BaseException = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
    return told


def moment(value: Any) -> datetime | None:
    """A time as a driver gave it: aware, in UTC."""
    if value is None:
        return None
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _for_sqlite(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, datetime):
        return _stamp(value)
    return orjson.dumps(list(value)).decode()


@lru_cache(16)
def _stamp(at: datetime) -> str:
    """A time as SQLite keeps it; many rows of one transaction have the same."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _for_postgres(value: Any) -> Any:
    """A choice as its word (the driver would send its name in the code), many keys as a list."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (set, frozenset, tuple, KeysView)):
        return list(value)
    return value
