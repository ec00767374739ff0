"""Cases as they are read: whose they are, in which order, what a sweep finds, and who is called."""

from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.errors import NotFound
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import CloseForm, HandOverForm, NoteForm, ShiftForm
from support.crisis.models import Case
from support.crisis.queries import cases as stored
from support.crisis.rules import Outcome, State
from tests.people import actor

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(trial):
    """Mo is on call all week."""
    actions.add_shift(trial, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    return trial


def sign(unit, handle="mina", severity=Severity.URGENT, hosts=(), room=None):
    return actions.raise_signal(
        unit,
        actor(unit, handle).id,
        severity=severity,
        labels=("abrupt_stop",),
        room_id=room,
        host_ids=[actor(unit, host).id for host in hosts],
        source="chat",
    ).id


def take(unit, case_id, handle="mo"):
    return actions.acknowledge(unit, actor(unit, handle), case_id)


def close(unit, case_id, handle="mo"):
    form = CloseForm(case_id, Outcome.SAFE, "", None)
    return actions.close(unit, actor(unit, handle), form)


def listed(unit, handle, **more):
    unit.session.flush()
    return [one.id for one in queries.open_cases(unit, actor(unit, handle), **more)]


# ------------------------------------------------------------------ whose it is


@pytest.mark.parametrize(
    ("handle", "sees"),
    [("mo", True), ("rae", True), ("ada", True), ("paul", True), ("mina", False), ("otto", False)],
)
def test_a_case_is_its_responders_and_its_rooms_host_s(house, handle, sees):
    case = sign(house, hosts=["paul"])
    who = actor(house, handle)
    assert queries.may_see_case(house, who, case) is sees
    assert listed(house, handle) == ([case] if sees else [])
    if sees:
        assert queries.case_for(house, who, case).id == case
    else:
        with pytest.raises(NotFound, match="no such case"):
            queries.case_for(house, who, case)


def test_the_host_of_one_case_sees_no_other(house):
    sign(house, "mina", hosts=["paul"])
    other = sign(house, "otto")
    with pytest.raises(NotFound):
        queries.case_for(house, actor(house, "paul"), other)


def test_a_moderator_in_danger_is_no_responder_of_their_own(house):
    case = sign(house, "rae", hosts=["rae", "paul"])
    assert listed(house, "rae") == []
    found = queries.responders_of(house, case)
    assert found == {actor(house, one).id for one in ("mo", "ada", "paul")}


def test_a_mentor_on_the_rota_responds_and_off_it_not(house):
    case, paul = sign(house), actor(house, "paul").id
    assert listed(house, "paul") == []
    accounts.set_on_rota(house, paul, True)
    assert listed(house, "paul") == [case]
    accounts.set_on_rota(house, paul, False)
    assert listed(house, "paul") == []


def test_a_case_that_is_not_there_has_nobody(house):
    assert queries.responders_of(house, "no-such") == set()
    assert not queries.may_see_case(house, actor(house, "mo"), "no-such")


def test_a_host_who_is_kept_out_is_none_until_they_are_back(house):
    case, paul = sign(house, hosts=["paul"]), actor(house, "paul").id
    accounts.suspend(house, paul, house.now + MINUTE, "rest", "safety")
    assert queries.host_ids(house, [case]) == {case: []}
    house.now += MINUTE
    assert queries.host_ids(house, [case]) == {case: [paul]}
    assert queries.host_ids(house, []) == {}


# ------------------------------------------------------------------ in which order


def test_the_gravest_is_first_then_the_oldest(house):
    old = sign(house, "mina")
    house.now += MINUTE
    young = sign(house, "otto")
    house.now += MINUTE
    grave = sign(house, "paul", Severity.CRITICAL)
    watched = sign(house, "rae", Severity.WATCH)
    assert listed(house, "mo") == [grave, old, young, watched]


def test_closed_ones_are_apart_and_the_last_closed_is_first(house, monkeypatch):
    made = []
    for handle in ("mina", "otto", "paul"):
        made.append(sign(house, handle))
        take(house, made[-1])
        close(house, made[-1])
        house.now += MINUTE
    assert listed(house, "mo") == []
    assert listed(house, "mo", closed=True) == made[::-1]
    assert queries.open_case_ids(house) == []
    monkeypatch.setattr(stored, "MOST_CLOSED", 2)
    assert listed(house, "mo", closed=True) == made[:0:-1]


def test_what_is_open_keeps_its_rooms_whoever_holds_it(house):
    one, other = sign(house, "mina"), sign(house, "otto")
    take(house, one)
    assert set(queries.open_case_ids(house)) == {one, other}


# ------------------------------------------------------------------ what a sweep finds


def due(unit, most=9):
    unit.session.flush()
    return [one.id for one in queries.due_cases(unit, most)]


def lapsed(unit, most=9):
    unit.session.flush()
    return [one.id for one in queries.lapsed_cases(unit, most)]


def test_a_case_is_due_from_its_very_moment_on(house):
    case = sign(house)
    assert due(house) == []
    assert not queries.is_any_due(house)
    house.now = house.session.get_one(Case, case).due_at - timedelta(microseconds=1)
    assert due(house) == []
    house.now += timedelta(microseconds=1)
    assert due(house) == [case]
    assert queries.is_any_due(house)


def test_the_longest_waiting_is_swept_first_and_no_more_than_asked_for(house):
    first = sign(house, "mina")
    house.now += MINUTE
    second = sign(house, "otto")
    house.now += 10 * MINUTE
    assert due(house) == [first, second]
    assert due(house, 1) == [first]


@pytest.mark.parametrize("way", ["watched", "held", "closed"])
def test_what_nobody_is_called_to_is_never_due(house, way):
    case = sign(house, severity=Severity.WATCH if way == "watched" else Severity.URGENT)
    if way != "watched":
        take(house, case)
    if way == "closed":
        close(house, case)
    house.now += timedelta(days=3)
    assert due(house) == []
    assert not queries.is_any_due(house)


def test_a_reader_is_silent_after_ten_minutes_to_the_second(house):
    case = sign(house)
    take(house, case)
    house.now += 10 * MINUTE - timedelta(seconds=1)
    assert lapsed(house) == []
    assert not queries.is_any_lapsed(house)
    house.now += timedelta(seconds=1)
    assert lapsed(house) == [case]
    assert queries.is_any_lapsed(house)
    assert actions.lapse_due(house, 9) == 1
    assert lapsed(house) == []


def test_a_sweep_of_nothing_writes_nothing(house):
    before = len(house.announced)
    assert actions.climb_due(house, 9) == 0
    assert actions.lapse_due(house, 9) == 0
    assert len(house.announced) == before


def test_a_lapse_is_noted_with_who_was_silent_and_calls_from_the_beginning(house):
    case = sign(house)
    take(house, case, "rae")
    house.now += 11 * MINUTE
    actions.lapse_due(house, 9)
    row = house.session.get_one(Case, case)
    assert (row.state, row.round, row.rung, row.held_by_id) == (State.OPEN, 2, 0, None)
    last = queries.notes_of(house, case)[-1]
    assert (last.kind, last.author, last.body) == ("lapsed", "rae", "")


# ------------------------------------------------------------------ who is called


def roster(unit):
    unit.session.flush()
    return queries.roster(unit)


def test_the_roster_knows_who_rests_and_who_is_busy(house):
    mo = actor(house, "mo").id
    case = sign(house)
    assert (roster(house).busy, roster(house).resting) == (frozenset(), frozenset())
    take(house, case)
    assert roster(house).busy == {mo}
    actions.note(house, actor(house, "mo"), NoteForm(case, "here"))
    close(house, case)
    assert roster(house).busy == frozenset()
    assert roster(house).resting == {mo}
    house.now += 30 * MINUTE
    assert roster(house).resting == frozenset()


def test_handing_on_makes_the_other_one_busy(house):
    case = sign(house)
    take(house, case)
    actions.hand_over(house, actor(house, "mo"), HandOverForm(case, "please", "rae"))
    assert roster(house).busy == {actor(house, "rae").id}


def test_who_is_kept_out_is_not_on_call_and_their_shift_stays(house):
    mo = actor(house, "mo").id
    accounts.suspend(house, mo, house.now + MINUTE, "rest", "safety")
    assert roster(house).on_call == ()
    assert queries.on_call_now(house) == []
    assert [one.handle for one in queries.shift_facts(house)] == ["mo"]
    assert queries.shifts(house) == []
    house.now += MINUTE
    assert queries.on_call_now(house) == [mo]


def test_somebody_who_left_the_team_is_not_on_call_although_the_shift_is_there(house):
    accounts.set_role(house, actor(house, "mo").id, Role.MEMBER)
    assert roster(house).on_call == ()


def test_a_signal_with_nobody_on_duty_still_has_an_honest_case(trial):
    case = sign(trial)
    trial.session.flush()
    facts = queries.facts_of(trial, trial.session.get_one(Case, case))
    assert facts.called == ()
    assert facts.called_at is None
    assert queries.own_case(trial, actor(trial, "mina").id) == {"case": case, "called_at": None}


def test_one_without_a_case_has_none_to_read(house):
    assert queries.own_case(house, actor(house, "mina").id) is None
    assert queries.own_facts(house, actor(house, "otto").id) is None


def test_a_side_room_leads_back_to_its_case_and_no_other_room_does(house):
    case = sign(house, room="lounge")
    side = take(house, case).side_room_id
    assert queries.case_of_room(house, side) == case
    assert queries.case_of_room(house, "lounge") is None
