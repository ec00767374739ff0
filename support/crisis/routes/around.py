"""Around a case: the plan's consent, a substitute for a meeting, and how the desk does."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.crisis import actions, queries
from support.crisis.forms import MeetingForm, YesForm
from support.web.access import MEMBERS, RESPONDERS, allow
from support.web.answers import done, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("around", __name__)


@bp.post("/crisis/cases/<case_id>/plan")
@allow(MEMBERS)
def ask_for_plan(case_id: str) -> ResponseReturnValue:
    """Ask the person whether their plan may be read."""
    with unit_of_work() as unit:
        actions.ask_for_plan(unit, current_actor(unit), case_id)
    return done({"asked": True}, f"/crisis/cases/{case_id}")


@bp.post("/help/plan")
@allow(MEMBERS)
def answer_for_plan() -> ResponseReturnValue:
    """The person's own yes or no."""
    form = YesForm.parse(submitted())
    with unit_of_work() as unit:
        actions.answer_for_plan(unit, current_actor(unit), agrees=form.agrees)
    return done({"answer": "yes" if form.agrees else "no"}, "/help/now")


@bp.post("/crisis/cases/<case_id>/substitute")
@allow(MEMBERS)
def ask_for_substitute(case_id: str) -> ResponseReturnValue:
    """Ask the other hosts and the moderators to lead a meeting instead."""
    form = MeetingForm.parse(submitted())
    with unit_of_work() as unit:
        asked = actions.ask_for_substitute(unit, current_actor(unit), case_id, form.meeting_id)
    return done({"asked": asked}, f"/crisis/cases/{case_id}")


@bp.get("/crisis/figures")
@allow(RESPONDERS)
def figures() -> ResponseReturnValue:
    """How long people waited, how far the ladder had to climb; numbers alone."""
    with reading() as unit:
        found = queries.figures(unit)
    return show("crisis/figures.html", found.facts(), found=found)
