"""Journey O7: a whole site in one file and back, on another machine; erased people stay erased."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from support.accounts import actions as accounts
from support.accounts.actions import journal
from support.audit import queries as audit
from support.backup import archive, restoring, rows
from support.backup.cli import backup, restore
from support.backup.making import make
from support.backup.restoring import NotRestored
from support.backup.restoring import restore as bring_back
from support.base.clock import SystemClock
from support.base.sealing import sealer_for
from support.chat.models import Message, RoomEvent
from support.db.unit import Database, Unit
from support.moderation.models import EvidenceLine
from support.moderation.rules.evidence import place_of
from support.serve import claim
from support.settings import Settings
from tests.databases import KIND
from tests.lines import Cast, Line
from tests.people import Browser, actor
from tests.postgres import fresh_postgres, hang_up, let_go

MARKER = "heron-over-the-quiet-weir"
Call = Callable[[str], Line]
here_alone = pytest.mark.skipif(KIND != "sqlite", reason="needs a database nobody else is on")


@pytest.fixture
def lived_in(
    database: Database, cast: Cast, socket: Call, settings: Settings, tmp_path: Path
) -> Settings:
    """A site with words, a report with its sealed evidence, a key and confirmed numbers."""
    mina = socket("mina")
    message = mina.says(cast.lounge, f"{MARKER} of Mina", "a1")["message"]["id"]
    socket("paul").says(cast.lounge, "Paul stays", "b1")
    assert socket("paul").ask("message:report", message=message, reason="harassment")["ok"]
    (settings.data / "secret.key").write_text(settings.secret_key)
    (settings.data / "crisis.json").write_text('{"confirmed": "by Ada"}')
    return settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """A second machine: an empty data folder of its own."""
    folder = tmp_path / "second" / "data"
    return Settings(data=folder, database_url=f"sqlite:///{folder}/handrail.db", secret_key="new")


@pytest.fixture
def kept(lived_in: Settings, tmp_path: Path) -> Path:
    """The backup file."""
    file = tmp_path / "site.backup"
    make(lived_in, file)
    return file


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The site's database, and every connection closed afterwards."""
    database = Database(settings.database_url, SystemClock())
    yield database
    database.dispose()


def words_in(settings: Settings) -> list[str]:
    with opened(settings) as site, site.read() as unit:
        return list(unit.session.scalars(select(Message.body).order_by(Message.seq)))


def sealed_in(unit: Unit, settings: Settings) -> list[str]:
    """The words in question of every seal, opened with the key that lies in the folder."""
    sealer = sealer_for((settings.data / "secret.key").read_text(), "evidence v1")
    lines = unit.session.scalars(select(EvidenceLine).where(EvidenceLine.place == 0))
    opened = [
        sealer.open(line.sealed or b"", place_of(line.evidence_id, line.place, line.author_id))
        for line in lines
    ]
    return [each.partition("\n")[2] for each in opened]


def contents(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a SQLite site."""
    path = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master"
                " WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            )
        ]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names
        }


def run(command: Any, settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=settings)


def spoiled(file: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same file with its members changed by somebody."""
    out = file.with_name("spoiled.backup")
    with tarfile.open(file, "r:gz") as tar, tarfile.open(out, "w:gz") as new:
        for member in tar:
            source = tar.extractfile(member)
            assert source is not None
            found = change(member.name, source.read())
            if found is not None:
                fresh = tarfile.TarInfo(found[0])
                fresh.size = len(found[1])
                new.addfile(fresh, io.BytesIO(found[1]))
    return out


# -- there and back -----------------------------------------------------------


@here_alone
def test_a_site_comes_back_whole_on_a_second_machine(
    kept: Path, lived_in: Settings, elsewhere: Settings
) -> None:
    came = bring_back(elsewhere, kept)
    before, after = contents(lived_in), contents(elsewhere)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"audit_entry", "login_session"}
    assert after["login_session"] == []
    assert (
        after["audit_entry"][:-1] == before["audit_entry"]
        or len(after["audit_entry"]) == len(before["audit_entry"]) + 1
    )
    assert (elsewhere.data / "secret.key").read_text() == lived_in.secret_key
    assert (elsewhere.data / "crisis.json").read_text() == '{"confirmed": "by Ada"}'
    with opened(elsewhere) as site, site.read() as unit:
        assert audit.verify(unit).broken_at is None
        assert sealed_in(unit, elsewhere) == [f"{MARKER} of Mina"]
    assert (came.erased_again, came.expired, came.has_key) == (0, 0, True)


@here_alone
def test_the_file_is_for_its_owner_alone_and_nothing_is_left_beside_it(
    kept: Path, lived_in: Settings, elsewhere: Settings
) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.glob(".*")] == []
    bring_back(elsewhere, kept)
    for path in elsewhere.data.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) in (0o600, 0o644 if path.suffix else 0o600), path
    assert not list(elsewhere.data.glob(".restoring*"))


@here_alone
def test_as_rows_it_says_the_same(lived_in: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    file = tmp_path / "rows.backup"
    make(lived_in, file, portable=True)
    bring_back(elsewhere, file)
    before, after = contents(lived_in), contents(elsewhere)
    for name in set(before) - {"audit_entry", "login_session"}:
        assert len(before[name]) == len(after[name]), name
    assert words_in(elsewhere) == words_in(lived_in)
    with opened(elsewhere) as site, site.read() as unit:
        assert audit.verify(unit).broken_at is None


def test_postgres_takes_a_site_from_a_file_and_gives_it_back(
    kept: Path, lived_in: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    with fresh_postgres() as url:
        hang_up(url)
        address = url.replace("postgresql://", "postgresql+psycopg://")
        larger = replace(elsewhere, data=tmp_path / "larger", database_url=address)
        with pytest.raises(NotRestored, match="holds a site already"):
            bring_back(larger, kept)
        with opened(larger) as serving, serving.read() as unit:
            assert audit.verify(unit).entries == 0
            with pytest.raises(NotRestored, match="stop every Handrail first"):
                bring_back(larger, kept, replaces=True)
        let_go(url)
        bring_back(larger, kept, replaces=True)
        assert words_in(larger) == [f"{MARKER} of Mina", "Paul stays"]
        with opened(larger) as site, site.unit() as unit:
            accounts.end_sessions(unit, actor(unit, "mina").id, "logged out")  # counters go on
        make(larger, tmp_path / "again.backup")
    bring_back(elsewhere, tmp_path / "again.backup")
    assert words_in(elsewhere) == [f"{MARKER} of Mina", "Paul stays"]
    with opened(elsewhere) as site, site.read() as unit:
        assert audit.verify(unit).broken_at is None


# -- what happened since ------------------------------------------------------


@here_alone
def test_whoever_was_erased_since_stays_erased(
    kept: Path, lived_in: Settings, database: Database, elsewhere: Settings, tmp_path: Path
) -> None:
    with database.unit() as unit:
        mina = actor(unit, "mina")
        accounts.erase(unit, mina)
    listed = journal.read(lived_in.data / journal.NAME)
    assert list(listed) == [mina.id]
    came = bring_back(elsewhere, kept, lists=(lived_in.data / journal.NAME,))
    assert came.erased_again == 1
    assert words_in(elsewhere) == ["", "Paul stays"]
    with opened(elsewhere) as site, site.read() as unit:
        assert audit.verify(unit).broken_at is None
        assert sealed_in(unit, elsewhere) == [f"{MARKER} of Mina"]
    assert list(journal.read(elsewhere.data / journal.NAME)) == [mina.id]


@here_alone
def test_the_list_of_the_folder_itself_counts_and_survives(
    kept: Path, lived_in: Settings, database: Database
) -> None:
    with database.unit() as unit:
        accounts.erase(unit, actor(unit, "mina"))
    database.dispose()
    came = bring_back(lived_in, kept, replaces=True)
    assert came.erased_again == 1
    assert words_in(lived_in) == ["", "Paul stays"]
    assert len(journal.read(lived_in.data / journal.NAME)) == 1


@here_alone
def test_a_lost_list_is_made_again_by_the_next_backup(
    lived_in: Settings, database: Database, tmp_path: Path
) -> None:
    with database.unit() as unit:
        accounts.erase(unit, actor(unit, "mina"))
    (lived_in.data / journal.NAME).unlink()
    make(lived_in, tmp_path / "later.backup")
    assert len(journal.read(lived_in.data / journal.NAME)) == 1


def test_a_line_cut_off_by_a_crash_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / journal.NAME
    journal.add(path, {"one": "2026-01-01T00:00:00.000Z"})
    with path.open("a") as file:
        file.write("2026-01-0")
    assert list(journal.read(path)) == ["one"]
    journal.add(path, {"one": "again"})
    assert path.read_text().count("one") == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@here_alone
def test_words_past_their_days_do_not_come_back(
    lived_in: Settings, database: Database, elsewhere: Settings, tmp_path: Path
) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with database.unit() as unit:
        unit.session.execute(update(Message).values(at=long_ago))
        unit.session.execute(update(RoomEvent).values(at=long_ago))
    make(lived_in, tmp_path / "old.backup")
    came = bring_back(elsewhere, tmp_path / "old.backup")
    assert came.expired == 1  # and Mina's words stay sealed: the report about them is open
    raw = (elsewhere.data / "handrail.db").read_bytes()
    assert b"Paul stays" not in raw
    assert words_in(elsewhere) == [""]
    with opened(elsewhere) as site, site.read() as unit:
        assert sealed_in(unit, elsewhere) == [f"{MARKER} of Mina"]


# -- refusals -----------------------------------------------------------------


@here_alone
def test_a_folder_in_use_is_refused_without_the_flag(kept: Path, lived_in: Settings) -> None:
    before = contents(lived_in)
    told = run(restore, lived_in, str(kept))
    assert told.exit_code == 1
    assert "holds a site already" in told.output
    assert "Nothing was changed." in told.output
    assert len(told.output.strip().splitlines()) == 1
    assert contents(lived_in) == before
    assert run(restore, lived_in, str(kept), "--replace").exit_code == 0


@here_alone
@pytest.mark.parametrize("error", [OSError("full"), OperationalError("away", {}, Exception())])
def test_what_fails_after_the_site_was_touched_does_not_say_that_nothing_was(
    kept: Path, lived_in: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(restoring, "_give_place", fail)
    told = run(restore, lived_in, str(kept), "--replace")
    assert told.exit_code == 1
    assert "Nothing was changed" not in told.output
    assert "What was here before is gone: mend this and restore again." in told.output


@here_alone
def test_while_the_site_is_served_it_is_refused_even_with_the_flag(
    kept: Path, lived_in: Settings
) -> None:
    with claim(lived_in):
        told = run(restore, lived_in, str(kept), "--replace")
    assert told.exit_code == 1
    assert "stop it first" in told.output


@here_alone
@pytest.mark.parametrize("member", [archive.DATABASE, "data/crisis.json", "data/secret.key"])
def test_one_changed_byte_anywhere_is_refused(kept: Path, elsewhere: Settings, member: str) -> None:
    file = spoiled(kept, lambda name, raw: (name, raw[:-1] + b"~" if name == member else raw))
    told = run(restore, elsewhere, str(file))
    assert told.exit_code == 1
    assert f"{member} is not what was put in" in told.output
    assert not (elsewhere.data / "handrail.db").exists()


@here_alone
@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "data/more"])
def test_nothing_is_laid_where_it_does_not_belong(
    kept: Path, elsewhere: Settings, name: str, tmp_path: Path
) -> None:
    def smuggle(member: str, raw: bytes) -> tuple[str, bytes]:
        return (name, raw) if member == "data/crisis.json" else (member, raw)

    told = run(restore, elsewhere, str(spoiled(kept, smuggle)))
    assert told.exit_code == 1
    assert "something that it does not name" in told.output
    assert not list(tmp_path.rglob("outside"))


@here_alone
def test_half_a_file_a_foreign_file_and_no_file_are_each_one_clear_line(
    kept: Path, elsewhere: Settings, tmp_path: Path
) -> None:
    half, foreign = tmp_path / "half", tmp_path / "foreign"
    half.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    foreign.write_text("not a backup at all")
    without = spoiled(kept, lambda name, raw: None if name == "data/crisis.json" else (name, raw))
    for file, words in (
        (half, "damaged"),
        (foreign, "no backup of Handrail"),
        (tmp_path / "none", "there is no file"),
        (without, "data/crisis.json is missing"),
    ):
        told = run(restore, elsewhere, str(file))
        assert told.exit_code == 1, file
        assert words in told.output
        assert len(told.output.strip().splitlines()) == 1
    assert {path.name for path in elsewhere.data.iterdir()} == {"serving.lock"}


@here_alone
@pytest.mark.parametrize(
    ("change", "words"),
    [({"revision": "9999"}, "newer Handrail"), ({"format": 2}, "another version")],
)
def test_a_backup_of_a_version_to_come_is_refused(
    kept: Path, elsewhere: Settings, change: dict[str, Any], words: str
) -> None:
    def from_the_future(name: str, raw: bytes) -> tuple[str, bytes]:
        if name != archive.MANIFEST:
            return name, raw
        return name, json.dumps({**json.loads(raw), **change}).encode()

    told = run(restore, elsewhere, str(spoiled(kept, from_the_future)))
    assert told.exit_code == 1
    assert words in told.output


def test_a_backup_never_takes_the_place_of_another_kind_of_file(
    lived_in: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("dear Ada")
    told = run(backup, lived_in, str(file))
    assert told.exit_code == 1
    assert "is no backup of Handrail" in told.output
    assert file.read_text() == "dear Ada"


def test_an_earlier_backup_is_replaced_by_a_whole_one(kept: Path, lived_in: Settings) -> None:
    told = run(backup, lived_in, str(kept))
    assert told.exit_code == 0, told.output
    assert "mode 0600" in told.output
    assert MARKER not in told.output
    assert archive.is_backup(kept)


def test_an_empty_site_a_missing_folder_and_no_name_are_refused(
    elsewhere: Settings, lived_in: Settings, tmp_path: Path
) -> None:
    told = run(backup, elsewhere, str(tmp_path / "x"))
    assert (told.exit_code, "nothing to back up" in told.output) == (1, True)
    told = run(backup, lived_in, str(tmp_path / "no" / "such" / "x"))
    assert (told.exit_code, "there is no folder" in told.output) == (1, True)
    assert run(backup, lived_in).exit_code == 2
    assert run(restore, elsewhere).exit_code == 2


def test_a_key_from_the_environment_is_said_to_be_missing(
    lived_in: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    (lived_in.data / "secret.key").unlink()
    told = run(backup, lived_in, str(tmp_path / "x"))
    assert "HANDRAIL_SECRET_KEY" in told.output
    if KIND == "sqlite":
        assert "HANDRAIL_SECRET_KEY" in run(restore, elsewhere, str(tmp_path / "x")).output


# -- rows ---------------------------------------------------------------------


def test_every_kind_of_column_has_a_way_there_and_back() -> None:
    kinds = {
        rows.kind_of(column.type)
        for table in rows.METADATA.tables.values()
        for column in table.columns
    }
    assert {"time", "json", "plain", "yes_no"} <= kinds <= set(rows.TYPES)


def test_rows_of_a_table_that_is_not_there_are_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text('{"table": "no_such", "columns": {"id": "plain"}}\n["x"]\n')
    with pytest.raises(rows.BadRows), database.engine.begin() as connection:
        rows.load(connection, path)


def test_logged_in_people_log_in_again(
    kept: Path, elsewhere: Settings, browser: Callable[[str], Browser]
) -> None:
    assert browser("mina").ask("/api/v1/me").status_code == 200
    if KIND == "sqlite":
        bring_back(elsewhere, kept)
        assert contents(elsewhere)["login_session"] == []
