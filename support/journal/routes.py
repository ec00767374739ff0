"""The doors of the private space: each opens to its person alone."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from support.base.errors import Declined
from support.base.fields import NothingForm
from support.journal import actions
from support.journal.forms import LineForm, WordsForm
from support.journal.rules import Plan
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("journal", __name__)
HERE, PAGE = "/journal/plan", "journal/plan.html"


@bp.get("/journal")
@allow(MEMBERS)
def journal() -> ResponseReturnValue:
    """The way in; the plan is what there is."""
    return redirect(HERE)


@bp.get("/journal/plan")
@allow(MEMBERS)
def plan() -> ResponseReturnValue:
    """One's own plan."""
    found = _plan()
    return show(PAGE, found.facts(), found=found)


@bp.post("/journal/plan")
@allow(MEMBERS)
def add() -> ResponseReturnValue:
    """Write one more line."""
    try:
        with unit_of_work() as unit:
            form = LineForm.parse(submitted())
            line_id = actions.add_line(unit, current_actor(unit), form)
    except Declined as declined:
        return _again(declined)
    return done({"line": line_id}, f"{HERE}#{form.heading}")


@bp.post("/journal/plan/<line_id>")
@allow(MEMBERS)
def change(line_id: str) -> ResponseReturnValue:
    """Write a line another way."""
    try:
        with unit_of_work() as unit:
            form = WordsForm.parse(submitted())
            actions.change_line(unit, current_actor(unit), line_id, form)
    except Declined as declined:
        return _again(declined, line_id)
    return done({"line": line_id}, f"{HERE}#l-{line_id}")


@bp.post("/journal/plan/<line_id>/remove")
@allow(MEMBERS)
def remove(line_id: str) -> ResponseReturnValue:
    """Take a line away."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.drop_line(unit, current_actor(unit), line_id)
    return done({"line": line_id}, HERE)


def _again(declined: Declined, line_id: str = "") -> ResponseReturnValue:
    return reshow(PAGE, declined, found=_plan(), changing=line_id)


def _plan() -> Plan:
    with reading() as unit:
        return actions.own_plan(unit, current_actor(unit).id)
