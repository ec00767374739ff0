"""Who is really called: rest after a hard case, busy hands, and the ladder as admins want it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import Invalid
from support.base.severity import Severity
from support.crisis import actions, queries, rules
from support.crisis.forms import CloseForm, HandOverForm, NoteForm, ShiftForm
from support.crisis.jobs import climb
from support.crisis.models import Case, LadderStep, Rest
from support.crisis.rules import LadderStep as Step
from support.crisis.rules import Outcome, State, Target
from support.notify import queries as notify
from support.notify.models import Outbox
from support.notify.rules import Channel
from tests.people import actor


def on_call(unit, *handles):
    for handle in handles:
        actions.add_shift(unit, None, ShiftForm(handle, 0, "00:00", 7 * 1440, "UTC"))


def in_danger(unit, name, severity=Severity.URGENT, hosts=()):
    person = accounts.create(unit, name, Role.MEMBER, "no log-in")
    return actions.raise_signal(
        unit,
        person,
        severity=severity,
        labels=("abrupt_stop",),
        room_id=None,
        host_ids=list(hosts),
        source="chat",
    ).id


def reached(unit, case_id, rung=-1):
    case = queries.facts_of(unit, unit.session.get_one(Case, case_id))
    return set(case.rungs[rung].reached)


def case(unit, case_id):
    return unit.session.get_one(Case, case_id)


def works_through(unit, handle, case_id, *, writes=True):
    who = actor(unit, handle)
    actions.acknowledge(unit, who, case_id)
    if writes:
        actions.note(unit, who, NoteForm(case_id, "talked"))
    return actions.close(unit, who, CloseForm(case_id, Outcome.SAFE, "", None))


def test_after_a_hard_case_nobody_pages_mo_for_half_an_hour(unit, people):
    on_call(unit, "mo", "rae")
    works_through(unit, "mo", in_danger(unit, "one"))
    assert reached(unit, in_danger(unit, "two")) == {"rae"}
    unit.now += timedelta(minutes=30)
    assert reached(unit, in_danger(unit, "three")) == {"mo", "rae"}


def test_if_the_only_one_on_call_rests_the_admins_are_told_at_once(unit, people):
    on_call(unit, "mo")
    works_through(unit, "mo", in_danger(unit, "one"))
    assert reached(unit, in_danger(unit, "two")) == set()
    kinds = [notice.kind for notice in notify.notices_of(unit, people["ada"])]
    assert kinds == ["rota_empty"]


def test_a_house_that_is_all_at_rest_is_woken_by_the_first_rung(unit, people):
    on_call(unit, "mo")
    for number, handle in enumerate(("rae", "ada", "mo")):
        works_through(unit, handle, in_danger(unit, f"hard {number}"))
    case_id = in_danger(unit, "two")
    assert reached(unit, case_id) == {"mo"}
    told = queries.help_answer(
        unit, actor(unit, "ada"), queries.facts_of(unit, case(unit, case_id))
    )
    assert told["responders"]["on_call"] == 1
    assert "rota_empty" not in {one.kind for one in notify.notices_of(unit, people["ada"])}
    actions.end_rest(unit, people["rae"])
    assert reached(unit, in_danger(unit, "three")) == set()  # Rae is awake: the admins hear of it


def test_the_only_other_responder_in_danger_does_not_count_as_awake(unit, people):
    on_call(unit, "mo")
    for number, handle in enumerate(("ada", "mo")):
        works_through(unit, handle, in_danger(unit, f"hard {number}"))
    signal = {"labels": ("asked",), "room_id": None, "host_ids": [], "source": "asked"}
    rae = actions.raise_signal(unit, people["rae"], severity=Severity.URGENT, **signal).id
    assert reached(unit, rae) == {"mo"}


def test_a_case_in_which_nobody_had_to_write_costs_no_rest(unit, people):
    on_call(unit, "mo")
    works_through(unit, "mo", in_danger(unit, "one"), writes=False)
    assert reached(unit, in_danger(unit, "two")) == {"mo"}


def test_handing_a_hard_case_over_is_the_beginning_of_rest_too(unit, people):
    on_call(unit, "mo")
    case_id = in_danger(unit, "one")
    mo = actor(unit, "mo")
    actions.acknowledge(unit, mo, case_id)
    actions.note(unit, mo, NoteForm(case_id, "talked"))
    actions.hand_over(unit, mo, HandOverForm(case_id, "please go on", "rae"))
    assert set(queries.resting(unit)) == {people["mo"]}


def test_mo_may_be_ready_again_sooner_and_rest_is_not_counted_twice(unit, people):
    on_call(unit, "mo")
    works_through(unit, "mo", in_danger(unit, "one"))
    unit.now += timedelta(minutes=5)
    works_through(unit, "mo", in_danger(unit, "two"))
    assert queries.resting(unit)[people["mo"]] == unit.now + timedelta(minutes=30)
    assert unit.session.scalar(select(func.count()).select_from(Rest)) == 1
    actions.end_rest(unit, people["mo"])
    assert reached(unit, in_danger(unit, "three")) == {"mo"}


def test_who_has_a_case_is_not_called_while_somebody_else_is_free(unit, people):
    on_call(unit, "mo", "rae")
    actions.acknowledge(unit, actor(unit, "mo"), in_danger(unit, "one"))
    assert reached(unit, in_danger(unit, "two")) == {"rae"}


def test_somebody_busy_is_called_rather_than_nobody(unit, people):
    on_call(unit, "mo")
    actions.acknowledge(unit, actor(unit, "mo"), in_danger(unit, "one"))
    assert reached(unit, in_danger(unit, "two")) == {"mo"}


def test_the_host_of_the_room_is_called_even_with_another_case_but_not_while_resting(unit, people):
    on_call(unit, "mo")
    first = in_danger(unit, "one", hosts=[people["paul"]])
    actions.acknowledge(unit, actor(unit, "paul"), first)
    assert reached(unit, in_danger(unit, "two", hosts=[people["paul"]])) == {"mo", "paul"}
    actions.note(unit, actor(unit, "paul"), NoteForm(first, "talked"))
    actions.close(unit, actor(unit, "paul"), CloseForm(first, Outcome.LEFT, "", None))
    assert reached(unit, in_danger(unit, "three", hosts=[people["paul"]])) == {"mo"}


def test_the_last_rung_wakes_the_one_admin_who_rests_rather_than_nobody(database, people, clock):
    with database.unit() as unit:
        works_through(unit, "ada", in_danger(unit, "one"))
        case_id = in_danger(unit, "two")
    for seconds in (120, 180):
        clock.forward(seconds=seconds)
        climb(database)
    with database.unit() as unit:
        assert reached(unit, case_id, 1) == {"mo", "rae"}
        assert reached(unit, case_id, 2) == {"ada"}


def test_a_case_is_engaged_when_its_reader_writes_and_open_again_when_they_fall_silent(
    database, people, clock
):
    with database.unit() as unit:
        on_call(unit, "mo")
        case_id = in_danger(unit, "one")
        mo = actor(unit, "mo")
        assert actions.acknowledge(unit, mo, case_id).state is State.ACKNOWLEDGED
        assert actions.note(unit, mo, NoteForm(case_id, "here")).state is State.ENGAGED
        assert actions.acknowledge(unit, mo, case_id).state is State.ENGAGED
    clock.forward(minutes=10)
    climb(database)
    with database.read() as unit:
        case = queries.facts_of(unit, unit.session.get_one(Case, case_id))
    assert (case.state, case.round) == (State.OPEN, 2)


# -- the ladder as data -------------------------------------------------------

QUICK = (
    Step(0, Target.RESPONDERS, (Channel.PAGE,)),
    Step(60, Target.ADMINS, (Channel.EMAIL, Channel.WEBHOOK)),
)


def test_a_stored_ladder_is_climbed_from_the_next_rung_on(database, people, clock):
    with database.unit() as unit:
        actions.store_ladder(unit, actor(unit, "ada"), QUICK)
        case_id = in_danger(unit, "one")
        assert reached(unit, case_id) == {"mo", "rae", "ada"}
    clock.forward(seconds=60)
    climb(database)
    with database.read() as unit:
        row = unit.session.get_one(Case, case_id)
        assert (row.rung, row.due_at) == (1, clock.now() + timedelta(seconds=60))
        about = Outbox.about == queries.rung_key(case_id, 1, 1)
        ways = set(unit.session.scalars(select(Outbox.channel).where(about)))
    assert ways == {"email", "webhook"}


def test_the_operators_seconds_outrank_the_stored_ladder(unit, people):
    actions.store_ladder(unit, actor(unit, "ada"), QUICK)
    queries.climb_after((7, 9))
    assert [step.wait_seconds for step in queries.ladder(unit)] == [7, 9]
    assert queries.is_overridden()
    queries.climb_after(None)
    assert queries.ladder(unit) == QUICK


def test_a_ladder_is_replaced_whole_and_can_be_forgotten(unit, people):
    ada = actor(unit, "ada")
    actions.store_ladder(unit, ada, (*QUICK, Step(90, Target.ADMINS)))
    actions.store_ladder(unit, ada, QUICK)
    assert unit.session.scalar(select(func.count()).select_from(LadderStep)) == len(QUICK)
    actions.forget_ladder(unit, ada)
    assert queries.ladder(unit) == rules.HOUSE_LADDER
    assert queries.stored_ladder(unit) == ()


def test_a_bad_ladder_changes_nothing(unit, people):
    with pytest.raises(Invalid):
        actions.store_ladder(unit, actor(unit, "ada"), (Step(0, Target.ON_CALL),))
    assert queries.ladder(unit) == rules.HOUSE_LADDER


def test_a_test_page_goes_the_ways_of_every_rung_and_says_that_it_is_one(unit, people):
    on_call(unit, "mo")
    test_id = actions.rehearse(unit, actor(unit, "ada"))
    found = notify.traces(unit, f"test:{test_id}:")
    told = {(one.about.rsplit(":", 1)[1], one.channel, one.recipient_id) for one in found}
    assert ("0", "page", people["mo"]) in told
    assert ("1", "page", people["rae"]) in told
    assert ("2", "email", people["ada"]) in told
    assert ("2", "webhook", None) in told
    (notice, *_) = notify.notices_of(unit, people["mo"])
    assert "only a test" in notice.text
    assert unit.session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_test_with_nobody_on_call_comes_back_to_who_tries_it(unit, people):
    test_id = actions.rehearse(unit, actor(unit, "ada"))
    first = notify.traces(unit, f"test:{test_id}:0")
    assert [one.recipient_id for one in first] == [people["ada"]]
