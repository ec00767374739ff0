"""The queue stays quick however much was decided: few statements, each along its index."""

import pytest
from sqlalchemy import event

from support.moderation import queries
from support.moderation.forms import QueueFilter
from tests.databases import KIND
from tests.desk_world import Desk, a_board, open_desk

ALONG = {
    "waiting": "ix_review_item_queue",
    "free": "ix_review_item_queue",
    "mine": "ix_review_item_queue",
    "decided": "ix_review_item_decided",
}
FULL_SCANS = ("SCAN review_item", "SCAN decision", "SCAN report", "SCAN finding")


@pytest.fixture
def desk(database):
    """The desk with some of everything in it, in a transaction of its own each time."""
    with a_board() as board:
        with database.unit() as unit:
            it = open_desk(unit, board)
            for number in range(12):
                it.reports("fern", it.says("otto"))
                held = it.held("otto", "sourcing" if number % 2 else "harassment")
                if number % 3 == 0:
                    it.decides("mo", held, "keep")
        yield database


def asked(database, act):
    """Every statement an act sends, with what it carries."""
    seen = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as unit:
            act(unit, Desk(unit, None, "").who("mo"))
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return [(text, values) for text, values in seen if text.startswith("SELECT")]


def plans(database, sent):
    """How SQLite goes about each of them."""
    with database.engine.connect() as connection:
        return [
            " | ".join(
                row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
            )
            for text, values in sent
        ]


@pytest.mark.parametrize("show", sorted(ALONG))
def test_each_part_of_the_queue_goes_along_its_index(desk, show):
    wanted = QueueFilter.parse({"show": show})
    sent = asked(desk, lambda unit, mo: queries.queue(unit, mo, wanted))
    assert len(sent) <= 25
    if KIND != "sqlite":
        return
    found = plans(desk, sent)
    assert any(ALONG[show] in plan for plan in found), found
    scans = [plan for plan in found for scan in FULL_SCANS if f"{scan} |" in f"{plan} |"]
    assert scans == [], "a whole table is read"


def test_a_shift_a_record_and_what_is_in_force_read_no_whole_table(desk):
    def act(unit, mo):
        queries.shift(unit, mo)
        queries.record_of(unit, mo.id)
        queries.live_sanctions(unit, mo)
        queries.steps_waiting(unit, mo)
        queries.next_free(unit, mo)

    sent = asked(desk, act)
    assert len(sent) <= 40
    if KIND != "sqlite":
        return
    found = plans(desk, sent)
    scans = [plan for plan in found for scan in FULL_SCANS if f"{scan} |" in f"{plan} |"]
    assert scans == [], "a whole table is read"
