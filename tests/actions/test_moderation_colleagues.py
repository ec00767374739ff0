"""Measures about one of the team: two people from the first minute, and no team locked out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.base.actor import Role
from support.base.errors import Forbidden, NotFound
from support.moderation import actions
from support.moderation.actions.signing import ask_for_moderator
from support.moderation.forms import AnswerForm, ReasonForm
from support.moderation.models import Appeal, ReviewItem, Sanction
from support.moderation.rules.evidence import Step
from support.notify.models import Notice
from support.notify.rules import KINDS
from tests.desk_world import a_board, open_desk

HOUR = timedelta(hours=1)
TO_SIGN, NOT_SIGNED = "to_sign", "not_signed"


@pytest.fixture
def desk(trial):
    """Mo, Rae and Ada; Mo is the one in a temper."""
    with a_board() as board:
        yield open_desk(trial, board)


def is_out(desk, handle):
    return people.standing(desk.unit, desk.who_id(handle)).kind


def told(desk, kind):
    desk.unit.session.flush()
    rows = desk.unit.session.scalars(select(Notice.account_id).where(Notice.kind == kind))
    names = people.people(desk.unit, set(rows))
    return sorted(one.handle for one in names.values())


def held_for(desk, handle):
    """For how long somebody is kept out by the measures in force."""
    rows = desk.unit.session.scalars(
        select(Sanction).where(
            Sanction.account_id == desk.who_id(handle), Sanction.state == "in_force"
        )
    )
    return [one.until - one.at for one in rows]


def promote(desk, handle, role=Role.MODERATOR):
    accounts.set_role(desk.unit, desk.who_id(handle), role)


# ------------------------------------------------------------------ alone


@pytest.mark.parametrize("kind", ["suspend", "ban"])
@pytest.mark.parametrize("minutes", [None, 60, 7 * 24 * 60])
def test_a_colleague_is_out_for_an_hour_until_somebody_else_signs(desk, kind, minutes):
    made = desk.sanctions("mo", "rae", kind, **({"minutes": minutes} if minutes else {}))
    assert (made.state, made.until) == ("pending", desk.unit.now + HOUR)
    assert is_out(desk, "rae") == "suspend"
    assert held_for(desk, "rae") == [HOUR]


def test_what_holds_meanwhile_is_never_longer_than_what_was_asked_for(desk):
    made = desk.sanctions("mo", "rae", "suspend", minutes=5)
    assert made.until == desk.unit.now + timedelta(minutes=5)


def test_one_moderator_alone_cannot_lock_out_the_team(desk):
    promote(desk, "fern")
    promote(desk, "otto")
    desk.sanctions("mo", "rae", "ban")
    for handle in ("fern", "otto"):
        made = desk.sanctions("mo", handle, "ban")
        assert (made.state, made.until) == ("pending", None)
    assert [is_out(desk, each) for each in ("rae", "fern", "otto", "ada")] == [
        "suspend",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(("hours", "holds"), [(2, False), (23, False), (24, True)])
def test_nor_one_after_the_other_on_the_same_day(desk, hours, holds):
    promote(desk, "fern")
    desk.sanctions("mo", "rae", "ban")
    desk.unit.now += hours * HOUR
    actions.end_sanctions(desk.unit)
    desk.sanctions("mo", "fern", "ban")
    assert (is_out(desk, "fern") == "suspend") is holds


def test_another_moderator_has_an_hour_of_their_own(desk):
    promote(desk, "fern")
    desk.sanctions("mo", "rae", "ban")
    desk.sanctions("ada", "fern", "ban")
    assert (is_out(desk, "rae"), is_out(desk, "fern")) == ("suspend", "suspend")


def test_where_nobody_is_left_to_sign_nothing_holds(desk):
    promote(desk, "rae", Role.MEMBER)
    promote(desk, "fern")
    desk.sanctions("ada", "mo", "mute")
    promote(desk, "fern", Role.MEMBER)
    made = desk.sanctions("ada", "mo", "ban")
    assert (made.state, made.until, is_out(desk, "mo")) == ("pending", None, None)


def test_a_mute_of_a_colleague_changes_nothing_until_it_is_signed(desk):
    made = desk.sanctions("mo", "rae", "mute", minutes=30)
    assert (made.state, made.until) == ("pending", None)
    assert desk.who("rae").muted_until is None
    actions.cosign(desk.unit, desk.who("ada"), made.id)
    assert desk.who("rae").muted_until == desk.unit.now + timedelta(minutes=30)


def test_a_word_to_a_colleague_needs_nobody_else(desk):
    assert desk.sanctions("mo", "rae", "warn").state == "in_force"


def test_it_is_the_same_from_an_entry_of_the_queue(desk):
    note = desk.says("rae")
    item = desk.held("rae", "harassment")
    decided = desk.decides("mo", item, "suspend", minutes=600)
    assert (decided.imposed.state, held_for(desk, "rae")) == ("pending", [HOUR])
    assert desk.state_of(note) == "visible"


@pytest.mark.parametrize("handle", ["otto", "paul"])
def test_members_and_mentors_are_judged_as_before(desk, handle):
    assert desk.sanctions("mo", handle, "suspend", minutes=60).state == "in_force"


def test_the_operator_still_acts_alone(desk):
    actions.ban_by_operator(desk.unit, desk.who_id("rae"), "Stolen.", "safety", None)
    assert is_out(desk, "rae") == "ban"


# ------------------------------------------------------------------ the second person


def test_the_second_puts_the_whole_of_it_in_force(desk):
    made = desk.sanctions("mo", "rae", "suspend", minutes=600)
    signed = actions.cosign(desk.unit, desk.who("ada"), made.id)
    assert (signed.state, signed.until) == ("in_force", desk.unit.now + 10 * HOUR)
    assert held_for(desk, "rae") == [10 * HOUR]


def test_neither_who_asked_nor_whom_it_is_about_signs(desk):
    made = desk.sanctions("mo", "rae", "mute")
    with pytest.raises(Forbidden):
        actions.cosign(desk.unit, desk.who("mo"), made.id)
    with pytest.raises(NotFound):
        actions.cosign(desk.unit, desk.who("rae"), made.id)


def test_a_no_brings_the_colleague_back_at_once(desk):
    made = desk.sanctions("mo", "rae", "ban")
    actions.end(desk.unit, desk.who("ada"), made.id, ReasonForm("We spoke."))
    assert is_out(desk, "rae") is None


def test_about_an_admin_an_admin_asks_and_any_moderator_is_second(desk):
    promote(desk, "rae", Role.ADMIN)
    with pytest.raises(Forbidden):
        desk.sanctions("mo", "ada", "ban")
    made = desk.sanctions("rae", "ada", "ban")
    assert is_out(desk, "ada") == "suspend"
    actions.cosign(desk.unit, desk.who("mo"), made.id)
    assert is_out(desk, "ada") == "ban"


def test_an_appeal_that_makes_it_shorter_is_the_second_name_and_can_be_taken_back(desk):
    made = desk.sanctions("mo", "rae", "suspend", minutes=600)
    row = desk.unit.session.get_one(Sanction, made.id)
    actions.appeal(desk.unit, desk.who_id("rae"), made.id, "It was not like that.")
    item = desk.unit.session.scalars(select(Appeal.item_id)).one()
    short = AnswerForm.parse({"outcome": "shorten", "minutes": 90, "reply": "Too long."})
    actions.answer(desk.unit, desk.who("ada"), item, short)
    desk.unit.session.flush()
    assert (row.state, row.cosigned_by) == ("in_force", desk.who_id("ada"))
    assert held_for(desk, "rae") == [timedelta(minutes=90)]
    actions.undo(desk.unit, desk.who("ada"), item)
    desk.unit.session.flush()
    assert (row.state, row.cosigned_by, row.cosigned_at) == ("pending", None, None)
    assert held_for(desk, "rae") == [HOUR]


# ------------------------------------------------------------------ who is told


def test_whoever_may_sign_is_told_and_nobody_else(desk):
    desk.sanctions("mo", "rae", "mute")
    assert told(desk, TO_SIGN) == ["ada"]
    desk.sanctions("mo", "otto", "ban")
    assert told(desk, TO_SIGN) == ["ada", "rae"]


def test_a_new_moderator_and_a_seal_are_told_to_the_others_too(desk):
    ask_for_moderator(desk.unit, desk.who("mo"), "fern", "Kind and steady.")
    assert told(desk, TO_SIGN) == ["ada", "rae"]


def test_who_reported_the_words_is_not_asked_to_open_them(desk):
    desk.reports("rae", desk.says("otto"))
    item = desk.unit.session.scalars(select(ReviewItem.id)).one()
    actions.ask_about_item(desk.unit, desk.who("mo"), item, Step.UNSEAL, "We must know.")
    assert told(desk, TO_SIGN) == ["ada"]


def test_who_asked_hears_that_nobody_signed_in_time(desk):
    desk.sanctions("mo", "otto", "ban")
    desk.unit.now += 23 * HOUR
    actions.end_sanctions(desk.unit)
    assert told(desk, NOT_SIGNED) == []
    desk.unit.now += HOUR
    actions.end_sanctions(desk.unit)
    actions.end_sanctions(desk.unit)
    assert told(desk, NOT_SIGNED) == ["mo"]
    assert all("otto" not in KINDS[kind].text for kind in (TO_SIGN, NOT_SIGNED))


# ------------------------------------------------------------------ held by the tables


def refused(desk, statement):
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.execute(statement)


def test_the_table_itself_knows_no_colleague_limited_by_one(desk):
    made = desk.sanctions("mo", "rae", "suspend", minutes=600)
    row = update(Sanction).where(Sanction.id == made.id)
    refused(desk, row.values(needs_second=False))
    refused(desk, row.values(needs_second=False, kind="mute"))
    stop = update(Sanction).where(Sanction.meanwhile_for == made.id)
    refused(desk, stop.values(minutes=61))
    refused(desk, stop.values(minutes=None))


def test_the_table_itself_lets_one_person_stop_one_colleague_at_a_time(desk):
    promote(desk, "fern")
    desk.sanctions("mo", "rae", "ban")
    second = desk.sanctions("mo", "fern", "ban")
    stop = update(Sanction).where(Sanction.id == second.id)
    values = {"meanwhile_for": second.id, "minutes": 60, "needs_second": False}
    refused(desk, stop.values(state="in_force", **values))
