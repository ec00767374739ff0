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
    """A prepared statement whose first columns are all those of one table, in their order."""

    def __init__(self, model: type[T], statement: Select[Any]) -> None:
        self._statement = Prepared(statement)
        self._made = manager_of_class(model)
        self._names = [column.key for column in model.__table__.columns]
        reads = ((column.key, _reader(column.type)) for column in model.__table__.columns)
        self._reads = [(name, read) for name, read in reads if read is not None]

    def rows(self, session: Session, **values: Any) -> list[tuple[Any, ...]]:
        """An object for each row, and after it whatever else the statement asks for."""
        count = len(self._names)
        found = self._statement.rows(session, **values)
        return [(self._object(row), *row[count:]) for row in found]

    def _object(self, row: tuple[Any, ...]) -> T:
        known = dict(zip(self._names, row, strict=False))
        for name, read in self._reads:
            known[name] = read(known[name])
        made: T = self._made.new_instance()
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
