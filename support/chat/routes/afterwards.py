"""After a meeting, by page: the hosts look back, and a guest tells them how it was."""

from typing import Any

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.actor import Actor
from support.base.errors import Declined, NotFound
from support.chat import forms
from support.chat.actions import afterwards
from support.chat.broadcast import dressed
from support.chat.queries import afterwards as queries
from support.chat.rules.afterwards import (
    KEPT_DAYS,
    Aside,
    check_may_look_back,
    check_may_tell,
)
from support.chat.rules.places import ON_THE_WIRE, Said
from support.db.unit import Unit
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.limits import hit
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("afterwards", __name__)
TRIES, TRIES_SECONDS = 10, 3600


@bp.get("/meetings/<meeting_id>/debrief")
@allow(MEMBERS)
def debrief_form(meeting_id: str) -> ResponseReturnValue:
    """How many came, what guests told, one's own hours, and four questions."""
    return show("chat/debrief.html", _looking_back(meeting_id))


@bp.post("/meetings/<meeting_id>/debrief")
@allow(MEMBERS)
def debrief(meeting_id: str) -> ResponseReturnValue:
    """Keep it; a worry goes to the moderators."""
    try:
        form = forms.DebriefForm.parse(submitted())
        with unit_of_work() as unit:
            actor = current_actor(unit)
            found = afterwards.look_back(unit, actor, meeting_id, form)
    except NotFound:
        raise
    except Declined as declined:
        return reshow("chat/debrief.html", declined, **_looking_back(meeting_id))
    words = gettext("Kept. The moderators have your worry. You can let go of it now.")
    flash(words if found.worry else gettext("Kept. Thank you for this evening. Rest well."), "ok")
    facts: dict[str, Any] = {"state": "debriefed", "worry": found.worry is not None}
    if found.notice:
        facts["notice"] = dressed(found.notice, actor.country)
    return done(facts, f"/meetings/{meeting_id}/debrief")


@bp.get("/meetings/<meeting_id>/feedback")
@allow(MEMBERS)
def feedback_form(meeting_id: str) -> ResponseReturnValue:
    """Where a guest tells the hosts how it was."""
    facts = _telling(meeting_id)
    return show("chat/feedback.html", facts, card=facts.get("notice"))


@bp.post("/meetings/<meeting_id>/feedback")
@allow(MEMBERS)
def feedback(meeting_id: str) -> ResponseReturnValue:
    """Tell the hosts; review reads it before they do."""
    try:
        form = forms.FeedbackForm.parse(submitted())
        with unit_of_work() as unit:
            actor = current_actor(unit)
            hit("feedback", actor.id, TRIES, TRIES_SECONDS)
            row = afterwards.tell_hosts(unit, actor, meeting_id, form)
            facts = _own(row.state, row.notice, actor)
    except NotFound:
        raise
    except Declined as declined:
        facts = _telling(meeting_id)
        return reshow("chat/feedback.html", declined, **facts, card=facts.get("notice"))
    return done(facts, f"/meetings/{meeting_id}/feedback")


def _looking_back(meeting_id: str) -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        past = queries.past(unit, actor, meeting_id)
        check_may_look_back(past.room.state, has_led=past.has_led)
        own = queries.debrief_of(unit, actor.id, past.room.id)
        worry = queries.aside_of(unit, actor.id, past.room.id, Aside.WORRY)
        told = queries.told_hosts(unit, past.room.id)
        return {
            "meeting": {"id": meeting_id, "title": past.room.name},
            "came": past.chair.came if past.chair else 0,
            "hours": queries.own_hours(unit, actor),
            "answers": own.answers if own else {},
            "is_kept": own is not None,
            "worry": worry.body if worry else "",
            "notes": queries.notes_for_next(unit, past.room, actor.id),
            "feedback": [{"body": body, "at": at} for body, at in told],
            "kept_days": KEPT_DAYS,
        }


def _telling(meeting_id: str) -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        past = queries.past(unit, actor, meeting_id)
        over_at = past.chair.over_at if past.chair else None
        check_may_tell(past.room.state, over_at, unit.now, has_led=past.has_led)
        return {
            "meeting": {"id": meeting_id, "title": past.room.name},
            **_told(unit, actor, past.room.id),
            "kept_days": KEPT_DAYS,
        }


def _told(unit: Unit, actor: Actor, room_id: str) -> dict[str, Any]:
    row = queries.aside_of(unit, actor.id, room_id, Aside.FEEDBACK)
    if row is None:
        return {"state": None, "body": ""}
    return {"body": row.body, **_own(row.state, row.notice, actor)}


def _own(state: str, notice: dict[str, Any] | None, actor: Actor) -> dict[str, Any]:
    said = Said(state)
    found: dict[str, Any] = {"state": ON_THE_WIRE.get(said, said).value}
    if notice:
        found["notice"] = dressed(notice, actor.country)
    return found
