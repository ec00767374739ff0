"""Insert rows unless they are there: the one statement both databases take for 'exactly once'."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from support.db.session import Unit
from support.db.tables import Base


def insert_new(unit: Unit, model: type[Base], values: dict[str, Any]) -> bool:
    """True if the row is new; False if a unique key says that it was there already."""
    return bool(insert_all_new(unit, model, [values]))


def insert_all_new(
    unit: Unit, model: type[Base], rows: Sequence[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """The primary keys of those rows that are new, found in one statement however many they are."""
    if not rows:
        return set()
    table = cast(Table, model.__table__)
    is_postgres = unit.session.get_bind().dialect.name == "postgresql"
    insert = cast(Any, postgresql.insert if is_postgres else sqlite.insert)
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return {tuple(row) for row in unit.session.execute(statement, list(rows))}
