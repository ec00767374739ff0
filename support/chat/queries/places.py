"""A room for somebody: not theirs is not there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import NotFound
from support.chat.models import Message, Room, SeriesScript
from support.chat.queries.chair import helps
from support.chat.queries.measures import measures
from support.chat.rules.places import Hold, Kind, Setting, Standing, check_may_enter
from support.chat.rules.scripts import NO_SCRIPT, Script
from support.chat.rules.scripts import read as read_script
from support.chat.rules.turns import read as read_floor
from support.crisis import queries as crisis
from support.db.seen import Seen
from support.db.unit import Unit
from support.groups import queries as groups
from support.groups.rules.standing_by import MAY_LEAD
from support.groups.rules.words import Belonging
from support.mentoring import queries as mentoring
from support.moderation import queries as moderation

NO_ROOM = "There is no such room."
NO_MESSAGE = "There is no such message."
_SEEN = Seen(Room, select(*Room.__table__.columns).where(Room.id == bindparam("room")))


@dataclass(frozen=True, slots=True)
class Place:
    """A room, how it is set, and how this person stands in it."""

    room: Room
    setting: Setting
    standing: Standing


def place(unit: Unit, actor: Actor, room_id: str) -> Place:
    """The room for this person, or NotFound for whoever may not know of it."""
    found = _place(unit, actor, _room(unit, room_id))
    if found is None:
        raise NotFound(NO_ROOM)
    check_may_enter(found.standing, unit.now)
    return found


def message_place(unit: Unit, actor: Actor, message_id: str) -> tuple[Message, Place]:
    """A message and its room for this person; words of others that are held are not there."""
    message = unit.session.get(Message, message_id)
    found = message and _place(unit, actor, unit.session.get(Room, message.room_id))
    if message is None or not found:
        raise NotFound(NO_MESSAGE)
    if message.seq is None and message.author_id != actor.id:
        raise NotFound(NO_MESSAGE)
    check_may_enter(found.standing, unit.now)
    return message, found


def _room(unit: Unit, room_id: str) -> Room | None:
    """Its row; in a quick look one that is only looked at."""
    if not unit.is_bare:
        return unit.session.get(Room, room_id)
    rows = _SEEN.rows(unit.session, room=room_id)
    return rows[0][0] if rows else None


def _place(unit: Unit, actor: Actor, room: Room | None) -> Place | None:
    if room is None:
        return None
    enters, hosts = _rights(unit, actor, room)
    if not enters:
        return None
    muted, removed = _measures(unit, room.id, actor)
    standing = Standing(
        enters=True, hosts=hosts, person=actor.id, muted_until=muted, removed_until=removed
    )
    return Place(room, setting_of(room), standing)


def _rights(unit: Unit, actor: Actor, room: Room) -> tuple[bool, bool]:
    """Whether this person enters the room, and whether they may do there what a host may."""
    if room.kind == Kind.CRISIS:
        if room.person_id == actor.id:
            return True, False
        called = room.case_id is not None and crisis.may_see_case(unit, actor, room.case_id)
        return called, called
    if room.kind == Kind.MENTORING:
        return mentoring.is_of_pair(unit, actor.id, room.id), False
    if room.group_id is None:
        return False, False
    standing = groups.standing(unit, actor, room.group_id)
    if actor.is_staff:
        return True, not sits_here(unit, actor.id, room.group_id, standing)
    if not standing.is_host and _stands_in(unit, actor, room):
        return True, True
    return standing.is_host or standing.is_member, standing.is_host


def sits_here(unit: Unit, staff_id: str, group_id: str, standing: groups.Standing) -> bool:
    """Whether one of the staff is here as a member: while another of them is not, they only sit."""
    is_member = standing.is_member and not standing.is_host
    return is_member and moderation.is_among_friends(unit, staff_id, group_id)


def _stands_in(unit: Unit, actor: Actor, room: Room) -> bool:
    """Whether this person has taken a chair here, may still lead, and was not taken out."""
    if room.kind != Kind.MEETING or actor.role not in MAY_LEAD:
        return False
    if room.group_id is None or not helps(unit, actor.id, room.id):
        return False
    return groups.belonging(unit, actor.id, room.group_id) is not Belonging.REMOVED


def _measures(unit: Unit, room_id: str, actor: Actor) -> tuple[datetime | None, datetime | None]:
    """Until when this person is muted (here or everywhere) and taken out of the room."""
    until = measures(unit, [room_id], [actor.id])
    muted = until.get((room_id, actor.id, "mute"))
    if actor.muted_until and (muted is None or actor.muted_until > muted):
        muted = actor.muted_until
    return muted, until.get((room_id, actor.id, "remove"))


def room_by_id(unit: Unit, room_id: str) -> Room:
    """A room for the house itself: jobs and other areas' facts."""
    room = unit.session.get(Room, room_id)
    if room is None:
        raise NotFound(NO_ROOM)
    return room


def setting_of(room: Room) -> Setting:
    """How a room is set, as the rules want it."""
    return Setting(
        kind=Kind(room.kind),
        state=room.state,
        slow_seconds=room.slow_seconds,
        locked=room.locked,
        hold=Hold(room.hold),
        cross_talk=room.cross_talk,
        reactions=room.reactions,
        floor=room.turns.get("holder"),
        most_writers=room.most_writers,
    )


def moment(at: datetime | None) -> str | None:
    """A time that may be missing, as the wire wants it."""
    return wire(at) if at else None


def settings_of(room: Room) -> dict[str, Any]:
    """How a room is set, as the wire wants it."""
    return {
        "slow_seconds": room.slow_seconds,
        "locked": room.locked,
        "hold": room.hold,
        "cross_talk": room.cross_talk,
        "reactions": room.reactions,
        "turn_seconds": room.turn_seconds,
        "most_writers": room.most_writers,
        "topic": room.topic,
        "pinned": room.pinned_id,
    }


def turn_of(room: Room) -> dict[str, Any]:
    """Whose turn it is, as the wire wants it."""
    return read_floor(room.turns).kept()


def script_of(unit: Unit, room: Room) -> Script:
    """The meeting's own script, else that of its series, else none."""
    if room.script is not None:
        return read_script(room.script)
    if room.meeting_id is None:
        return NO_SCRIPT
    series_id = groups.meeting_by_id(unit, room.meeting_id).series_id
    kept = unit.session.get(SeriesScript, series_id)
    return read_script(kept.script) if kept else NO_SCRIPT
