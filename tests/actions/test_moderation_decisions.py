"""Decisions: what happens to the words, who is told what, one winner, ten seconds to undo."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.accounts import queries as accounts
from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.severity import Severity
from support.crisis import queries as crisis
from support.groups import queries as groups
from support.groups.rules.words import Belonging
from support.moderation import actions, queries
from support.moderation.forms import QueueFilter
from support.moderation.models import Decision, ReviewItem, Sanction
from support.notify.models import Notice
from tests.desk_world import a_board, open_desk


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def told(desk, handle):
    desk.unit.session.flush()
    rows = desk.unit.session.scalars(
        select(Notice).where(Notice.account_id == desk.who_id(handle)).order_by(Notice.created_at)
    )
    return [row.kind for row in rows]


def item_about(desk, note):
    return desk.unit.session.scalars(
        select(ReviewItem.id).where(ReviewItem.target_id == note)
    ).one()


def reported(desk, author="otto", by="mina"):
    note = desk.says(author)
    desk.reports(by, note)
    return note, item_about(desk, note)


def later(desk, clock, **span):
    clock.forward(**span)
    desk.unit.now = clock.now()


# ------------------------------------------------------------------ the words


@pytest.mark.parametrize(
    ("decision", "of_held", "of_shown"),
    [
        ("allow", "visible", "visible"),
        ("reword", "returned", "returned"),
        ("keep", "kept", "kept"),
        ("remove", "removed", "removed"),
        ("warn", "kept", "visible"),
        ("mute", "kept", "removed"),
        ("remove_from_group", "kept", "removed"),
        ("suspend", "kept", "removed"),
        ("ban", "kept", "removed"),
    ],
)
def test_what_a_decision_does_to_the_words(desk, decision, of_held, of_shown):
    held = desk.says("fern", state="held")
    desk.decides("mo", desk.files(held, "sourcing"), decision)
    shown = desk.says("mina")
    desk.reports("paul", shown)
    desk.decides("mo", item_about(desk, shown), decision)
    assert (desk.state_of(held), desk.state_of(shown)) == (of_held, of_shown)


def test_what_the_author_took_back_stays_away(desk):
    note = desk.says("otto", state="held")
    item_id = desk.files(note, "sourcing")
    desk.board.put_back(desk.unit, note, "withdrawn")
    desk.decides("mo", item_id, "allow")
    assert desk.state_of(note) == "withdrawn"


def test_words_that_are_gone_can_still_be_judged(desk):
    note, item_id = reported(desk)
    desk.board.notes.pop(note)
    desk.decides("mo", item_id, "ban")
    assert accounts.standing(desk.unit, desk.who("mina").id).kind is None
    item = desk.unit.session.get(ReviewItem, item_id)
    assert (item.state, item.decision, item.rule) == ("decided", "ban", "no_trading")


# ------------------------------------------------------------------ who is told


@pytest.mark.parametrize(
    ("decision", "kind"),
    [
        ("allow", "message_shown"),
        ("reword", "message_reword"),
        ("keep", "message_kept"),
        ("remove", "message_removed"),
        ("warn", "warned"),
        ("mute", "sanction"),
        ("ban", "sanction"),
    ],
)
def test_the_author_is_told(desk, decision, kind):
    desk.decides("mo", desk.held("otto", "sourcing"), decision)
    assert told(desk, "otto") == [kind]


def test_the_author_of_shown_words_that_are_fine_hears_nothing(desk):
    _, item_id = reported(desk)
    desk.decides("mo", item_id, "allow")
    assert told(desk, "otto") == []


@pytest.mark.parametrize(
    ("decision", "kind"), [("allow", "report_kept"), ("warn", "report_closed")]
)
def test_the_reporter_hears_the_class_of_action_only(desk, decision, kind):
    note, item_id = reported(desk)
    desk.reports("fern", note)
    desk.decides("mo", item_id, decision)
    assert told(desk, "mina") == told(desk, "fern") == [kind]
    notice = desk.unit.session.scalars(
        select(Notice).where(Notice.account_id == desk.who("mina").id)
    ).one()
    assert (notice.room_id, notice.message_id) == (None, None)
    assert desk.who_id("otto") not in str(notice.params)


def test_the_author_reads_which_words_why_and_until_when_and_never_whose_report(desk):
    _, item_id = reported(desk)
    desk.decides("mo", item_id, "mute", minutes=60, reason="Selling is not for here.")
    found = actions.own_decisions(desk.unit, desk.who("otto"))
    assert [(one.what, one.words, one.reason) for one in found] == [
        ("mute", "Cheap pills, dm me.", "Selling is not for here.")
    ]
    assert (found[0].until - desk.unit.now).total_seconds() == 3600
    assert "mina" not in str(found)
    assert "mo" not in str(found).replace("remove", "").replace("moment", "")
    assert queries.decisions_about(desk.unit, desk.who("mina")) == ()


def test_the_log_has_ids_and_codes_and_no_words(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "remove", reason="He sells diazepam.")
    entry = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.item_decided")
    ).one()
    assert entry.actor_id == desk.who("mo").id
    assert entry.detail == {"decision": "remove", "rule": "no_trading"}
    everything = str([vars(one) for one in desk.unit.session.scalars(select(Entry))])
    assert "diazepam" not in everything
    assert "otto" not in everything


def test_the_desk_hears_that_the_queue_moved(desk):
    item_id = desk.held("otto", "sourcing")
    desk.unit.announced.clear()
    desk.decides("mo", item_id)
    facts = [type(fact).__name__ for fact in desk.unit.announced]
    assert "ItemDecided" in facts
    assert "QueueChanged" in facts


# ------------------------------------------------------------------ one wins


def test_of_two_decisions_one_wins_and_the_other_is_told(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "allow")
    with pytest.raises(Conflict):
        desk.decides("rae", item_id, "ban")
    with pytest.raises(Conflict):
        desk.decides("mo", item_id, "ban")
    assert desk.unit.session.scalars(select(Decision.verdict)).all() == ["allow"]
    assert desk.unit.session.scalars(select(Sanction)).all() == []


def test_the_database_itself_keeps_two_decisions_apart(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "allow")
    twin = Decision(
        item_id=item_id,
        by_id=desk.who("rae").id,
        verdict="remove",
        reason="x",
        rule="safety",
        at=desk.unit.now,
        state_before="held",
    )
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.add(twin)


def test_the_database_itself_keeps_one_open_item_a_target(desk):
    item = desk.unit.session.get(ReviewItem, desk.held("otto", "sourcing"))
    columns = ReviewItem.__table__.columns.keys()
    facts = {name: getattr(item, name) for name in columns if name != "id"}
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.add(ReviewItem(**facts))


def test_nobody_decides_about_what_is_not_there(desk):
    with pytest.raises(NotFound):
        desk.decides("mo", "no-such-item")


# ------------------------------------------------------------------ danger


def test_someone_in_danger_gets_no_sanction_and_the_item_stays(desk):
    note = desk.says("fern", "I cannot go on.")
    item_id = desk.files(note, "crisis_self_harm", severity=Severity.CRITICAL, held=False)
    for decision in ("warn", "mute", "remove_from_group", "suspend", "ban"):
        with pytest.raises(Invalid):
            desk.decides("mo", item_id, decision)
    assert desk.unit.session.get(ReviewItem, item_id).state == "open"
    assert told(desk, "fern") == []


def test_a_ban_never_closes_the_persons_case(desk):
    note = desk.says("fern")
    desk.reports("mina", note, "crisis")
    desk.reports("paul", note, "sourcing")
    desk.decides("mo", item_about(desk, note), "ban", minutes=60)
    case = crisis.open_case_of(desk.unit, desk.who_id("fern"))
    assert case is not None
    assert case.state == "open"


# ------------------------------------------------------------------ undo


@pytest.mark.parametrize("decision", ["allow", "reword", "keep", "remove", "mute", "ban"])
def test_an_own_decision_is_undone_with_its_effects(desk, decision):
    note = desk.says("otto", state="held")
    item_id = desk.files(note, "sourcing")
    desk.decides("mo", item_id, decision)
    actions.undo(desk.unit, desk.who("mo"), item_id)
    assert desk.state_of(note) == "held"
    assert accounts.standing(desk.unit, desk.who_id("otto")).kind is None
    assert desk.who("otto").muted_until is None
    line = queries.queue(desk.unit, desk.who("rae"), QueueFilter.parse({})).lines[0]
    assert (line.state, line.claimed_by) == ("claimed", "mo")
    assert told(desk, "otto")[-1] in ("decision_undone", "sanction_lifted")


def test_taking_somebody_out_of_a_group_is_undone_too(desk):
    item_id = desk.held("fern", "harassment")
    desk.decides("mo", item_id, "remove_from_group")
    fern = desk.who("fern").id
    assert groups.belonging(desk.unit, fern, desk.group_id) is Belonging.REMOVED
    actions.undo(desk.unit, desk.who("mo"), item_id)
    assert groups.belonging(desk.unit, fern, desk.group_id) is Belonging.MEMBER


def test_after_undoing_one_can_decide_again(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "ban")
    actions.undo(desk.unit, desk.who("mo"), item_id)
    desk.decides("mo", item_id, "keep")
    standing = queries.standing_decision(desk.unit, item_id)
    assert standing.verdict == "keep"
    assert len(desk.unit.session.scalars(select(Decision)).all()) == 2


def test_undoing_takes_ten_seconds_at_most(desk, clock):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "keep")
    later(desk, clock, seconds=11)
    with pytest.raises(Conflict):
        actions.undo(desk.unit, desk.who("mo"), item_id)


def test_nobody_undoes_anothers_decision(desk):
    item_id = desk.held("otto", "sourcing")
    desk.decides("mo", item_id, "keep")
    with pytest.raises(Forbidden):
        actions.undo(desk.unit, desk.who("rae"), item_id)


def test_there_is_nothing_to_undo_twice_or_before(desk):
    item_id = desk.held("otto", "sourcing")
    with pytest.raises(Conflict):
        actions.undo(desk.unit, desk.who("mo"), item_id)
    desk.decides("mo", item_id, "keep")
    actions.undo(desk.unit, desk.who("mo"), item_id)
    with pytest.raises(Conflict):
        actions.undo(desk.unit, desk.who("mo"), item_id)


# ------------------------------------------------------------------ reading


def test_a_moderator_reads_the_words_among_ten_others_on_either_side(desk):
    before = [desk.says("fern", f"before {number}") for number in range(12)]
    note = desk.says("otto")
    after = [desk.says("mina", f"after {number}") for number in range(12)]
    desk.reports("mina", note, details="Please look.")
    found = actions.read_item(desk.unit, desk.who("mo"), item_about(desk, note))
    assert (found.words.author, found.words.body) == ("otto", "Cheap pills, dm me.")
    assert [one.body for one in found.before] == [f"before {n}" for n in range(2, 12)]
    assert [one.body for one in found.after] == [f"after {n}" for n in range(10)]
    assert len(before) + len(after) == 24
    assert [one.details for one in found.line.reports] == ["Please look."]
    assert [seal.messages for seal in found.seals] == [21]
    assert not found.has_changed
    assert not found.is_mine
    assert not found.can_undo


def test_the_record_counts_what_was_decided_before(desk):
    desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    desk.decides("mo", desk.held("otto", "sourcing"), "mute", minutes=5)
    found = actions.read_item(desk.unit, desk.who("rae"), desk.held("otto", "sourcing"))
    assert found.record.verdicts == {"keep": 1, "mute": 1}
    assert [one.kind for one in found.record.sanctions] == ["mute"]


def test_reading_a_persons_record_is_written_down(desk):
    found = actions.read_person(desk.unit, desk.who("mo"), "Otto")
    assert found.person.id == desk.who("otto").id
    entry = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.record_read")
    ).one()
    assert (entry.actor_id, entry.subject) == (desk.who("mo").id, f"account:{found.person.id}")


@pytest.mark.parametrize("handle", ["mo", "nobody-here"])
def test_ones_own_record_is_not_there(desk, handle):
    with pytest.raises(NotFound):
        actions.read_person(desk.unit, desk.who("mo"), handle)
