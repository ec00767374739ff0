"""A signal opens a case, calls people at once, and never more than one case a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.audit.models import Entry
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import CloseForm, HelpForm, ShiftForm
from support.crisis.rules import Outcome, State
from support.notify import queries as notify
from tests.people import actor

ALL_WEEK = {"weekday": 0, "start": "00:00", "minutes": 7 * 1440, "timezone": "UTC"}


@pytest.fixture
def mo_on_call(unit, people):
    """Mo is on call all week."""
    actions.add_shift(unit, None, ShiftForm(handle="mo", **ALL_WEEK))
    return people["mo"]


def signal(unit, person_id, severity=Severity.URGENT, hosts=(), room="room1"):
    return actions.raise_signal(
        unit,
        person_id,
        severity=severity,
        labels=("crisis_self_harm",),
        room_id=room,
        host_ids=list(hosts),
        source="chat",
    )


def told(unit, handle):
    """The kinds of notices that somebody of the cast has."""
    return [notice.kind for notice in notify.notices_of(unit, actor(unit, handle).id)]


def verbs(unit):
    return list(unit.session.scalars(select(Entry.verb).order_by(Entry.id)))


def test_the_one_on_call_and_the_rooms_host_are_called_in_the_same_transaction(
    unit, people, mo_on_call
):
    case = signal(unit, people["mina"], hosts=[people["paul"]])
    (rung,) = case.rungs
    assert (rung.round, rung.rung, set(rung.reached)) == (1, 0, {"mo", "paul"})
    assert case.state is State.OPEN
    assert case.due_at == unit.now + timedelta(seconds=120)
    assert told(unit, "mo") == told(unit, "paul") == ["case_page"]
    assert told(unit, "rae") == told(unit, "mina") == []


def test_a_second_signal_finds_the_same_case(unit, people, mo_on_call):
    first = signal(unit, people["mina"])
    second = signal(unit, people["mina"], Severity.URGENT)
    assert second.id == first.id
    assert len(second.rungs) == 1
    assert told(unit, "mo") == ["case_page"]


def test_severity_only_rises(unit, people, mo_on_call):
    assert signal(unit, people["mina"], Severity.URGENT).severity is Severity.URGENT
    assert signal(unit, people["mina"], Severity.CRITICAL).severity is Severity.CRITICAL
    assert signal(unit, people["mina"], Severity.WATCH).severity is Severity.CRITICAL


def test_watch_opens_a_case_and_calls_nobody(unit, people, mo_on_call):
    case = signal(unit, people["mina"], Severity.WATCH)
    assert (case.rungs, case.due_at, case.called_at) == ((), None, None)
    assert told(unit, "mo") == []


def test_a_graver_signal_on_a_watched_case_calls(unit, people, mo_on_call):
    signal(unit, people["mina"], Severity.WATCH)
    case = signal(unit, people["mina"], Severity.URGENT)
    assert [(rung.round, rung.rung) for rung in case.rungs] == [(1, 0)]
    assert told(unit, "mo") == ["case_page"]


def test_a_graver_signal_on_a_case_somebody_holds_starts_a_new_round(unit, people, mo_on_call):
    case = signal(unit, people["mina"])
    actions.acknowledge(unit, actor(unit, "mo"), case.id)
    again = signal(unit, people["mina"], Severity.CRITICAL)
    assert (again.state, again.round, again.held_by) == (State.OPEN, 2, None)
    assert [(rung.round, rung.rung) for rung in again.rungs] == [(1, 0), (2, 0)]


def test_the_same_signal_on_a_case_somebody_holds_lets_them_read(unit, people, mo_on_call):
    case = signal(unit, people["mina"])
    actions.acknowledge(unit, actor(unit, "mo"), case.id)
    again = signal(unit, people["mina"])
    assert (again.state, again.held_by.handle) == (State.ACKNOWLEDGED, "mo")
    assert [note.kind for note in queries.notes_of(unit, case.id)][-1] == "signal"


def test_an_empty_rota_says_so_and_alerts_the_admins_at_once(unit, people):
    case = signal(unit, people["mina"])
    (rung,) = case.rungs
    assert rung.reached == ()
    assert case.called_at is None
    assert told(unit, "ada") == ["rota_empty"]
    assert told(unit, "mo") == []
    assert "crisis.rota_empty" in verbs(unit)


def test_a_host_alone_is_called_and_the_admins_still_hear_that_the_rota_is_empty(unit, people):
    case = signal(unit, people["mina"], hosts=[people["paul"]])
    assert case.rungs[0].reached == ("paul",)
    assert told(unit, "ada") == ["rota_empty"]


def test_nobody_is_called_about_themselves(unit, people, mo_on_call):
    case = signal(unit, people["mo"], hosts=[people["mo"]])
    assert case.rungs[0].reached == ()
    assert told(unit, "mo") == []
    assert people["mo"] not in queries.responders_of(unit, case.id)
    assert not queries.may_see_case(unit, actor(unit, "mo"), case.id)
    assert told(unit, "ada") == ["rota_empty"]


def test_only_responders_and_the_rooms_host_may_know_of_a_case(unit, people, mo_on_call):
    case = signal(unit, people["mina"], hosts=[people["paul"]])
    able = {name for name in people if queries.may_see_case(unit, actor(unit, name), case.id)}
    assert able == {"mo", "rae", "ada", "paul"}
    assert queries.responders_of(unit, case.id) == {people[name] for name in able}


def test_a_host_of_another_room_knows_nothing(unit, people, mo_on_call):
    case = signal(unit, people["mina"])
    assert not queries.may_see_case(unit, actor(unit, "paul"), case.id)
    assert queries.open_cases(unit, actor(unit, "paul")) == []


def test_two_people_have_two_cases_the_gravest_first(unit, people, mo_on_call):
    signal(unit, people["mina"], Severity.URGENT)
    signal(unit, people["otto"], Severity.CRITICAL)
    handles = [case.person.handle for case in queries.open_cases(unit, actor(unit, "mo"))]
    assert handles == ["otto", "mina"]


def test_the_log_names_ids_and_never_words_or_handles(unit, people, mo_on_call):
    signal(unit, people["mina"], hosts=[people["paul"]])
    unit.session.flush()
    for entry in unit.session.scalars(select(Entry).where(Entry.verb.like("crisis.%"))):
        assert "mina" not in f"{entry.subject} {entry.detail}"
        assert "crisis_self_harm" not in str(entry.detail)


def test_asking_for_help_opens_ones_own_case_with_the_words_for_responders_alone(
    unit, people, mo_on_call
):
    case = actions.ask_for_help(unit, actor(unit, "mina"), HelpForm(note="please, I am shaking"))
    assert (case.person.handle, case.labels) == ("mina", ("asked_for_help",))
    assert case.called == ("mo",)
    notes = queries.notes_of(unit, case.id)
    assert [(note.kind, note.body) for note in notes][-1] == ("person", "please, I am shaking")


def test_asking_twice_finds_the_case_and_pages_nobody_twice(unit, people, mo_on_call):
    first = actions.ask_for_help(unit, actor(unit, "mina"), HelpForm())
    second = actions.ask_for_help(unit, actor(unit, "mina"), HelpForm(note="still here"))
    assert first.id == second.id
    assert told(unit, "mo") == ["case_page"]


def test_a_flood_of_own_notes_is_not_kept_but_help_is_never_refused(unit, people, mo_on_call):
    for _ in range(60):
        case = actions.ask_for_help(unit, actor(unit, "mina"), HelpForm(note="help"))
    kept = [note for note in queries.notes_of(unit, case.id) if note.kind == "person"]
    assert len(kept) <= 50


def closed_case(unit, people):
    case = signal(unit, people["mina"])
    mo = actor(unit, "mo")
    actions.acknowledge(unit, mo, case.id)
    return actions.close(unit, mo, CloseForm(case.id, Outcome.SAFE, "", None))


def test_soon_after_a_case_was_closed_a_new_signal_reopens_it_in_a_new_round(
    unit, people, mo_on_call
):
    from_before = closed_case(unit, people)
    again = signal(unit, people["mina"], Severity.CRITICAL)
    assert again.id == from_before.id
    assert (again.state, again.severity, again.outcome) == ("open", Severity.CRITICAL, None)
    assert [(rung.round, rung.rung, rung.reached) for rung in again.rungs] == [
        (1, 0, ("mo",)),
        (2, 0, ("mo",)),
    ]
    assert [line.kind for line in queries.notes_of(unit, again.id)][-1] == "reopened"
    assert not again.closed_at


def test_a_watchful_signal_reopens_nothing(unit, people, mo_on_call):
    from_before = closed_case(unit, people)
    assert signal(unit, people["mina"], Severity.WATCH).id != from_before.id


def test_a_day_later_it_is_a_new_case(unit, people, mo_on_call):
    from_before = closed_case(unit, people)
    unit.now += timedelta(hours=24)
    again = signal(unit, people["mina"])
    assert again.id != from_before.id
    assert again.rungs[0].reached == ("mo",)


def test_a_case_knows_whose_numbers_the_person_was_shown(unit, people, mo_on_call):
    assert signal(unit, people["mina"]).country == "PT"
