"""Becoming a mentor: the form with its short training, and the moderators' page."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.base.fields import NothingForm
from support.mentoring import actions, queries
from support.mentoring.forms import ApplyForm, VoteForm
from support.mentoring.routes.blueprint import bp
from support.mentoring.rules.training import QUESTIONS
from support.web.access import MEMBERS, STAFF, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors/apply"
DESK = "/mentors/applications"


@bp.get("/mentors/apply")
@allow(MEMBERS)
def apply_form() -> ResponseReturnValue:
    """What mentors do, the training, and the form; or the application that waits."""
    with reading() as unit:
        waiting = queries.open_application(unit, current_actor(unit).id)
    facts = {"application": {"id": waiting.id, "state": "open"} if waiting else None}
    return show("mentors/apply.html", facts, questions=QUESTIONS)


@bp.post("/mentors/apply")
@allow(MEMBERS)
def apply() -> ResponseReturnValue:
    """Send it to the moderators; a wrong answer is explained and loses nothing."""
    try:
        form = ApplyForm.parse(submitted())
        with unit_of_work() as unit:
            application = actions.apply(unit, current_actor(unit), form)
    except Declined as declined:
        return reshow("mentors/apply.html", declined, application=None, questions=QUESTIONS)
    flash(gettext("Thank you. Two moderators will look at it."), "ok")
    return done({"application": application, "state": "open"}, HERE)


@bp.post("/mentors/apply/withdraw")
@allow(MEMBERS)
def withdraw() -> ResponseReturnValue:
    """Take the own application back."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.withdraw(unit, current_actor(unit))
    return done({"state": "withdrawn"}, HERE)


@bp.get("/mentors/applications")
@allow(STAFF)
def applications() -> ResponseReturnValue:
    """Who wants to become a mentor, and how many wait for one."""
    with reading() as unit:
        actor = current_actor(unit)
        lines, waiting = queries.applications(unit, actor), queries.waiting_count(unit)
    facts = {
        "waiting": waiting,
        "applications": [
            {
                "id": one.id,
                "handle": one.handle,
                "finished_on": one.finished_on.isoformat(),
                "offer": one.offer,
                "why": one.why,
                "made_at": wire(one.made_at),
                "votes": [{"by": v.by, "yes": v.yes, "reason": v.reason} for v in one.votes],
                "may_vote": one.may_vote,
            }
            for one in lines
        ],
    }
    return show("mentors/applications.html", facts, lines=lines)


@bp.post("/mentors/applications/<application_id>/vote")
@allow(STAFF)
def vote(application_id: str) -> ResponseReturnValue:
    """One moderator's word; two who agree decide."""
    try:
        form = VoteForm.parse(submitted())
        with unit_of_work() as unit:
            state = actions.vote(unit, current_actor(unit), application_id, form)
    except Declined as declined:
        with reading() as unit:
            lines = queries.applications(unit, current_actor(unit))
        return reshow("mentors/applications.html", declined, lines=lines, waiting=None)
    return done({"application": application_id, "state": state}, DESK)
