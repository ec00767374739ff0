"""Becoming a mentor: an application, and two moderators who say yes to it."""

from sqlalchemy import func, select

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Conflict, Invalid
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.forms import ApplyForm, VoteForm
from support.mentoring.models import MentorApplication, MentorOffer, MentorVote
from support.mentoring.rules.caps import (
    FINISHED_MONTHS,
    MOST_MENTEES,
    PROBATION_MEETINGS,
    a_year_after,
    check_may_apply,
    months_since,
)
from support.mentoring.rules.training import CODE_VERSION
from support.notify import actions as notify

VOTES_NEEDED = 2


def apply(unit: Unit, actor: Actor, form: ApplyForm) -> str:
    """Ask to become a mentor; the training was answered and the code signed in the form."""
    check_may_apply(actor)
    if months_since(form.finished_on, unit.now.date()) < FINISHED_MONTHS:
        raise Invalid(
            "It is early yet.",
            fields={"finished_on": "Mentors have finished for a year or more. Come back then."},
        )
    application = {
        "account_id": actor.id,
        "finished_on": form.finished_on,
        "offer": form.offering.kept(),
        "why": form.why,
        "code_version": CODE_VERSION,
        "made_at": unit.now,
    }
    if not insert_new(unit, MentorApplication, application):
        raise Conflict("Your application is with the moderators already.")
    made = queries.open_application(unit, actor.id)
    made_id = made.id if made else ""
    audit.record(unit, actor.id, "mentoring.applied", f"application:{made_id}")
    notify.put(
        unit,
        key=f"mentor_application:{made_id}",
        kind="mentor_application",
        recipients=[each for each in people.staff_ids(unit) if each != actor.id],
        payload={},
    )
    return made_id


def withdraw(unit: Unit, actor: Actor) -> None:
    """Take the own application back; no reason is asked for."""
    application = queries.open_application(unit, actor.id)
    if application is None:
        raise Conflict("There is no application of yours.")
    application.state, application.decided_at = "withdrawn", unit.now
    audit.record(unit, actor.id, "mentoring.withdrew", f"application:{application.id}")


def vote(unit: Unit, actor: Actor, application_id: str, form: VoteForm) -> str:
    """One moderator's word; the second that agrees with the first decides. Gives the state."""
    application = queries.application_for(unit, actor, application_id)
    if application.state != "open":
        raise Conflict("This was decided already.")
    said = {"application_id": application.id, "by_id": actor.id, "yes": form.yes}
    if not insert_new(unit, MentorVote, {**said, "reason": form.reason, "at": unit.now}):
        raise Conflict("You have said something to this already. Another moderator has to agree.")
    same = select(func.count()).where(
        MentorVote.application_id == application.id, MentorVote.yes == form.yes
    )
    word = "yes" if form.yes else "no"
    audit.record(unit, actor.id, f"mentoring.said_{word}", f"application:{application.id}")
    if (unit.session.scalar(same) or 0) >= VOTES_NEEDED:
        _decide(unit, actor, application, form.yes)
    return application.state


def _decide(unit: Unit, actor: Actor, application: MentorApplication, yes: bool) -> None:
    if yes:
        _check_may_become(unit, application.account_id)
    application.state = "approved" if yes else "refused"
    application.decided_at = unit.now
    if yes:
        accounts.set_role(unit, application.account_id, Role.MENTOR, actor.id)
        walking = queries.walking_with(unit, application.account_id)
        unit.session.merge(
            MentorOffer(
                account_id=application.account_id,
                offer=application.offer,
                most=max(MOST_MENTEES, walking),
                mentees=walking,
                probation=PROBATION_MEETINGS,
                since=unit.now,
                renew_on=a_year_after(unit.now.date()),
                code_version=application.code_version,
            )
        )
    notify.put(
        unit,
        key=f"mentor_decided:{application.id}",
        kind="mentor_welcome" if yes else "mentor_not_now",
        recipients=[application.account_id],
        payload={},
    )


def _check_may_become(unit: Unit, account_id: str) -> None:
    """Much may have happened since they applied: they are on the team, or kept out."""
    found = people.actor_by_id(unit, account_id)
    if found is None or found.role is not Role.MEMBER:
        raise Conflict("They cannot become a mentor now.")
