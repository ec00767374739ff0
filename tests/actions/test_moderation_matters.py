"""What stays and what goes while a matter is open: appeals, seals, people who leave, help."""

import pytest
from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.severity import Severity
from support.crisis import actions as crisis
from support.crisis import queries as cases
from support.moderation import actions, jobs, queries
from support.moderation.forms import AnswerForm
from support.moderation.models import Appeal, Evidence, ReviewItem, Sanction
from tests.desk_world import Desk, a_board, open_desk


@pytest.fixture
def desk(database):
    """The desk, in a transaction of its own each time: desk(lambda it: …)."""
    with a_board() as board:
        with database.unit() as unit:
            group_id = open_desk(unit, board).group_id

        def within(act):
            with database.unit() as unit:
                return act(Desk(unit, board, group_id))

        yield within


def reported(desk):
    """An entry about Otto's words, with its seal."""

    def happens(it):
        note = it.says("otto")
        it.reports("fern", note)
        return it.unit.session.scalars(
            select(ReviewItem.id).where(ReviewItem.target_id == note)
        ).one()

    return desk(happens)


def appeals(desk, action_id):
    desk(lambda it: actions.appeal(it.unit, it.who_id("otto"), action_id, "Please look."))
    return desk(
        lambda it: it.unit.session.scalars(
            select(Appeal.item_id).where(Appeal.answered_at.is_(None))
        ).one()
    )


def answers(desk, item, outcome="keep"):
    form = AnswerForm.parse({"outcome": outcome, "reply": "Read."})
    desk(lambda it: actions.answer(it.unit, it.who("rae"), item, form))


def seals(desk):
    return desk(lambda it: len(it.unit.session.scalars(select(Evidence.id)).all()))


def erase(desk, handle="otto"):
    desk(lambda it: actions.DeskMemory().erase(it.unit, it.who_id(handle)))


def test_an_open_appeal_keeps_the_seal_although_the_sanction_is_over(desk, database, clock):
    item = reported(desk)
    made = desk(lambda it: it.decides("mo", item, "mute", minutes=60)).imposed.id
    clock.forward(minutes=30)
    waiting = appeals(desk, made)
    clock.forward(days=120)
    jobs.end(database)
    jobs.tend_seals(database)
    assert seals(desk) == 1
    answers(desk, waiting)
    jobs.tend_seals(database)
    assert seals(desk) == 0


def test_who_goes_in_the_middle_of_an_appeal_leaves_the_sealed_words_until_it_is_answered(desk):
    item = reported(desk)
    desk(lambda it: it.decides("mo", item, "remove"))
    decision = desk(lambda it: queries.standing_decision(it.unit, item).id)
    waiting = appeals(desk, decision)
    erase(desk)
    assert seals(desk) == 1
    answers(desk, waiting)
    erase(desk)
    assert seals(desk) == 0
    left = desk(lambda it: it.unit.session.scalars(select(Appeal)).one())
    assert (left.text, left.reply) == ("", "")


def test_a_settled_matter_leaves_nothing_of_who_goes(desk):
    item = reported(desk)
    desk(lambda it: it.decides("mo", item, "remove"))
    erase(desk)
    assert seals(desk) == 0


def test_lifting_a_decision_about_words_settles_the_matter(desk, database, clock):
    item = reported(desk)
    desk(lambda it: it.decides("mo", item, "remove"))
    decision = desk(lambda it: queries.standing_decision(it.unit, item).id)
    answers(desk, appeals(desk, decision), "lift")
    clock.forward(days=91)
    jobs.tend_seals(database)
    assert seals(desk) == 0


@pytest.mark.parametrize("kind", ["mute", "suspend", "ban"])
def test_no_sanction_and_no_answer_closes_somebodys_case(desk, kind):
    def calls(it):
        return crisis.raise_signal(
            it.unit,
            it.who_id("otto"),
            severity=Severity.URGENT,
            labels=("abrupt_stop",),
            room_id=None,
            host_ids=[],
            source="help:otto",
        ).id

    case = desk(calls)
    made = desk(lambda it: it.sanctions("mo", "otto", kind, minutes=600)).id
    waiting = appeals(desk, made)
    for outcome in ("keep",):
        answers(desk, waiting, outcome)
    still = desk(lambda it: cases.open_case_of(it.unit, it.who_id("otto")))
    assert still is not None
    assert still.id == case


def test_a_sanction_ends_by_itself_though_nothing_ran_meanwhile(desk, clock):
    made = desk(lambda it: it.sanctions("mo", "otto", "suspend", minutes=60)).id
    assert desk(lambda it: accounts.standing(it.unit, it.who_id("otto")).kind) == "suspend"
    clock.forward(minutes=60, seconds=1)
    assert desk(lambda it: accounts.standing(it.unit, it.who_id("otto")).kind) is None
    assert desk(lambda it: it.unit.session.get(Sanction, made).state) == "in_force"
    assert desk(lambda it: queries.what_keeps_out(it.unit, it.who_id("otto"))) is None
    assert desk(lambda it: queries.live_sanctions(it.unit, it.who("mo"))) == ()
