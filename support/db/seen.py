"""Rows as the objects of their table, outside of any session: to be looked at, not changed."""

import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, Boolean, DateTime, Select, TypeDecorator
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import manager_of_class
from sqlalchemy.types import TypeEngine

from support.db.prepared import Prepared, moment
from support.db.tables import Base

T = TypeVar("T", bound=Base)


class Seen(Generic[T]):
    """A prepared statement whose first columns are all those of one table, in their order.

    After them may come all those of others, which are joined to it: their rows may be missing.
    """

    def __init__(self, model: type[T], statement: Select[Any], *joined: type[Base]) -> None:
        self._statement = Prepared(statement)
        self._parts = [_Part(model), *(_Part(each) for each in joined)]
        self._width = sum(part.width for part in self._parts)

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """An object for each table of a row, and after them whatever else the statement asks."""
        found = self._statement.rows(session, **values)
        return [(*self._objects(row), *row[self._width :]) for row in found]

    def _objects(self, row: tuple[Any, ...]) -> list[Base | None]:
        start, made = 0, []
        for part in self._parts:
            made.append(part.object(row[start : start + part.width]))
            start += part.width
        return made


class _Part:
    """The columns of one table in a row."""

    def __init__(self, model: type[Base]) -> None:
        columns = model.__table__.columns
        self.width = len(columns)
        self._made = manager_of_class(model)
        self._names = [column.key for column in columns]
        reads = ((column.key, _reader(column.type)) for column in columns)
        self._reads = [(name, read) for name, read in reads if read is not None]

    def object(self, row: tuple[Any, ...]) -> Base | None:
        """The row as its object; None where there is none, which its key tells."""
        if row[0] is None:
            return None
        known = dict(zip(self._names, row, strict=True))
        for name, read in self._reads:
            known[name] = read(known[name])
        made: Base = self._made.new_instance()
        made.__dict__.update(known)
        return made


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """How what a driver gives becomes what the model promises; None where it is that already."""
    inner = kind.impl if isinstance(kind, TypeDecorator) else kind
    if isinstance(inner, DateTime):
        return moment
    if isinstance(inner, JSON):
        return lambda value: json.loads(value) if isinstance(value, str) else value
    if isinstance(inner, Boolean):
        return lambda value: None if value is None else bool(value)
    return None
