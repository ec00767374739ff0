"""Rooms by Socket.IO: each handler parses, calls one action, answers."""

from collections.abc import Sequence
from typing import Any

from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import Declined
from support.chat import forms, queries
from support.chat.actions import backup as calls
from support.chat.actions import holds, hosting, moving, saying, speaking, tending, turns
from support.chat.actions.facts import Typing
from support.chat.broadcast import PRESENCE, SIGNS, STREAM, answer_of
from support.chat.queries import Place
from support.chat.queries.log import history
from support.chat.queries.seats import caught_up, room_object, you_object
from support.chat.rules.places import (
    EVENTS,
    EVENTS_IN,
    MESSAGES,
    MESSAGES_IN,
    check_may_write,
)
from support.db.unit import Unit
from support.web.access import MEMBERS
from support.web.limits import hit
from support.web.quick import Asked, Quickly
from support.web.sockets import on, quickly, room_channel, socketio


@on("room:join", forms.JoinForm, allow=MEMBERS, reads=True, hears=True)
def join(unit: Unit, actor: Actor, form: forms.JoinForm, sid: str) -> dict[str, Any]:
    """Hear a room from here on, and be given what was missed, with no hole and nothing twice."""
    times_out = STREAM.times_out  # before anything is read: what is taken away then is seen below
    is_fresh = unit.is_bare or STREAM.is_followed(form.room)
    place = queries.place(unit, actor, form.room)
    missed = _let_in(unit, place, form.after, sid, is_fresh=is_fresh)
    person = {"id": actor.id, "handle": actor.handle, "role": actor.role}
    PRESENCE.joined(sid, place.room.id, person, place.room.group_id)
    if times_out != STREAM.times_out:
        _look_again(unit, actor, form.room, sid)
    return {
        "room": room_object(unit, place),
        "you": {**you_object(actor, place), **_waits(unit, actor, place)},
        **missed,
        "people": PRESENCE.people(place.room.id),
        "now": wire(unit.now),
    }


def _waits(unit: Unit, actor: Actor, place: Place) -> dict[str, int]:
    """How much waits here for a host to decide."""
    return {"holds": holds.how_many(unit, actor, place)} if place.standing.hosts else {}


def _let_in(
    unit: Unit, place: Place, after: int | None, sid: str, *, is_fresh: bool
) -> dict[str, Any]:
    """Read what was missed up to exactly where the socket begins to hear.

    A place that was read while the room was already followed is fresh: whatever was told since has
    been counted, and `let_in` compares. So is one of a quick look: nobody has a turn meanwhile.
    """
    STREAM.follow(place.room.id, place.room.seq)
    while True:
        if not is_fresh:
            unit.look_again()
            unit.session.refresh(place.room)
        missed = caught_up(unit, place, after, forms.MOST_EVENTS)
        if STREAM.let_in(unit, sid, place.room.id, missed["seq"]):
            return missed
        is_fresh = False


def _look_again(unit: Unit, actor: Actor, room_id: str, sid: str) -> None:
    """Somebody was taken out of a room meanwhile: if it was this person, they do not hear it.

    Nor does anybody while it is not known, which is so where this look cannot be had here.
    """
    try:
        unit.look_again()
        queries.place(unit, actor, room_id)
    except Exception:
        PRESENCE.left(sid, room_id)
        socketio.server.leave_room(sid, room_channel(room_id), namespace="/")
        raise


@on("room:leave", forms.RoomForm, allow=MEMBERS, reads=True, hears=True)
def leave(_unit: Unit, _actor: Actor, form: forms.RoomForm, sid: str) -> None:
    """Hear it no more."""
    PRESENCE.left(sid, form.room)
    socketio.server.leave_room(sid, room_channel(form.room), namespace="/")


@on("room:history", forms.HistoryForm, allow=MEMBERS, reads=True)
def older(unit: Unit, actor: Actor, form: forms.HistoryForm) -> dict[str, Any]:
    """Older messages."""
    place = queries.place(unit, actor, form.room)
    messages, more = history(unit, place.room.id, form.before, form.limit)
    return {"messages": messages, "more": more}


@on("room:seen", forms.SeenForm, allow=MEMBERS)
def seen(unit: Unit, actor: Actor, form: forms.SeenForm) -> None:
    """How far this person has read."""
    tending.seen(unit, actor, form)


@on("message:send", forms.SendForm, allow=MEMBERS)
def send(unit: Unit, actor: Actor, form: forms.SendForm) -> dict[str, Any]:
    """Say something; the answer leaves after it is durably stored."""
    hit("messages", actor.id, MESSAGES, MESSAGES_IN)
    return answer_of(speaking.post(unit, actor, form), actor)


def _count(asked: Asked) -> bool:
    """Count one message, once however often its transaction is tried; False when it is too many."""
    if not asked.is_counted:
        try:
            hit("messages", asked.account_id, MESSAGES, MESSAGES_IN)
        except Declined:
            return False
        asked.is_counted = True
    return True


def _send_together(unit: Unit, asked: Sequence[Asked]) -> list[dict[str, Any] | None]:
    counted = [one for one in asked if _count(one)]
    said = dict(zip(map(id, counted), saying.say(unit, counted), strict=True))
    answers = [said.get(id(one)) for one in asked]
    return [None if each is None else {"message": each.message} for each in answers]


def _send_alone(unit: Unit, actor: Actor, asked: Asked) -> dict[str, Any]:
    if not asked.is_counted:
        hit("messages", asked.account_id, MESSAGES, MESSAGES_IN)
        asked.is_counted = True
    return answer_of(speaking.post(unit, actor, asked.form), actor)


quickly("message:send", Quickly(forms.SendForm, _send_together, _send_alone))


@on("message:edit", forms.EditForm, allow=MEMBERS)
def edit(unit: Unit, actor: Actor, form: forms.EditForm) -> dict[str, Any]:
    """Say it another way."""
    hit("messages", actor.id, MESSAGES, MESSAGES_IN)
    return answer_of(speaking.edit(unit, actor, form), actor)


@on("message:withdraw", forms.MessageForm, allow=MEMBERS)
def withdraw(unit: Unit, actor: Actor, form: forms.MessageForm) -> None:
    """Take it back."""
    tending.withdraw(unit, actor, form.message)


@on("message:react", forms.ReactForm, allow=MEMBERS)
def react(unit: Unit, actor: Actor, form: forms.ReactForm) -> dict[str, Any]:
    """A calm sign."""
    hit("events", actor.id, EVENTS, EVENTS_IN)
    return {"reactions": tending.react(unit, actor, form)}


@on("typing", forms.RoomForm, allow=MEMBERS, reads=True)
def typing(unit: Unit, actor: Actor, form: forms.RoomForm) -> None:
    """Somebody is writing; only who may write is passed on."""
    hit("events", actor.id, EVENTS, EVENTS_IN)
    place = queries.place(unit, actor, form.room)
    check_may_write(place.setting, place.standing, None, unit.now)
    unit.announce(Typing(place.room.id, actor.id, actor.handle))


@on("meeting:move", forms.MoveForm, allow=MEMBERS)
def move(unit: Unit, actor: Actor, form: forms.MoveForm) -> dict[str, Any]:
    """The host moves the meeting."""
    course = moving.move(unit, actor, form)
    SIGNS.acts(form.room, actor.id)
    return course


@on("turn:set", forms.TurnForm, allow=MEMBERS)
def turn(unit: Unit, actor: Actor, form: forms.TurnForm) -> dict[str, Any]:
    """Hands up, and the floor."""
    return turns.set_turn(unit, actor, form)


@on("host:set", forms.SettingsForm, allow=MEMBERS)
def set_room(unit: Unit, actor: Actor, form: forms.SettingsForm) -> dict[str, Any]:
    """The host sets the room."""
    return {"settings": hosting.set_room(unit, actor, form)}


@on("host:mute", forms.SilenceForm, allow=MEMBERS)
def mute(unit: Unit, actor: Actor, form: forms.SilenceForm) -> dict[str, Any]:
    """The host quietens somebody."""
    return {"undo": hosting.mute(unit, actor, form)}


@on("host:remove", forms.SilenceForm, allow=MEMBERS)
def take_out(unit: Unit, actor: Actor, form: forms.SilenceForm) -> dict[str, Any]:
    """The host takes somebody out."""
    return {"undo": hosting.take_out(unit, actor, form)}


@on("host:undo", forms.UndoForm, allow=MEMBERS)
def undo(unit: Unit, actor: Actor, form: forms.UndoForm) -> None:
    """The host takes it back."""
    hosting.undo(unit, actor, form)


@on("host:backup", forms.BackupForm, allow=MEMBERS)
def backup(unit: Unit, actor: Actor, form: forms.BackupForm) -> None:
    """The host calls a moderator."""
    calls.call_backup(unit, actor, form)
