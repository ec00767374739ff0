"""Insert rows unless they are there: the one statement both databases take for 'exactly once'."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite

from support.db.session import Unit
from support.db.tables import Base


def insert_new(unit: Unit, model: type[Base], values: dict[str, Any]) -> bool:
    """True if the row is new; False if a unique key says that it was there already."""
    return bool(insert_all_new(unit, model, [values]))


def insert_all_new(
    unit: Unit, model: type[Base], rows: Sequence[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """The primary keys of those rows that are new, in two statements at most."""
    if not rows:
        return set()
    table = cast(Table, model.__table__)
    is_postgres = unit.session.get_bind().dialect.name == "postgresql"
    insert = cast(Any, postgresql.insert if is_postgres else sqlite.insert)
    statement = insert(table).on_conflict_do_nothing()
    if len(rows) > 1 and table.primary_key.columns.keys() == ["id"]:
        return _many_with_new_ids(unit, table, statement, rows)
    found = unit.session.execute(statement.returning(*table.primary_key), list(rows))
    return {tuple(row) for row in found}


def _many_with_new_ids(
    unit: Unit, table: Table, statement: Any, rows: Sequence[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    """Rows whose ids were made for them: whichever id is there afterwards is new.

    They go in without asking what each became: read back, a thousand would be one statement of a
    thousand lines, which costs more to write and to read than to carry out.
    """
    ids = {(row["id"],) for row in rows}
    counted = {"preserve_rowcount": True}
    done = unit.session.connection().execute(statement, list(rows), execution_options=counted)
    if done.rowcount == len(rows):
        return ids
    there = select(table.c.id).where(table.c.id.in_([one for (one,) in ids]))
    return {(one,) for one in unit.session.scalars(there)}
