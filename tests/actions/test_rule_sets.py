"""Versions of the rules in the database: seeded, offered by a release, approved, gone back to."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from support.base.errors import Conflict, Forbidden, NotFound
from support.moderation import actions
from support.moderation.actions import moving, ruling
from support.moderation.actions.drafts import draft_page
from support.moderation.actions.rulepage import read_rule
from support.moderation.jobs import clock
from support.moderation.models import FoundLabel, RuleEdit, RuleSet, RuleText
from support.moderation.queries import learning, rulebook
from support.moderation.queries import ruling as queries
from support.moderation.rules.desk import Staff
from support.moderation.rules.live import go_live, live
from support.moderation.rules.overlay import version_of
from support.moderation.rules.rehearsal import Rehearsal
from tests.desk_world import a_board, open_desk
from tests.people import actor

LAMPS = {
    "id": "sourcing.lamps",
    "label": "sourcing",
    "say": ["swap my lamp"],
    "hit": ["i swap my lamp"],
    "miss": ["my lamp is warm"],
    "when": [],
    "unless": [],
}
FILES = {"rules.toml": {"rule": [LAMPS]}}
NEXT = {"rules.toml": {"rule": [{**LAMPS, "say": ["swap my lamp", "sell my lamp"]}]}}
NOTHING_CHANGED = Rehearsal(0, (), (), (), (), ())


@pytest.fixture
def seeded(database, people):
    """The first release is live."""
    with database.unit() as unit:
        ruling.seed(unit, "r1", FILES)
    return people


@pytest.fixture
def edit(database, seeded):
    """Somebody changes the lamps in the draft; its version."""

    def change(handle="mo", version="", **changed):
        with database.unit() as unit:
            raw = {**LAMPS, "say": ["lend my lamp"], **changed}
            return ruling.edit_rule(unit, actor(unit, handle), version, raw, "Why not.")

    return change


@pytest.fixture
def tried(database):
    """Somebody has tried the draft."""

    def rehearse(version, handle="mo"):
        with database.unit() as unit:
            ruling.keep_rehearsal(unit, actor(unit, handle), version, NOTHING_CHANGED)

    return rehearse


@pytest.fixture
def approve(database):
    def agree(handle, version):
        with database.unit() as unit:
            return ruling.approve(unit, actor(unit, handle), version)

    return agree


def states(database):
    with database.read() as unit:
        rows = unit.session.execute(select(RuleSet.version, RuleSet.state))
        return {version: state for version, state in rows}


def test_a_database_is_seeded_once_whoever_is_second(database, seeded):
    with database.unit() as unit:
        ruling.seed(unit, "r1", FILES)
        ruling.seed(unit, "r2", NEXT)
    assert states(database) == {"r1": "live"}


def test_a_release_is_offered_as_a_draft_and_changes_nothing(database, seeded):
    with database.unit() as unit:
        assert ruling.offer(unit, "r2", NEXT)
    assert states(database) == {"r1": "live", "r2": "draft"}
    with database.read() as unit:
        assert queries.standing(unit, "r2").version == "r1"
        assert queries.standing(unit, "r2").is_offered
        assert not queries.standing(unit, "r3").is_offered


def test_a_release_waits_while_moderators_have_a_draft_open(database, edit):
    version = edit()
    with database.unit() as unit:
        assert not ruling.offer(unit, "r2", NEXT)
    assert states(database) == {"r1": "live", version: "draft"}


def test_a_release_is_offered_under_what_was_changed_here(database, edit, tried, approve):
    version = edit()
    tried(version)
    approve("rae", version)
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    with database.read() as unit:
        written = rulebook.as_drafted(unit, actor(unit, "mo"))
    assert written.rules["sourcing.lamps"]["say"] == ["lend my lamp"]
    assert written.version == version_of("r2", written.overlay)


def test_the_draft_of_a_release_lists_what_the_release_changes(database, seeded):
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    with database.read() as unit:
        page = draft_page(unit, actor(unit, "mo"))
    assert page.edits == []
    [change] = page.changes
    assert (change.name, change.how, change.fields[0].name) == ("sourcing.lamps", "changed", "say")
    assert change.fields[0].added == ("sell my lamp",)
    assert page.shown.lines == page.changes


def may_approve(database, handle):
    with database.read() as unit:
        return draft_page(unit, actor(unit, handle)).may_approve


def test_a_release_nobody_here_wrote_takes_two_one_tries_and_one_agrees(
    database, seeded, tried, approve
):
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    tried("r2")
    assert not may_approve(database, "mo")
    with pytest.raises(Forbidden, match="You tried this draft"):
        approve("mo", "r2")
    assert may_approve(database, "rae")
    assert approve("rae", "r2") == "r2"
    assert states(database) == {"r1": "retired", "r2": "live"}


def test_whoever_is_alone_on_the_team_may_take_in_a_release(
    database, seeded, tried, approve, monkeypatch
):
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
        alone = Staff(frozenset({actor(unit, "mo").id}), frozenset())
    monkeypatch.setattr(ruling, "staff_now", lambda unit: alone)
    tried("r2")
    assert may_approve(database, "mo")
    assert approve("mo", "r2") == "r2"


def test_who_tried_a_release_that_somebody_else_changed_may_agree(database, edit, tried, approve):
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    version = edit()
    tried(version, "rae")
    assert may_approve(database, "rae")
    assert approve("rae", version) == version


def test_a_release_refused_once_is_not_offered_again(database, seeded):
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    with database.unit() as unit:
        ruling.drop_draft(unit, actor(unit, "mo"))
    with database.read() as unit:
        assert queries.standing(unit, "r2").is_offered


def test_writing_in_the_same_rule_twice_keeps_the_last_word(database, edit):
    edit(say=["borrow my lamp"])
    version = edit(say=["keep my lamp"])
    with database.read() as unit:
        draft = queries.set_in(unit, "draft")
        assert draft.version == version
        assert draft.overlay["sourcing.lamps"]["say"] == ["keep my lamp"]
        assert unit.session.scalar(select(func.count()).select_from(RuleEdit)) == 1


def test_members_touch_no_rules(database, edit, tried):
    tried(edit())
    with database.unit() as unit:
        mina = actor(unit, "mina")
        for deed in (
            lambda: ruling.edit_rule(unit, mina, "", LAMPS, "x"),
            lambda: ruling.drop_draft(unit, mina),
            lambda: ruling.approve(unit, mina, "x"),
            lambda: ruling.go_back(unit, mina, "x"),
            lambda: moving.move_draft(unit, mina),
            lambda: rulebook.shelf(unit, mina),
            lambda: rulebook.rule_page(unit, mina, "sourcing.lamps"),
            lambda: draft_page(unit, mina),
        ):
            with pytest.raises(Forbidden):
                deed()


def test_who_wrote_a_line_in_it_cannot_approve_it(edit, tried, approve):
    edit("mo")
    version = edit("rae", say=["lend my lamp", "rent my lamp"])
    tried(version)
    for handle in ("mo", "rae"):
        with pytest.raises(Forbidden):
            approve(handle, version)
    assert approve("ada", version) == version


def test_of_many_who_approve_at_once_one_does(database, edit, tried, approve):
    version = edit()
    tried(version)
    outcomes = []

    def agree(handle):
        try:
            outcomes.append(approve(handle, version))
        except (Conflict, NotFound):
            outcomes.append(None)

    racers = [Thread(target=agree, args=(handle,)) for handle in ("rae", "ada") * 4]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [each for each in outcomes if each] == [version]
    assert states(database) == {"r1": "retired", version: "live"}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "live", "made_by": None},
        {"state": "draft", "made_by": "mo"},
        {"state": "retired", "made_by": "mo", "approved_by": "mo"},
        {"state": "retired", "made_by": "mo", "approved_by": None},
        {"state": "secret", "made_by": None},
    ],
    ids=["two live", "two drafts", "own approval", "no approval", "unknown state"],
)
def test_the_database_itself_refuses_what_nobody_may_do(database, edit, values):
    edit()
    people = {name: None for name in ("made_by", "approved_by")} | values
    with database.read() as unit:
        ids = {"mo": actor(unit, "mo").id, None: None}
    row = {**values, **{name: ids[people[name]] for name in ("made_by", "approved_by")}}
    with pytest.raises(IntegrityError), database.unit() as unit:
        unit.session.execute(
            insert(RuleSet).values(version="x", base="r1", overlay={}, made_at=unit.now, **row)
        )


def test_going_back_and_forth(database, edit, tried, approve):
    version = edit()
    tried(version)
    approve("rae", version)
    for target, expected in (("r1", {"r1": "live", version: "retired"}),
                             (version, {"r1": "retired", version: "live"})):  # fmt: skip
        back_to(database, target)
        assert states(database) == expected


def back_to(database, version, handle="mo"):
    with database.unit() as unit:
        sought = unit.session.scalars(select(RuleSet).where(RuleSet.version == version)).one()
        ruling.go_back(unit, actor(unit, handle), sought.id)


@pytest.fixture
def stale(database, edit, tried, approve):
    """B is in force, Mo begins a draft on it, and then A comes back: the draft's version."""
    b = edit(say=["lend my lamp"], severity="urgent")
    tried(b)
    approve("rae", b)
    draft = edit(say=["lend my lamp"], severity="urgent", miss=["my lamp is warm", "tea"])
    back_to(database, "r1")
    return draft


def test_a_draft_on_rules_no_longer_in_force_is_neither_tried_nor_approved(
    database, stale, tried, approve
):
    for deed in (lambda: tried(stale), lambda: approve("rae", stale)):
        with pytest.raises(Conflict, match="Other rules are in force"):
            deed()
    with database.read() as unit:
        page = draft_page(unit, actor(unit, "rae"))
    assert (page.is_on_live, page.may_approve) == (False, False)
    assert states(database)["r1"] == "live"


def test_a_draft_tried_before_the_rules_went_back_is_not_approved_either(
    database, edit, tried, approve
):
    b = edit()
    tried(b)
    approve("rae", b)
    draft = edit(say=["rent my lamp"])
    tried(draft)
    back_to(database, "r1")
    with pytest.raises(Conflict, match="Other rules are in force"):
        approve("rae", draft)


def test_one_tap_moves_a_draft_onto_the_rules_in_force_and_loses_nothing_of_it(
    database, stale, tried, approve
):
    with database.unit() as unit:
        moved = moving.move_draft(unit, actor(unit, "rae"))
    with database.read() as unit:
        rule = rulebook.as_drafted(unit, actor(unit, "mo")).rules["sourcing.lamps"]
        page = draft_page(unit, actor(unit, "rae"))
    assert (rule["say"], rule["severity"]) == (LAMPS["say"], "watch")  # as it is in force
    assert rule["miss"] == ["my lamp is warm", "tea"]  # as the draft has it
    assert (page.is_on_live, page.is_rehearsed) == (True, False)
    with pytest.raises(Conflict, match="try the draft"):
        approve("rae", moved)
    tried(moved)
    with pytest.raises(Forbidden):
        approve("mo", moved)
    assert approve("rae", moved) == moved


def test_a_release_that_waits_as_a_draft_stays_that_release_when_it_is_moved(
    database, edit, tried, approve
):
    b = edit()
    tried(b)
    approve("rae", b)
    with database.unit() as unit:
        ruling.offer(unit, "r2", NEXT)
    back_to(database, "r1")
    with database.unit() as unit:
        assert moving.move_draft(unit, actor(unit, "mo")) == "r2"
        assert queries.set_in(unit, "draft").base == "r2"


def test_a_draft_on_the_rules_in_force_has_nowhere_to_move(database, edit):
    edit()
    with database.unit() as unit, pytest.raises(Conflict, match="stands on the rules in force"):
        moving.move_draft(unit, actor(unit, "mo"))


def test_rules_that_cannot_be_used_leave_the_running_ones(database, seeded, caplog):
    with database.unit() as unit:
        broken = {**LAMPS, "say": ["swap ("]}
        unit.session.execute(
            update(RuleSet).values(overlay={"sourcing.lamps": broken}, version="broken")
        )
        with database.read() as reading:
            set_id = queries.set_in(reading, "live").id
    running = live().version
    clock._make_live(database, set_id)
    assert live().version == running
    assert "rules cannot be used version=" in caplog.text
    assert "swap" not in caplog.text
    go_live(None)


def test_a_text_is_kept_once_for_all_versions_that_stand_on_it(database, edit, tried, approve):
    version = edit()
    tried(version)
    approve("rae", version)
    with database.read() as unit:
        assert unit.session.scalars(select(RuleText.version)).all() == ["r1"]


# ------------------------------------------------------------------ learning


def test_weeks_are_counted_apart_oldest_first(database, people, clock):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        told = ((0, "agreed"), (3, "overturned"), (8, "agreed"), (80, None))
        items = [desk.held("otto", "sourcing") for _ in told]
        unit.session.execute(delete(FoundLabel))
        for item, (days, outcome) in zip(items, told, strict=True):
            unit.session.add(
                FoundLabel(
                    item_id=item,
                    label="dosing_advice",
                    severity="watch",
                    rule_id="dosing.tells",
                    rules_version="r1",
                    span_start=0,
                    span_end=1,
                    at=unit.now - timedelta(days=days),
                    outcome=outcome,
                )
            )
        unit.session.flush()
        weeks = learning.by_label(unit, unit.now)["dosing_advice"]
        month = learning.by_rule(unit, unit.now - timedelta(days=30))["dosing.tells"]
    assert len(weeks) == learning.WEEKS
    assert (weeks[-1].found, weeks[-1].agreed, weeks[-1].overturned) == (2, 1, 1)
    assert (weeks[-2].found, weeks[-2].precision) == (1, 1.0)
    assert (weeks[0].found, weeks[0].precision) == (1, None)
    assert sum(week.found for week in weeks) == 4
    assert (month.found, month.judged, round(month.precision, 2)) == (3, 3, 0.67)


def test_a_message_that_many_rules_found_is_one_message_of_its_label(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        items = [desk.held("otto", "sourcing") for _ in range(2)]
        unit.session.execute(delete(FoundLabel))
        for rule, item, outcome in (
            ("dosing.a", items[0], "overturned"),
            ("dosing.b", items[0], "overturned"),
            ("dosing.c", items[0], "agreed"),
            ("dosing.a", items[1], "overturned"),
            ("dosing.b", items[1], "overturned"),
        ):
            values = {"item_id": item, "rule_id": rule, "outcome": outcome, "at": unit.now}
            values |= {"label": "dosing_advice", "severity": "watch", "rules_version": "r1"}
            unit.session.add(FoundLabel(**values, span_start=0, span_end=1))
        unit.session.flush()
        week = learning.by_label(unit, unit.now)["dosing_advice"][-1]
        rules = learning.by_rule(unit, unit.now - timedelta(days=1))
    assert (week.found, week.agreed, week.overturned) == (2, 1, 1)
    assert (rules["dosing.a"].found, rules["dosing.a"].overturned) == (2, 2)


def test_a_moderators_own_words_are_not_among_the_hits_they_see(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        about_rae, about_otto = desk.held("rae", "sourcing"), desk.held("otto", "sourcing")
        for item in (about_rae, about_otto):
            desk.decides("mo", item)
        seen = {
            handle: {hit.item_id for hit in queries.hits_of(unit, desk.who(handle), "sourcing.1")}
            for handle in ("mo", "rae")
        }
    assert seen == {"mo": {about_rae, about_otto}, "rae": {about_otto}}


def test_hits_nobody_decided_are_shown_as_such_with_words_but_never_ones_own(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        about_rae, about_otto = desk.held("rae", "sourcing"), desk.held("otto", "sourcing")
        mo, rae = (read_rule(unit, desk.who(handle), "sourcing.1") for handle in ("mo", "rae"))
        [target_of_otto] = [hit.target_id for hit in rae.page.hits]
        words = board.bodies(unit, [target_of_otto])[target_of_otto]
    assert {(hit.item_id, hit.decision) for hit in mo.page.hits} == {
        (about_rae, None),
        (about_otto, None),
    }
    assert [hit.item_id for hit in rae.page.hits] == [about_otto]
    [piece_row] = rae.words.values()
    assert "".join(piece.text for piece in piece_row) == words
    assert any(piece.is_marked for piece in piece_row)


@pytest.mark.parametrize("name", ["second_look.abrupt_stop", "link.unlisted", "personal.phone"])
def test_what_is_built_in_has_a_page_before_it_found_anything(database, seeded, name):
    with database.read() as unit:
        page = read_rule(unit, actor(unit, "mo"), name).page
    assert (page.is_built_in, page.hits, page.tallies[0][1].found) == (True, [], 0)
    assert page.rule["label"]


def test_what_a_rehearsal_tells_of_ones_own_words_is_neither_shown_nor_counted(database, edit):
    version = edit()
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        about_rae, about_otto = desk.held("rae", "sourcing"), desk.held("otto", "sourcing")
        outcome = Rehearsal(2, (), (about_rae, about_otto), (), (), ())
        ruling.keep_rehearsal(unit, desk.who("mo"), version, outcome)
        page = draft_page(unit, desk.who("rae"))
    assert page.visible["newly_released"] == [about_otto]
    [line] = page.differences["newly_released"].lines
    assert (line.item_id, line.decision) == (about_otto, None)


def test_past_words_about_oneself_are_not_tried_by_oneself(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        about_rae, about_otto = desk.held("rae", "sourcing"), desk.held("otto", "sourcing")
        for item in (about_rae, about_otto):
            desk.decides("mo", item, decision="keep")
        past = {one.id for one in ruling.past_words(unit, desk.who("rae"))}
    assert past == {about_otto}


def test_what_is_held_and_waits_is_tried_too_but_never_what_is_about_oneself(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        about_rae, about_otto = desk.held("rae", "sourcing"), desk.held("otto", "sourcing")
        past = {
            handle: {(one.id, one.verdict) for one in ruling.past_words(unit, desk.who(handle))}
            for handle in ("mo", "rae")
        }
    assert past == {"mo": {(about_rae, ""), (about_otto, "")}, "rae": {(about_otto, "")}}


def test_an_undone_decision_is_no_lesson(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        item = desk.held("otto", "sourcing")
        desk.decides("mo", item, decision="allow")
        outcome = select(FoundLabel.outcome).where(FoundLabel.item_id == item)
        assert unit.session.scalar(outcome) == "overturned"
        actions.undo(unit, desk.who("mo"), item)
        assert unit.session.scalar(outcome) is None
