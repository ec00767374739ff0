"""A member looks for a mentor: what they seek, who would fit and why, asking, waiting, parting."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.base.fields import NothingForm
from support.mentoring import actions
from support.mentoring.forms import SearchForm
from support.mentoring.queries import Tie
from support.mentoring.routes.blueprint import bp
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors"


@bp.get("/mentors")
@allow(MEMBERS)
def find() -> ResponseReturnValue:
    """One's mentor, or up to five who would fit with the reasons, or one's place in the line."""
    found = _looked()
    return show("mentors/find.html", shaped(found), found=found)


@bp.post("/mentors/search")
@allow(MEMBERS)
def search() -> ResponseReturnValue:
    """Say what one looks for; every part but the language can be skipped."""
    try:
        form = SearchForm.parse(submitted())
        with unit_of_work() as unit:
            actions.seek(unit, current_actor(unit), form)
    except Declined as declined:
        return reshow("mentors/find.html", declined, found=_looked())
    return done(form.kept(), HERE)


@bp.post("/mentors/<handle>/ask")
@allow(MEMBERS)
def ask(handle: str) -> ResponseReturnValue:
    """Ask one of the mentors who were proposed."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        ask_id = actions.ask(unit, current_actor(unit), handle)
    flash(gettext("Asked. You will hear from them. You can ask two more meanwhile."), "ok")
    return done({"ask": ask_id, "state": "open"}, HERE)


@bp.post("/mentors/asks/<ask_id>/withdraw")
@allow(MEMBERS)
def take_back(ask_id: str) -> ResponseReturnValue:
    """Do not ask them after all."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.take_back(unit, current_actor(unit), ask_id)
    return done({"ask": ask_id, "state": "withdrawn"}, HERE)


@bp.post("/mentors/wait")
@allow(MEMBERS)
def wait() -> ResponseReturnValue:
    """Take a place on the waiting list, and be told honestly which."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        place = actions.wait(unit, current_actor(unit))
    return done({"state": "waiting", "place": place}, HERE)


@bp.post("/mentors/stop-waiting")
@allow(MEMBERS)
def stop_waiting() -> ResponseReturnValue:
    """Leave the waiting list."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.stop_waiting(unit, current_actor(unit).id)
    return done({"state": "none"}, HERE)


@bp.post("/mentors/pairings/<pairing_id>/end")
@allow(MEMBERS)
def end(pairing_id: str) -> ResponseReturnValue:
    """Either of the two ends it, without a reason."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actor = current_actor(unit)
        actions.end(unit, actor, pairing_id)
    flash(gettext("It has ended. The room is closed for both of you."), "ok")
    back = "/mentors/home" if actor.role == "mentor" else HERE
    return done({"pairing": pairing_id, "state": "ended"}, back)


def _looked() -> actions.Found:
    with reading() as unit:
        return actions.look(unit, current_actor(unit))


def shaped(found: actions.Found) -> dict[str, Any]:
    """The same facts for programs."""
    return {
        "search": found.search.seeks if found.search else None,
        "proposals": [
            {
                "handle": one.handle,
                "shared": list(one.shared),
                "known": list(one.known),
                "minutes": one.minutes,
                "why": [each.value for each in one.why],
            }
            for one in found.proposals
        ],
        "asked": [tie(one) for one in found.asked],
        "mentor": tie(found.mentor) if found.mentor else None,
        "place": found.place,
    }


def tie(one: Tie) -> dict[str, Any]:
    """An ask or a pairing as one of its two sees it."""
    facts = {"id": one.id, "handle": one.handle, "since": wire(one.since), "room": one.room_id}
    return {name: value for name, value in facts.items() if value is not None}
