"""A meeting's turns and its script, by form: what the room's page offers without script too."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.base.errors import Declined, Invalid
from support.base.fields import Fields
from support.chat import forms
from support.chat.actions import course, turns
from support.chat.queries.seats import meeting_of
from support.chat.rules.places import EVENTS, EVENTS_IN
from support.chat.rules.scripts import Script, Template, as_lines
from support.db.unit import Unit
from support.web.access import MEMBERS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.limits import hit
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("course", __name__)
PAGE = "chat/script.html"


@bp.post("/rooms/<room_id>/turn")
@allow(MEMBERS)
def turn(room_id: str) -> ResponseReturnValue:
    """Raise or lower a hand, pass, just listen; hosts give the floor and take it."""
    form = forms.TurnForm.parse({**submitted(), "room": room_id})
    with unit_of_work() as unit:
        actor = current_actor(unit)
        hit("events", actor.id, EVENTS, EVENTS_IN)
        facts = turns.set_turn(unit, actor, form)
    return done(facts, f"/rooms/{room_id}#turns")


@bp.get("/rooms/<room_id>/script")
@allow(MEMBERS)
def script_form(room_id: str) -> ResponseReturnValue:
    """Where a host chooses and edits the script; `template` lays one of ours in the form."""
    fields = Fields(asked(), strict=False)
    name = fields.choice("template", Template) if asked().get("template") else None
    fields.done()
    with reading() as unit:
        facts, lines = _script(unit, current_actor(unit), room_id, name)
        return show(PAGE, facts, lines=lines, templates=list(Template), chosen=name)


@bp.post("/rooms/<room_id>/script")
@allow(MEMBERS)
def set_script(room_id: str) -> ResponseReturnValue:
    """Keep the script for this meeting or for all of its series."""
    try:
        form = forms.ScriptForm.parse({**submitted(), "room": room_id})
        with unit_of_work() as unit:
            facts = {"meeting": course.set_script(unit, current_actor(unit), form)}
    except Invalid as wrong:
        return _again(room_id, wrong)
    return done(facts, f"/rooms/{room_id}")


def _again(room_id: str, wrong: Declined) -> ResponseReturnValue:
    with reading() as unit:
        facts, lines = _script(unit, current_actor(unit), room_id, None)
        return reshow(PAGE, wrong, lines=lines, templates=list(Template), chosen=None, **facts)


def _script(
    unit: Unit, actor: Actor, room_id: str, name: Template | None
) -> tuple[dict[str, Any], str]:
    """The facts of a script as a program reads them, and its lines as a host edits them."""
    room, script = course.script_for_host(unit, actor, room_id, name)
    facts = {
        "room": {"id": room.id, "name": room.name},
        "meeting": meeting_of(room),
        "script": script.kept(),
    }
    return facts, as_lines(Script(script.steps))
