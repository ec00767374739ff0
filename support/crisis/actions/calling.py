"""The ladder at work: a rung is claimed, its pages are put, and it is told, all in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from support.audit import actions as audit
from support.base.ids import new_id
from support.crisis import queries, rules
from support.crisis.models import Case, CaseNote, CaseRung
from support.crisis.ports import joined
from support.crisis.queries import Roster
from support.crisis.rules import State, Target
from support.db.insert import insert_new
from support.db.unit import Unit
from support.notify import actions as notify


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Somebody may be in danger."""

    change: queries.CaseChange


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """Who is called, who reads, or how it stands has changed."""

    change: queries.CaseChange


@dataclass(frozen=True, slots=True)
class RungReached:
    """A rung went out, so late after it was due."""

    case_id: str
    rung: int
    late_seconds: float


def start_round(unit: Unit, case: Case, on_duty: Roster) -> None:
    """Call people, from the first rung on; what is due at once goes out in this transaction."""
    case.state = State.OPEN
    case.held_by_id = case.held_at = case.held_until = None
    case.round_opened_at, case.rung = unit.now, -1
    case.due_at = rules.due_at(unit.now, 0, joined.waits)
    unit.session.flush()
    while is_due(unit, case) and climb(unit, case, on_duty):
        pass


def climb(unit: Unit, case: Case, on_duty: Roster) -> bool:
    """Claim the next rung of a round and call its people; False if another process was first."""
    rung, due_at = case.rung + 1, case.due_at or unit.now
    following = rules.next_due(case.round_opened_at, rung + 1, joined.waits, unit.now)
    claimed = (
        update(Case)
        .where(Case.id == case.id, Case.round == case.round, Case.rung == case.rung)
        .where(Case.state == State.OPEN)
        .values(rung=rung, due_at=following)
        .returning(Case.id)
    )
    if unit.session.scalar(claimed, execution_options={"synchronize_session": False}) is None:
        return False
    unit.session.refresh(case)
    row = {"id": new_id(), "case_id": case.id, "round": case.round, "rung": rung}
    if not insert_new(unit, CaseRung, row | {"due_at": due_at, "at": unit.now}):
        return False
    _page(unit, case, on_duty)
    late = max(0.0, (unit.now - due_at).total_seconds())
    unit.announce(RungReached(case.id, rung, late))
    return True


def _page(unit: Unit, case: Case, on_duty: Roster) -> None:
    target = rules.target_of(case.rung)
    people = [one for one in _called(unit, case, target, on_duty) if one != case.person_id]
    notify.put(
        unit,
        key=queries.rung_key(case.id, case.round, case.rung),
        kind="case_page_outside" if target is Target.ADMINS else "case_page",
        recipients=people,
        payload={"case": case.id, "severity": case.severity, "rung": case.rung},
    )
    audit.record(
        unit,
        None,
        "crisis.rung_climbed",
        f"case:{case.id}",
        round=case.round,
        rung=case.rung,
        reached=len(people),
    )
    if target is Target.ON_CALL:
        _alert_if_nobody(unit, case, on_duty)


def _called(unit: Unit, case: Case, target: Target, on_duty: Roster) -> list[str]:
    if target is Target.ADMINS:
        return list(on_duty.admins)
    first = on_duty.on_call if target is Target.ON_CALL else on_duty.responders
    return list(dict.fromkeys([*first, *queries.host_ids(unit, [case.id])[case.id]]))


def _alert_if_nobody(unit: Unit, case: Case, on_duty: Roster) -> None:
    """An empty rota never looks like waiting: the admins hear of it at once (guard rule G6)."""
    if any(one != case.person_id for one in on_duty.on_call):
        return
    admins = [one for one in on_duty.admins if one != case.person_id]
    notify.put(
        unit,
        key=f"rota_empty:{case.id}:{case.round}",
        kind="rota_empty",
        recipients=admins,
        payload={"case": case.id},
    )
    audit.record(unit, None, "crisis.rota_empty", f"case:{case.id}", admins=len(admins))


def climb_due(unit: Unit, case_ids: Sequence[str]) -> int:
    """Climb each of these cases by one rung if it is due; how many rungs went out.

    One rung a transaction: a process that is killed in a long catching-up loses little of it.
    """
    on_duty = queries.roster(unit)
    free = queries.free_cases(unit, case_ids)
    climbed = [case for case in free if is_due(unit, case) and climb(unit, case, on_duty)]
    tell(unit, climbed, on_duty)
    return len(climbed)


def is_due(unit: Unit, case: Case) -> bool:
    """Whether the next rung of an open case is due."""
    return case.state == State.OPEN and case.due_at is not None and case.due_at <= unit.now


def is_silent(unit: Unit, case: Case) -> bool:
    """Whether whoever holds the case has given no sign of life for ten minutes."""
    until = case.held_until if case.state == State.ACKNOWLEDGED else None
    return until is not None and until <= unit.now


def lapse_due(unit: Unit, case_ids: Sequence[str]) -> int:
    """Whoever took these cases has been silent for ten minutes: call again, from the beginning."""
    on_duty = queries.roster(unit)
    lapsed = [case for case in queries.free_cases(unit, case_ids) if is_silent(unit, case)]
    for case in lapsed:
        write_note(unit, case, case.held_by_id, "lapsed")
        audit.record(unit, None, "crisis.acknowledgement_lapsed", f"case:{case.id}")
        case.round += 1
        start_round(unit, case, on_duty)
    tell(unit, lapsed, on_duty)
    return len(lapsed)


def tell(unit: Unit, cases: Sequence[Case], on_duty: Roster | None = None) -> None:
    """Let responders and the person hear how cases stand now."""
    if cases:
        for change in queries.changes_of(unit, cases, on_duty or queries.roster(unit)):
            unit.announce(CaseChanged(change))


def write_note(unit: Unit, case: Case, author_id: str | None, kind: str, body: str = "") -> None:
    """A line in the case's own log; only its responders read it."""
    unit.session.add(
        CaseNote(case_id=case.id, author_id=author_id, kind=kind, body=body, at=unit.now)
    )
