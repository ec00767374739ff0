"""A case that opens again within a day: the same people and room, but consent is asked anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.audit.models import Entry
from support.base.errors import Ended, NotFound
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import CloseForm, HelpForm, ShiftForm
from support.crisis.models import Case, PlanRequest
from support.crisis.rules import Outcome, State
from support.journal import actions as journal
from support.journal.forms import LineForm
from support.journal.rules import Heading
from support.notify import queries as notify
from tests.people import actor

WORDS = "Tea, then my sister."


@pytest.fixture
def unit_(unit, people):
    """Mo is on call all week, and people have plans."""
    for handle in ("mina", "otto"):
        journal.add_line(unit, actor(unit, handle), LineForm(Heading.HELPS, WORDS))
    actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    return unit


def sign(unit, severity=Severity.URGENT, handle="mina", **more):
    known = {"labels": ("abrupt_stop",), "room_id": None, "host_ids": [], "source": "chat"}
    return actions.raise_signal(
        unit, actor(unit, handle).id, severity=severity, **{**known, **more}
    )


def taken(unit, case, handle="mo"):
    return actions.acknowledge(unit, actor(unit, handle), case.id)


def closed(unit, case, handle="mo", day=None):
    form = CloseForm(case.id, Outcome.SAFE, "sleeping", day)
    return actions.close(unit, actor(unit, handle), form)


def plan(unit, case):
    """The words of the plan that the case's holder is shown."""
    shown = actions.plan_for(unit, facts(unit, case))
    return [line.text for line in shown.lines] if shown else None


def facts(unit, case):
    return queries.facts_of(unit, unit.session.get_one(Case, case.id))


def asked_of_mina(unit):
    found = notify.notices_of(unit, actor(unit, "mina").id)
    return [one.kind for one in found].count("plan_asked")


@pytest.fixture
def case(unit_):
    """Mina said yes to Mo, and her case was closed well."""
    case = taken(unit_, sign(unit_))
    actions.ask_for_plan(unit_, actor(unit_, "mo"), case.id)
    actions.answer_for_plan(unit_, actor(unit_, "mina"), agrees=True)
    assert plan(unit_, case) == [WORDS]
    return closed(unit_, case)


def again(unit, case, hours=2):
    unit.now += timedelta(hours=hours)
    found = sign(unit)
    assert found.id == case.id
    return found


def test_a_yes_of_last_time_is_no_yes_of_this_time(unit_, case):
    reopened = again(unit_, case)
    assert queries.consent_of(unit_, reopened.id) is None
    assert plan(unit_, reopened) is None


def test_the_person_is_asked_again_and_hears_of_it(unit_, case):
    taken(unit_, again(unit_, case), "rae")
    actions.ask_for_plan(unit_, actor(unit_, "rae"), case.id)
    assert asked_of_mina(unit_) == 2
    consent = queries.consent_of(unit_, case.id)
    assert (consent.asked_by, consent.answer) == ("rae", None)
    assert consent.asked_at == unit_.now
    assert plan(unit_, case) is None


@pytest.mark.parametrize(("agrees", "shown"), [(True, [WORDS]), (False, None)])
def test_only_the_new_answer_counts(unit_, case, agrees, shown):
    taken(unit_, again(unit_, case))
    actions.ask_for_plan(unit_, actor(unit_, "mo"), case.id)
    actions.answer_for_plan(unit_, actor(unit_, "mina"), agrees=agrees)
    assert plan(unit_, case) == shown


def test_nobody_answers_the_old_question_in_the_new_round(unit_, case):
    again(unit_, case)
    with pytest.raises(NotFound, match="Nobody has asked"):
        actions.answer_for_plan(unit_, actor(unit_, "mina"), agrees=True)


def test_a_no_of_last_time_does_not_bind_either(unit_, people):
    case = taken(unit_, sign(unit_, handle="otto"))
    actions.ask_for_plan(unit_, actor(unit_, "mo"), case.id)
    actions.answer_for_plan(unit_, actor(unit_, "otto"), agrees=False)
    closed(unit_, case)
    sign(unit_, handle="otto")
    assert queries.consent_of(unit_, case.id) is None


def test_a_new_round_of_a_case_that_never_closed_keeps_the_answer(unit_):
    case = taken(unit_, sign(unit_))
    actions.ask_for_plan(unit_, actor(unit_, "mo"), case.id)
    actions.answer_for_plan(unit_, actor(unit_, "mina"), agrees=True)
    raised = sign(unit_, Severity.CRITICAL)
    assert raised.round == 2
    assert queries.consent_of(unit_, case.id).answer == "yes"
    actions.ask_for_plan(unit_, actor(unit_, "mo"), taken(unit_, case).id)
    assert asked_of_mina(unit_) == 1


def test_the_answers_of_other_people_stay_when_one_case_opens_again(unit_, case):
    other = taken(unit_, sign(unit_, handle="otto"))
    actions.ask_for_plan(unit_, actor(unit_, "mo"), other.id)
    actions.answer_for_plan(unit_, actor(unit_, "otto"), agrees=True)
    again(unit_, case)
    rows = unit_.session.scalars(select(PlanRequest.case_id)).all()
    assert rows == [other.id]
    assert actions.plan_for(unit_, facts(unit_, other)) is not None


def test_that_a_yes_was_given_once_stays_in_the_log_and_in_the_notes(unit_, case):
    again(unit_, case)
    verbs = unit_.session.scalars(select(Entry.verb).where(Entry.subject == f"case:{case.id}"))
    assert "crisis.plan_answered" in list(verbs)
    kinds = [one.kind for one in queries.notes_of(unit_, case.id)]
    assert kinds[-2:] == ["closed", "reopened"]
    assert "plan_yes" in kinds


def test_how_it_ended_last_time_is_wiped_and_the_side_room_stays(unit_, case):
    reopened = facts(unit_, again(unit_, case))
    assert (reopened.state, reopened.outcome, reopened.follow_up_on) == (State.OPEN, None, None)
    row = unit_.session.get_one(Case, case.id)
    assert (row.closed_at, row.closed_by_id, row.held_by_id) == (None, None, None)
    assert row.side_room_id == case.side_room_id is not None


@pytest.mark.parametrize(
    ("hours", "same"),
    [(0, True), (23, True), (25, False), (24 * 30, False)],
)
def test_a_day_later_it_is_another_case(unit_, case, hours, same):
    unit_.now += timedelta(hours=hours)
    assert (sign(unit_).id == case.id) is same


def test_help_now_opens_the_same_case_again_with_the_words_sent(unit_, case):
    unit_.now += timedelta(hours=1)
    asked = actions.ask_for_help(unit_, actor(unit_, "mina"), HelpForm(None, "it is back"))
    assert asked.id == case.id
    notes = queries.notes_of(unit_, case.id)
    assert [(one.kind, one.body) for one in notes][-1] == ("person", "it is back")


def test_labels_gather_without_doubles_and_the_new_severity_counts(unit_, case):
    unit_.now += timedelta(hours=1)
    labels = ("abrupt_stop", "crisis_self_harm")
    found = sign(unit_, Severity.CRITICAL, labels=labels, room_id="room9")
    row = unit_.session.get_one(Case, found.id)
    assert (row.labels, row.severity, row.room_id) == (list(labels), "critical", "room9")


def test_a_sign_without_a_room_keeps_the_room_of_before(unit_, people):
    case = closed(unit_, taken(unit_, sign(unit_, room_id="room1")))
    again(unit_, case)
    assert unit_.session.get_one(Case, case.id).room_id == "room1"


def test_the_hosts_of_the_new_room_may_take_it_and_those_of_before_too(unit_, people):
    first = sign(unit_, host_ids=[people["paul"]])
    closed(unit_, taken(unit_, first))
    sign(unit_, host_ids=[people["otto"], people["mina"]])
    hosts = queries.host_ids(unit_, [first.id])[first.id]
    assert set(hosts) == {people["paul"], people["otto"]}


def test_while_it_is_closed_nobody_reads_the_plan_or_takes_it(unit_, case):
    assert plan(unit_, case) is None
    with pytest.raises(Ended):
        taken(unit_, case, "rae")


def test_who_wrote_in_it_before_has_to_take_it_again_first(unit_, case):
    reopened = again(unit_, case)
    assert facts(unit_, reopened).held_by is None
    assert reopened.round == 2
    assert taken(unit_, reopened).held_by.handle == "mo"
