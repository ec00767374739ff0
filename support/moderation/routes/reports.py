"""Report a message in two taps, and read what came of one's own reports."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.moderation import actions, queries
from support.moderation.forms import ReportForm
from support.moderation.routes.blueprint import bp
from support.moderation.rules.desk import MOST_REPORTS, REPORTS_SECONDS, Reason
from support.web import limits
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/messages/<message_id>/report")
@allow(MEMBERS)
def report_form(message_id: str) -> ResponseReturnValue:
    """Why is it wrong? One tap on a reason sends it."""
    with reading() as unit:
        room_id = actions.check_may_report(unit, current_actor(unit), message_id)
    facts = {"message": message_id, "reasons": list(Reason)}
    return show("moderation/report.html", facts, room_id=room_id)


@bp.post("/messages/<message_id>/report")
@allow(MEMBERS)
def report(message_id: str) -> ResponseReturnValue:
    """Take the complaint."""
    try:
        form = ReportForm.parse({**submitted(), "message": message_id})
        with unit_of_work() as unit:
            actor = current_actor(unit)
            limits.hit("report", actor.id, MOST_REPORTS, REPORTS_SECONDS)
            room_id = actions.check_may_report(unit, actor, message_id)
            made = actions.report(unit, actor, form)
    except Declined as declined:
        return reshow("moderation/report.html", declined, message=message_id, reasons=list(Reason))
    flash(_thanks(form.reason), "ok")
    return done({"report": made}, f"/account/reports?room={room_id or ''}")


@bp.get("/account/reports")
@allow(MEMBERS)
def own_reports() -> ResponseReturnValue:
    """What one reported and the class of action that was taken."""
    with reading() as unit:
        found = queries.own_reports(unit, current_actor(unit))
    facts = [
        {"id": one.id, "reason": one.reason, "at": wire(one.at), "outcome": one.outcome}
        for one in found
    ]
    return show("moderation/own_reports.html", {"reports": facts}, found=found)


def _thanks(reason: Reason) -> str:
    if reason is Reason.CRISIS:
        return gettext("Thank you. We are calling somebody for them now.")
    return gettext("Thank you. A moderator will look. We will tell you what we did.")
