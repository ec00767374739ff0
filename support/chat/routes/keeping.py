"""The page where an admin sees what is past its date, and has it taken."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.chat.actions import retention
from support.chat.queries.retention import forecast
from support.db.unit import Unit
from support.web.access import ADMINS, allow
from support.web.answers import done, show
from support.web.work import current_actor, reading, workshop

bp = Blueprint("keeping", __name__)
PAGE = "/keeping"
MOST_BATCHES = 50


@bp.get(PAGE)
@allow(ADMINS)
def preview() -> ResponseReturnValue:
    """How long each kind of room keeps its words, and what a run would take now."""
    with reading() as unit:
        return show("chat/keeping.html", _facts(unit))


@bp.post(PAGE)
@allow(ADMINS)
def run() -> ResponseReturnValue:
    """Take what is past its date; a very long run goes on within the hour by itself."""
    with reading() as unit:
        actor = current_actor(unit)
    gone = retention.forget_all(workshop().database, actor.id, MOST_BATCHES)
    taken = {"messages": gone.messages, "events": gone.events, "sealed": gone.sealed}
    return done({"taken": taken}, PAGE)


def _facts(unit: Unit) -> dict[str, Any]:
    return {
        "kinds": [
            {
                "kind": line.kind,
                "days": line.days,
                "rooms": line.rooms,
                "messages": line.messages,
                "events": line.events,
                "sealed": line.sealed,
            }
            for line in forecast(unit)
        ]
    }
