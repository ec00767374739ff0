"""A database as rows: every kind of value and every table there and back; what stays out."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Integer, LargeBinary, Text, insert, inspect, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import JSON, DateTime

from support.accounts.actions import journal
from support.backup import making, rows
from support.backup.making import NoBackup, make
from support.base.clock import SystemClock
from support.chat.models import Message, Room, RoomEvent
from support.db.lease import Lease
from support.db.tables import Json, UtcDateTime
from support.db.unit import Database
from support.db.upgrade import is_known, revision_of, upgrade
from support.settings import Settings
from tests.databases import KIND
from tests.lines import Cast, Line

NOON = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
ODD = 'a "quoted" line\nand another, with é, 漢字, \u2028 and \x07'
Call = Callable[[str], Line]


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database beside the first."""
    database = Database(f"sqlite:///{tmp_path / 'second.db'}", SystemClock())
    upgrade(database.engine)
    yield database
    database.dispose()


def carried(database: Database, second: Database, tmp_path: Path) -> list[str]:
    """Everything out of one database into the other; the lines between them."""
    path = tmp_path / "rows.jsonl"
    rows.dump(database.engine, path)
    with second.engine.begin() as connection:
        rows.load(connection, path)
    return path.read_text(encoding="utf-8").splitlines()


def counted(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as unit:
        return {
            name: len(unit.session.execute(select(*table.primary_key.columns)).all())
            for name, table in rows.METADATA.tables.items()
        }


# -- there and back -----------------------------------------------------------


def test_every_table_has_as_many_rows_on_the_other_side(
    database: Database, cast: Cast, socket: Call, second: Database, tmp_path: Path
) -> None:
    mina = socket("mina")
    message = mina.says(cast.lounge, ODD, "a1", warning="a hard memory")["message"]["id"]
    socket("paul").ask("message:react", message=message, reaction="hug", on=True)
    socket("paul").ask("message:report", message=message, reason="other", details=ODD)
    mina.ask("help:now", room=cast.lounge)
    lines = carried(database, second, tmp_path)
    before = counted(database)
    assert counted(second) == before
    assert before["message"] == before["reaction"] == before["report"] == 1
    heads = [json.loads(line) for line in lines if line.startswith("{")]
    assert [head["table"] for head in heads] == sorted(rows.METADATA.tables)


def test_odd_words_times_and_empty_fields_are_the_same_afterwards(
    database: Database, cast: Cast, second: Database, tmp_path: Path
) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    with database.unit() as unit:
        room = Room(
            kind="lounge",
            name=ODD,
            keeps_days=30,
            turns={"hands": ["é", None], "floor": {"deep": [1, 2.5, True]}},
            created_at=east,
            locked=True,
        )
        unit.session.add(room)
        unit.session.flush()
        line = {"room_id": room.id, "seq": 1, "kind": "settings", "at": NOON}
        unit.session.add(RoomEvent(**line, body={"topic": ODD}))
    carried(database, second, tmp_path)
    with second.read() as unit:
        found = unit.session.get_one(Room, room.id)
        assert (found.name, found.locked, found.cross_talk) == (ODD, True, True)
        assert found.turns == {"hands": ["é", None], "floor": {"deep": [1, 2.5, True]}}
        assert found.created_at == NOON
        assert found.pinned_id is None
        event = unit.session.get_one(RoomEvent, (room.id, 1))
        assert (event.body, event.at) == ({"topic": ODD}, NOON)


def test_a_second_filling_takes_the_place_of_the_first(
    database: Database, cast: Cast, second: Database, tmp_path: Path
) -> None:
    carried(database, second, tmp_path)
    with second.unit() as unit:
        later = {"name": "left over", "holder": "x", "until": NOON}
        unit.session.execute(insert(Lease), later)
    carried(database, second, tmp_path)
    with second.read() as unit:
        assert unit.session.get(Lease, "left over") is None
    assert counted(second) == counted(database)


def test_more_rows_than_one_chunk_all_arrive(
    database: Database, second: Database, tmp_path: Path
) -> None:
    many = 2 * rows.CHUNK + 1
    with database.unit() as unit:
        names = [{"name": f"n{number}", "holder": "x", "until": NOON} for number in range(many)]
        unit.session.execute(insert(Lease), names)
    carried(database, second, tmp_path)
    with second.read() as unit:
        assert len(unit.session.scalars(select(Lease.name)).all()) == many


def test_a_row_whose_other_end_is_missing_is_refused_and_nothing_stays(
    database: Database, cast: Cast, second: Database, tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    rows.dump(database.engine, path)
    kept = [line for line in path.read_text().splitlines() if cast["mina"] not in line[:40]]
    path.write_text("\n".join(kept))
    with pytest.raises(Exception, match="FOREIGN KEY"), second.engine.begin() as connection:
        rows.load(connection, path)
    assert sum(counted(second).values()) == 0


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (UtcDateTime(), "time"),
        (DateTime(), "time"),
        (Date(), "date"),
        (Json, "json"),
        (JSON(), "json"),
        (JSONB(), "json"),
        (LargeBinary(), "bytes"),
        (Boolean(), "yes_no"),
        (Integer(), "plain"),
        (Text(), "plain"),
    ],
)
def test_each_type_is_written_in_its_own_way(type_: Any, kind: str) -> None:
    assert rows.kind_of(type_) == kind


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("time", NOON),
        ("date", date(2026, 2, 28)),
        ("bytes", bytes(range(256))),
        ("bytes", b""),
    ],
)
def test_what_json_does_not_know_is_text_on_the_way(kind: str, value: Any) -> None:
    written = rows.WRITE[kind](value)
    assert isinstance(written, str)
    assert rows.READ[kind](json.loads(json.dumps(written))) == value


# -- what goes into a backup --------------------------------------------------


def test_keys_and_folders_go_in_drafts_locks_and_links_stay_out(
    settings: Settings, tmp_path: Path
) -> None:
    data = tmp_path / "folder"
    (data / "keys").mkdir(parents=True)
    (data / ".restoring-x").mkdir()
    wanted = ("secret.key", "crisis.json", "keys/push.key", journal.NAME)
    others = ("serving.lock", "handrail.db", "handrail.db-wal", ".hidden", "secret.key.7.ab",
              ".restoring-x/ready.db")  # fmt: skip
    for name in (*wanted, *others):
        (data / name).write_text(name)
    os.symlink("/etc/hostname", data / "link")
    assert set(making._folder(data)) == {f"data/{name}" for name in wanted}


def test_a_database_that_was_never_filled_is_not_backed_up(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new.db'}", SystemClock()).engine.connect().close()
    empty = Settings(data=tmp_path, database_url=f"sqlite:///{tmp_path / 'new.db'}", secret_key="x")
    with pytest.raises(NoBackup, match="never filled"):
        make(empty, tmp_path / "x.backup")
    assert not (tmp_path / "x.backup").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_line(
    settings: Settings, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.archive, "pack", full)
    with pytest.raises(NoBackup, match="cannot be written: No space left on device"):
        make(settings, tmp_path / "x.backup")


def test_the_revision_of_a_database_is_known_and_a_made_up_one_is_not(database: Database) -> None:
    revision = revision_of(database.engine)
    assert revision is not None
    assert is_known(revision)
    assert not is_known("9999")
    assert "alembic_version" in inspect(database.engine).get_table_names()


@pytest.mark.skipif(KIND != "sqlite", reason="the copy is SQLite's own")
def test_the_copy_is_one_moment_and_needs_no_log_beside_it(
    settings: Settings, database: Database, cast: Cast, socket: Call, tmp_path: Path
) -> None:
    socket("mina").says(cast.lounge, "before the copy", "a1")
    place = making._copy(database, tmp_path / "copy.db")
    socket("mina").says(cast.lounge, "after the copy", "a2")
    copied = Database(f"sqlite:///{place}", SystemClock())
    with copied.read() as unit:
        assert list(unit.session.scalars(select(Message.body))) == ["before the copy"]
    copied.dispose()
