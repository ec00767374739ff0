"""The way up and the way down: from nothing, with data, and exactly to what the models say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from support.accounts import queries
from support.audit import actions as audit
from support.audit import queries as audit_queries
from support.base.clock import SystemClock
from support.chat.models import Message, MessageLink, MessageReaction, Room
from support.db.unit import Database
from support.db.upgrade import config, downgrade, is_newest, upgrade
from support.migrations.tables import METADATA
from tests.people import ROLES, make_people
from tests.postgres import drop_postgres, empty_postgres_url


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which nothing was ever migrated."""
    url = f"sqlite:///{tmp_path}/new.db"
    if request.param == "postgres":
        url = empty_postgres_url()
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"), SystemClock())
    yield database
    database.dispose()
    if request.param == "postgres":
        drop_postgres(url)


def differences(engine: Engine) -> list[object]:
    """What the models have and the database has not, or the other way round."""
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_from_nothing_up_is_what_the_models_say(empty: Database) -> None:
    assert not is_newest(empty.engine)
    upgrade(empty.engine)
    assert is_newest(empty.engine)
    assert differences(empty.engine) == []
    assert tables(empty.engine) == {*METADATA.tables, "alembic_version"}


def test_up_again_changes_nothing(empty: Database) -> None:
    upgrade(empty.engine)
    with empty.unit() as unit:
        make_people(unit)
    upgrade(empty.engine)
    with empty.read() as unit:
        assert {handle for handle in ROLES if queries.by_handle(unit, handle)} == set(ROLES)


def test_down_to_nothing_and_up_again_with_people_in_it(empty: Database) -> None:
    upgrade(empty.engine)
    for _ in range(2):
        with empty.unit() as unit:
            ids = make_people(unit)
            audit.record(unit, ids["mo"], "accounts.made", f"account:{ids['mina']}", count=1)
        downgrade(empty.engine, "base")
        assert tables(empty.engine) <= {"alembic_version"}
        upgrade(empty.engine)
        assert differences(empty.engine) == []
        with empty.read() as unit:
            assert queries.by_handle(unit, "mina") is None
            assert audit_queries.verify(unit) == audit_queries.Verdict(0, None)


def test_each_step_goes_up_and_down_by_itself(empty: Database) -> None:
    steps = [each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()]
    for revision in reversed(steps):
        upgrade(empty.engine, revision)
    assert is_newest(empty.engine)
    for revision in [*steps[1:], "base"]:
        downgrade(empty.engine, revision)
    assert tables(empty.engine) <= {"alembic_version"}


def test_the_steps_are_one_line_without_branches() -> None:
    scripts = ScriptDirectory.from_config(config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_every_table_of_every_area_is_seen_by_the_migrations() -> None:
    areas = {"account", "audit_entry", "outbox", "circle", "crisis_case", "review_item", "room"}
    assert areas <= set(METADATA.tables)
    assert {"message", "room_event", "lease", "login_session", "notice"} <= set(METADATA.tables)


def _said(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What was said, the signs on it and where it leads, as it lies in the database."""
    asked = {
        "message": "SELECT id, room_id, seq, author_id, client_id, body, state FROM message",
        "reaction": "SELECT message_id, account_id, reaction FROM reaction",
        "message_link": "SELECT message_id, host FROM message_link",
    }
    with database.engine.connect() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(text(words)))
            for name, words in asked.items()
        }


def test_words_their_signs_and_links_outlive_a_change_of_indexes(empty: Database) -> None:
    upgrade(empty.engine)
    with empty.unit() as unit:
        ids = make_people(unit)
        room = Room(id="room", kind="lounge", name="Lounge", keeps_days=30, created_at=unit.now)
        unit.session.add(room)
        unit.session.flush()
        for number in (1, 2):
            words = {"room_id": "room", "author_id": ids["mina"], "at": unit.now}
            unit.session.add(
                Message(id=f"m{number}", seq=number, client_id=f"c{number}",
                        body=f"see example{number}.org", state="visible", **words)
            )  # fmt: skip
        unit.session.flush()
        unit.session.add(
            MessageReaction(message_id="m1", account_id=ids["paul"], reaction="hug", at=unit.now)
        )
        unit.session.add(MessageLink(message_id="m2", host="example2.org", at=unit.now))
    before = _said(empty)
    assert [len(rows) for rows in before.values()] == [2, 1, 1]
    downgrade(empty.engine, "0021")
    assert _said(empty) == before
    upgrade(empty.engine)
    assert _said(empty) == before
    assert differences(empty.engine) == []
    twice = {"id": "m3", "seq": 3, "client_id": "c1", "body": "again", "state": "visible"}
    with pytest.raises(IntegrityError), empty.unit() as unit:
        unit.session.add(Message(**twice, room_id="room", author_id=ids["mina"], at=unit.now))
