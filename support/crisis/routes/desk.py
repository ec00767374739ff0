"""The crisis desk: open cases, and one case with everything a responder needs."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import Conflict, Declined, Ended, Invalid
from support.crisis import actions, queries
from support.crisis.forms import CloseForm, HandOverForm, NoteForm
from support.crisis.rules import Outcome
from support.crisis.rules.replies import FIRST_REPLIES
from support.db.unit import Unit
from support.web.access import MEMBERS, RESPONDERS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("crisis", __name__)
PAGE = "crisis/case.html"
BEHIND = (Invalid, Conflict, Ended)  # the page is shown as it is now, with what came between


@bp.get("/crisis/cases")
@allow(RESPONDERS)
def cases() -> ResponseReturnValue:
    """What is open, the gravest first; or what was closed lately."""
    closed = asked().get("closed") == "1"
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.open_cases(unit, actor, closed=closed)
        on_call = bool(queries.on_call_now(unit))
    facts = {"cases": [case.facts() for case in found]}
    return show("crisis/cases.html", facts, found=found, closed=closed, on_call=on_call)


@bp.get("/crisis/calling")
@allow(MEMBERS)
def calling() -> ResponseReturnValue:
    """Which cases wait for somebody, of those this person was called to; asked by open pages."""
    with reading() as unit:
        return jsonify({"cases": queries.waiting_for(unit, current_actor(unit))})


@bp.get("/crisis/cases/<case_id>")
@allow(MEMBERS)
def case_page(case_id: str) -> ResponseReturnValue:
    """One case, for its responders; a host of the room it arose in is one of them."""
    with reading() as unit:
        actor = current_actor(unit)
        facts, furniture = _facts(unit, actor, case_id)
    return show(PAGE, facts, **furniture)


@bp.post("/crisis/cases/<case_id>/ack")
@allow(MEMBERS)
def acknowledge(case_id: str) -> ResponseReturnValue:
    """Take the case; the first one wins."""
    try:
        with unit_of_work() as unit:
            case = actions.acknowledge(unit, current_actor(unit), case_id)
    except BEHIND as declined:
        return _again(case_id, declined)
    return done(case.facts(), f"/crisis/cases/{case.id}")


@bp.post("/crisis/cases/<case_id>/note")
@allow(MEMBERS)
def note(case_id: str) -> ResponseReturnValue:
    """Write down what happened."""
    try:
        with unit_of_work() as unit:
            form = NoteForm.parse(submitted(), case_id)
            case = actions.note(unit, current_actor(unit), form)
    except BEHIND as declined:
        return _again(case_id, declined)
    return done(case.facts(), f"/crisis/cases/{case.id}")


@bp.post("/crisis/cases/<case_id>/hand-over")
@allow(MEMBERS)
def hand_over(case_id: str) -> ResponseReturnValue:
    """Pass the case on, with a summary."""
    try:
        with unit_of_work() as unit:
            form = HandOverForm.parse(submitted(), case_id)
            case = actions.hand_over(unit, current_actor(unit), form)
    except BEHIND as declined:
        return _again(case_id, declined)
    return done(case.facts(), f"/crisis/cases/{case.id}")


@bp.post("/crisis/cases/<case_id>/close")
@allow(MEMBERS)
def close(case_id: str) -> ResponseReturnValue:
    """Close the case with how it ended."""
    try:
        with unit_of_work() as unit:
            form = CloseForm.parse(submitted(), case_id)
            case = actions.close(unit, current_actor(unit), form)
    except BEHIND as declined:
        return _again(case_id, declined)
    return done(case.facts(), "/crisis/cases")


def _again(case_id: str, declined: Declined) -> ResponseReturnValue:
    """The page again with what was typed; who may not see the case hears 404, not which field."""
    with reading() as unit:
        actor = current_actor(unit)
        _, furniture = _facts(unit, actor, case_id)
    return reshow(PAGE, declined, **furniture)


def _facts(unit: Unit, actor: Actor, case_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    case = queries.facts_of(unit, queries.case_for(unit, actor, case_id))
    notes = queries.notes_of(unit, case_id)
    furniture = {
        "found": case,
        "lines": notes,
        "is_mine": case.held_by is not None and case.held_by.id == actor.id,
        "card": queries.help_for(case.country or case.person.country, unit.now),
        "said": actions.words_before(unit, actor, case),
        "consent": queries.consent_of(unit, case.id),
        "plan": actions.plan_for(unit, case),
        "to_lead": queries.meetings_to_lead(unit, actor),
        "replies": FIRST_REPLIES,
        "outcomes": list(Outcome),
        "others": _others(unit, actor, case_id),
    }
    return case.facts() | {"notes": [one.facts() for one in notes]}, furniture


def _others(unit: Unit, actor: Actor, case_id: str) -> list[tuple[str, str]]:
    """Who could take the case over, by name, and who of them rests."""
    able = queries.responders_of(unit, case_id) - {actor.id}
    resting = queries.resting(unit)
    named = sorted((one.handle, one.id) for one in accounts.people(unit, able).values())
    rests = gettext("%(name)s (rests just now)")
    return [(name, rests % {"name": name} if id_ in resting else name) for name, id_ in named]
