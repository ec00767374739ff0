"""Read cases: for responders of that very case, for the person, and for the sweeper."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    DateTime,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
)

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.base.severity import Severity
from support.crisis import rules
from support.crisis.models import Case, CaseHost, CaseNote, CaseRung
from support.crisis.queries.facts import CaseChange, CaseFacts, NoteFacts, RungFacts
from support.crisis.queries.rota import Roster, responder_ids
from support.crisis.rules import State, Target
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.notify import queries as notify

MOST_CLOSED = 50
EVERY_RUNG = true()
_NOW: BindParameter[datetime] = bindparam("now", type_=DateTime())
_ANY_DUE = Prepared(
    select(Case.id).where(Case.state == State.OPEN.value, Case.due_at <= _NOW).limit(1)
)
_ANY_LAPSED = Prepared(
    select(Case.id).where(Case.state == State.ACKNOWLEDGED.value, Case.held_until <= _NOW).limit(1)
)


def case_by_id(unit: Unit, case_id: str) -> Case:
    """A case's own row, locked for a change."""
    return unit.session.get_one(Case, case_id, with_for_update=True, populate_existing=True)


def cases_by_ids(unit: Unit, case_ids: Sequence[str]) -> list[Case]:
    """These rows as they stand, in the order they were opened."""
    statement = select(Case).where(Case.id.in_(case_ids)).order_by(Case.opened_at, Case.id)
    return list(unit.session.scalars(statement))


def due_cases(unit: Unit, most: int) -> list[Case]:
    """Rows whose next rung is due, the longest waiting first, for the sweeper alone."""
    due = Case.state == State.OPEN, Case.due_at <= unit.now
    return _free(unit, select(Case).where(*due).order_by(Case.due_at).limit(most))


def lapsed_cases(unit: Unit, most: int) -> list[Case]:
    """Rows whose reader has given no sign of life for ten minutes, for the sweeper alone."""
    silent = Case.state == State.ACKNOWLEDGED, Case.held_until <= unit.now
    return _free(unit, select(Case).where(*silent).order_by(Case.held_until).limit(most))


def _free(unit: Unit, statement: Select[Case]) -> list[Case]:
    """Without those that somebody is changing at this moment: the next sweep sees them."""
    locked = statement.with_for_update(skip_locked=True)
    return list(unit.session.scalars(locked, execution_options={"populate_existing": True}))


def is_any_due(unit: Unit) -> bool:
    """Whether a sweep has anything to climb, without taking the write lock to find out."""
    return bool(_ANY_DUE.rows(unit.session, now=unit.now))


def is_any_lapsed(unit: Unit) -> bool:
    """Whether anybody has been silent for too long, found out in the same way."""
    return bool(_ANY_LAPSED.rows(unit.session, now=unit.now))


def case_for(unit: Unit, actor: Actor, case_id: str) -> Case:
    """The row for one of its responders; anybody else hears that there is none."""
    case = unit.session.scalar(select(Case).where(Case.id == case_id, _seen_by(actor)))
    if case is None:
        raise NotFound("There is no such case.")
    return case


def may_see_case(unit: Unit, actor: Actor, case_id: str) -> bool:
    """Responders, and the host of the room it arose in; never the person as their own responder."""
    seen = select(Case.id).where(Case.id == case_id, _seen_by(actor))
    return unit.session.scalar(seen) is not None


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    others = Case.person_id != actor.id
    if actor.is_responder:
        return others
    hosted = CaseHost.case_id == Case.id, CaseHost.account_id == actor.id
    return others & exists().where(*hosted)


def responders_of(unit: Unit, case_id: str) -> set[str]:
    """Everybody who may see, acknowledge and enter a case."""
    person_id = unit.session.scalar(select(Case.person_id).where(Case.id == case_id))
    if person_id is None:
        return set()
    return {*responder_ids(unit), *host_ids(unit, [case_id])[case_id]} - {person_id}


def host_ids(unit: Unit, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """Hosts of the rooms that cases arose in, of those who may act now."""
    pairs = unit.session.execute(
        select(CaseHost.case_id, CaseHost.account_id).where(CaseHost.case_id.in_(case_ids))
    ).all()
    able = accounts.able_ids(unit, {host for _, host in pairs})
    found: dict[str, list[str]] = {case_id: [] for case_id in case_ids}
    for case_id, host in pairs:
        if host in able:
            found[case_id].append(host)
    return found


def case_of_room(unit: Unit, room_id: str) -> str | None:
    """Which case a side room belongs to."""
    return unit.session.scalar(select(Case.id).where(Case.side_room_id == room_id))


def open_case_of(unit: Unit, person_id: str) -> Case | None:
    """The one case of a person that is not closed."""
    statement = select(Case).where(Case.person_id == person_id, Case.state != State.CLOSED)
    return unit.session.scalar(statement.with_for_update())


def open_case_ids(unit: Unit) -> list[str]:
    """Every case that is not closed: their rooms keep what was said in them."""
    return list(unit.session.scalars(select(Case.id).where(Case.state != State.CLOSED)))


def lately_closed(unit: Unit, person_id: str) -> Case | None:
    """The case of a person that a new sign reopens, if one was closed not long ago."""
    since = unit.now - rules.REOPENS_FOR
    lately = Case.person_id == person_id, Case.state == State.CLOSED, Case.closed_at > since
    statement = select(Case).where(*lately).order_by(Case.closed_at.desc()).limit(1)
    return unit.session.scalar(statement.with_for_update())


def open_cases(unit: Unit, actor: Actor, *, closed: bool = False) -> list[CaseFacts]:
    """What this responder may see: the gravest first, then the oldest; or the lately closed."""
    wanted = Case.state == State.CLOSED if closed else Case.state != State.CLOSED
    statement = select(Case).where(wanted, _seen_by(actor))
    if closed:
        statement = statement.order_by(Case.closed_at.desc()).limit(MOST_CLOSED)
    found = _many(unit, list(unit.session.scalars(statement)))
    if closed:
        return found
    return sorted(found, key=lambda case: (-case.severity.rank, case.opened_at, case.id))


def waiting_for(unit: Unit, actor: Actor) -> list[str]:
    """Cases that nobody has taken yet and that this person was called to."""
    waiting = select(Case.id).where(Case.state == State.OPEN, Case.rung >= 0, _seen_by(actor))
    called_to = notify.cases_told(unit, actor.id)
    found = unit.session.scalars(waiting.order_by(Case.opened_at))
    return [case_id for case_id in found if case_id in called_to]


def facts_of(unit: Unit, case: Case) -> CaseFacts:
    """A row with names, and with the rungs that really went out."""
    return _many(unit, [case])[0]


def changes_of(unit: Unit, cases: Sequence[Case], on_duty: Roster) -> list[CaseChange]:
    """What to tell of cases, and whom, gathered in the transaction that changed them."""
    unit.session.flush()
    hosts = host_ids(unit, [case.id for case in cases])
    return [
        CaseChange(
            facts, tuple(sorted({*on_duty.responders, *hosts[facts.id]} - {facts.person.id}))
        )
        for facts in _as_told(unit, cases)
    ]


def _as_told(unit: Unit, cases: Sequence[Case]) -> list[CaseFacts]:
    """When somebody was last called: by the newest rung alone, wherever that reached anybody.

    A thousand that climb together are told by a thousand rows and not by five of each.
    """
    found = {one.id: one for one in _many(unit, cases, _newest())}
    unheard = [case for case in cases if case.rung > 0 and found[case.id].called_at is None]
    if unheard:
        found |= {one.id: one for one in _many(unit, unheard, _lately())}
    return [found[case.id] for case in cases]


def _newest() -> ColumnElement[bool]:
    return and_(CaseRung.round == Case.round, CaseRung.rung == Case.rung)


def _lately() -> ColumnElement[bool]:
    """Rungs that tell when somebody was last called: a long night's repeats are not all read."""
    listed = CaseRung.rung < len(Target), CaseRung.rung >= Case.rung - 1
    return and_(CaseRung.round == Case.round, or_(*listed))


def _many(
    unit: Unit, cases: Sequence[Case], which: ColumnElement[bool] = EVERY_RUNG
) -> list[CaseFacts]:
    rows, reached = _rungs(unit, [case.id for case in cases], which)
    ids = {case.person_id for case in cases} | {c.held_by_id for c in cases if c.held_by_id}
    people = accounts.people(unit, ids.union(*reached.values()))
    rungs: dict[str, list[RungFacts]] = {}
    for row in rows:
        names = [people[one].handle for one in reached[rung_key(row.case_id, row.round, row.rung)]]
        told = RungFacts(row.round, row.rung, row.at, tuple(names))
        rungs.setdefault(row.case_id, []).append(told)
    return [_facts(case, people, tuple(rungs.get(case.id, ()))) for case in cases]


def _facts(
    case: Case, people: dict[str, accounts.Person], rungs: tuple[RungFacts, ...]
) -> CaseFacts:
    return CaseFacts(
        id=case.id,
        person=people[case.person_id],
        severity=Severity(case.severity),
        state=rules.shown_state(State(case.state), case.engaged_at),
        source=case.source,
        labels=tuple(case.labels),
        room_id=case.room_id,
        side_room_id=case.side_room_id,
        country=case.country,
        opened_at=case.opened_at,
        signalled_at=case.signalled_at,
        round=case.round,
        rung=case.rung,
        due_at=case.due_at,
        held_by=people.get(case.held_by_id or ""),
        held_until=case.held_until,
        closed_at=case.closed_at,
        outcome=case.outcome,
        follow_up_on=case.follow_up_on.isoformat() if case.follow_up_on else None,
        rungs=rungs,
    )


def rung_key(case_id: str, round_: int, rung: int) -> str:
    """The outbox key of one rung: it makes a second page impossible, and tells who was reached."""
    return f"case:{case_id}:{round_}:{rung}"


def _rungs(
    unit: Unit, case_ids: Sequence[str], which: ColumnElement[bool]
) -> tuple[list[CaseRung], dict[str, list[str]]]:
    """The rungs of these cases, and whom each really went out to, by its key."""
    rows = list(
        unit.session.scalars(
            select(CaseRung)
            .join(Case, Case.id == CaseRung.case_id)
            .where(CaseRung.case_id.in_(case_ids), which)
            .order_by(CaseRung.round, CaseRung.rung)
        )
    )
    return rows, notify.reached(unit, [rung_key(row.case_id, row.round, row.rung) for row in rows])


def notes_of(unit: Unit, case_id: str) -> list[NoteFacts]:
    """A case's log, oldest first."""
    rows = list(
        unit.session.scalars(
            select(CaseNote).where(CaseNote.case_id == case_id).order_by(CaseNote.id)
        )
    )
    people = accounts.people(unit, {row.author_id for row in rows if row.author_id})
    return [
        NoteFacts(
            row.at, row.kind, people[row.author_id].handle if row.author_id else None, row.body
        )
        for row in rows
    ]
