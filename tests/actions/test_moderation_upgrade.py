"""The desk's step of the migrations with people in it: what was kept is kept, up and down."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from support.accounts import actions as accounts
from support.base.clock import SystemClock
from support.db.unit import Database
from support.db.upgrade import downgrade, upgrade
from support.moderation import actions, queries
from support.moderation.actions import seal_older
from support.moderation.models import Appeal, Sanction
from tests.databases import fresh_database
from tests.desk_world import a_board, open_desk
from tests.people import make_people

BEFORE, DESK, BEFORE_RECORDS = "0001", "0005", "0013"
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


# ------------------------------------------------------------------ records of what operators did


def test_bans_by_hand_become_records_and_what_was_recorded_and_appealed_stays(tmp_path):
    with fresh_database(tmp_path) as url:
        database = Database(url, SystemClock())
        with a_board() as board, database.unit() as unit:
            make_people(unit)
            desk = open_desk(unit, board)
            ids = {each: desk.who_id(each) for each in ("otto", "fern", "mina")}
            waiting = desk.sanctions("mo", "otto", "ban")
            actions.appeal(unit, ids["otto"], waiting.id, "It was not like that.")
        downgrade(database.engine, BEFORE_RECORDS)
        with database.unit() as unit:
            accounts.ban(unit, ids["fern"], "Sells.", "no_trading")
            accounts.ban(unit, ids["mina"], "Was over.", "safety", unit.now - timedelta(days=1))
        upgrade(database.engine)
        with database.unit() as unit:
            kept = queries.what_keeps_out(unit, ids["fern"])
            found = (kept.kind, kept.state, kept.by_id, kept.reason, kept.rule, kept.minutes)
            assert found == ("ban", "in_force", None, "Sells.", "no_trading", None)
            actions.appeal(unit, ids["fern"], kept.id, "Please look.")
            assert queries.what_keeps_out(unit, ids["mina"]) is None
            assert queries.what_keeps_out(unit, ids["otto"]).id == waiting.id
            states = [(one.kind, one.state) for one in sanctions_in(unit)]
            assert states == [("ban", "pending"), ("suspend", "in_force"), ("ban", "in_force")]
        downgrade(database.engine, BEFORE_RECORDS)
        upgrade(database.engine)
        with database.read() as unit:
            whose = [one.account_id for one in sanctions_in(unit)]
            assert whose == [ids["otto"], ids["otto"], ids["fern"]]

            (left,) = unit.session.scalars(select(Appeal))
            assert (left.text, left.before) == ("It was not like that.", None)
        database.dispose()


def sanctions_in(unit):
    return list(unit.session.scalars(select(Sanction).order_by(Sanction.at, Sanction.kind)))
