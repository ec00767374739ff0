"""A database as lines of JSON that any database takes: one head a table, one line a row."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    Engine,
    LargeBinary,
    Table,
    column,
    delete,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, DateTime, TypeDecorator, TypeEngine

from support.db.tables import UtcDateTime
from support.migrations.tables import METADATA

CHUNK = 500
TYPES: dict[str, TypeEngine[Any] | None] = {
    "time": UtcDateTime(),
    "date": Date(),
    "json": JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
    "bytes": LargeBinary(),
    "yes_no": Boolean(),
    "plain": None,
}
READ: dict[str, Callable[[Any], Any]] = {
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": base64.b64decode,
}
WRITE: dict[str, Callable[[Any], Any]] = {
    "time": datetime.isoformat,
    "date": date.isoformat,
    "bytes": lambda raw: base64.b64encode(raw).decode(),
}


class BadRows(Exception):
    """The lines do not fit this database."""


def dump(engine: Engine, path: Path) -> None:
    """Write every table of ours as it stands at one moment."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    reading = engine.execution_options(handrail_reading=True, **level)
    with reading.connect() as connection, path.open("w", encoding="utf-8") as out:
        for name in sorted(METADATA.tables):
            _dump_table(connection, METADATA.tables[name], out.write)


def load(connection: Connection, path: Path) -> None:
    """Fill the tables of an empty, migrated database inside the caller's transaction."""
    known = set(inspect(connection).get_table_names())
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    links = [] if is_sqlite else _take_links_off(connection, known)
    _empty(connection, known)
    for head, rows in _tables(path):
        if head["table"] not in known:
            raise BadRows(f"there is no table {head['table']} here")
        _fill(connection, head["table"], head["columns"], rows)
    for statement in links:
        connection.execute(text(statement))
    if not is_sqlite:
        _set_counters(connection, known)


def kind_of(type_: TypeEngine[Any]) -> str:
    """How a value of this type is written in a line."""
    while isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    kinds = ((DateTime, "time"), (Date, "date"), (JSON, "json"))
    for known, kind in (*kinds, (LargeBinary, "bytes"), (Boolean, "yes_no")):
        if isinstance(type_, known):
            return kind
    return "plain"


def _dump_table(connection: Connection, source: Table, write: Callable[[str], Any]) -> None:
    kinds = {each.name: kind_of(each.type) for each in source.columns}
    write(json.dumps({"table": source.name, "columns": kinds}) + "\n")
    found = connection.execute(
        select(source).order_by(*source.primary_key.columns).execution_options(yield_per=CHUNK)
    )
    for row in found:
        values = [
            value if value is None else WRITE.get(kind, _same)(value)
            for value, kind in zip(row, kinds.values(), strict=True)
        ]
        write(json.dumps(values, ensure_ascii=False) + "\n")


def _same(value: Any) -> Any:
    return value


def _tables(path: Path) -> Iterator[tuple[dict[str, Any], list[list[Any]]]]:
    """Each table's head with its rows, at most `CHUNK` at a time."""
    head: dict[str, Any] = {}
    rows: list[list[Any]] = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line)
            if isinstance(found, dict) or len(rows) == CHUNK:
                if head:
                    yield head, rows
                rows = []
            if isinstance(found, dict):
                head = found
            else:
                rows.append(found)
    if head:
        yield head, rows


def _fill(connection: Connection, name: str, kinds: dict[str, str], rows: list[list[Any]]) -> None:
    target = table(name, *(column(each, TYPES[kind]) for each, kind in kinds.items()))
    if not rows:
        return
    read = [(each, READ.get(kind, _same)) for each, kind in kinds.items()]
    connection.execute(
        insert(target),
        [
            {
                each: None if value is None else convert(value)
                for (each, convert), value in zip(read, row, strict=True)
            }
            for row in rows
        ],
    )


def _empty(connection: Connection, names: set[str]) -> None:
    """Take out what the migrations themselves put in."""
    for name in names - {"alembic_version"}:
        connection.execute(delete(table(name)))


def _take_links_off(connection: Connection, names: set[str]) -> list[str]:
    """Drop the foreign keys; gives the statements that put them back, which check every row."""
    quote = connection.dialect.identifier_preparer.quote
    again = []
    for name in sorted(names):
        for key in inspect(connection).get_foreign_keys(name):
            own = ", ".join(quote(each) for each in key["constrained_columns"])
            far = ", ".join(quote(each) for each in key["referred_columns"])
            link = quote(str(key["name"]))
            connection.execute(text(f"ALTER TABLE {quote(name)} DROP CONSTRAINT {link}"))
            again.append(
                f"ALTER TABLE {quote(name)} ADD CONSTRAINT {link} FOREIGN KEY ({own})"
                f" REFERENCES {quote(key['referred_table'])} ({far})"
            )
    return again


def _set_counters(connection: Connection, names: set[str]) -> None:
    """Sequences go on behind the highest number that came in."""
    quote = connection.dialect.identifier_preparer.quote
    for name in sorted(names):
        for each in inspect(connection).get_pk_constraint(name)["constrained_columns"]:
            owned = text("SELECT pg_get_serial_sequence(:name, :own)")
            found = connection.scalar(owned, {"name": quote(name), "own": each})
            if found:
                high = f"SELECT max({quote(each)}) FROM {quote(name)}"  # noqa: S608 - our own names
                connection.execute(text(f"SELECT setval('{found}', ({high}))"))
