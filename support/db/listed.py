"""Rows that a program holds, as a table inside a statement: one parameter, however many they are.

A thousand rows sent one by one cost more to dress, send and plan than to write. Sent as one list,
the statement is the same for two rows and for a thousand, so it is put into words only once.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import FromClause, Text, bindparam, cast, column, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.type_api import TypeEngine

from support.db.session import Unit

NAME = "given"


def listed(
    unit: Unit, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, TypeEngine[Any]]
) -> FromClause:
    """These rows as a table of these columns, in their order; each row names all of them."""
    if is_postgres(unit):
        words = orjson.dumps(list(rows), default=_told, option=orjson.OPT_PASSTHROUGH_DATETIME)
        parts = [column(name, kind) for name, kind in columns.items()]
        table = func.jsonb_to_recordset(cast(_sent(words), JSONB)).table_valued(*parts, name=NAME)
        return table.render_derived(with_types=True)
    words = orjson.dumps(list(rows), default=_stamped, option=orjson.OPT_PASSTHROUGH_DATETIME)
    each = func.json_each(_sent(words)).table_valued("value")
    found = [
        type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name)
        for name, kind in columns.items()
    ]
    return select(*found).subquery(NAME)


def is_postgres(unit: Unit) -> bool:
    """Whether PostgreSQL answers here, and not SQLite."""
    return unit.session.get_bind().dialect.name == "postgresql"


def _sent(words: bytes) -> Any:
    return bindparam(None, words.decode(), type_=Text, unique=True)


def _told(value: Any) -> str:
    """A time for PostgreSQL: as everywhere, one without a zone is refused."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _stamped(value: Any) -> str:
    """A time as SQLite keeps it."""
    if isinstance(value, datetime):
        _told(value)
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return _told(value)
