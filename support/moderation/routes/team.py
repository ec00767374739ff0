"""The start of a shift, and the small acts by which moderators help each other."""

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Conflict, Declined, Invalid
from support.base.fields import NothingForm
from support.base.weekly import span_facts
from support.crisis import queries as crisis
from support.moderation import actions, queries
from support.moderation.forms import HandOverForm, NoteForm, PauseForm, ReadyForm
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.routes.items import shown_again
from support.moderation.rules.team import PAUSES
from support.web.access import STAFF, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/moderation/shift")
@allow(STAFF)
def shift() -> ResponseReturnValue:
    """What the last shift left, own load and the team's, gaps in the rota, and a break."""
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.shift(unit, actor)
        waiting = queries.waiting_for(unit, actor)
        gaps = crisis.gaps_ahead(unit)
        overturned = queries.overturns_lately(unit)
    facts = {
        **shapes.shift(found),
        "open": waiting.open,
        "gaps": [span_facts(gap) for gap in gaps],
        "appeals": overturned,
    }
    return show(
        "moderation/shift.html", facts, found=found, waiting=waiting, spans=gaps, pauses=PAUSES
    )


@bp.post("/moderation/notes")
@allow(STAFF)
def leave_note() -> ResponseReturnValue:
    """Leave something to the next shift."""
    form = NoteForm.parse(submitted())
    with unit_of_work() as unit:
        actions.leave_note(unit, current_actor(unit), form)
    flash(gettext("Saved. The next shift reads it."), "ok")
    return done({"state": "saved"}, "/moderation/shift")


@bp.post("/moderation/pause")
@allow(STAFF)
def pause() -> ResponseReturnValue:
    """Take a break for a while, or end it."""
    form = PauseForm.parse(submitted())
    with unit_of_work() as unit:
        actor = current_actor(unit)
        actions.pause(unit, actor, form)
        unit.session.flush()
        until = queries.paused_until(unit, actor.id)
    flash(gettext("Rest well.") if until else gettext("Good to have you back."), "ok")
    return done({"until": wire(until) if until else None}, "/moderation/shift")


@bp.post("/moderation/items/<item_id>/skip")
@allow(STAFF)
def skip(item_id: str) -> ResponseReturnValue:
    """Not me: the entry goes to somebody else and is never shown here again."""
    NothingForm.parse(submitted())
    try:
        with unit_of_work() as unit:
            actions.skip(unit, current_actor(unit), item_id)
    except Conflict as declined:
        return shown_again(item_id, declined)
    flash(gettext("It goes to somebody else. Nobody counts this."), "ok")
    return done({"item": item_id}, "/moderation")


@bp.post("/moderation/items/<item_id>/hand-over")
@allow(STAFF)
def hand_over(item_id: str) -> ResponseReturnValue:
    """Put it into another moderator's hands."""
    try:
        form = HandOverForm.parse(submitted())
        with unit_of_work() as unit:
            actions.hand_over(unit, current_actor(unit), item_id, form)
    except (Conflict, Invalid) as declined:
        return shown_again(item_id, declined)
    flash(gettext("Handed over. They are told."), "ok")
    return done({"item": item_id, "to": form.to}, "/moderation")


@bp.get("/moderation/words")
@allow(STAFF)
def ready_words() -> ResponseReturnValue:
    """The reasons that are kept ready."""
    with reading() as unit:
        found = queries.ready_words(unit, current_actor(unit))
    return show("moderation/ready.html", {"words": [shapes.ready(one) for one in found]})


@bp.post("/moderation/words")
@allow(STAFF)
def keep_ready() -> ResponseReturnValue:
    """Keep another one."""
    try:
        form = ReadyForm.parse(submitted())
        with unit_of_work() as unit:
            made = actions.keep_ready(unit, current_actor(unit), form)
    except Declined as declined:
        with reading() as unit:
            found = queries.ready_words(unit, current_actor(unit))
        return reshow("moderation/ready.html", declined, words=[shapes.ready(one) for one in found])
    return done({"id": made}, "/moderation/words")


@bp.post("/moderation/words/<words_id>")
@allow(STAFF)
def change_ready(words_id: str) -> ResponseReturnValue:
    """Say one in another way."""
    form = ReadyForm.parse(submitted())
    with unit_of_work() as unit:
        actions.change_ready(unit, current_actor(unit), words_id, form)
    flash(gettext("Saved."), "ok")
    return done({"id": words_id}, "/moderation/words")


@bp.post("/moderation/words/<words_id>/drop")
@allow(STAFF)
def drop_ready(words_id: str) -> ResponseReturnValue:
    """Keep one no longer."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.drop_ready(unit, current_actor(unit), words_id)
    return done({"id": words_id}, "/moderation/words")
