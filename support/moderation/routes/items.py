"""One item: read it, claim it, decide about it, take the decision back."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.moderation import actions
from support.moderation.forms import DecideForm, NothingForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.desk import CARE_LABELS
from support.web.access import STAFF, allow
from support.web.answers import done, reshow, show, submitted, wants_json
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/moderation/items/<item_id>")
@allow(STAFF)
def item(item_id: str) -> ResponseReturnValue:
    """The words, veiled until asked, what was said round them, and the ways to decide."""
    with reading() as unit:
        actor = current_actor(unit)
        if actions.is_appeal(unit, actor, item_id):
            appeal = actions.read_appeal(unit, actor, item_id)
            return show("moderation/appeal.html", shapes.appeal(appeal), found=appeal)
    found = _read(item_id)
    return show("moderation/item.html", shapes.item(found), found=found, care_labels=CARE_LABELS)


@bp.post("/moderation/items/<item_id>/claim")
@allow(STAFF)
def claim(item_id: str) -> ResponseReturnValue:
    """Take it, or keep it two minutes longer."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actor = current_actor(unit)
        until = actions.claim(unit, actor, item_id)
    facts = {
        "item": item_id,
        "state": "claimed",
        "claimed_by": actor.handle,
        "claimed_until": wire(until),
    }
    return done(facts, f"/moderation/items/{item_id}")


@bp.post("/moderation/items/<item_id>/release")
@allow(STAFF)
def release(item_id: str) -> ResponseReturnValue:
    """Put it back for somebody else."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.release(unit, current_actor(unit), item_id)
    return done({"item": item_id}, "/moderation")


@bp.post("/moderation/items/<item_id>/decide")
@allow(STAFF)
def decide(item_id: str) -> ResponseReturnValue:
    """Judge it; the page afterwards offers ten seconds to take it back."""
    try:
        form = DecideForm.parse(submitted())
        with unit_of_work() as unit:
            decided = actions.decide(unit, current_actor(unit), item_id, form)
    except Declined as declined:
        return _shown_again(item_id, declined)
    flash(gettext("Decided. You can undo this for ten seconds."), "ok")
    return done(shapes.decided(decided), f"/moderation/items/{item_id}")


@bp.post("/moderation/items/<item_id>/undo")
@allow(STAFF)
def undo(item_id: str) -> ResponseReturnValue:
    """Take one's own decision back within ten seconds."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.undo(unit, current_actor(unit), item_id)
    flash(gettext("Taken back. The entry is yours again."), "ok")
    return done({"item": item_id, "state": "claimed"}, f"/moderation/items/{item_id}")


def _read(item_id: str) -> actions.Reading:
    with reading() as unit:
        return actions.read_item(unit, current_actor(unit), item_id)


def _shown_again(item_id: str, declined: Declined) -> ResponseReturnValue:
    """The form as it was typed; a moderator who may not see the item sees none."""
    facts: dict[str, Any] = (
        {}
        if wants_json()
        else {
            "found": _read(item_id),
            "care_labels": CARE_LABELS,
        }
    )
    return reshow("moderation/item.html", declined, **facts)
