"""Signals about a person: they open a case, raise it, or call again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.ids import new_id
from support.base.severity import Severity
from support.crisis import queries, rules
from support.crisis.actions.calling import CaseOpened, start_rounds, tell, write_note
from support.crisis.actions.helping import forget_plan_answer
from support.crisis.forms import HelpForm
from support.crisis.models import Case, CaseHost
from support.crisis.ports import joined
from support.crisis.rules import State, Step
from support.db.insert import insert_new
from support.db.unit import Unit

ASKED = "asked_for_help"
MOST_OWN_NOTES = 50


@dataclass(frozen=True, slots=True)
class Signal:
    """What was seen about a person, and where."""

    person_id: str
    severity: Severity
    labels: tuple[str, ...]
    source: str
    room_id: str | None = None
    host_ids: tuple[str, ...] = ()


def raise_signal(  # noqa: PLR0913 - the parts of one signal, all by name
    unit: Unit,
    person_id: str,
    *,
    severity: Severity,
    labels: Sequence[str],
    room_id: str | None,
    host_ids: Iterable[str],
    source: str,
) -> queries.CaseFacts:
    """Open a case for this person, or raise the one already open; `watch` never pages."""
    signal = Signal(person_id, severity, tuple(labels), source, room_id, tuple(host_ids))
    return queries.facts_of(unit, take_in(unit, signal))


def take_in(unit: Unit, signal: Signal) -> Case:
    """One open case a person: a unique index says so, whoever else writes at this moment."""
    case = queries.open_case_of(unit, signal.person_id)
    if case is None and rules.calls(signal.severity):
        reopened = queries.lately_closed(unit, signal.person_id)
        if reopened is not None:
            return _reopen(unit, reopened, signal)
    if case is None and _opens(unit, signal):
        return _call_first(unit, signal)
    case = case or queries.open_case_of(unit, signal.person_id)
    if case is None:
        return take_in(unit, signal)
    _note_hosts(unit, case, signal)
    _escalate(unit, case, signal)
    return case


def _reopen(unit: Unit, case: Case, signal: Signal) -> Case:
    """A sign soon after the end: the same case, its people and its side room, in a new round."""
    case.closed_at = case.closed_by_id = case.outcome = case.follow_up_on = None
    case.severity, case.signalled_at = signal.severity, unit.now
    case.labels = list(dict.fromkeys([*case.labels, *signal.labels]))
    case.room_id = signal.room_id or case.room_id
    case.country = _country(unit, signal.person_id)
    case.round += 1
    _note_hosts(unit, case, signal)
    forget_plan_answer(unit, case)
    write_note(unit, case, None, "reopened")
    audit.record(unit, None, "crisis.case_reopened", f"case:{case.id}", round=case.round)
    on_duty = queries.roster(unit)
    start_rounds(unit, [case], on_duty)
    tell(unit, [case], on_duty)
    return case


def _country(unit: Unit, person_id: str) -> str:
    """Whose numbers the person is shown at this moment."""
    return accounts.person(unit, person_id).country


def _opens(unit: Unit, signal: Signal) -> bool:
    row = {
        "id": new_id(),
        "person_id": signal.person_id,
        "severity": signal.severity,
        "state": State.OPEN,
        "source": signal.source,
        "labels": list(dict.fromkeys(signal.labels)),
        "room_id": signal.room_id,
        "opened_at": unit.now,
        "signalled_at": unit.now,
        "round": 1,
        "round_opened_at": unit.now,
        "rung": -1,
        "country": _country(unit, signal.person_id),
    }
    return insert_new(unit, Case, row)


def _call_first(unit: Unit, signal: Signal) -> Case:
    case = queries.open_case_of(unit, signal.person_id)
    if case is None:
        return take_in(unit, signal)
    _note_hosts(unit, case, signal)
    write_note(unit, case, None, "opened")
    audit.record(
        unit,
        None,
        "crisis.case_opened",
        f"case:{case.id}",
        severity=signal.severity.value,
        source=signal.source,
    )
    on_duty = queries.roster(unit)
    if rules.calls(signal.severity):
        start_rounds(unit, [case], on_duty)
    for change in queries.changes_of(unit, [case], on_duty):
        unit.announce(CaseOpened(change))
    return case


def _note_hosts(unit: Unit, case: Case, signal: Signal) -> None:
    for host_id in signal.host_ids:
        if host_id != signal.person_id:
            insert_new(unit, CaseHost, {"case_id": case.id, "account_id": host_id})


def _escalate(unit: Unit, case: Case, signal: Signal) -> None:
    before = rules.Standing(State(case.state), Severity(case.severity), case.held_by_id)
    step, severity = rules.after_signal(before, signal.severity)
    case.signalled_at = unit.now
    case.labels = list(dict.fromkeys([*case.labels, *signal.labels]))
    case.room_id = case.room_id or signal.room_id
    write_note(unit, case, None, "signal")
    if step is not Step.NOTHING:
        case.severity = severity
        audit.record(unit, None, "crisis.case_raised", f"case:{case.id}", severity=severity.value)
    if step is Step.CALL:
        case.round += int(case.rung >= 0)
        start_rounds(unit, [case], queries.roster(unit))
    tell(unit, [case])


def ask_for_help(unit: Unit, actor: Actor, form: HelpForm) -> queries.CaseFacts:
    """Somebody pressed Help now: open or find their own case, and call. Never refused."""
    hosts: list[str] | None = None
    if form.room_id and joined.room_hosts is not None:
        hosts = joined.room_hosts.hosts_of(unit, actor.id, form.room_id)
    known_room = form.room_id if hosts is not None else None
    signal = Signal(actor.id, Severity.URGENT, (ASKED,), ASKED, known_room, tuple(hosts or ()))
    case = take_in(unit, signal)
    if form.note and len(queries.notes_of(unit, case.id)) < MOST_OWN_NOTES:
        write_note(unit, case, actor.id, "person", form.note)
    unit.session.flush()
    return queries.facts_of(unit, case)
