"""Ask for a second look, from inside or from before the door, and answer one."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from support.base.clock import wire
from support.base.errors import Declined, Invalid, NotFound
from support.base.hashing import digest
from support.db.unit import Unit
from support.moderation import actions, queries
from support.moderation.forms import AnswerForm, AppealForm, OutsideAppealForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.appeals import LINK_SECONDS, TRIES, TRIES_SECONDS
from support.web import limits
from support.web.access import EVERYONE, MEMBERS, STAFF, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

OLD = "This page is too old. Please log in again, then you can appeal."


class AppealWay:
    """For somebody who is kept out: one appeal of what keeps them out, from before the door.

    The pass is signed, names the person and the sanction, works for an hour and for this alone.
    """

    template = "moderation/_appeal_outside.html"

    def offer(self, unit: Unit, account_id: str) -> Mapping[str, Any] | None:
        """What was decided, and the pass, or how the appeal they made stands.

        None where no sanction is on record.
        """
        kept = actions.at_the_door(unit, account_id)
        if kept is None:
            return None
        decided = {"decided": shapes.at_the_door(kept)}
        made = queries.own_appeals(unit, account_id, {str(kept.id)}).get(str(kept.id))
        if made is not None:
            return {**decided, "url": None, "token": None, **shapes.own_appeal(made)}
        return {**decided, "url": "/appeal", "token": _signer().dumps([account_id, kept.id])}


@bp.post("/appeal")
@allow(EVERYONE)
def appeal_outside() -> ResponseReturnValue:
    """Appeal without coming in; nobody is signed in by it."""
    form = OutsideAppealForm.parse(submitted())
    limits.hit("appeal-pass", digest(form.token), TRIES, TRIES_SECONDS)
    account_id, sanction_id = _read_pass(form.token)
    limits.hit("appeal", account_id, TRIES, TRIES_SECONDS)
    with unit_of_work() as unit:
        kept = queries.what_keeps_out(unit, account_id)
        if kept is None or kept.id != sanction_id:
            raise NotFound("You can log in again. Please try.")
        due_at = actions.appeal(unit, account_id, sanction_id, form.text)
    facts = {"state": "waiting", "due_at": wire(due_at)}
    return show("moderation/appealed.html", facts, due=due_at)


@bp.post("/account/decisions/<action_id>/appeal")
@allow(MEMBERS)
def appeal_inside(action_id: str) -> ResponseReturnValue:
    """Appeal a decision about oneself, once."""
    try:
        form = AppealForm.parse(submitted())
        with unit_of_work() as unit:
            actor = current_actor(unit)
            limits.hit("appeal", actor.id, TRIES, TRIES_SECONDS)
            due_at = actions.appeal(unit, actor.id, action_id, form.text)
    except Declined as declined:
        with reading() as unit:
            found = actions.own_decisions(unit, current_actor(unit))
        return reshow("moderation/own_decisions.html", declined, found=found)
    flash(gettext("Thank you. Somebody else will look, and write to you here."), "ok")
    return done({"state": "waiting", "due_at": wire(due_at)}, "/account/decisions")


@bp.post("/moderation/items/<item_id>/answer")
@allow(STAFF)
def answer(item_id: str) -> ResponseReturnValue:
    """Keep the action, shorten it or lift it, with a reply."""
    try:
        form = AnswerForm.parse(submitted())
        with unit_of_work() as unit:
            answered = actions.answer(unit, current_actor(unit), item_id, form)
    except Declined as declined:
        return _shown_again(item_id, declined)
    flash(gettext("Answered. The person is told. You can undo this for ten seconds."), "ok")
    facts = {
        "item": item_id,
        "outcome": answered.outcome.value,
        "until": wire(answered.until) if answered.until else None,
    }
    return done(facts, f"/moderation/items/{item_id}")


def _shown_again(item_id: str, declined: Declined) -> ResponseReturnValue:
    with reading() as unit:
        found = actions.read_appeal(unit, current_actor(unit), item_id)
    return reshow("moderation/appeal.html", declined, found=found)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="appeal from before the door")


def _read_pass(token: str) -> tuple[str, str]:
    try:
        account_id, sanction_id = _signer().loads(token, max_age=LINK_SECONDS)
    except (BadData, ValueError, TypeError):
        raise Invalid(OLD) from None
    return str(account_id), str(sanction_id)
