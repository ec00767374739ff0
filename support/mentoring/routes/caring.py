"""What carries a mentor: the guide, the yearly code, and a way out that asks nothing."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.errors import Declined
from support.base.fields import NothingForm
from support.mentoring import actions
from support.mentoring.forms import SignForm
from support.mentoring.routes.blueprint import bp
from support.mentoring.routes.shifts import told
from support.mentoring.rules.guide import GUIDE
from support.mentoring.rules.training import CODE_VERSION
from support.web.access import MENTORS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, unit_of_work

HOME = "/mentors/home"


@bp.get("/mentors/guide")
@allow(MENTORS)
def guide() -> ResponseReturnValue:
    """Short cards for hard moments, each with the day it was last changed."""
    cards = [
        {"id": one.id, "title": one.title, "lines": list(one.lines)}
        | {"changed_on": one.changed_on.isoformat()}
        for one in GUIDE
    ]
    return show("mentors/guide.html", {"cards": cards})


@bp.get("/mentors/code")
@allow(MENTORS)
def code() -> ResponseReturnValue:
    """The code as it is today, to be signed for another year."""
    return show("mentors/code.html", {"version": CODE_VERSION})


@bp.post("/mentors/code")
@allow(MENTORS)
def renew() -> ResponseReturnValue:
    """Sign the code for another year."""
    try:
        SignForm.parse(submitted())
        with unit_of_work() as unit:
            actions.renew(unit, current_actor(unit))
    except Declined as declined:
        return reshow("mentors/code.html", declined, version=CODE_VERSION)
    flash(gettext("Thank you for another year."), "ok")
    return done({"version": CODE_VERSION}, HOME)


@bp.get("/mentors/rest")
@allow(MENTORS)
def resting() -> ResponseReturnValue:
    """Kind words and ways to somebody, for a mentor who is not well."""
    return show("mentors/rest.html", {"ways": ["/help", "/help/now", "/mentors/home"]})


@bp.post("/mentors/setback")
@allow(MENTORS)
def setback() -> ResponseReturnValue:
    """Pause at once. No question is asked, and nothing is kept but that there is a pause."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        offered = actions.rest(unit, current_actor(unit))
    if offered.watches:
        flash(told(offered), "ok")
    facts = {"paused": True, "handed_on": offered.watches, "asked": list(offered.asked)}
    return done(facts, "/mentors/rest")
