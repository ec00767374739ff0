"""What time does at the desk: held words lapse, sanctions end, each once, and people are told."""

import pytest
from sqlalchemy import select

from support.accounts import ports as accounts_ports
from support.accounts import queries as accounts
from support.base.errors import Conflict
from support.base.severity import Severity
from support.moderation import actions, jobs, queries
from support.moderation.models import Evidence, Report, ReviewItem, Sanction
from support.notify.models import Notice
from tests.desk_world import Desk, a_board, open_desk


@pytest.fixture
def board():
    """A board whose notes stand where a room's messages would."""
    with a_board() as board:
        yield board


@pytest.fixture
def desk(database, board):
    """The desk, in a transaction of its own each time: desk(lambda it: …)."""
    with database.unit() as unit:
        group_id = open_desk(unit, board).group_id

    def within(act):
        with database.unit() as unit:
            return act(Desk(unit, board, group_id))

    return within


def told(desk, handle):
    return desk(
        lambda it: it.unit.session.scalars(
            select(Notice.kind)
            .where(Notice.account_id == it.who_id(handle))
            .order_by(Notice.created_at)
        ).all()
    )


def stored(desk, table, row_id, field):
    return desk(lambda it: getattr(it.unit.session.get(table, row_id), field))


def test_words_nobody_judged_in_a_day_are_not_shown_and_the_author_is_told(
    desk, database, clock, board
):
    item = desk(lambda it: it.held("fern", "sourcing"))
    clock.forward(hours=23, minutes=59)
    jobs.lapse(database)
    assert stored(desk, ReviewItem, item, "state") == "open"
    clock.forward(minutes=1)
    jobs.lapse(database)
    jobs.lapse(database)
    assert stored(desk, ReviewItem, item, "decision") == "lapsed"
    assert [note.state for note in board.notes.values()] == ["kept"]
    assert told(desk, "fern") == ["message_lapsed"]
    decided = desk(lambda it: queries.decisions_about(it.unit, it.who("fern")))
    assert [one.what for one in decided] == ["lapsed"]


def test_a_lapsed_item_cannot_be_decided_any_more(desk, database, clock):
    item = desk(lambda it: it.held("fern", "sourcing"))
    clock.forward(hours=24)
    jobs.lapse(database)
    with pytest.raises(Conflict):
        desk(lambda it: it.decides("mo", item, "allow"))


def test_words_of_somebody_in_danger_stay_on_the_desk_though_they_are_not_shown(
    desk, database, clock
):
    item = desk(lambda it: it.held("fern", "crisis_self_harm", severity=Severity.CRITICAL))
    clock.forward(hours=24)
    jobs.lapse(database)
    jobs.lapse(database)
    assert stored(desk, ReviewItem, item, "state") == "open"
    assert told(desk, "fern") == ["message_lapsed"]


def test_words_decided_in_time_do_not_lapse(desk, database, clock, board):
    item = desk(lambda it: it.held("fern", "sourcing"))
    desk(lambda it: it.decides("mo", item, "allow"))
    clock.forward(hours=25)
    jobs.lapse(database)
    assert [note.state for note in board.notes.values()] == ["visible"]


def test_more_than_one_load_of_held_words_lapses_in_one_go(desk, database, clock):
    count = actions.AT_ONCE + 3
    desk(lambda it: [it.held("fern", "sourcing") for _ in range(count)])
    clock.forward(hours=24)
    jobs.lapse(database)
    assert desk(lambda it: queries.waiting_for(it.unit, it.who("mo"))).open == 0
    assert len(told(desk, "fern")) == count


def test_a_sanction_that_has_run_its_time_is_over_after_a_restart_too(desk, database, clock):
    made = desk(lambda it: it.sanctions("mo", "otto", "ban", minutes=60))
    clock.forward(minutes=59)
    jobs.end(database)
    assert stored(desk, Sanction, made.id, "state") == "in_force"
    clock.forward(minutes=1)
    assert desk(lambda it: accounts.standing(it.unit, it.who_id("otto"))).kind is None
    jobs.end(database)
    assert stored(desk, Sanction, made.id, "state") == "ended"


def test_the_desks_jobs_are_run_by_the_ticker():
    assert {job.name for job in jobs.TICKS} == {
        "moderation.lapse",
        "moderation.end",
        "moderation.seals",
        "moderation.hurry",
        "moderation.rules",
        "moderation.second_look",
    }


# ------------------------------------------------------------------ erasure and export


def test_an_erased_reporter_leaves_no_words_in_settled_matters(desk):
    settled, waiting = desk(lambda it: (it.says("otto"), it.says("otto")))
    for note in (settled, waiting):
        desk(lambda it, note=note: it.reports("fern", note, "other", "He is my cousin."))
    items = desk(
        lambda it: {one.target_id: one.id for one in it.unit.session.scalars(select(ReviewItem))}
    )
    desk(lambda it: it.decides("mo", items[settled], "allow"))
    desk(lambda it: actions.DeskMemory().erase(it.unit, it.who_id("fern")))
    details = desk(
        lambda it: dict(it.unit.session.execute(select(Report.item_id, Report.details)).all())
    )
    assert details == {items[settled]: "", items[waiting]: "He is my cousin."}


def test_an_erased_authors_words_stay_only_as_evidence_of_what_is_open(desk):
    notes = desk(lambda it: [it.says("otto", body) for body in ("old", "banned", "open")])
    for note in notes:
        desk(lambda it, note=note: it.reports("fern", note))
    old, banned, _ = desk(
        lambda it: [
            it.unit.session.scalars(select(ReviewItem.id).where(ReviewItem.target_id == note)).one()
            for note in notes
        ]
    )
    desk(lambda it: it.decides("mo", old, "remove"))
    desk(lambda it: it.decides("mo", banned, "ban", minutes=60))
    desk(lambda it: actions.DeskMemory().erase(it.unit, it.who_id("otto")))
    kept = desk(lambda it: set(it.unit.session.scalars(select(Evidence.item_id))))
    assert len(kept) == 2
    assert old not in kept


def test_a_person_is_handed_their_reports_and_what_was_decided_about_them(desk):
    note = desk(lambda it: it.says("otto"))
    desk(lambda it: it.reports("fern", note, "spam", "Again."))
    desk(lambda it: it.sanctions("mo", "fern", "mute", minutes=5))
    found = desk(lambda it: actions.DeskMemory().export(it.unit, it.who_id("fern")))
    assert [(one["reason"], one["details"]) for one in found["reports"]] == [("spam", "Again.")]
    assert [(one["kind"], one["state"]) for one in found["sanctions"]] == [("mute", "in_force")]
    assert found["sanctions"][0]["until"] == "2030-01-01T00:05:00.000Z"


def test_the_desk_takes_part_in_every_erasure_and_export(app):
    assert any(isinstance(one, actions.DeskMemory) for one in accounts_ports.ERASERS)
    assert any(one.name == "moderation" for one in accounts_ports.EXPORTERS)
