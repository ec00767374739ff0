"""What a joining socket or a loading page is given: the room, and what it has missed."""

from collections.abc import Sequence
from typing import Any

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.chat import queries
from support.chat.models import Room, RoomSeen
from support.chat.queries.log import events_after, oldest_event, snapshot
from support.chat.queries.places import Place, moment
from support.chat.rules.places import Kind, can
from support.chat.rules.scripts import read
from support.chat.rules.turns import place_of
from support.chat.rules.turns import read as read_floor
from support.db.unit import Unit


def room_object(unit: Unit, place: Place) -> dict[str, Any]:
    """The room as the wire wants it."""
    room = place.room
    found: dict[str, Any] = {
        "id": room.id,
        "kind": room.kind,
        "name": room.name,
        "state": room.state,
        "keeps_days": room.keeps_days,
        "settings": queries.settings_of(room),
        "turn": named_turn(unit, room),
    }
    if room.kind == Kind.MEETING:
        found["meeting"] = meeting_of(room)
    return found


def named_turn(unit: Unit, room: Room) -> dict[str, Any]:
    """Whose turn it is, with the names that belong to the ids: the log keeps no names."""
    floor = read_floor(room.turns)
    ids = {*floor.queue, *floor.listening, *([floor.holder] if floor.holder else [])}
    people = accounts.people(unit, ids) if ids else {}
    named = [{"id": each.id, "handle": each.handle, "role": each.role} for each in people.values()]
    return {**floor.kept(), "people": named}


def floor_for(unit: Unit, actor: Actor, room: Room) -> dict[str, Any]:
    """The same in words for a page: who speaks, who waits in which place, and how one stands."""
    floor, turn = read_floor(room.turns), named_turn(unit, room)
    names = {each["id"]: each["handle"] for each in turn["people"]}
    return {
        "holder": floor.holder,
        "name": names.get(floor.holder or "", ""),
        "ends_at": turn["ends_at"],
        "hands": [{"id": each, "handle": names.get(each, "")} for each in floor.queue],
        "place": place_of(floor, actor.id),
        "is_yours": floor.holder == actor.id,
        "is_listening": actor.id in floor.listening,
    }


def meeting_of(room: Room) -> dict[str, Any]:
    """Where a meeting stands, its clocks as instants, and the words that belong to now."""
    script = read(room.script)
    found: dict[str, Any] = {
        "id": room.meeting_id,
        "state": room.state,
        "step": room.step,
        "starts_at": moment(room.starts_at),
        "ends_at": moment(room.ends_at),
        "step_ends_at": moment(room.step_ends_at),
        "paused_at": moment(room.paused_at),
        "steps": [{"title": step.title, "minutes": step.minutes} for step in script.steps],
    }
    if room.state in ("open", "paused") and room.step < len(script.steps):
        found["words"] = script.steps[room.step].words
    if room.state in ("closing", "closed"):
        found["words"] = script.closing
    return found


def you_object(actor: Actor, place: Place) -> dict[str, Any]:
    """What this person is and may do in the room."""
    offered = can(place.setting, place.standing)
    return {"id": actor.id, "handle": actor.handle, "role": actor.role, "can": offered}


def seen_up_to(unit: Unit, actor: Actor, room_id: str) -> int | None:
    """How far this person had read when they last looked."""
    row = unit.session.get(RoomSeen, (room_id, actor.id))
    return row.seq if row else None


def caught_up(unit: Unit, place: Place, after: int | None, limit: int) -> dict[str, Any]:
    """The events after a seq, or the newest messages where those are not kept or not asked for."""
    room = place.room
    if after == room.seq:
        return {"seq": after, "events": []}
    if after is not None and after <= room.seq and _are_kept(unit, room, after):
        events, more = events_after(unit, room.id, after, limit)
        if more:
            return {"seq": room.seq, "events": events, "more": True}
        return {"seq": _newest(room, events), "events": events}
    found = snapshot(unit, room.id) if room.seq else []
    return {"seq": _newest(room, found), "events": [], "snapshot": found}


def _newest(room: Room, read: Sequence[dict[str, Any]]) -> int:
    """On PostgreSQL the second statement may see what the first did not."""
    return max(room.seq, int(read[-1]["seq"])) if read else room.seq


def _are_kept(unit: Unit, room: Room, after: int) -> bool:
    oldest = oldest_event(unit, room.id)
    return oldest is not None and oldest <= after + 1
