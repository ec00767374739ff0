"""What takes two people: opening or destroying a seal, making a moderator, a grave sanction."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.fields import NothingForm
from support.moderation import actions, queries
from support.moderation.forms import ReasonForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.evidence import Step
from support.web.access import STAFF, allow
from support.web.answers import done, show, submitted
from support.web.work import current_actor, reading, unit_of_work

WAITS = "Asked. Another moderator has to agree within a day."


@bp.get("/moderation/signing")
@allow(STAFF)
def signing() -> ResponseReturnValue:
    """Everything that waits for a second signature."""
    with reading() as unit:
        actor = current_actor(unit)
        steps = queries.steps_waiting(unit, actor)
        live = queries.live_sanctions(unit, actor)
    pending = [one for one in live if one.state == "pending"]
    facts = {
        "steps": [shapes.step(one) for one in steps],
        "sanctions": [shapes.sanction(one) for one in pending],
    }
    return show("moderation/signing.html", facts, waiting=steps, pending=pending, me=actor)


@bp.post("/moderation/items/<item_id>/unseal")
@allow(STAFF)
def ask_unseal(item_id: str) -> ResponseReturnValue:
    """Ask that the sealed words of an item are opened."""
    return _ask(item_id, Step.UNSEAL)


@bp.post("/moderation/items/<item_id>/erase-evidence")
@allow(STAFF)
def ask_erase(item_id: str) -> ResponseReturnValue:
    """Ask that the sealed words of an item are destroyed before their time."""
    return _ask(item_id, Step.ERASE)


@bp.get("/moderation/items/<item_id>/sealed")
@allow(STAFF)
def sealed(item_id: str) -> ResponseReturnValue:
    """The sealed words, for the two who agreed to open them; that they looked is written down."""
    with unit_of_work() as unit:
        found = actions.open_seals(unit, current_actor(unit), item_id)
    facts: dict[str, Any] = {"item": item_id, "lines": [shapes.unsealed(one) for one in found]}
    return show("moderation/sealed.html", facts, found=found)


@bp.post("/moderation/people/<handle>/promote")
@allow(STAFF)
def promote(handle: str) -> ResponseReturnValue:
    """Ask that somebody becomes a moderator."""
    form = ReasonForm.parse(submitted())
    with unit_of_work() as unit:
        made = actions.ask_for_moderator(unit, current_actor(unit), handle, form.reason)
    flash(gettext(WAITS), "ok")
    return done({"id": made, "state": "pending"}, "/moderation/signing")


@bp.post("/moderation/signing/<step_id>/agree")
@allow(STAFF)
def agree(step_id: str) -> ResponseReturnValue:
    """The second signature."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        settled = actions.sign_step(unit, current_actor(unit), step_id)
        step, subject = settled.kind, settled.subject
    flash(gettext("Signed. It is done."), "ok")
    onward = f"/moderation/items/{subject}/sealed" if step == Step.UNSEAL else "/moderation/signing"
    return done({"id": step_id, "state": "agreed"}, onward)


@bp.post("/moderation/signing/<step_id>/refuse")
@allow(STAFF)
def refuse(step_id: str) -> ResponseReturnValue:
    """Say no, or take one's own asking back."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.refuse_step(unit, current_actor(unit), step_id)
    flash(gettext("Said no. Nothing was done."), "ok")
    return done({"id": step_id, "state": "refused"}, "/moderation/signing")


def _ask(item_id: str, step: Step) -> ResponseReturnValue:
    form = ReasonForm.parse(submitted())
    with unit_of_work() as unit:
        made = actions.ask_about_item(unit, current_actor(unit), item_id, step, form.reason)
    flash(gettext(WAITS), "ok")
    return done({"id": made, "state": "pending"}, f"/moderation/items/{item_id}")
