"""What hosts do, by form."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.chat import forms
from support.chat.actions import backup as calls
from support.chat.actions import hiding, hosting, moving
from support.chat.broadcast import SIGNS
from support.db.unit import Unit
from support.web.access import MEMBERS, allow
from support.web.answers import done, submitted
from support.web.work import current_actor, unit_of_work

bp = Blueprint("hosting", __name__)


@bp.post("/rooms/<room_id>/move")
@allow(MEMBERS)
def move(room_id: str) -> ResponseReturnValue:
    """Move the meeting on."""
    form = forms.MoveForm.parse({**submitted(), "room": room_id})
    return _as_host(room_id, lambda unit, actor: moving.move(unit, actor, form))


@bp.post("/rooms/<room_id>/set")
@allow(MEMBERS)
def set_room(room_id: str) -> ResponseReturnValue:
    """Set the room."""
    form = forms.SettingsForm.parse({**submitted(), "room": room_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        return {"settings": hosting.set_room(unit, actor, form)}

    return _as_host(room_id, work)


@bp.post("/rooms/<room_id>/mute")
@allow(MEMBERS)
def mute(room_id: str) -> ResponseReturnValue:
    """Quieten somebody for some minutes."""
    form = forms.SilenceForm.parse({**submitted(), "room": room_id})
    return _as_host(room_id, lambda unit, actor: {"undo": hosting.mute(unit, actor, form)})


@bp.post("/rooms/<room_id>/remove")
@allow(MEMBERS)
def take_out(room_id: str) -> ResponseReturnValue:
    """Take somebody out for some minutes."""
    form = forms.SilenceForm.parse({**submitted(), "room": room_id})
    return _as_host(room_id, lambda unit, actor: {"undo": hosting.take_out(unit, actor, form)})


@bp.post("/rooms/<room_id>/undo")
@allow(MEMBERS)
def undo(room_id: str) -> ResponseReturnValue:
    """Take a mute or removal back at once."""
    form = forms.UndoForm.parse(submitted())

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        hosting.undo(unit, actor, form)
        return {}

    return _as_host(room_id, work)


@bp.post("/rooms/<room_id>/hide")
@allow(MEMBERS)
def hide(room_id: str) -> ResponseReturnValue:
    """Take words out of sight until a moderator has read them."""
    form = forms.HideForm.parse({**submitted(), "room": room_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        hiding.hide(unit, actor, form)
        return {"message": form.message}

    return _as_host(room_id, work)


@bp.post("/rooms/<room_id>/unhide")
@allow(MEMBERS)
def unhide(room_id: str) -> ResponseReturnValue:
    """Show them again, at once."""
    form = forms.HideForm.parse({**submitted(), "room": room_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        hiding.unhide(unit, actor, form)
        return {"message": form.message}

    return _as_host(room_id, work)


@bp.post("/rooms/<room_id>/backup")
@allow(MEMBERS)
def backup(room_id: str) -> ResponseReturnValue:
    """Call a moderator."""
    form = forms.BackupForm.parse({**submitted(), "room": room_id})

    def work(unit: Unit, actor: Actor) -> dict[str, Any]:
        calls.call_backup(unit, actor, form)
        return {}

    return _as_host(room_id, work)


def _as_host(room_id: str, work: Callable[[Unit, Actor], dict[str, Any]]) -> ResponseReturnValue:
    with unit_of_work() as unit:
        actor = current_actor(unit)
        facts = work(unit, actor)
    SIGNS.by_page(room_id, actor.id)
    return done(facts, f"/rooms/{room_id}")
