"""The rota's page: who is on call now, the pattern, what differs from it, and the gaps ahead."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.accounts import queries as accounts
from support.base.clock import wire
from support.base.errors import Invalid
from support.base.weekly import span_facts
from support.crisis import actions, queries
from support.crisis.forms import AnswerForm, ShiftForm, SpanForm
from support.db.unit import Unit
from support.web.access import ADMINS, RESPONDERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("rota", __name__)
PAGE = "crisis/rota.html"
OWN_SHOWN = 3


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
        return _again(declined)
    return done({"shift": shift_id}, "/crisis/rota")


@bp.post("/crisis/rota/<shift_id>/remove")
@allow(ADMINS)
def remove(shift_id: str) -> ResponseReturnValue:
    """Take a weekly shift away."""
    with unit_of_work() as unit:
        actions.remove_shift(unit, current_actor(unit).id, shift_id)
    return done({"shift": shift_id}, "/crisis/rota")


@bp.post("/crisis/rota/changes")
@allow(RESPONDERS)
def add_change() -> ResponseReturnValue:
    """Be off for a while, or cover; an admin may say so for others."""
    try:
        with unit_of_work() as unit:
            actor = current_actor(unit)
            form = SpanForm.parse(submitted(), actor.timezone)
            change_id = actions.add_change(unit, actor, form)
    except Invalid as declined:
        return _again(declined)
    return done({"change": change_id}, "/crisis/rota")


@bp.post("/crisis/rota/changes/<change_id>/remove")
@allow(RESPONDERS)
def remove_change(change_id: str) -> ResponseReturnValue:
    """The weekly pattern holds again."""
    with unit_of_work() as unit:
        actions.remove_change(unit, current_actor(unit), change_id)
    return done({"change": change_id}, "/crisis/rota")


@bp.post("/crisis/rota/swaps")
@allow(RESPONDERS)
def ask_swap() -> ResponseReturnValue:
    """Ask somebody, or everybody, to take a stretch of one's own."""
    try:
        with unit_of_work() as unit:
            actor = current_actor(unit)
            form = SpanForm.parse(submitted(), actor.timezone)
            swap_id = actions.ask_swap(unit, actor, form)
    except Invalid as declined:
        return _again(declined)
    return done({"swap": swap_id}, "/crisis/rota")


@bp.post("/crisis/rota/swaps/<swap_id>/answer")
@allow(RESPONDERS)
def answer_swap(swap_id: str) -> ResponseReturnValue:
    """Accept, decline, or take one's own question back."""
    form = AnswerForm.parse(submitted(), swap_id)
    with unit_of_work() as unit:
        actions.answer_swap(unit, current_actor(unit), form)
    return done({"swap": swap_id, "answer": form.answer}, "/crisis/rota")


@bp.post("/crisis/rest/end")
@allow(RESPONDERS)
def end_rest() -> ResponseReturnValue:
    """Ready again before the half hour after a hard case is over."""
    with unit_of_work() as unit:
        actions.end_rest(unit, current_actor(unit).id)
    return done({"resting_until": None}, "/crisis/rota")


def _again(declined: Invalid) -> ResponseReturnValue:
    with reading() as unit:
        _, furniture = _facts(unit)
    return reshow(PAGE, declined, **furniture)


def _facts(unit: Unit) -> tuple[dict[str, Any], dict[str, Any]]:
    actor = current_actor(unit)
    ids, resting = queries.on_call_now(unit), queries.resting(unit)
    people = accounts.people(unit, [*ids, *resting])
    now = [people[one].handle for one in ids]
    shifts, gaps = queries.shift_facts(unit), queries.gaps_ahead(unit)
    changes, swaps = queries.changes_ahead(unit), queries.open_swaps(unit, actor)
    rests = {people[one].handle: until for one, until in resting.items()}
    facts = {
        "on_call": now,
        "resting": [{"handle": name, "until": wire(until)} for name, until in rests.items()],
        "shifts": [shift.facts() for shift in shifts],
        "changes": [change.facts() for change in changes],
        "gaps": [span_facts(gap) for gap in gaps],
        "swaps": [swap.facts() for swap in swaps],
    }
    furniture = {"now": now, "weekly": shifts, "holes": gaps, "changes": changes}
    furniture |= _ahead(unit, actor.id)
    return facts, {**furniture, "swaps": swaps, "resting": rests}


def _ahead(unit: Unit, own_id: str) -> dict[str, Any]:
    """Until when those on call are, who comes next, and one's own next three times."""
    spans = queries.duties_ahead(unit)
    mine = [span for span in spans if span.account_id == own_id][:OWN_SHOWN]
    later = next((span for span in spans if span.starts_at > unit.now), None)
    names = accounts.people(unit, {span.account_id for span in spans})
    until = {
        names[span.account_id].handle: span.ends_at
        for span in reversed(spans)
        if span.starts_at <= unit.now < span.ends_at
    }
    return {"until": until, "mine": mine, "later": later and (names[later.account_id], later)}
