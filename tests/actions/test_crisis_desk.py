"""Responders at work: the first wins, silence calls again, nobody is cut off."""

from datetime import date, timedelta

import pytest

from support.accounts import actions as accounts
from support.base.errors import Conflict, Ended, Invalid, NotFound
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.actions.calling import CaseChanged
from support.crisis.forms import CloseForm, HandOverForm, NoteForm, ShiftForm
from support.crisis.jobs import climb, tidy
from support.crisis.rules import Outcome, State
from support.notify import queries as notify
from support.notify.jobs import deliver
from tests.people import actor


@pytest.fixture
def case_id(database, people):
    """Mina has asked for help in Paul's room; Mo is on call."""
    with database.unit() as unit:
        form = ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC")
        actions.add_shift(unit, None, form)
        return actions.raise_signal(
            unit,
            people["mina"],
            severity=Severity.URGENT,
            labels=("abrupt_stop",),
            room_id="room1",
            host_ids=[people["paul"]],
            source="chat",
        ).id


def take(unit, handle, case_id):
    return actions.acknowledge(unit, actor(unit, handle), case_id)


def see(database, case_id):
    with database.read() as unit:
        return queries.facts_of(unit, queries.case_for(unit, actor(unit, "ada"), case_id))


def test_the_first_responder_wins_and_the_ladder_stops(database, case_id, clock):
    with database.unit() as unit:
        case = take(unit, "mo", case_id)
    assert (case.state, case.held_by.handle, case.due_at) == (State.ACKNOWLEDGED, "mo", None)
    assert case.side_room_id
    clock.forward(seconds=300)
    climb(database)
    assert [rung.rung for rung in see(database, case_id).rungs] == [0]


def test_another_responder_hears_that_somebody_was_first(database, case_id):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    with pytest.raises(Conflict), database.unit() as unit:
        take(unit, "rae", case_id)
    assert see(database, case_id).held_by.handle == "mo"


def test_the_same_responder_may_ask_again_and_nothing_more_happens(database, case_id):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    with database.unit() as unit:
        assert take(unit, "mo", case_id).held_by.handle == "mo"
        assert unit.announced == []
        kinds = [note.kind for note in queries.notes_of(unit, case_id)]
    assert kinds.count("acknowledged") == 1


def test_the_rooms_host_may_take_the_case_of_their_room(database, case_id):
    with database.unit() as unit:
        assert take(unit, "paul", case_id).held_by.handle == "paul"


@pytest.mark.parametrize("handle", ["mina", "otto"])
def test_who_is_no_responder_hears_that_there_is_no_case(database, case_id, handle):
    forms = [
        lambda unit, who: actions.acknowledge(unit, who, case_id),
        lambda unit, who: actions.note(unit, who, NoteForm(case_id, "x")),
        lambda unit, who: actions.hand_over(unit, who, HandOverForm(case_id, "x", "")),
        lambda unit, who: actions.close(unit, who, CloseForm(case_id, Outcome.SAFE, "", None)),
    ]
    for attempt in forms:
        with pytest.raises(NotFound), database.unit() as unit:
            attempt(unit, actor(unit, handle))


def test_a_case_that_is_not_there_is_not_there_for_responders_either(database, case_id):
    with pytest.raises(NotFound), database.unit() as unit:
        take(unit, "mo", "no-such-case")


def test_ten_minutes_without_a_note_start_a_new_round_in_the_same_side_room(
    database, case_id, clock
):
    with database.unit() as unit:
        side = take(unit, "mo", case_id).side_room_id
    clock.forward(minutes=9, seconds=59)
    climb(database)
    assert see(database, case_id).state is State.ACKNOWLEDGED
    clock.forward(seconds=1)
    climb(database)
    case = see(database, case_id)
    assert (case.state, case.round, case.held_by) == (State.OPEN, 2, None)
    assert [(rung.round, rung.rung) for rung in case.rungs] == [(1, 0), (2, 0)]
    with database.unit() as unit:
        assert take(unit, "rae", case_id).side_room_id == side


def test_a_note_keeps_the_case_for_ten_minutes_more(database, case_id, clock):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    clock.forward(minutes=9)
    with database.unit() as unit:
        actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "talking"))
    clock.forward(minutes=9)
    climb(database)
    assert see(database, case_id).state is State.ENGAGED


def test_a_note_of_somebody_else_is_kept_but_is_no_sign_of_life_of_the_holder(
    database, case_id, clock
):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    clock.forward(minutes=9)
    with database.unit() as unit:
        actions.note(unit, actor(unit, "rae"), NoteForm(case_id, "I know her, she likes tea"))
    clock.forward(minutes=2)
    climb(database)
    assert see(database, case_id).state is State.OPEN


def test_words_in_the_side_room_are_a_sign_of_life_too(database, case_id, clock, people):
    with database.unit() as unit:
        side = take(unit, "mo", case_id).side_room_id
    clock.forward(minutes=9)
    with database.unit() as unit:
        actions.still_here(unit, side, people["mina"])
        actions.still_here(unit, "elsewhere", people["mo"])
    assert see(database, case_id).held_until == clock.now() + timedelta(minutes=1)
    with database.unit() as unit:
        actions.still_here(unit, side, people["mo"])
    assert see(database, case_id).held_until == clock.now() + timedelta(minutes=10)


def test_a_case_is_handed_to_one_responder_who_is_told(database, case_id):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        form = HandOverForm(case_id, "she wants to call her sister", "rae")
        case = actions.hand_over(unit, actor(unit, "mo"), form)
        assert (case.state, case.held_by.handle) == (State.ACKNOWLEDGED, "rae")
        kinds = [one.kind for one in notify.notices_of(unit, actor(unit, "rae").id)]
    assert kinds == ["case_handed_over"]


def test_a_case_handed_to_nobody_calls_again_from_the_beginning(database, case_id):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        case = actions.hand_over(unit, actor(unit, "mo"), HandOverForm(case_id, "I must sleep", ""))
    assert (case.state, case.round) == (State.OPEN, 2)
    assert [(rung.round, rung.rung) for rung in case.rungs] == [(1, 0), (2, 0)]


@pytest.mark.parametrize("to", ["otto", "mina", "nobody", "mo"])
def test_a_case_cannot_be_handed_to_who_is_no_responder_of_it(database, case_id, to):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    with pytest.raises(Invalid) as refusal, database.unit() as unit:
        actions.hand_over(unit, actor(unit, "mo"), HandOverForm(case_id, "x", to))
    assert "to" in refusal.value.fields


def test_only_the_holder_hands_over_or_closes(database, case_id):
    with database.unit() as unit:
        take(unit, "mo", case_id)
    with pytest.raises(Conflict), database.unit() as unit:
        actions.hand_over(unit, actor(unit, "rae"), HandOverForm(case_id, "x", ""))
    with pytest.raises(Conflict), database.unit() as unit:
        actions.close(unit, actor(unit, "rae"), CloseForm(case_id, Outcome.SAFE, "", None))


def test_a_closed_case_has_an_outcome_and_takes_nothing_more(database, case_id, clock):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        form = CloseForm(case_id, Outcome.SAFE, "sister is there", date(2030, 1, 8))
        case = actions.close(unit, actor(unit, "mo"), form)
    assert (case.state, case.outcome, case.follow_up_on) == (State.CLOSED, "safe", "2030-01-08")
    clock.forward(hours=1)
    climb(database)
    assert len(see(database, case_id).rungs) == 1
    with pytest.raises(Ended), database.unit() as unit:
        take(unit, "rae", case_id)
    with pytest.raises(Ended), database.unit() as unit:
        actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "late"))
    with database.read() as unit:
        assert queries.open_cases(unit, actor(unit, "mo")) == []
        (closed,) = queries.open_cases(unit, actor(unit, "mo"), closed=True)
    assert closed.id == case_id


def test_whoever_closed_a_case_is_reminded_in_the_morning_of_the_day_they_chose(
    app, database, case_id, clock
):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        form = CloseForm(case_id, Outcome.LEFT, "", date(2030, 1, 8))
        actions.close(unit, actor(unit, "mo"), form)
    clock.forward(days=7, hours=8, minutes=59)
    with app.app_context():
        deliver(database)
    assert "case_follow_up" not in kinds_of(database, "mo")
    clock.forward(minutes=1)
    with app.app_context():
        deliver(database)
    assert kinds_of(database, "mo")[0] == "case_follow_up"


def kinds_of(database, handle):
    with database.read() as unit:
        return [one.kind for one in notify.notices_of(unit, actor(unit, handle).id)]


def test_notes_of_cases_closed_long_ago_are_emptied(database, case_id, clock):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "she likes tea"))
        actions.close(unit, actor(unit, "mo"), CloseForm(case_id, Outcome.SAFE, "bye", None))
    clock.forward(days=89)
    tidy(database)
    with database.read() as unit:
        assert "she likes tea" in [note.body for note in queries.notes_of(unit, case_id)]
    clock.forward(days=2)
    tidy(database)
    with database.read() as unit:
        assert {note.body for note in queries.notes_of(unit, case_id)} == {""}


def test_a_case_waits_only_for_those_who_were_called_and_until_somebody_takes_it(
    database, case_id, clock
):
    def waits_for(handle):
        with database.read() as unit:
            return queries.waiting_for(unit, actor(unit, handle))

    assert [waits_for(one) for one in ("mo", "paul", "rae", "mina")] == [
        [case_id],
        [case_id],
        [],
        [],
    ]
    clock.forward(seconds=120)
    climb(database)
    assert waits_for("rae") == [case_id]
    with database.unit() as unit:
        take(unit, "rae", case_id)
    assert waits_for("mo") == []


def test_a_ban_or_a_mute_never_closes_a_case_or_its_side_room(database, case_id, people, clock):
    with database.unit() as unit:
        side = take(unit, "mo", case_id).side_room_id
    with database.unit() as unit:
        accounts.mute(unit, people["mina"], clock.now() + timedelta(hours=1), "x", "safety")
        accounts.ban(unit, people["mina"], "selling", "no_trading")
    case = see(database, case_id)
    assert (case.state, case.side_room_id, case.held_by.handle) == (
        State.ACKNOWLEDGED,
        side,
        "mo",
    )


def test_everybody_concerned_hears_of_each_change_and_nobody_else(database, case_id, people):
    with database.unit() as unit:
        take(unit, "mo", case_id)
        (fact,) = [one for one in unit.announced if isinstance(one, CaseChanged)]
    assert set(fact.change.responder_ids) == {people[one] for one in ("mo", "rae", "ada", "paul")}
    assert fact.change.case.to_person()["reading_by"] == "mo"
