"""Reports and findings: what reaches the desk, merged by target, and what is kept of it."""

import pytest
from sqlalchemy import func, select

from support.audit.models import Entry
from support.base.errors import Forbidden, NotFound
from support.base.severity import Severity
from support.crisis import queries as crisis
from support.moderation import actions, queries
from support.moderation.models import Decision, Evidence, FoundLabel, Report, ReviewItem
from tests.desk_world import a_board, open_desk


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def count(desk, table):
    return desk.unit.session.scalar(select(func.count()).select_from(table))


def only_item(desk):
    return desk.unit.session.scalars(select(ReviewItem)).one()


# ------------------------------------------------------------------ reports


def test_a_report_puts_the_words_on_the_desk(desk):
    note = desk.says("otto")
    desk.reports("mina", note, "sourcing", "He wrote to me too.")
    item = only_item(desk)
    assert (item.target_id, item.state, item.labels) == (note, "open", "sourcing")
    assert item.author_id == desk.who("otto").id
    assert item.group_id == desk.group_id
    assert queries.reports_of(desk.unit, [item.id])[item.id][0].details == "He wrote to me too."


def test_the_same_person_twice_is_the_same_report(desk):
    note = desk.says("otto")
    assert desk.reports("mina", note, "spam") == desk.reports("mina", note, "harassment")
    assert count(desk, Report) == 1


def test_a_second_report_after_the_decision_is_still_the_first(desk):
    note = desk.says("otto")
    first = desk.reports("mina", note)
    desk.decides("mo", only_item(desk).id, "allow")
    assert desk.reports("mina", note) == first
    assert count(desk, ReviewItem) == 1


def test_reports_of_several_people_merge_in_one_item_and_the_gravest_counts(desk):
    note = desk.says("otto")
    desk.reports("mina", note, "spam")
    spam = only_item(desk).rank
    desk.reports("fern", note, "sourcing")
    item = only_item(desk)
    assert item.labels == "sourcing self_promo"
    assert item.rank < spam
    assert count(desk, Report) == 2


def test_reports_and_findings_merge_in_one_item(desk):
    note = desk.says("otto")
    item_id = desk.files(note, "self_promo", severity=Severity.WATCH, held=False)
    desk.reports("mina", note, "sourcing")
    item = only_item(desk)
    assert item.id == item_id
    assert item.labels == "sourcing self_promo"


def test_a_report_for_another_reason_has_no_label_but_a_place(desk):
    desk.reports("mina", desk.says("otto"), "other")
    assert only_item(desk).labels == ""


def test_what_one_cannot_see_cannot_be_reported(desk):
    with pytest.raises(NotFound):
        desk.reports("otto", desk.says("mina"))
    with pytest.raises(NotFound):
        desk.reports("mina", desk.says("otto", state="held"))
    with pytest.raises(NotFound):
        desk.reports("mina", "no-such-note")
    assert count(desk, ReviewItem) == 0


def test_ones_own_words_are_taken_back_not_reported(desk):
    note = desk.says("mina")
    with pytest.raises(Forbidden):
        desk.reports("mina", note)
    with pytest.raises(Forbidden):
        actions.check_may_report(desk.unit, desk.who("mina"), note)


def test_the_form_leads_back_to_the_room(desk):
    note = desk.says("otto")
    assert actions.check_may_report(desk.unit, desk.who("mina"), note) == "lounge"


def test_a_report_that_somebody_is_in_danger_calls_somebody_at_once(desk):
    note = desk.says("fern", "I cannot go on.")
    desk.reports("mina", note, "crisis")
    item = only_item(desk)
    assert (item.severity, item.labels) == ("urgent", "crisis_self_harm")
    case = crisis.open_case_of(desk.unit, desk.who("fern").id)
    assert case is not None
    assert case.severity == "urgent"


def test_no_other_report_calls_anybody(desk):
    desk.reports("mina", desk.says("fern"), "harassment")
    assert crisis.open_case_of(desk.unit, desk.who("fern").id) is None


def test_the_reported_words_are_sealed_although_their_author_deletes_them(desk):
    note = desk.says("otto", "Diazepam for sale.")
    desk.reports("mina", note)
    desk.board.notes.pop(note)
    found = actions.read_item(desk.unit, desk.who("mo"), only_item(desk).id)
    assert found.words is None
    assert (len(found.seals), found.has_changed) == (1, True)
    assert "Diazepam" not in str(found)


def test_words_that_were_edited_after_the_report_are_sealed_as_they_were(desk):
    note = desk.says("otto", "Diazepam for sale.")
    desk.reports("mina", note)
    desk.board.notes[note] = desk.board.notes[desk.says("otto", "Hello all.")]
    found = actions.read_item(desk.unit, desk.who("mo"), only_item(desk).id)
    assert (found.words.body, found.has_changed) == ("Hello all.", True)
    desk.reports("fern", note)
    assert count(desk, Evidence) == 2


def test_the_same_words_are_kept_once(desk):
    note = desk.says("otto")
    desk.reports("mina", note)
    desk.reports("fern", note)
    assert count(desk, Evidence) == 1


def test_the_log_knows_of_the_report_but_not_whose_it_was_nor_the_words(desk):
    desk.reports("mina", desk.says("otto", "Diazepam for sale."), "sourcing", "Horrid.")
    entry = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.reported")
    ).one()
    assert entry.actor_id is None
    assert entry.detail == {"reason": "sourcing"}
    assert entry.subject == f"item:{only_item(desk).id}"


def test_a_room_folds_away_what_one_reported_there_for_oneself_alone(desk):
    first, feared, _ = desk.says("otto"), desk.says("otto"), desk.says("otto")
    room = only_room(desk, first)
    desk.reports("mina", first)
    desk.reports("mina", feared, "crisis")
    mina, fern = desk.who("mina").id, desk.who("fern").id
    assert queries.folded_for(desk.unit, mina, room) == [first]
    assert queries.folded_for(desk.unit, fern, room) == []
    assert queries.folded_for(desk.unit, mina, "another room") == []


def only_room(desk, note):
    return desk.board.notes[note].room_id


def test_a_reporter_reads_the_class_of_action_and_no_more(desk):
    waiting, bad, fine = desk.says("otto"), desk.says("otto"), desk.says("otto")
    for note in (waiting, bad, fine):
        desk.reports("mina", note)
    items = {item.target_id: item.id for item in desk.unit.session.scalars(select(ReviewItem))}
    desk.decides("mo", items[bad], "ban")
    desk.decides("mo", items[fine], "allow")
    outcomes = {one.outcome for one in queries.own_reports(desk.unit, desk.who("mina"))}
    assert outcomes == {"waiting", "acted", "no_action"}
    assert queries.own_reports(desk.unit, desk.who("fern")) == ()


# ------------------------------------------------------------------ findings


def test_what_review_holds_waits_a_day_at_most(desk, clock):
    item_id = desk.held("otto", "sourcing")
    item = desk.unit.session.get(ReviewItem, item_id)
    assert (item.held_until - item.opened_at).total_seconds() == 24 * 3600
    found = queries.findings_of(desk.unit, item_id)
    assert [(one.label, one.rule_id, one.rules_version) for one in found] == [
        ("sourcing", "sourcing.1", "v1")
    ]


def test_danger_that_was_shown_comes_to_the_desk_and_is_due_soon(desk):
    note = desk.says("fern", "I cannot go on.")
    desk.files(note, "crisis_self_harm", severity=Severity.CRITICAL, held=False)
    item = only_item(desk)
    assert item.held_until is None
    assert (item.due_at - item.opened_at).total_seconds() == 600


def test_harmless_words_do_not_come_to_the_desk(desk):
    assert desk.files(desk.says("mina", "Down to 5 mg, shaky."), held=False) is None
    assert count(desk, ReviewItem) == 0


def test_held_words_said_in_another_way_leave_the_queue_by_themselves(desk):
    note = desk.says("mina", "Drop to 2 now.", state="held")
    item_id = desk.files(note, "dosing_advice")
    assert desk.files(note, held=False) == item_id
    item = desk.unit.session.get(ReviewItem, item_id)
    assert (item.state, item.decision) == ("decided", "reworded")
    assert desk.unit.session.scalars(select(Decision)).one().by_id is None


def test_reported_words_stay_on_the_desk_whatever_their_author_makes_of_them(desk):
    note = desk.says("otto")
    desk.reports("mina", note)
    desk.files(note, held=False)
    actions.withdrawn(desk.unit, "message", note)
    assert only_item(desk).state == "open"


def test_held_words_that_were_taken_back_need_no_decision(desk):
    note = desk.says("otto", state="held")
    desk.files(note, "sourcing")
    actions.withdrawn(desk.unit, "message", note)
    assert only_item(desk).decision == "withdrawn"


def test_words_of_somebody_in_danger_stay_although_taken_back(desk):
    note = desk.says("fern", state="held")
    desk.files(note, "crisis_self_harm", severity=Severity.CRITICAL)
    actions.withdrawn(desk.unit, "message", note)
    assert only_item(desk).state == "open"


def test_taking_back_words_that_nobody_minded_changes_nothing(desk):
    actions.withdrawn(desk.unit, "message", desk.says("mina"))
    assert count(desk, ReviewItem) == 0


def test_only_what_review_saw_last_is_shown_in_the_words(desk):
    note = desk.says("otto", state="held")
    item_id = desk.files(note, "sourcing")
    desk.unit.now = desk.unit.now.replace(hour=1)
    desk.files(note, "self_promo")
    assert [one.label for one in queries.findings_of(desk.unit, item_id)] == ["self_promo"]
    assert count(desk, FoundLabel) == 2
    assert only_item(desk).labels == "sourcing self_promo"
