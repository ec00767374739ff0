"""What can be done with one message, by form."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.chat import queries
from support.chat.actions import speaking, tending
from support.chat.broadcast import answer_of
from support.chat.forms import EditForm, ReactForm
from support.chat.rules.places import EVENTS, EVENTS_IN, MESSAGES, MESSAGES_IN
from support.db.unit import Unit
from support.web.access import MEMBERS, allow
from support.web.answers import done, submitted
from support.web.limits import hit
from support.web.work import current_actor, unit_of_work

bp = Blueprint("messages", __name__)


@bp.post("/messages/<message_id>/withdraw")
@allow(MEMBERS)
def withdraw(message_id: str) -> ResponseReturnValue:
    """Take one's own words back."""

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        tending.withdraw(unit, actor, message_id)
        return {}

    return _in_room(message_id, work)


@bp.post("/messages/<message_id>/edit")
@allow(MEMBERS)
def edit(message_id: str) -> ResponseReturnValue:
    """Say it another way."""
    form = EditForm.parse({**submitted(), "message": message_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        hit("messages", actor.id, MESSAGES, MESSAGES_IN)
        return answer_of(speaking.edit(unit, actor, form), actor)

    return _in_room(message_id, work)


@bp.post("/messages/<message_id>/react")
@allow(MEMBERS)
def react(message_id: str) -> ResponseReturnValue:
    """A calm sign."""
    form = ReactForm.parse({**submitted(), "message": message_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        hit("events", actor.id, EVENTS, EVENTS_IN)
        return {"reactions": tending.react(unit, actor, form)}

    return _in_room(message_id, work)


def _in_room(message_id: str, work: Callable[[Unit, Actor], dict[str, Any]]) -> ResponseReturnValue:
    """Do it and go back to the message in its room."""
    with unit_of_work() as unit:
        actor = current_actor(unit)
        message, place = queries.message_place(unit, actor, message_id)
        facts = work(unit, actor)
    return done(facts, f"/rooms/{place.room.id}#m-{message.id}")
