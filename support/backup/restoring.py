"""Put a backup back: checked and made ready inside the data folder, then given its place."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from support.accounts import actions as accounts
from support.accounts.actions import journal
from support.app import create_app
from support.audit import actions as audit
from support.audit import queries as audit_queries
from support.audit.ports import WITNESSES
from support.backup import archive, rows
from support.backup.archive import BadArchive, Manifest
from support.backup.making import AWAY, PASSED_OVER
from support.base.clock import SystemClock
from support.chat.actions import retention
from support.db.unit import Database
from support.db.upgrade import is_known, upgrade, upgrade_within
from support.serve import AlreadyServing, claim
from support.settings import Settings

OWN = {"secret.key", "serving.lock", journal.NAME}


class NotRestored(Exception):
    """The text says why in one line; `changed` says whether the site was touched already."""

    changed = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and what was done so that it is right today."""

    made_at: str
    has_key: bool
    erased_again: int
    expired: int
    entries: int


def restore(
    settings: Settings, source: Path, *, replaces: bool = False, lists: tuple[Path, ...] = ()
) -> Restored:
    """Bring a site back from its file; a folder in use is touched only with `replaces`."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(settings), _scratch(settings.data) as scratch:
        if not replaces:
            _check_is_empty(settings)
        manifest = _unpacked(source, scratch)
        erased = journal.gather(
            [settings.data / journal.NAME, scratch / archive.FOLDER / journal.NAME, *lists]
        )
        try:
            return _bring_back(settings, manifest, scratch, erased)
        except SQLAlchemyError as error:
            raise NotRestored(AWAY) from error


def _unpacked(source: Path, scratch: Path) -> Manifest:
    try:
        manifest = archive.unpack(source, scratch)
    except BadArchive as error:
        raise NotRestored(str(error)) from error
    if not is_known(manifest.revision):
        raise NotRestored(f"this backup is of a newer Handrail, {manifest.version}")
    (scratch / archive.FOLDER).mkdir(exist_ok=True, mode=0o700)
    return manifest


def _bring_back(
    settings: Settings, manifest: Manifest, scratch: Path, erased: Mapping[str, str]
) -> Restored:
    house = replace(settings, secret_key=_secret(settings, scratch))
    if not settings.is_sqlite:
        with _engine(settings.database_url) as engine:
            _into_postgres(engine, manifest, scratch)
        with _touched():
            report = _make_right(house, manifest, erased)
            _give_place(settings, scratch, erased)
        return report
    ready = scratch / "ready.db"
    beside = replace(house, database_url=f"sqlite:///{ready}")
    if manifest.has_rows:
        with _engine(beside.database_url) as engine:
            upgrade(engine, manifest.revision)
            with engine.begin() as connection:
                rows.load(connection, scratch / archive.ROWS)
    else:
        shutil.move(scratch / archive.DATABASE, ready)
        _check_file(ready)
    report = _make_right(beside, manifest, erased)
    _fold(ready)
    with _touched():
        _give_place(settings, scratch, erased)
        place = _sqlite_file(settings)
        for path in (place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)
        shutil.move(ready, place)
    return report


@contextmanager
def _touched() -> Iterator[None]:
    """From here on what was there before is gone: whatever fails must not say otherwise."""
    try:
        yield
    except NotRestored as error:
        error.changed = True
        raise
    except (SQLAlchemyError, OSError) as error:
        refusal = NotRestored(
            AWAY if isinstance(error, SQLAlchemyError) else "a file was in the way"
        )
        refusal.changed = True
        raise refusal from error


def _secret(settings: Settings, scratch: Path) -> str:
    """The key of the house that the backup is of: what it sealed is opened by no other."""
    path = scratch / archive.FOLDER / "secret.key"
    return path.read_text(encoding="ascii").strip() if path.exists() else settings.secret_key


def _into_postgres(engine: Engine, manifest: Manifest, scratch: Path) -> None:
    """Out with what is there, in with the rows: one transaction, so all of it or nothing."""
    lines = scratch / archive.ROWS
    if not manifest.has_rows:
        with _engine(f"sqlite:///{scratch / archive.DATABASE}") as source:
            upgrade(source)
            rows.dump(source, lines)
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
        upgrade_within(connection, manifest.revision if manifest.has_rows else "head")
        rows.load(connection, lines)
        upgrade_within(connection)


def _make_right(settings: Settings, manifest: Manifest, erased: Mapping[str, str]) -> Restored:
    """What happened since the backup and must hold: erasures, log-outs, and the days of rooms."""
    create_app(settings)  # joins the areas, so that an erasure reaches each of them
    database = Database(settings.database_url, SystemClock())
    try:
        upgrade(database.engine)
        with database.unit() as unit:
            accounts.end_every_session(unit)
            again = accounts.erase_again(unit, erased)
            audit.record(unit, None, "house.restored", "backup", erased_again=again)
        expired = retention.forget_all(database).messages
        with database.read() as unit:
            verdict = audit_queries.verify(unit)
            faults = [each for ask in WITNESSES.values() for each in ask(unit).faults]
        database.scrub()
    finally:
        database.dispose()
    if verdict.broken_at is not None:
        raise NotRestored(f"the backup's log is broken at entry {verdict.broken_at}")
    if faults:
        raise NotRestored(f"what this backup sealed was altered: {faults[0]}")
    return Restored(manifest.made_at, manifest.has_key, again, expired, verdict.entries)


def _give_place(settings: Settings, scratch: Path, erased: Mapping[str, str]) -> None:
    """The files of the backup take the place of what lay in the folder."""
    came = scratch / archive.FOLDER
    keep = {scratch.name, journal.NAME, *PASSED_OVER}
    for path in settings.data.iterdir():
        if path.name in keep or (path.name == "secret.key" and not (came / path.name).exists()):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (came / journal.NAME).unlink(missing_ok=True)
    for path in came.iterdir():
        shutil.move(path, settings.data / path.name)
    journal.add(settings.data / journal.NAME, erased)


def _check_is_empty(settings: Settings) -> None:
    words = "holds a site already: choose an empty one, or say --replace to lose what is there"
    if settings.is_sqlite:
        found = {path.name for path in settings.data.iterdir() if not path.name.startswith(".")}
        if found - OWN or _sqlite_file(settings).exists():
            raise NotRestored(f"{settings.data} {words}")
        return
    with _engine(settings.database_url) as engine:
        if inspect(engine).get_table_names():
            raise NotRestored(f"the database {words}")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Nobody serves while a site is put back under them."""
    if settings.is_sqlite:
        try:
            held = claim(settings)
        except AlreadyServing as error:
            raise NotRestored("Handrail serves from this folder now: stop it first") from error
        with held:
            yield
        return
    with _engine(settings.database_url) as engine, engine.connect() as connection:
        others = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if connection.scalar(others):
            raise NotRestored("somebody else uses this database now: stop every Handrail first")
    yield


@contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as name:
        yield Path(name)


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    database = Database(url, SystemClock())
    try:
        yield database.engine
    except SQLAlchemyError as error:
        raise NotRestored(AWAY) from error
    finally:
        database.dispose()


def _check_file(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise NotRestored("the database in this backup is damaged") from error
    if state != "ok":
        raise NotRestored("the database in this backup is damaged")


def _fold(path: Path) -> None:
    """One file without a log beside it, ready to be moved."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    path.chmod(0o600)


def _sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))
