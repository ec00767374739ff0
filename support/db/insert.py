"""Insert a row unless it is there: the one statement both databases take for 'exactly once'."""

from typing import Any, cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite

from support.db.session import Unit
from support.db.tables import Base


def insert_new(unit: Unit, table: type[Base], values: dict[str, Any]) -> bool:
    """True if the row is new; False if a unique key says that it was there already."""
    is_postgres = unit.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgres else sqlite.insert
    statement = cast(Any, insert)(table).values(**values).on_conflict_do_nothing()
    result = cast(CursorResult[Any], unit.session.execute(statement))
    return result.rowcount == 1
