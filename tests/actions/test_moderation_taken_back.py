"""An answer to an appeal: what it says of review, how it is taken back, and what if none comes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts import queries as accounts
from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden
from support.moderation import actions, queries
from support.moderation.forms import AnswerForm
from support.moderation.jobs.clock import hurry
from support.moderation.models import Appeal, FoundLabel, ReviewItem, Sanction
from support.moderation.queries.learning import AGREED, OVERTURNED
from support.moderation.rules.desk import HouseRule, SanctionKind
from support.notify.models import Notice, Outbox
from support.notify.queries import notices_of
from tests.desk_world import a_board, open_desk


@pytest.fixture
def desk(trial):
    with a_board() as board:
        yield open_desk(trial, board)


def appeals(desk, action_id):
    due = actions.appeal(desk.unit, desk.who_id("otto"), action_id, "It was not like that.")
    desk.unit.session.flush()
    return due


def entry(desk):
    return desk.unit.session.scalars(select(Appeal.item_id)).one()


def answers(desk, outcome, handle="rae", **more):
    form = AnswerForm.parse({"outcome": outcome, "reply": "I read it all.", **more})
    return actions.answer(desk.unit, desk.who(handle), entry(desk), form)


def takes_back(desk, handle="rae", reason=""):
    actions.undo(desk.unit, desk.who(handle), entry(desk), reason)
    desk.unit.session.flush()
    desk.unit.session.expire_all()


def sanctioned(desk, kind="mute", **more):
    made = desk.sanctions("mo", "otto", kind, **more)
    appeals(desk, made.id)
    return made.id


def as_it_is(desk, sanction_id):
    """Everything about a sanction that an answer may change, and what the account feels of it."""
    desk.unit.session.expire_all()
    found = desk.unit.session.get_one(Sanction, sanction_id)
    now = accounts.standing(desk.unit, found.account_id)
    others = desk.unit.session.scalars(select(Sanction).order_by(Sanction.at, Sanction.id))
    states = {one.id: (one.state, one.ended_at, one.ended_by) for one in others}
    felt = (now.kind, now.until)
    held = (found.until, found.minutes, found.needs_second, found.end_reason)
    return states, felt, held, desk.unit.session.scalar(select(_muted(found.account_id)))


def _muted(account_id):
    account = Sanction.metadata.tables["account"]
    return select(account.c.muted_until).where(account.c.id == account_id).scalar_subquery()


def outcomes(desk, item_id):
    rows = desk.unit.session.execute(
        select(FoundLabel.label, FoundLabel.outcome).where(FoundLabel.item_id == item_id)
    )
    return {label: outcome for label, outcome in rows}


def judged(desk, decision="keep"):
    """Words that review held and Mo judged; the item and what Otto can appeal."""
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item, decision)
    told = actions.own_decisions(desk.unit, desk.who("otto"))
    appeals(desk, told[0].id)
    return item


# ------------------------------------------------------------------ what it says of review


def test_words_that_come_back_by_an_appeal_say_that_review_was_wrong(desk):
    item = judged(desk)
    assert outcomes(desk, item) == {"sourcing": AGREED}
    answers(desk, "lift")
    assert outcomes(desk, item) == {"sourcing": OVERTURNED}


@pytest.mark.parametrize(("outcome", "says"), [("keep", AGREED), ("lift", None)])
def test_a_sanction_that_goes_says_nothing_of_review_any_more(desk, outcome, says):
    item = judged(desk, "mute")
    answers(desk, outcome)
    assert outcomes(desk, item) == {"sourcing": says}


# ------------------------------------------------------------------ taken back


@pytest.mark.parametrize(
    ("kind", "length", "outcome", "more"),
    [
        ("mute", {"minutes": 600}, "lift", {}),
        ("mute", {"minutes": 600}, "shorten", {"minutes": 5}),
        ("mute", {"minutes": 600}, "keep", {}),
        ("suspend", {"minutes": 600}, "lift", {}),
        ("ban", {"minutes": 600}, "shorten", {"minutes": 60}),
        ("ban", {}, "lift", {}),
        ("ban", {}, "shorten", {"minutes": 600}),
        ("ban", {}, "shorten", {"minutes": 40 * 1440}),
        ("warn", {}, "lift", {}),
    ],
)
def test_an_answer_taken_back_leaves_everything_as_it_was(desk, kind, length, outcome, more):
    sanction = sanctioned(desk, kind, **length)
    before = as_it_is(desk, sanction)
    answers(desk, outcome, **more)
    assert outcome == "keep" or as_it_is(desk, sanction) != before
    takes_back(desk)
    assert as_it_is(desk, sanction) == before
    item = desk.unit.session.get_one(ReviewItem, entry(desk))
    assert (item.state, item.claimed_by, item.decision) == ("open", desk.who_id("rae"), None)
    found = queries.appeal_of_item(desk.unit, item.id)
    assert (found.outcome, found.reply, found.answered_at, found.before) == (None, None, None, None)


def test_a_decision_that_came_back_goes_again_with_its_words_and_what_it_taught(desk):
    item = judged(desk)
    note = next(iter(desk.board.notes))
    answers(desk, "lift")
    assert (desk.state_of(note), outcomes(desk, item)) == ("visible", {"sourcing": OVERTURNED})
    takes_back(desk)
    assert (desk.state_of(note), outcomes(desk, item)) == ("kept", {"sourcing": AGREED})
    again = desk.unit.session.get_one(ReviewItem, item)
    assert (again.decision, again.decided_by) == ("keep", desk.who_id("mo"))
    (told,) = actions.own_decisions(desk.unit, desk.who("otto"))
    assert (told.what, told.appeal.outcome) == ("keep", None)
    answers(desk, "lift")
    assert desk.state_of(note) == "visible"


def test_the_person_hears_of_the_answer_of_its_going_and_of_the_next_one(desk):
    sanctioned(desk, minutes=600)
    answers(desk, "lift")
    takes_back(desk)
    desk.unit.now += timedelta(minutes=1)
    answers(desk, "keep")
    desk.unit.session.flush()
    told = [one.kind for one in notices_of(desk.unit, desk.who_id("otto"))]
    assert told.count("appeal_answered") == 2
    assert told.count("answer_undone") == 1
    assert queries.overturns_lately(desk.unit) == {
        "no_trading": {"keep": 1, "lift": 0, "shorten": 0}
    }


def test_later_than_ten_seconds_it_takes_a_reason_and_the_log_says_so(desk):
    sanctioned(desk, minutes=600)
    answers(desk, "lift")
    assert actions.read_appeal(desk.unit, desk.who("rae"), entry(desk)).can_undo
    desk.unit.now += timedelta(seconds=11)
    read = actions.read_appeal(desk.unit, desk.who("rae"), entry(desk))
    assert (read.can_undo, read.is_mine_decided) == (False, True)
    with pytest.raises(Conflict, match="say why"):
        takes_back(desk)
    takes_back(desk, reason="I read the wrong line.")
    verbs = desk.unit.session.scalars(select(Entry.verb)).all()
    assert "moderation.answer_reversed" in verbs
    with pytest.raises(Conflict, match="nothing to undo"):
        takes_back(desk)


def test_nobody_else_takes_an_answer_back(desk):
    sanctioned(desk, minutes=600)
    answers(desk, "lift")
    with pytest.raises(Forbidden):
        takes_back(desk, "ada")


# ------------------------------------------------------------------ nobody answers


def hurries(desk):
    before = {one.id for one in desk.unit.session.scalars(select(Notice))}
    late = actions.ask_again_about_late(desk.unit)
    desk.unit.session.flush()
    new = [one for one in desk.unit.session.scalars(select(Notice)) if one.id not in before]
    return late, sorted((one.kind, one.account_id) for one in new)


def test_past_its_deadline_whoever_may_answer_is_asked_each_day_and_the_person_told_once(desk):
    sanction = desk.sanctions("mo", "otto", "mute", minutes=1440)
    due = appeals(desk, sanction.id)
    desk.unit.now = due - timedelta(seconds=1)
    assert hurries(desk) == (0, [])
    able = [desk.who_id("ada"), desk.who_id("rae")]
    asked = sorted(("appeal_late", one) for one in able)
    desk.unit.now = due
    assert hurries(desk) == (1, [*asked, ("appeal_waits", desk.who_id("otto"))])
    desk.unit.now += timedelta(hours=1)
    assert hurries(desk) == (1, [])
    desk.unit.now = due + timedelta(days=1)
    assert hurries(desk) == (1, asked)
    answers(desk, "keep")
    desk.unit.now += timedelta(days=1)
    assert hurries(desk) == (0, [])
    mailed = select(Outbox.recipient_id).where(Outbox.kind == "appeal_late").distinct()
    assert set(desk.unit.session.scalars(mailed)) == set(able)


def test_the_clock_asks_by_itself(database, people):
    with a_board() as board, database.unit() as unit:
        desk = open_desk(unit, board)
        sanction = desk.sanctions("mo", "otto", "mute", minutes=1440)
        actions.appeal(unit, desk.who_id("otto"), sanction.id, "It was not like that.")
        unit.session.flush()
        unit.session.get_one(ReviewItem, entry(desk)).due_at = unit.now - timedelta(minutes=1)
    hurry(database)
    with database.read() as unit:
        assert "appeal_late" in {one.kind for one in notices_of(unit, people["rae"])}
        assert "appeal_late" not in {one.kind for one in notices_of(unit, people["mo"])}


# ------------------------------------------------------------------ what the operator did


def test_a_ban_by_the_operator_is_answered_by_any_moderator(desk):
    made = actions.ban_by_operator(
        desk.unit, desk.who_id("otto"), "Sells.", HouseRule.NO_TRADING, None
    )
    appeals(desk, made)
    read = actions.read_appeal(desk.unit, desk.who("mo"), entry(desk))
    assert (read.by, read.second, read.what) == ("", None, "ban")
    record = queries.record_of(desk.unit, desk.who_id("otto")).sanctions
    assert [(one.kind, one.by) for one in record] == [("ban", "")]
    answers(desk, "shorten", "mo", minutes=60)
    until = accounts.standing(desk.unit, desk.who_id("otto")).until
    assert until == desk.unit.now + timedelta(hours=1)
    takes_back(desk, "mo")
    assert accounts.standing(desk.unit, desk.who_id("otto")).until is None


def test_the_operator_lifts_what_moderators_did_with_its_record(desk):
    sanctioned(desk, "ban")
    actions.lift_by_operator(desk.unit, desk.who_id("otto"), SanctionKind.BAN)
    assert accounts.standing(desk.unit, desk.who_id("otto")).kind is None
    states = {one.state for one in queries.record_of(desk.unit, desk.who_id("otto")).sanctions}
    assert states == {"ended"}
    assert queries.what_keeps_out(desk.unit, desk.who_id("otto")) is None
