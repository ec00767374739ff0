"""What hosts and called moderators read: words that wait in a room, and calls for backup."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.base.errors import Invalid
from support.chat import forms
from support.chat.actions import backup, holds
from support.db.unit import Unit
from support.moderation.rules.hosted import SENTENCES
from support.web.access import MEMBERS, STAFF, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("tools", __name__)
HOLDS, CALLS, CALL = "chat/holds.html", "chat/calls.html", "chat/call.html"


@bp.get("/rooms/<room_id>/holds")
@allow(MEMBERS)
def waiting(room_id: str) -> ResponseReturnValue:
    """What waits in this room and is its hosts' to decide."""
    with unit_of_work() as unit:
        facts = _holds(unit, current_actor(unit), room_id)
    return show(HOLDS, facts, sentences=SENTENCES)


@bp.post("/rooms/<room_id>/holds")
@allow(MEMBERS)
def decide(room_id: str) -> ResponseReturnValue:
    """Let words through, or hand them back with a kind sentence."""
    try:
        form = forms.HoldForm.parse({**submitted(), "room": room_id})
    except Invalid as wrong:
        with unit_of_work() as unit:
            facts = _holds(unit, current_actor(unit), room_id)
        return reshow(HOLDS, wrong, sentences=SENTENCES, **facts)
    with unit_of_work() as unit:
        message = holds.decide(unit, current_actor(unit), form)
    facts = {"message": message, "decision": form.choice.value}
    return done(facts, f"/rooms/{room_id}/holds")


@bp.post("/rooms/<room_id>/holds/undo")
@allow(MEMBERS)
def take_back(room_id: str) -> ResponseReturnValue:
    """Take a decision of a moment ago back."""
    form = forms.HeldForm.parse({**submitted(), "room": room_id})
    with unit_of_work() as unit:
        message = holds.take_back(unit, current_actor(unit), form)
    return done({"message": message}, f"/rooms/{room_id}/holds")


def _holds(unit: Unit, actor: Actor, room_id: str) -> dict[str, Any]:
    place, held = holds.holds_of(unit, actor, room_id)
    lately = holds.decided_lately(unit, actor, room_id)
    return {
        "room": {"id": place.room.id, "name": place.room.name},
        "holds": [each.facts() for each in held],
        "decided": [each.facts() for each in lately],
    }


@bp.get("/backup")
@allow(STAFF)
def calls() -> ResponseReturnValue:
    """The calls of the last day, without a word of what was said."""
    with reading() as unit:
        found = backup.open_calls(unit, current_actor(unit))
        return show(CALLS, {"calls": [each.facts() for each in found]})


@bp.get("/backup/<call_id>")
@allow(STAFF)
def call(call_id: str) -> ResponseReturnValue:
    """One call: the host's note and the last 20 messages. Each look is kept in the log."""
    with unit_of_work() as unit:
        found, note, messages = backup.look(unit, current_actor(unit), call_id)
    return show(CALL, {"call": found.facts(), "note": note, "messages": messages})
