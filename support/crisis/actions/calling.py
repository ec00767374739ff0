"""The ladder at work: a rung is claimed, its pages are put, and it is told, all in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, String, update
from sqlalchemy.orm.attributes import set_committed_value

from support.audit import actions as audit
from support.base.ids import new_id
from support.crisis import queries, rules
from support.crisis.models import Case, CaseNote, CaseRung
from support.crisis.queries import Roster
from support.crisis.rules import State, Target
from support.db.crossing import Crossing, Looking, crosses
from support.db.insert import insert_all_new
from support.db.listed import listed
from support.db.tables import UtcDateTime
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


def _which(fact: CaseOpened | CaseChanged) -> dict[str, Any]:
    return {"case": fact.change.case.id}


def _as_they_are(looking: Looking, bodies: Sequence[dict[str, Any]]) -> list[CaseChanged]:
    with looking() as unit:
        cases = queries.cases_by_ids(unit, [body["case"] for body in bodies])
        found = queries.changes_of(unit, cases, queries.roster(unit)) if cases else []
        return [CaseChanged(change) for change in found]


# Elsewhere an opened case is one that changed: it is counted where it was opened.
for _fact in (CaseOpened, CaseChanged):
    crosses(_fact, Crossing(name=_fact.__name__, pack=_which, gather=_as_they_are))


@dataclass(frozen=True, slots=True)
class CaseTaken:
    """Somebody reads now, so long after a round was opened."""

    case_id: str
    waited_seconds: float


@dataclass(frozen=True, slots=True)
class RungReached:
    """A rung went out, so late after it was due."""

    case_id: str
    rung: int
    late_seconds: float


def start_rounds(unit: Unit, cases: Sequence[Case], on_duty: Roster) -> None:
    """Call people, from the first rung on; what is due at once goes out in this transaction."""
    for case in cases:
        case.state = State.OPEN
        case.held_by_id = case.held_at = case.held_until = case.engaged_at = None
        case.round_opened_at, case.rung = unit.now, -1
        case.due_at = rules.due_at(unit.now, 0, on_duty.ladder)
    unit.session.flush()
    while due := [case for case in cases if is_due(unit, case)]:
        if not climb(unit, due, on_duty):
            return


def climb(unit: Unit, cases: Sequence[Case], on_duty: Roster) -> list[Case]:
    """Claim the next rung of each of these cases and call its people; those that went out.

    So many statements, however many the cases: a thousand that fall due together are not late.
    """
    due = {case.id: case.due_at or unit.now for case in cases}
    claimed = _claim(unit, cases, on_duty.ladder)
    rows = [
        {
            "id": new_id(),
            "case_id": case.id,
            "round": case.round,
            "rung": case.rung,
            "due_at": due[case.id],
            "at": unit.now,
        }
        for case in claimed
    ]
    new = insert_all_new(unit, CaseRung, rows)
    ids = {row["case_id"] for row in rows if (row["id"],) in new}
    climbed = [case for case in claimed if case.id in ids]
    _page(unit, climbed, on_duty)
    for case in climbed:
        late = max(0.0, (unit.now - due[case.id]).total_seconds())
        unit.announce(RungReached(case.id, case.rung, late))
    return climbed


def _claim(unit: Unit, cases: Sequence[Case], ladder: rules.Ladder) -> list[Case]:
    """One step up each, for those that stand where we saw them: whoever else sweeps gets none."""
    if not cases:
        return []
    stand = [
        {
            "id": case.id,
            "rung": case.rung,
            "due_at": rules.next_due(case.round_opened_at, case.rung + 2, ladder, unit.now),
        }
        for case in cases
    ]
    seen = listed(unit, stand, {"id": String(), "rung": Integer(), "due_at": UtcDateTime()})
    claim = (
        update(Case)
        .where(Case.id == seen.c.id, Case.state == State.OPEN, Case.rung == seen.c.rung)
        .values(rung=Case.rung + 1, due_at=seen.c.due_at)
        .returning(Case.id, Case.rung, Case.due_at)
    )
    kept = {"synchronize_session": False}
    rows = {row.id: row for row in unit.session.execute(claim, execution_options=kept)}
    claimed = [case for case in cases if case.id in rows]
    for case in claimed:
        set_committed_value(case, "rung", rows[case.id].rung)
        set_committed_value(case, "due_at", rows[case.id].due_at)
    return claimed


def _page(unit: Unit, cases: Sequence[Case], on_duty: Roster) -> None:
    hosts = queries.host_ids(unit, [case.id for case in cases])
    messages, deeds = [], []
    for case in cases:
        step = rules.step_of(on_duty.ladder, case.rung)
        people = _called(case, step, on_duty, hosts[case.id])
        messages.append(_call(case, step, people))
        deeds.append(_climbed(case, len(people)))
        if step.target is Target.ON_CALL and not _on_call(case, on_duty):
            admins = [one for one in on_duty.admins if one != case.person_id]
            messages.append(_alert(case, admins))
            detail = {"admins": len(admins)}
            deeds.append(audit.Deed(None, "crisis.rota_empty", f"case:{case.id}", detail))
    notify.put_all(unit, messages)
    audit.record_all(unit, deeds)


def _called(case: Case, step: rules.LadderStep, on_duty: Roster, hosts: Sequence[str]) -> list[str]:
    """Who is really called: not the person, nor who is busy while others are free.

    Who rests is left in peace while anybody who could answer does not (ADR 34). The host of the
    room is asked whatever else they do: the person is in front of them.
    """
    is_last = step.target is Target.ADMINS
    may_wake = is_last or on_duty.is_all_at_rest(case.person_id)
    meant = [one for one in on_duty.of(step.target) if one != case.person_id]
    people = rules.to_call(meant, on_duty.resting, on_duty.busy, may_wake=may_wake)
    if not is_last:
        people += [one for one in hosts if one != case.person_id and one not in on_duty.resting]
    return list(dict.fromkeys(people))


def _on_call(case: Case, on_duty: Roster) -> list[str]:
    meant = [one for one in on_duty.on_call if one != case.person_id]
    may_wake = on_duty.is_all_at_rest(case.person_id)
    return rules.to_call(meant, on_duty.resting, on_duty.busy, may_wake=may_wake)


def _call(case: Case, step: rules.LadderStep, people: Sequence[str]) -> notify.Message:
    return notify.Message(
        key=queries.rung_key(case.id, case.round, case.rung),
        kind="case_page" if step.channels == rules.INSIDE else "case_page_outside",
        recipients=people,
        payload={"case": case.id, "severity": case.severity, "rung": case.rung},
        channels=step.channels,
    )


def _climbed(case: Case, reached: int) -> audit.Deed:
    detail = {"round": case.round, "rung": case.rung, "reached": reached}
    return audit.Deed(None, "crisis.rung_climbed", f"case:{case.id}", detail)


def _alert(case: Case, admins: Sequence[str]) -> notify.Message:
    """An empty rota never looks like waiting: the admins hear of it at once (guard rule G6)."""
    return notify.Message(
        key=f"rota_empty:{case.id}:{case.round}",
        kind="rota_empty",
        recipients=admins,
        payload={"case": case.id},
    )


def climb_due(unit: Unit, most: int) -> int:
    """Climb each case that is due by one rung, the longest waiting first; how many went out.

    One rung a transaction: a process that is killed in a long catching-up loses little of it.
    """
    audit.wait_turn(unit)
    free = queries.due_cases(unit, most)
    climbed = climb(unit, free, on_duty := queries.roster(unit)) if free else []
    if climbed:
        tell(unit, climbed, on_duty)
    return len(climbed)


def is_due(unit: Unit, case: Case) -> bool:
    """Whether the next rung of an open case is due."""
    return case.state == State.OPEN and case.due_at is not None and case.due_at <= unit.now


def lapse_due(unit: Unit, most: int) -> int:
    """Whoever took these cases has been silent for ten minutes: call again, from the beginning."""
    audit.wait_turn(unit)
    lapsed = queries.lapsed_cases(unit, most)
    if not lapsed:
        return 0
    verb, on_duty = "crisis.acknowledgement_lapsed", queries.roster(unit)
    for case in lapsed:
        write_note(unit, case, case.held_by_id, "lapsed")
        case.round += 1
    audit.record_all(unit, [audit.Deed(None, verb, f"case:{case.id}") for case in lapsed])
    start_rounds(unit, lapsed, on_duty)
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
