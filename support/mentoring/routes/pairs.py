"""The page of a pair: hours that suit both, a hand-over that waits, and the end."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.errors import Declined
from support.base.fields import NothingForm
from support.mentoring import actions
from support.mentoring.forms import HandleForm, HoursForm, VoiceForm
from support.mentoring.queries import pairs as queries
from support.mentoring.routes.blueprint import bp
from support.web.access import MEMBERS, MENTORS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors/pair"
PAGE = "mentors/pair.html"


@bp.get("/mentors/pair")
@allow(MEMBERS)
def pair() -> ResponseReturnValue:
    """Everybody one walks with, and what waits for an answer."""
    page = _page()
    facts = {
        "pairs": [one.facts() for one in page["walks"]],
        "hand_overs": [one.facts() for one in page["passings"]],
    }
    return show(PAGE, facts, page=page)


@bp.post("/mentors/pairings/<pairing_id>/hours")
@allow(MEMBERS)
def propose_hours(pairing_id: str) -> ResponseReturnValue:
    """Propose hours that suit oneself."""
    try:
        form = HoursForm.parse(submitted())
        with unit_of_work() as unit:
            actions.propose_hours(unit, current_actor(unit), pairing_id, form)
    except Declined as declined:
        return reshow(PAGE, declined, page=_page())
    flash(gettext("Sent. The other can say yes, or propose others."), "ok")
    return done({"pairing": pairing_id, "state": "asked_by_me"}, HERE)


@bp.post("/mentors/pairings/<pairing_id>/agree-hours")
@allow(MEMBERS)
def agree_hours(pairing_id: str) -> ResponseReturnValue:
    """Say yes to the hours that the other proposed."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.agree_hours(unit, current_actor(unit), pairing_id)
    return done({"pairing": pairing_id, "state": "agreed"}, HERE)


@bp.post("/mentors/pairings/<pairing_id>/hand-over")
@allow(MENTORS)
def hand_over(pairing_id: str) -> ResponseReturnValue:
    """Ask both, the one I walk with and another mentor, whether they would walk together."""
    try:
        form = HandleForm.parse(submitted())
        with unit_of_work() as unit:
            made = actions.hand_over(unit, current_actor(unit), pairing_id, form)
    except Declined as declined:
        return reshow(PAGE, declined, page=_page())
    flash(gettext("Asked. It happens when both have said yes."), "ok")
    return done({"hand_over": made, "state": "open"}, HERE)


@bp.post("/mentors/hand-overs/<hand_over_id>/answer")
@allow(MEMBERS)
def answer_hand_over(hand_over_id: str) -> ResponseReturnValue:
    """Yes or no, without a reason; the mentor who asked takes it back with a no."""
    form = VoiceForm.parse(submitted())
    with unit_of_work() as unit:
        state = actions.answer_hand_over(unit, current_actor(unit), hand_over_id, yes=form.yes)
    return done({"hand_over": hand_over_id, "state": state}, HERE)


def _page() -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        return {"walks": queries.walks(unit, actor), "passings": queries.passings(unit, actor)}
