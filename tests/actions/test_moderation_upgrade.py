"""The desk's step of the migrations with people in it: what was kept is kept, up and down."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from support.base.clock import SystemClock
from support.db.unit import Database
from support.db.upgrade import downgrade, upgrade
from support.moderation.actions import seal_older
from tests.databases import fresh_database
from tests.people import make_people

BEFORE, DESK = "0001", "0005"
AT = datetime(2026, 1, 5, 21, 30, tzinfo=UTC)
ITEM = {
    "id": "item-1",
    "kind": "message",
    "at": AT,
    "words": "Pills,\ncheap.",
}


@pytest.fixture
def before(tmp_path):
    """A database as it was, with one reported message that was kept in the clear."""
    with fresh_database(tmp_path) as url:
        database = Database(url, SystemClock())
        downgrade(database.engine, BEFORE)
        with database.unit() as unit:
            otto = make_people(unit)["otto"]
            unit.session.flush()
            run = unit.session.execute
            run(
                text(
                    "INSERT INTO review_item (id, target_kind, target_id, author_id, labels, label,"
                    " severity, rank, state, opened_at, due_at) VALUES (:id, :kind, 'm1', :otto,"
                    " 'sourcing', 'sourcing', 'none', 50, 'open', :at, :at)"
                ),
                {**ITEM, "otto": otto},
            )
            run(
                text(
                    "INSERT INTO evidence (id, item_id, author_id, body, state, said_at, taken_at,"
                    " digest) VALUES ('seal-1', :id, :otto, :words, 'visible', :at, :at, 'd1')"
                ),
                {**ITEM, "otto": otto},
            )
        yield database
        upgrade(database.engine)  # the next test may be handed this very database
        database.dispose()


def rows(database, statement):
    with database.read() as unit:
        return [tuple(row) for row in unit.session.execute(text(statement))]


def test_words_kept_in_the_clear_are_carried_over_and_sealed(before):
    upgrade(before.engine, DESK)
    carried = "SELECT evidence_id, place, plain FROM evidence_line"
    assert rows(before, carried) == [("seal-1", 0, "visible\nPills,\ncheap.")]
    upgrade(before.engine)
    with before.unit() as unit:
        assert seal_older(unit) == 1
        assert seal_older(unit) == 0
    assert rows(before, carried) == [("seal-1", 0, None)]
    assert rows(before, "SELECT count(*) FROM audit_entry WHERE verb LIKE '%evidence_sealed'") == [
        (1,)
    ]


def test_down_again_gives_back_what_can_be_read_and_drops_what_is_sealed(before):
    upgrade(before.engine, DESK)
    downgrade(before.engine, BEFORE)
    assert rows(before, "SELECT body, state FROM evidence") == [("Pills,\ncheap.", "visible")]
    upgrade(before.engine, DESK)
    with before.unit() as unit:
        unit.session.execute(text("UPDATE evidence_line SET plain = NULL, sealed = 'x'"))
    downgrade(before.engine, BEFORE)
    assert rows(before, "SELECT body FROM evidence") == []
    assert rows(before, "SELECT id, state FROM review_item") == [("item-1", "open")]
