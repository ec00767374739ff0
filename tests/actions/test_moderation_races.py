"""Many at once: one decision, one report, one claim, one signature, whatever the database."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from support.accounts import actions as accounts
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Declined
from support.moderation import actions, queries
from support.moderation.forms import AnswerForm, QueueFilter
from support.moderation.models import Appeal, Decision, Report, ReviewItem, Sanction, Skip
from support.moderation.rules.evidence import Step
from tests.desk_world import Desk, a_board, open_desk

STAFF = ("mo", "rae", "ada")


@pytest.fixture
def desk(database):
    """The desk, in a transaction of its own each time: desk(lambda it: …)."""
    with a_board() as board:
        with database.unit() as unit:
            group_id = open_desk(unit, board).group_id

        def within(act):
            """As a page does: told that the database is busy (503), it asks again."""
            for _ in range(20):
                try:
                    with database.unit() as unit:
                        return act(Desk(unit, board, group_id))
                except OperationalError as error:
                    if "database is locked" not in str(error):
                        raise
            raise AssertionError("busy for a minute")

        yield within


def at_once(desk, *acts):
    """Everything at the same moment; what became of each: "done" or the code of the refusal."""

    def attempt(act):
        try:
            desk(act)
        except Declined as declined:
            return declined.code
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(attempt, acts))


def count(desk, table):
    return desk(lambda it: it.unit.session.scalar(select(func.count()).select_from(table)))


def test_of_many_decisions_at_once_one_wins_and_the_others_are_told(desk):
    item = desk(lambda it: it.held("otto", "sourcing"))
    acts = [lambda it, who=who: it.decides(who, item, "mute", minutes=5) for who in STAFF * 4]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 11}
    assert count(desk, Decision) == count(desk, Sanction) == 1


def test_of_many_claims_at_once_one_moderator_has_it(desk):
    item = desk(lambda it: it.held("otto", "sourcing"))
    acts = [lambda it, who=who: actions.claim(it.unit, it.who(who), item) for who in STAFF]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 2}


def test_many_reports_at_once_make_one_item_and_one_report_each(desk):
    note = desk(lambda it: it.says("otto"))
    acts = [lambda it, who=who: it.reports(who, note) for who in ("mina", "fern", "paul") * 4]
    assert at_once(desk, *acts) == {"done": 12}
    assert count(desk, ReviewItem) == 1
    assert count(desk, Report) == 3


def test_of_many_signatures_at_once_one_counts(desk):
    made = desk(lambda it: it.sanctions("mo", "otto", "ban"))
    acts = [
        lambda it, who=who: actions.cosign(it.unit, it.who(who), made.id)
        for who in ("rae", "ada") * 6
    ]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 11}


def test_an_undo_counts_once(desk):
    item = desk(lambda it: it.held("otto", "sourcing"))
    desk(lambda it: it.decides("mo", item, "keep"))
    acts = [lambda it: actions.undo(it.unit, it.who("mo"), item)] * 6
    assert at_once(desk, *acts) == {"done": 1, "conflict": 5}


def test_two_moderators_work_off_a_queue_without_meeting(desk):
    made = desk(lambda it: [it.held("otto", "sourcing") for _ in range(20)])

    def work(who):
        done = []
        for _ in range(20):
            try:
                item = desk(lambda it: actions.take_next(it.unit, it.who(who)))
                desk(lambda it, item=item: it.decides(who, item, "keep"))
                done.append(item)
            except Conflict:
                continue
            except Declined:
                break
        return done

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, ("mo", "rae"))
    assert sorted(first + second) == sorted(made)
    assert count(desk, Decision) == 20


def statements(database, act):
    """How many statements an act takes."""
    seen = []

    def note(*_):
        seen.append(1)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_full_page_of_the_queue_takes_no_more_statements_than_a_short_one(desk, database):
    def page():
        with database.read() as unit:
            mo = Desk(unit, None, "").who("mo")
            queries.queue(unit, mo, QueueFilter.parse({}))
            queries.waiting_for(unit, mo)

    def fill(it):
        note = it.says("paul")
        it.reports("mina", note)
        it.held("otto", "sourcing")

    desk(fill)
    short = statements(database, page)
    for _ in range(20):
        desk(fill)
    assert statements(database, page) == short
    assert short <= 25


def test_from_two_windows_at_once_one_colleague_is_stopped_and_not_two(desk):
    desk(lambda it: accounts.set_role(it.unit, it.who("fern").id, Role.MODERATOR))
    wanted = [lambda it, who=who: it.sanctions("mo", who, "ban") for who in ("rae", "fern")]
    assert at_once(desk, *wanted) == {"done": 2}
    stops = desk(
        lambda it: it.unit.session.scalars(
            select(Sanction.account_id).where(Sanction.meanwhile_for.is_not(None))
        ).all()
    )
    assert len(stops) == 1
    assert count(desk, Sanction) == 3


def test_of_fifty_signatures_at_once_under_a_ban_one_counts(desk):
    made = desk(lambda it: it.sanctions("mo", "otto", "ban")).id
    signers = ["rae", "ada", "mo", "rae", "ada"] * 10
    acts = [lambda it, who=who: actions.cosign(it.unit, it.who(who), made) for who in signers]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 39, "forbidden": 10}
    found = desk(lambda it: it.unit.session.get(Sanction, made))
    assert (found.state, found.cosigned_by != found.by_id) == ("in_force", True)


def test_of_fifty_signatures_at_once_under_a_grave_step_one_counts(desk):
    def reported(it):
        it.reports("fern", it.says("otto"))
        return it.unit.session.scalars(select(ReviewItem.id)).one()

    item = desk(reported)
    step = desk(
        lambda it: actions.ask_about_item(it.unit, it.who("mo"), item, Step.ERASE, "Not ours.")
    )
    acts = [
        lambda it, who=who: actions.sign_step(it.unit, it.who(who), step)
        for who in ["rae", "ada"] * 25
    ]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 49}
    agreed = desk(
        lambda it: it.unit.session.scalar(
            select(func.count()).select_from(Entry).where(Entry.verb == "moderation.step_agreed")
        )
    )
    assert agreed == 1


def test_of_many_who_ask_for_the_same_at_once_one_asking_stands(desk):
    def reported(it):
        it.reports("fern", it.says("otto"))
        return it.unit.session.scalars(select(ReviewItem.id)).one()

    item = desk(reported)
    acts = [
        lambda it, who=who: actions.ask_about_item(it.unit, it.who(who), item, Step.UNSEAL, "Why?")
        for who in STAFF * 4
    ]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 11}


def test_of_many_appeals_at_once_one_is_there(desk):
    made = desk(lambda it: it.sanctions("mo", "otto", "mute", minutes=60)).id
    acts = [lambda it: actions.appeal(it.unit, it.who_id("otto"), made, "Please look.")] * 12
    assert at_once(desk, *acts) == {"done": 1, "conflict": 11}
    assert count(desk, Appeal) == 1
    assert desk(lambda it: queries.waiting_for(it.unit, it.who("rae")).open) == 1


def test_of_many_answers_at_once_one_counts(desk):
    made = desk(lambda it: it.sanctions("mo", "otto", "mute", minutes=600)).id
    desk(lambda it: actions.appeal(it.unit, it.who_id("otto"), made, "Please look."))
    item = desk(lambda it: it.unit.session.scalars(select(Appeal.item_id)).one())
    form = AnswerForm.parse({"outcome": "shorten", "minutes": 30, "reply": "Read."})
    acts = [
        lambda it, who=who: actions.answer(it.unit, it.who(who), item, form)
        for who in ["rae", "ada"] * 6
    ]
    assert at_once(desk, *acts) == {"done": 1, "conflict": 11}
    assert desk(lambda it: it.unit.session.scalars(select(Appeal.outcome)).one()) == "shorten"


def test_many_who_pass_on_at_once_leave_one_mark_each(desk):
    item = desk(lambda it: it.held("otto", "harassment"))
    acts = [lambda it, who=who: actions.skip(it.unit, it.who(who), item) for who in ("mo", "rae")]
    assert at_once(desk, *acts) == {"done": 2}
    assert count(desk, Skip) == 2
