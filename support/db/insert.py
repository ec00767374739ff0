"""Insert a row unless it is there: the one statement both databases take for 'exactly once'."""

from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from support.db.session import Unit
from support.db.tables import Base


def insert_new(unit: Unit, model: type[Base], values: dict[str, Any]) -> bool:
    """True if the row is new; False if a unique key says that it was there already."""
    table = cast(Table, model.__table__)
    is_postgres = unit.session.get_bind().dialect.name == "postgresql"
    insert = cast(Any, postgresql.insert if is_postgres else sqlite.insert)
    statement = insert(table).values(**values).on_conflict_do_nothing()
    inserted = unit.session.execute(statement.returning(*table.primary_key))
    return inserted.first() is not None
