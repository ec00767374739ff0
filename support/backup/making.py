"""Make a backup while the site runs: one moment of the database, the keys, the numbers."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from support import __version__
from support.accounts.actions import journal
from support.backup import archive, rows
from support.base.clock import SystemClock, wire
from support.db.unit import Database
from support.db.upgrade import is_newest, revision_of
from support.settings import Settings

PASSED_OVER = {"serving.lock", "handrail.db", "handrail.db-wal", "handrail.db-shm"}
AWAY = "the database cannot be used: it is away, locked or full"


class NoBackup(Exception):
    """It could not be made; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    files: int
    size: int
    has_key: bool


def make(settings: Settings, target: Path, *, portable: bool = False) -> Made:
    """Write everything of this site into one file that only its owner may read."""
    if target.exists() and target.stat().st_size and not archive.is_backup(target):
        raise NoBackup(f"{target} is there and is no backup of Handrail: choose another name")
    if not target.absolute().parent.is_dir():
        raise NoBackup(f"there is no folder {target.absolute().parent}")
    try:
        with (
            _database(settings) as database,
            tempfile.TemporaryDirectory(
                dir=target.absolute().parent, prefix=".handrail-backup-"
            ) as scratch,
        ):
            return _write(settings, database, target, Path(scratch), portable=portable)
    except SQLAlchemyError as error:
        raise NoBackup(AWAY) from error
    except OSError as error:
        raise NoBackup(f"{target} cannot be written: {error.strerror or error}") from error


def _write(
    settings: Settings, database: Database, target: Path, scratch: Path, *, portable: bool
) -> Made:
    revision = revision_of(database.engine)
    if revision is None:
        raise NoBackup("there is nothing to back up yet: this database was never filled")
    with database.read() as unit:
        journal.keep(unit, settings.data)
    members = _folder(settings.data)
    if database.is_sqlite and not portable:
        members[archive.DATABASE] = _copy(database, scratch / "handrail.db")
    else:
        if not is_newest(database.engine):
            raise NoBackup("the database is of an earlier version: run `handrail db upgrade`")
        members[archive.ROWS] = scratch / "rows.jsonl"
        rows.dump(database.engine, members[archive.ROWS])
    has_key = f"{archive.FOLDER}secret.key" in members
    manifest = {
        "made_at": wire(SystemClock().now()),
        "version": __version__,
        "revision": revision,
        "has_key": has_key,
    }
    archive.pack(target, manifest, members)
    return Made(len(members), target.stat().st_size, has_key)


def _copy(database: Database, place: Path) -> Path:
    """SQLite's own online backup, in one step: writers go on, and it is one moment."""
    with (
        closing(sqlite3.connect(str(database.engine.url.database))) as source,
        closing(sqlite3.connect(place)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise NoBackup("the database file is damaged: keep it, and restore an older backup")
    return place


def _folder(data: Path) -> dict[str, Path]:
    """Every file of the data folder that is not the database itself or a draft."""
    found = {}
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        is_draft = any(part.startswith((".", "secret.key.")) for part in parts)
        is_ours = path.is_file() and not path.is_symlink() and not is_draft
        if is_ours and path.name not in PASSED_OVER:
            found[archive.FOLDER + "/".join(parts)] = path
    return found


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    if settings.is_sqlite:
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        if not path.is_file():
            raise NoBackup(f"there is nothing to back up yet: {path} is not there")
    database = Database(settings.database_url, SystemClock())
    try:
        yield database
    finally:
        database.dispose()
