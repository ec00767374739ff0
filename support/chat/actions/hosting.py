"""What hosts do: set the room, quiet or take out somebody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.base.ids import new_id
from support.chat import queries
from support.chat.actions import log
from support.chat.actions.facts import AuthorNoticed, PersonOut
from support.chat.actions.shown import check_words
from support.chat.actions.turns import leave_floor
from support.chat.forms import SettingsForm, SilenceForm, UndoForm
from support.chat.models import Message, Room, RoomMeasure
from support.chat.queries import Place
from support.chat.rules.places import Hold, Kind, Said, check_may_host
from support.db.unit import Unit
from support.groups import queries as group_queries

UNDO_SECONDS = 10
UNDONE = "A host has taken that back. You can read and write here again."
CHANGEABLE = (
    "slow_seconds", "locked", "hold", "cross_talk", "reactions", "turn_seconds", "topic",
)  # fmt: skip


def set_room(unit: Unit, actor: Actor, form: SettingsForm) -> dict[str, Any]:
    """Change how a room is set; what was not sent stays."""
    place = hosted(unit, actor, form.room)
    room = place.room
    _check_alone(room, form)
    changed = [
        name
        for name in CHANGEABLE
        if getattr(form, name) is not None and getattr(form, name) != getattr(room, name)
    ]
    if "topic" in changed:
        check_words(unit, "topic", form.topic or "")
    for name in changed:
        setattr(room, name, getattr(form, name))
    if form.pinned is not None and (form.pinned or None) != room.pinned_id:
        _pin(unit, room, form.pinned)
        audit.record(unit, actor.id, "chat.pinned", f"room:{room.id}")
    if changed:
        unit.session.flush()
        log.append(unit, room.id, "settings", {"settings": queries.settings_of(room)})
        audit.record(unit, actor.id, "chat.room_set", f"room:{room.id}", what=",".join(changed))
    return queries.settings_of(room)


def _check_alone(room: Room, form: SettingsForm) -> None:
    """Who leads alone cannot let new people's words through unread: somebody has to be beside."""
    if room.most_writers and form.hold is Hold.NONE and room.hold != Hold.NONE:
        raise Conflict(
            "You lead alone, so new people's words wait. This opens when somebody is beside you."
        )


def _pin(unit: Unit, room: Room, message_id: str) -> None:
    if message_id:
        message = unit.session.get(Message, message_id)
        if message is None or message.room_id != room.id or message.state != Said.VISIBLE:
            raise Invalid("Only words that are shown here can be pinned.")
    room.pinned_id = message_id or None
    unit.session.flush()
    log.append(unit, room.id, "pinned", {"pinned": room.pinned_id})


def mute(unit: Unit, actor: Actor, form: SilenceForm) -> str:
    """Somebody may read and not write here for some minutes; they are told why. An undo id."""
    measure = _measure(unit, actor, form, "mute")
    return measure.id


def take_out(unit: Unit, actor: Actor, form: SilenceForm) -> str:
    """Somebody leaves the room for some minutes; they are told why. An undo id."""
    measure = _measure(unit, actor, form, "remove")
    leave_floor(unit, unit.session.get_one(Room, form.room), form.person)
    unit.announce(PersonOut(form.room, form.person, "removed"))
    return measure.id


def _measure(unit: Unit, actor: Actor, form: SilenceForm, kind: str) -> RoomMeasure:
    place = hosted(unit, actor, form.room)
    check_target(unit, actor, place.room, form.person)
    measure = RoomMeasure(
        id=new_id(),
        room_id=place.room.id,
        account_id=form.person,
        kind=kind,
        by_id=actor.id,
        reason=form.reason,
        at=unit.now,
        until=unit.now + timedelta(minutes=form.minutes),
    )
    unit.session.add(measure)
    unit.session.flush()
    verb = {"mute": "chat.muted", "remove": "chat.taken_out"}[kind]
    audit.record(unit, actor.id, verb, f"account:{form.person}", minutes=form.minutes)
    _tell(unit, measure, form.minutes)
    return measure


def check_target(unit: Unit, actor: Actor, room: Room, person_id: str) -> None:
    """Hosts quiet members, not staff, not other hosts, not themselves; nobody in a crisis room."""
    person = accounts.people(unit, {person_id}).get(person_id)
    if person is None:
        raise NotFound("There is no such person.")
    if room.kind == Kind.CRISIS:
        raise Forbidden("Nobody is cut off in this room.")
    hosts = group_queries.host_ids(unit, room.group_id) if room.group_id else []
    if person_id == actor.id or person_id in hosts or person.role in ("moderator", "admin"):
        raise Forbidden("Hosts and moderators cannot be quietened here.")


def _tell(unit: Unit, measure: RoomMeasure, minutes: int) -> None:
    text = (
        "You cannot write here for %(minutes)s minutes. You can still read. This was not to shame "
        "you. Why: %(reason)s"
        if measure.kind == "mute"
        else "A host has taken you out of this room for %(minutes)s minutes. Help is still here. "
        "Why: %(reason)s"
    )
    params = {"minutes": minutes, "reason": measure.reason}
    _notice(unit, measure, {"label": measure.kind, "text": text, "params": params})


def _notice(unit: Unit, measure: RoomMeasure, notice: dict[str, Any]) -> None:
    person = accounts.person(unit, measure.account_id)
    told = {**notice, "help": False}
    unit.announce(AuthorNoticed(person.id, person.country, measure.room_id, "", told))


def undo(unit: Unit, actor: Actor, form: UndoForm) -> None:
    """Take back one's own mute or removal within ten seconds; a second time changes nothing."""
    measure = unit.session.get(RoomMeasure, form.undo)
    if measure is None or measure.by_id != actor.id:
        raise NotFound("There is nothing to take back.")
    if measure.undone_at is not None:
        return
    if unit.now - measure.at > timedelta(seconds=UNDO_SECONDS):
        raise Conflict("It is too late to take this back here. A moderator can.")
    unit.session.execute(
        update(RoomMeasure).where(RoomMeasure.id == measure.id).values(undone_at=unit.now)
    )
    audit.record(unit, actor.id, "chat.undone", f"account:{measure.account_id}")
    _notice(unit, measure, {"label": f"{measure.kind}_undone", "text": UNDONE})


@dataclass(frozen=True, slots=True)
class Undoable:
    """A mute or removal of a moment ago, and whose."""

    id: str
    handle: str


def undoable(unit: Unit, actor: Actor, room_id: str) -> list[Undoable]:
    """What this host did to people here and can still take back, for a page without script."""
    rows = unit.session.scalars(
        select(RoomMeasure).where(
            RoomMeasure.room_id == room_id,
            RoomMeasure.by_id == actor.id,
            RoomMeasure.until > unit.now,
            RoomMeasure.at >= unit.now - timedelta(seconds=UNDO_SECONDS),
            RoomMeasure.undone_at.is_(None),
        )
    ).all()
    people = accounts.people(unit, {row.account_id for row in rows})
    return [
        Undoable(row.id, people[row.account_id].handle) for row in rows if row.account_id in people
    ]


def hosted(unit: Unit, actor: Actor, room_id: str) -> Place:
    """The room, for whoever hosts it."""
    place = queries.place(unit, actor, room_id)
    check_may_host(place.standing)
    return place
