"""Around a case: asking to see somebody's plan, and finding a substitute for one's meeting."""

from datetime import timedelta

from sqlalchemy import delete

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.crisis import queries
from support.crisis.actions.calling import write_note
from support.crisis.models import Case, PlanRequest
from support.crisis.ports import Said, joined
from support.crisis.rules import State
from support.db.insert import insert_new
from support.db.unit import Unit
from support.groups import queries as groups
from support.journal import actions as journal
from support.journal.rules import Plan
from support.notify import actions as notify

LOOK_BACK = timedelta(minutes=30)


def ask_for_plan(unit: Unit, actor: Actor, case_id: str) -> None:
    """Ask the person whether their plan may be read; once until it closes, by whoever holds it."""
    case = queries.case_by_id(unit, queries.case_for(unit, actor, case_id).id)
    if case.held_by_id != actor.id:
        raise Conflict("Take the case first, then ask.")
    row = {"case_id": case.id, "asked_by_id": actor.id, "asked_at": unit.now}
    if not insert_new(unit, PlanRequest, row):
        return
    key, to = f"plan:{case.id}:{unit.now.isoformat()}", [case.person_id]
    notify.put(unit, key=key, kind="plan_asked", recipients=to, payload={})
    write_note(unit, case, actor.id, "plan_asked")
    audit.record(unit, actor.id, "crisis.plan_asked", f"case:{case.id}")


def forget_plan_answer(unit: Unit, case: Case) -> None:
    """A yes was for that time: in a case that opens again the person is asked again."""
    unit.session.execute(delete(PlanRequest).where(PlanRequest.case_id == case.id))


def answer_for_plan(unit: Unit, actor: Actor, *, agrees: bool) -> None:
    """The person's own yes or no; they may change it while the case is open."""
    case = queries.open_case_of(unit, actor.id)
    request = unit.session.get(PlanRequest, case.id) if case else None
    if case is None or request is None:
        raise NotFound("Nobody has asked you.")
    request.answer, request.answered_at = ("yes" if agrees else "no"), unit.now
    write_note(unit, case, actor.id, "plan_yes" if agrees else "plan_no")
    audit.record(unit, actor.id, "crisis.plan_answered", f"case:{case.id}", agrees=int(agrees))


def words_before(unit: Unit, actor: Actor, case: queries.CaseFacts) -> list[Said]:
    """What the person said in the room the case arose in, from half an hour before it on."""
    if joined.words is None or case.room_id is None:
        return []
    since = case.opened_at - LOOK_BACK
    return joined.words.said(unit, actor, case.person.id, case.room_id, since)


def plan_for(unit: Unit, case: queries.CaseFacts) -> Plan | None:
    """The person's plan, only after their own yes and only while the case is open."""
    consent = queries.consent_of(unit, case.id)
    if case.state is State.CLOSED or consent is None or consent.answer != "yes":
        return None
    plan = journal.own_plan(unit, case.person.id)
    return plan if plan.lines else None


def ask_for_substitute(unit: Unit, actor: Actor, case_id: str, meeting_id: str) -> int:
    """The host has somebody in danger: the other hosts and the moderators are asked to lead."""
    case = queries.case_for(unit, actor, case_id)
    mine = {one.id: one for one in queries.meetings_to_lead(unit, actor)}
    meeting = mine.get(meeting_id)
    if meeting is None:
        raise NotFound("You lead no such meeting now.")
    others = [*groups.host_ids(unit, meeting.group_id), *accounts.staff_ids(unit)]
    able = accounts.able_ids(unit, others)
    people = [one for one in dict.fromkeys(others) if one in able and one != actor.id]
    notify.put(
        unit,
        key=f"substitute:{meeting_id}:{actor.id}",
        kind="substitute_asked",
        recipients=[one for one in people if one != case.person_id],
        payload={"meeting": meeting_id},
    )
    audit.record(unit, actor.id, "crisis.substitute_asked", f"meeting:{meeting_id}")
    return len(people)
