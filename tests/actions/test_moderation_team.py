"""Q1, Q8, Q9: pass on without guilt, hand over, rest, leave notes, take back with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.severity import Severity
from support.groups import actions as groups
from support.moderation import actions, queries
from support.moderation.forms import (
    HandOverForm,
    NoteForm,
    PauseForm,
    QueueFilter,
    ReadyForm,
)
from support.moderation.models import Decision, Look, Pause, ShiftNote
from support.moderation.rules.desk import Verdict
from support.moderation.rules.effects import effects_of
from support.moderation.rules.team import is_hard
from support.notify.models import Notice
from tests.desk_world import a_board, open_desk


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def later(desk, clock, **span):
    clock.forward(**span)
    desk.unit.now = clock.now()


def listed(desk, handle, **query):
    page = queries.queue(desk.unit, desk.who(handle), QueueFilter.parse(query))
    return [line.id for line in page.lines]


def skips(desk, handle, item):
    actions.skip(desk.unit, desk.who(handle), item)


def hands(desk, item, to, by="mo"):
    form = HandOverForm.parse({"to": to})
    actions.hand_over(desk.unit, desk.who(by), item, form)


def rests(desk, handle, minutes=30):
    actions.pause(desk.unit, desk.who(handle), PauseForm.parse({"minutes": minutes}))


def shift(desk, handle="mo"):
    return queries.shift(desk.unit, desk.who(handle))


# ------------------------------------------------------------------ not me


def test_what_one_passed_on_is_never_shown_again_by_any_path(desk):
    items = [desk.held("otto", "harassment") for _ in range(3)]
    for item in items:
        actions.claim(desk.unit, desk.who("mo"), item)
        skips(desk, "mo", item)
    assert listed(desk, "mo") == []
    assert queries.waiting_for(desk.unit, desk.who("mo")).open == 0
    assert queries.next_free(desk.unit, desk.who("mo")) is None
    for deed in (actions.claim, actions.read_item, actions.skip):
        with pytest.raises(NotFound):
            deed(desk.unit, desk.who("mo"), items[0])
    views = {view.account_id: view for view in queries.waiting_by_staff(desk.unit, items[0])}
    assert not views[desk.who("mo").id].sees_item
    assert views[desk.who("rae").id].sees_item
    assert sorted(listed(desk, "rae")) == sorted(items)
    assert listed(desk, "rae", show="free") == listed(desk, "rae")


def test_passing_on_is_counted_nowhere_and_the_log_names_nobody(desk):
    item = desk.held("otto", "harassment")
    skips(desk, "mo", item)
    load = shift(desk).load
    assert (load.mine, load.team, load.in_hand) == (0, 0, 0)
    entry = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.item_passed_on")
    ).one()
    assert entry.actor_id is None
    assert entry.detail == {}


def test_what_everybody_passed_on_goes_to_an_admin(desk):
    item = desk.held("otto", "harassment")
    for handle in ("mo", "rae"):
        skips(desk, handle, item)
    assert listed(desk, "ada") == [item]
    skips(desk, "ada", item)
    assert listed(desk, "ada") == [item], "nothing is lost while an admin is there"


def test_what_is_decided_cannot_be_passed_on(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("rae", item, "keep")
    with pytest.raises(Conflict):
        skips(desk, "mo", item)


def test_a_passed_on_item_stays_away_when_it_is_decided(desk):
    item = desk.held("otto", "sourcing")
    skips(desk, "mo", item)
    desk.decides("rae", item, "keep")
    assert listed(desk, "mo", show="decided") == []
    assert listed(desk, "ada", show="decided") == [item]


# ------------------------------------------------------------------ hand over


def test_an_entry_is_put_into_anothers_hands_and_they_are_told(desk, clock):
    item = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item)
    hands(desk, item, "rae")
    assert listed(desk, "rae", show="mine") == [item]
    later(desk, clock, minutes=29)
    with pytest.raises(Conflict):
        actions.claim(desk.unit, desk.who("mo"), item)
    desk.unit.session.flush()
    told = desk.unit.session.scalars(
        select(Notice.kind).where(Notice.account_id == desk.who("rae").id)
    ).all()
    assert told == ["item_handed"]
    later(desk, clock, minutes=2)
    actions.claim(desk.unit, desk.who("mo"), item)


@pytest.mark.parametrize("to", ["mo", "fern", "nobody-here"])
def test_it_goes_to_another_moderator_only(desk, to):
    item = desk.held("otto", "sourcing")
    with pytest.raises(Invalid, match="Who shall"):
        hands(desk, item, to)


def test_it_is_not_handed_to_whom_it_is_about_who_passed_it_on_or_who_rests(desk):
    about_rae = desk.held("rae", "sourcing")
    with pytest.raises(Invalid, match="cannot take this"):
        hands(desk, about_rae, "rae")
    item = desk.held("otto", "sourcing")
    skips(desk, "rae", item)
    with pytest.raises(Invalid, match="cannot take this"):
        hands(desk, item, "rae")
    rests(desk, "ada")
    with pytest.raises(Invalid, match="cannot take this"):
        hands(desk, item, "ada")


def test_what_another_has_is_not_handed_over(desk):
    item = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("rae"), item)
    with pytest.raises(Conflict, match="on this right now"):
        hands(desk, item, "ada")
    desk.decides("rae", item, "keep")
    with pytest.raises(Conflict):
        hands(desk, item, "ada", by="rae")


# ------------------------------------------------------------------ rest


def test_on_a_break_nothing_new_comes_and_what_was_in_hand_goes_back(desk, clock):
    item = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item)
    rests(desk, "mo", 30)
    assert listed(desk, "rae", show="free") == [item]
    with pytest.raises(Conflict, match="on a break"):
        actions.take_next(desk.unit, desk.who("mo"))
    assert shift(desk).paused_until == desk.unit.now + timedelta(minutes=30)
    assert shift(desk, "rae").on_break == ("mo",)
    assert queries.colleagues(desk.unit, desk.who("rae")) == ("ada",)
    later(desk, clock, minutes=31)
    assert actions.take_next(desk.unit, desk.who("mo")) == item


def test_a_break_can_be_ended_and_changed(desk):
    rests(desk, "mo", 30)
    rests(desk, "mo", 120)
    assert shift(desk).paused_until == desk.unit.now + timedelta(minutes=120)
    rests(desk, "mo", 0)
    assert shift(desk).paused_until is None


@pytest.mark.parametrize(
    ("labels", "severity", "hard"),
    [
        (["crisis_self_harm"], Severity.NONE, True),
        (["abrupt_stop"], Severity.NONE, True),
        (["harassment"], Severity.NONE, True),
        (["self_promo"], Severity.CRITICAL, True),
        (["self_promo"], Severity.WATCH, False),
        (["sourcing", "dosing_advice"], Severity.NONE, False),
        ([], Severity.NONE, False),
    ],
)
def test_what_counts_as_hard(labels, severity, hard):
    assert is_hard(labels, severity) is hard


def test_after_six_hard_things_in_twelve_hours_one_is_told_to_rest(desk, clock):
    for number in range(6):
        assert not shift(desk).wants_break, number
        actions.claim(desk.unit, desk.who("mo"), desk.held("otto", "harassment"))
    actions.claim(desk.unit, desk.who("mo"), desk.held("otto", "self_promo"))
    desk.unit.session.flush()
    assert (shift(desk).hard, shift(desk).wants_break) == (6, True)
    assert shift(desk, "rae").hard == 0
    later(desk, clock, hours=13)
    assert shift(desk).hard == 0


def test_the_same_entry_hurts_once(desk):
    item = desk.held("otto", "harassment")
    for _ in range(3):
        actions.claim(desk.unit, desk.who("mo"), item)
        actions.release(desk.unit, desk.who("mo"), item)
    assert shift(desk).hard == 1


# ------------------------------------------------------------------ load, notes, ready words


def test_own_load_stands_beside_the_teams_and_names_nobody_else(desk, clock):
    for handle in ("mo", "mo", "rae"):
        desk.decides(handle, desk.held("otto", "sourcing"), "keep")
    item = desk.held("otto", "sourcing")
    actions.claim(desk.unit, desk.who("mo"), item)
    load = shift(desk).load
    assert (load.mine, load.team, load.people, load.in_hand) == (2, 3, 3, 1)
    later(desk, clock, days=8)
    assert shift(desk).load.team == 0


def test_a_note_waits_for_the_next_shift_for_two_weeks(desk, clock):
    actions.leave_note(desk.unit, desk.who("mo"), NoteForm.parse({"text": "Fern had a bad night."}))
    desk.unit.session.flush()
    (note,) = shift(desk, "rae").notes
    assert (note.by, note.text) == ("mo", "Fern had a bad night.")
    later(desk, clock, days=15)
    assert shift(desk, "rae").notes == ()
    rests(desk, "mo", 30)
    later(desk, clock, days=31)
    actions.forget_work(desk.unit)
    for table in (ShiftNote, Look, Pause):
        assert desk.unit.session.scalar(select(func.count()).select_from(table)) == 0


def test_words_are_kept_ready_changed_and_dropped(desk):
    form = ReadyForm.parse({"title": "No selling", "text": "Please.", "rule": "no_trading"})
    made = actions.keep_ready(desk.unit, desk.who("mo"), form)
    changed = ReadyForm.parse({"title": "No selling", "text": "We do not.", "rule": "safety"})
    actions.change_ready(desk.unit, desk.who("rae"), made, changed)
    desk.unit.session.flush()
    (found,) = queries.ready_words(desk.unit, desk.who("ada"))
    assert (found.text, found.rule) == ("We do not.", "safety")
    actions.drop_ready(desk.unit, desk.who("rae"), made)
    desk.unit.session.flush()
    assert queries.ready_words(desk.unit, desk.who("ada")) == ()
    with pytest.raises(NotFound):
        actions.drop_ready(desk.unit, desk.who("rae"), made)


@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_the_desks_own_work_is_not_for_others(desk, handle):
    actor = desk.who(handle)
    for deed in (
        lambda: queries.shift(desk.unit, actor),
        lambda: queries.ready_words(desk.unit, actor),
        lambda: actions.pause(desk.unit, actor, PauseForm(30)),
        lambda: actions.leave_note(desk.unit, actor, NoteForm("x")),
        lambda: actions.keep_ready(desk.unit, actor, ReadyForm("x", "x", "safety")),
    ):
        with pytest.raises(Forbidden):
            deed()


# ------------------------------------------------------------------ take back later


def test_later_than_ten_seconds_an_own_decision_is_taken_back_with_a_reason(desk, clock):
    note = desk.says("otto")
    desk.reports("fern", note)
    item = listed(desk, "mo")[0]
    desk.decides("mo", item, "mute", minutes=600)
    later(desk, clock, hours=3)
    with pytest.raises(Conflict, match="without a reason"):
        actions.undo(desk.unit, desk.who("mo"), item)
    with pytest.raises(Forbidden):
        actions.undo(desk.unit, desk.who("rae"), item, "It was wrong.")
    actions.undo(desk.unit, desk.who("mo"), item, "I misread it.")
    assert desk.state_of(note) == "visible"
    assert desk.who("otto").muted_until is None
    assert listed(desk, "mo", show="mine") == [item]
    assert shift(desk).load.taken_back == 1
    made = desk.unit.session.scalars(select(Decision)).one()
    assert made.reason.endswith("I misread it.")
    verbs = set(desk.unit.session.scalars(select(Entry.verb)))
    assert "moderation.item_reversed" in verbs
    assert "moderation.item_undone" not in verbs


# ------------------------------------------------------------------ effects


def test_what_will_happen_is_said_before_the_click(desk):
    now = desk.unit.now
    ban = effects_of(Verdict.BAN, None, now, shown=True, reported=True)
    assert "go for everybody" in ban.words
    assert "second moderator" in ban.second
    assert (ban.author_news, ban.reporter_news, ban.until) == ("sanction", "report_closed", None)
    mute = effects_of(Verdict.MUTE, 60, now, shown=False, reported=False)
    assert (mute.second, mute.reporter_news) == (None, None)
    assert mute.until == now + timedelta(minutes=60)
    assert "but their author" in mute.words


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("shown", [True, False])
def test_every_decision_has_its_sentences(desk, verdict, shown):
    found = effects_of(verdict, None, desk.unit.now, shown=shown, reported=True)
    assert found.words.endswith(".")
    assert found.reporter_news == ("report_kept" if verdict is Verdict.ALLOW else "report_closed")
    assert (found.author_news is None) == (verdict is Verdict.ALLOW and shown)


# ------------------------------------------------------------------ hats


def joins(desk, *handles):
    groups.take_in(desk.unit, desk.group_id, [desk.who(handle).id for handle in handles])
    desk.unit.session.flush()


def test_who_is_in_a_group_as_a_member_does_not_act_there(desk):
    item = desk.held("otto", "sourcing")
    joins(desk, "mo")
    for deed in (
        lambda: actions.claim(desk.unit, desk.who("mo"), item),
        lambda: desk.decides("mo", item, "keep"),
    ):
        with pytest.raises(Forbidden, match="in this group yourself"):
            deed()
    with pytest.raises(NotFound, match="Nothing waits"):
        actions.take_next(desk.unit, desk.who("mo"))
    assert actions.read_item(desk.unit, desk.who("mo"), item).has_hat
    assert not actions.read_item(desk.unit, desk.who("rae"), item).has_hat
    desk.decides("rae", item, "keep")


def test_where_all_of_the_staff_take_part_somebody_still_acts(desk):
    item = desk.held("otto", "sourcing")
    joins(desk, "mo", "rae", "ada")
    assert actions.take_next(desk.unit, desk.who("mo")) == item
    desk.decides("mo", item, "keep")
