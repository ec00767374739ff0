"""Responders at work on a case: take it, write down, hand it on, close it."""

from datetime import date, datetime, time

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Invalid
from support.base.rota import instant
from support.base.severity import Severity
from support.crisis import queries, rules
from support.crisis.actions.calling import CaseTaken, start_rounds, tell, write_note
from support.crisis.actions.resting import rest_after
from support.crisis.forms import CloseForm, HandOverForm, NoteForm
from support.crisis.models import Case
from support.crisis.ports import joined
from support.crisis.rules import State
from support.db.unit import Unit
from support.notify import actions as notify

MORNING = time(9)


def acknowledge(unit: Unit, actor: Actor, case_id: str) -> queries.CaseFacts:
    """Take a case: the first responder wins, the ladder stops, the side room opens."""
    case = _case(unit, actor, case_id)
    if rules.check_may_acknowledge(_standing(case), actor.id):
        _hold(unit, case, actor.id)
        if case.side_room_id is None and joined.side_rooms is not None:
            case.side_room_id = joined.side_rooms.open(unit, case.id, case.person_id)
        write_note(unit, case, actor.id, "acknowledged")
        waited = int((unit.now - case.round_opened_at).total_seconds())
        unit.announce(CaseTaken(case.id, float(waited)))
        audit.record(unit, actor.id, "crisis.case_acknowledged", _subject(case), waited=waited)
        tell(unit, [case])
    return queries.facts_of(unit, case)


def note(unit: Unit, actor: Actor, form: NoteForm) -> queries.CaseFacts:
    """Write down what happened; for the one who holds the case it is also a sign of life."""
    case = _case(unit, actor, form.case_id)
    rules.check_may_note(_standing(case))
    write_note(unit, case, actor.id, "note", form.body)
    audit.record(unit, actor.id, "crisis.note_written", _subject(case))
    if case.held_by_id == actor.id:
        _engage(unit, case)
    tell(unit, [case])
    return queries.facts_of(unit, case)


def still_here(unit: Unit, room_id: str, account_id: str) -> None:
    """A word in the side room is a sign of life too: who is talking need not take notes."""
    case_id = queries.case_of_room(unit, room_id)
    if case_id is None:
        return
    case = queries.case_by_id(unit, case_id)
    if case.state == State.ACKNOWLEDGED and case.held_by_id == account_id:
        is_first = case.engaged_at is None
        _engage(unit, case)
        if is_first:
            tell(unit, [case])


def _engage(unit: Unit, case: Case) -> None:
    """Whoever holds the case has written: it is theirs for ten minutes more."""
    case.held_until = rules.acknowledgement_ends(unit.now)
    case.engaged_at = case.engaged_at or unit.now


def hand_over(unit: Unit, actor: Actor, form: HandOverForm) -> queries.CaseFacts:
    """Pass a case on with a summary: to one responder, or back to the ladder."""
    case = _case(unit, actor, form.case_id)
    rules.check_may_hand_over(_standing(case), actor.id)
    write_note(unit, case, actor.id, "handed_over", form.body)
    audit.record(
        unit, actor.id, "crisis.case_handed_over", _subject(case), named=int(bool(form.to))
    )
    rest_after(unit, case, actor.id)
    if form.to:
        _give(unit, case, actor, form.to)
    else:
        case.round += 1
        start_rounds(unit, [case], queries.roster(unit))
    tell(unit, [case])
    return queries.facts_of(unit, case)


def _give(unit: Unit, case: Case, actor: Actor, handle: str) -> None:
    other = accounts.by_handle(unit, handle)
    able = queries.responders_of(unit, case.id) - {actor.id}
    if other is None or other.id not in able:
        raise Invalid(
            "Please check what is marked.",
            fields={"to": "This person cannot take the case."},
        )
    _hold(unit, case, other.id)
    key = f"case:{case.id}:over:{unit.now.timestamp()}"
    notify.put(
        unit, key=key, kind="case_handed_over", recipients=[other.id], payload={"case": case.id}
    )


def close(unit: Unit, actor: Actor, form: CloseForm) -> queries.CaseFacts:
    """End a case with how it ended; the side room's words stay as long as its header says."""
    case = _case(unit, actor, form.case_id)
    rules.check_may_close(_standing(case), actor.id)
    rest_after(unit, case, actor.id)
    case.state, case.outcome = State.CLOSED, form.outcome
    case.closed_at, case.closed_by_id = unit.now, actor.id
    case.follow_up_on = form.follow_up_on
    case.held_by_id = case.held_at = case.held_until = case.due_at = case.engaged_at = None
    if form.follow_up_on:
        _remind(unit, case, actor, form.follow_up_on)
    write_note(unit, case, actor.id, "closed", form.body)
    audit.record(unit, actor.id, "crisis.case_closed", _subject(case), outcome=form.outcome.value)
    tell(unit, [case])
    return queries.facts_of(unit, case)


def _remind(unit: Unit, case: Case, actor: Actor, day: date) -> None:
    morning = instant(datetime.combine(day, MORNING), actor.timezone)
    notify.put(
        unit,
        key=f"case:{case.id}:follow_up:{day.isoformat()}",
        kind="case_follow_up",
        recipients=[actor.id],
        payload={"case": case.id},
        due_at=max(morning, unit.now),
    )


def _case(unit: Unit, actor: Actor, case_id: str) -> Case:
    return queries.case_by_id(unit, queries.case_for(unit, actor, case_id).id)


def _hold(unit: Unit, case: Case, account_id: str) -> None:
    case.state, case.due_at = State.ACKNOWLEDGED, None
    case.held_by_id, case.held_at = account_id, unit.now
    case.held_until, case.engaged_at = rules.acknowledgement_ends(unit.now), None
    case.first_held_at = case.first_held_at or unit.now


def _standing(case: Case) -> rules.Standing:
    return rules.Standing(State(case.state), Severity(case.severity), case.held_by_id)


def _subject(case: Case) -> str:
    return f"case:{case.id}"
