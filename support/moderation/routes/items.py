"""One item: read it, claim it, decide about it, take the decision back."""

from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.accounts import queries as accounts
from support.base.clock import wire
from support.base.errors import Conflict, Declined
from support.base.fields import NothingForm
from support.moderation import actions, queries
from support.moderation.forms import DecideForm, UndoForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.choices import rule_for
from support.moderation.rules.colleagues import TEAM
from support.moderation.rules.desk import CARE_LABELS
from support.moderation.rules.effects import about_a_colleague, effects_of
from support.notify.rules import kind_of
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
    found, only_html = _read(item_id)
    return show("moderation/item.html", shapes.item(found), found=found, **only_html)


@bp.post("/moderation/items/<item_id>/preview")
@allow(STAFF)
def preview(item_id: str) -> ResponseReturnValue:
    """What a decision would do and who would be told what; nothing is done yet."""
    try:
        form = DecideForm.parse(submitted())
        found, only_html = _read(item_id)
    except Declined as declined:
        return shown_again(item_id, declined)
    with reading() as unit:
        now = unit.now
        author = accounts.person(unit, found.line.author_id)
    is_shown = found.words is not None and found.words.is_visible
    effects = effects_of(
        form.decision, form.minutes, now, shown=is_shown, reported=bool(found.line.reports)
    )
    if author.role in TEAM:
        effects = about_a_colleague(effects, form.decision)
    return show(
        "moderation/item.html",
        shapes.effects(effects, form),
        found=found,
        preview=effects,
        values=submitted(),
        news=news_text,
        **only_html,
    )


@bp.post("/moderation/items/<item_id>/claim")
@allow(STAFF)
def claim(item_id: str) -> ResponseReturnValue:
    """Take it, or keep it two minutes longer."""
    NothingForm.parse(submitted())
    try:
        with unit_of_work() as unit:
            actor = current_actor(unit)
            until = actions.claim(unit, actor, item_id)
    except Conflict as declined:
        return shown_again(item_id, declined)
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
        return shown_again(item_id, declined)
    flash(gettext("Decided. You can undo this for ten seconds."), "ok")
    return done(shapes.decided(decided), f"/moderation/items/{item_id}")


@bp.post("/moderation/items/<item_id>/undo")
@allow(STAFF)
def undo(item_id: str) -> ResponseReturnValue:
    """Take one's own decision back: within ten seconds just so, later with a reason."""
    form = UndoForm.parse(submitted())
    with unit_of_work() as unit:
        actions.undo(unit, current_actor(unit), item_id, form.reason)
    flash(gettext("Taken back. The entry is yours again."), "ok")
    return done({"item": item_id, "state": "claimed"}, f"/moderation/items/{item_id}")


def news_text(kind: str) -> str:
    """The sentence that a kind of news says."""
    sentence: str = gettext(kind_of(kind).text)
    return sentence


def _read(item_id: str) -> tuple[actions.Reading, dict[str, Any]]:
    """The entry and, for the page, who could take it and which words are kept ready."""
    with reading() as unit:
        actor = current_actor(unit)
        found = actions.read_item(unit, actor, item_id)
        if wants_json():
            return found, {}
        ready = queries.ready_words(unit, actor)
        colleagues = queries.colleagues(unit, actor)
    wanted = next((one for one in ready if one.id == request.args.get("ready")), None)
    return found, {
        "care_labels": CARE_LABELS,
        "ready": ready,
        "wanted": wanted,
        "colleagues": colleagues,
        "suggested_rule": rule_for(found.line.labels),
    }


def shown_again(item_id: str, declined: Declined) -> ResponseReturnValue:
    """The form as it was typed; a moderator who may not see the item sees none."""
    if wants_json():
        return reshow("moderation/item.html", declined)
    with reading() as unit:
        actor = current_actor(unit)
        if actions.is_appeal(unit, actor, item_id):
            appeal = actions.read_appeal(unit, actor, item_id)
            return reshow("moderation/appeal.html", declined, found=appeal)
    found, only_html = _read(item_id)
    return reshow("moderation/item.html", declined, found=found, **only_html)
