"""Insert rows unless they are there: the one statement both databases take for 'exactly once'."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import LargeBinary, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from support.db.listed import is_postgres, listed
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
    if is_postgres(unit):
        statement = postgresql.insert(table)
        if len(rows) > 1 and _may_be_listed(table, rows[0]):
            written = _from_list(unit, statement, table, rows)
            found = unit.session.execute(
                written.on_conflict_do_nothing().returning(*table.primary_key)
            )
            return {tuple(row) for row in found}
        return _one_by_one(unit, table, statement.on_conflict_do_nothing(), rows)
    ignoring = sqlite.insert(table).on_conflict_do_nothing()
    if len(rows) > 1 and table.primary_key.columns.keys() == ["id"]:
        return _many_with_new_ids(unit, table, ignoring, rows)
    return _one_by_one(unit, table, ignoring, rows)


def insert_all(unit: Unit, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write all of these rows, at one go where that is quicker."""
    table = cast(Table, model.__table__)
    if len(rows) > 1 and is_postgres(unit) and _may_be_listed(table, rows[0]):
        unit.session.execute(_from_list(unit, postgresql.insert(table), table, rows))
    elif rows:
        unit.session.connection().execute(insert(table), list(rows))


def _one_by_one(
    unit: Unit, table: Table, statement: Any, rows: Sequence[dict[str, Any]]
) -> set[tuple[Any, ...]]:
    found = unit.session.execute(statement.returning(*table.primary_key), list(rows))
    return {tuple(row) for row in found}


def _may_be_listed(table: Table, row: dict[str, Any]) -> bool:
    """Bytes are no text, and a value that is made anew for each row has to be in the row."""
    left_out = [column for column in table.columns if column.key not in row and column.default]
    is_made = any(not getattr(column.default, "is_scalar", False) for column in left_out)
    return not is_made and not any(
        isinstance(table.columns[name].type, LargeBinary) for name in row
    )


def _from_list(
    unit: Unit, statement: Any, table: Table, rows: Sequence[dict[str, Any]]
) -> postgresql.Insert:
    names = list(rows[0])
    given = listed(unit, rows, {name: table.columns[name].type for name in names})
    made: postgresql.Insert = statement.from_select(names, select(*given.columns))
    return made


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
