"""Whoever moves a meeting leads it, if nobody who is here does."""

from typing import Any

from support.base.actor import Actor
from support.chat.actions import course
from support.chat.actions.chair import held, sit_down
from support.chat.actions.sitting import prepare
from support.chat.forms import MoveForm
from support.chat.queries import chair as chairs
from support.db.unit import Unit


def move(unit: Unit, actor: Actor, form: MoveForm) -> dict[str, Any]:
    """Move the meeting on, and sit down in its chair where that is free."""
    moved = course.move(unit, actor, form)
    prepare(unit, [form.room])
    sitting = next(iter(chairs.sittings(unit, [form.room])), None)
    if sitting is not None and not sitting.facts(unit.now).is_led:
        room, chair = held(unit, form.room)
        if chair.holder_id != actor.id:
            sit_down(unit, room, chair, actor.id)
    return moved
