"""Words of little risk that wait in a room, for its hosts: each look and each decision is kept."""

from dataclasses import dataclass
from typing import Any

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Forbidden, NotFound
from support.chat.actions.hosting import hosted
from support.chat.forms import HeldForm, HoldForm
from support.chat.models import Message
from support.chat.queries import Place
from support.chat.queries.log import objects
from support.chat.rules.places import Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions as moderation

DESK = "Moderators decide this at the desk."


@dataclass(frozen=True, slots=True)
class Held:
    """One message that waits, and why."""

    item: str
    message: dict[str, Any]
    labels: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """As the wire wants it."""
        return {"item": self.item, "message": self.message, "labels": list(self.labels)}


def holds_of(unit: Unit, actor: Actor, room_id: str) -> tuple[Place, list[Held]]:
    """What waits here for its hosts, with the words."""
    place = _own_room(unit, actor, room_id)
    found = _waiting(unit, actor, room_id)
    shown = {each["id"]: each for each in objects(unit, list(found.values()), for_author=True)}
    held = [
        Held(hold.item_id, shown[hold.target_id], hold.labels)
        for hold in moderation.holds_in(unit, actor, room_id)
        if hold.target_id in shown
    ]
    if held:
        audit.record(unit, actor.id, "chat.holds_seen", f"room:{room_id}", count=len(held))
    return place, held


def how_many(unit: Unit, actor: Actor, place: Place) -> int:
    """How much waits for this host; nothing for whoever does not host here."""
    if not place.standing.hosts or not _hosts_it(unit, actor, place):
        return 0
    return len(_waiting(unit, actor, place.room.id))


def decide(unit: Unit, actor: Actor, form: HoldForm) -> str:
    """Let the words through, or ask their author for others; the id of the message."""
    _own_room(unit, actor, form.room)
    if moderation.room_of_hold(unit, form.item) != form.room:
        raise NotFound("There is no such entry.")
    message_id = moderation.decide_hold(unit, actor, form.item, form.choice, form.wording)
    subject = f"message:{message_id}"
    audit.record(unit, actor.id, "chat.hold_decided", subject, decision=form.choice.value)
    return message_id


def take_back(unit: Unit, actor: Actor, form: HeldForm) -> str:
    """A decision of a moment ago was a slip: the words wait again; the id of the message."""
    _own_room(unit, actor, form.room)
    if moderation.room_of_hold(unit, form.item) != form.room:
        raise NotFound("There is no such entry.")
    message_id = moderation.take_back_hold(unit, actor, form.item)
    audit.record(unit, actor.id, "chat.hold_undone", f"message:{message_id}")
    return message_id


def decided_lately(unit: Unit, actor: Actor, room_id: str) -> list[Held]:
    """What this host decided a moment ago and can still take back, with the words."""
    found = {each.target_id: each for each in moderation.decided_lately(unit, actor, room_id)}
    messages = [unit.session.get(Message, each) for each in found]
    shown = objects(unit, [each for each in messages if each], for_author=True)
    return [Held(found[each["id"]].item_id, each, found[each["id"]].labels) for each in shown]


def _waiting(unit: Unit, actor: Actor, room_id: str) -> dict[str, Message]:
    found = {}
    for hold in moderation.holds_in(unit, actor, room_id):
        message = unit.session.get(Message, hold.target_id)
        if message is not None and message.state == Said.HELD:
            found[hold.target_id] = message
    return found


def _own_room(unit: Unit, actor: Actor, room_id: str) -> Place:
    place = hosted(unit, actor, room_id)
    if not _hosts_it(unit, actor, place):
        raise Forbidden(DESK)
    return place


def _hosts_it(unit: Unit, actor: Actor, place: Place) -> bool:
    """Whoever is let in only as staff works at the desk, under the rules of the desk."""
    group_id = place.room.group_id
    if group_id is None:
        return False
    return not actor.is_staff or groups.is_host(unit, actor.id, group_id)
