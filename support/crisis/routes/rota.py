"""The rota's page: who is on call now, the weekly shifts, and where nobody will be."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.accounts import queries as accounts
from support.base.errors import Invalid
from support.crisis import actions, queries
from support.crisis.forms import ShiftForm
from support.crisis.queries.rota import span_facts
from support.db.unit import Unit
from support.web.access import ADMINS, RESPONDERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("rota", __name__)
PAGE = "crisis/rota.html"


@bp.get("/crisis/rota")
@allow(RESPONDERS)
def rota() -> ResponseReturnValue:
    """Who is called, and when nobody is."""
    with reading() as unit:
        facts, furniture = _facts(unit)
    return show(PAGE, facts, **furniture)


@bp.post("/crisis/rota")
@allow(ADMINS)
def add() -> ResponseReturnValue:
    """Put somebody on call every week."""
    try:
        form = ShiftForm.parse(submitted())
        with unit_of_work() as unit:
            shift_id = actions.add_shift(unit, current_actor(unit).id, form)
    except Invalid as declined:
        with reading() as unit:
            _, furniture = _facts(unit)
        return reshow(PAGE, declined, **furniture)
    return done({"shift": shift_id}, "/crisis/rota")


@bp.post("/crisis/rota/<shift_id>/remove")
@allow(ADMINS)
def remove(shift_id: str) -> ResponseReturnValue:
    """Take a weekly shift away."""
    with unit_of_work() as unit:
        actions.remove_shift(unit, current_actor(unit).id, shift_id)
    return done({"shift": shift_id}, "/crisis/rota")


def _facts(unit: Unit) -> tuple[dict[str, Any], dict[str, Any]]:
    ids = queries.on_call_now(unit)
    people = accounts.people(unit, ids)
    now = [people[one].handle for one in ids]
    shifts, gaps = queries.shift_facts(unit), queries.gaps_ahead(unit)
    facts = {
        "on_call": now,
        "shifts": [shift.facts() for shift in shifts],
        "gaps": [span_facts(gap) for gap in gaps],
        "swaps": [],
    }
    return facts, {"now": now, "weekly": shifts, "holes": gaps}
