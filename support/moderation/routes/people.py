"""A person's record, what is in force, and the second signature."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.errors import Conflict, Declined, Invalid
from support.base.fields import NothingForm
from support.groups import queries as groups
from support.moderation import actions, queries
from support.moderation.forms import ReasonForm, SanctionForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.web.access import MEMBERS, STAFF, allow
from support.web.answers import done, reshow, show, submitted, wants_json
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/moderation/people/<handle>")
@allow(STAFF)
def person(handle: str) -> ResponseReturnValue:
    """What the desk knows of somebody; that it was read is written down."""
    found, only_html = _read(handle)
    return show("moderation/person.html", shapes.person(found), found=found, **only_html)


@bp.post("/moderation/people/<handle>/sanction")
@allow(STAFF)
def sanction(handle: str) -> ResponseReturnValue:
    """Do something about a person; what is grave waits for a second moderator."""
    try:
        form = SanctionForm.parse(submitted())
        with unit_of_work() as unit:
            imposed = actions.sanction(unit, current_actor(unit), handle, form)
    except Declined as declined:
        if wants_json():
            return reshow("moderation/person.html", declined)
        found, only_html = _read(handle)
        return reshow("moderation/person.html", declined, found=found, **only_html)
    flash(gettext("Done."), "ok")
    return done(shapes.imposed(imposed), f"/moderation/people/{handle}")


@bp.get("/moderation/sanctions")
@allow(STAFF)
def sanctions() -> ResponseReturnValue:
    """What is in force now, and what waits for a second signature."""
    with reading() as unit:
        actor = current_actor(unit)
        lines = queries.live_sanctions(unit, actor)
    facts = {"sanctions": [shapes.sanction(one) for one in lines]}
    return show("moderation/sanctions.html", facts, lines=lines, me=actor)


@bp.post("/moderation/sanctions/<sanction_id>/cosign")
@allow(STAFF)
def cosign(sanction_id: str) -> ResponseReturnValue:
    """Agree with another moderator's grave decision."""
    NothingForm.parse(submitted())
    try:
        with unit_of_work() as unit:
            imposed = actions.cosign(unit, current_actor(unit), sanction_id)
    except Conflict as declined:
        return _list_again(declined)
    flash(gettext("Signed. It holds from now on."), "ok")
    return done(shapes.imposed(imposed), "/moderation/sanctions")


@bp.post("/moderation/sanctions/<sanction_id>/end")
@allow(STAFF)
def end(sanction_id: str) -> ResponseReturnValue:
    """End a sanction early, or say no to one that waits for a signature."""
    try:
        form = ReasonForm.parse(submitted())
        with unit_of_work() as unit:
            actions.end(unit, current_actor(unit), sanction_id, form)
    except (Conflict, Invalid) as declined:
        return _list_again(declined)
    flash(gettext("Ended."), "ok")
    return done({"sanction": sanction_id, "state": "ended"}, "/moderation/sanctions")


@bp.get("/account/decisions")
@allow(MEMBERS)
def own_decisions() -> ResponseReturnValue:
    """What moderators decided about oneself: which words, why, until when, how to appeal."""
    with reading() as unit:
        found = actions.own_decisions(unit, current_actor(unit))
    return show("moderation/own_decisions.html", shapes.own_decisions(found), found=found)


def _list_again(declined: Declined) -> ResponseReturnValue:
    """What is in force now, with what came between."""
    with reading() as unit:
        actor = current_actor(unit)
        lines = queries.live_sanctions(unit, actor)
    return reshow("moderation/sanctions.html", declined, lines=lines, me=actor)


def _read(handle: str) -> tuple[actions.PersonReading, dict[str, Any]]:
    """The record and, for the page, the groups the person could be taken out of."""
    with unit_of_work() as unit:
        found = actions.read_person(unit, current_actor(unit), handle)
        known = groups.groups_by_id(unit, groups.groups_of(unit, found.person.id))
    return found, {"groups": sorted(known.values(), key=lambda one: one.name)}
