"""Saying something: checked, reviewed, stored and numbered in one transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from support.accounts import actions as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import Invalid
from support.base.ids import new_id
from support.chat import queries
from support.chat.actions import leading, log
from support.chat.actions.review import Review, review
from support.chat.forms import EditForm, SendForm
from support.chat.models import Message, Room
from support.chat.queries import Place
from support.chat.rules.places import (
    ON_THE_WIRE,
    Kind,
    Said,
    check_is_among_writers,
    check_may_edit,
    check_may_write,
    waits_for_moderator,
)
from support.crisis import actions as crisis
from support.db.unit import Unit

NEWCOMER_COUNTS_TO = 5


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to a message, the same however often it is sent."""

    message: dict[str, Any]
    notice: dict[str, Any] | None


def post(unit: Unit, actor: Actor, form: SendForm) -> Posted:
    """Say something in a room, once for each `client_id`."""
    place = queries.place(unit, actor, form.room)
    earlier = _sent_before(unit, actor, form)
    if earlier is not None:
        return posted(earlier)
    check_may_write(place.setting, place.standing, _last_at(unit, actor, place), unit.now)
    _check_writers(unit, place)
    _check_reply(unit, place, form.reply_to)
    message = Message(
        id=new_id(),
        room_id=place.room.id,
        author_id=actor.id,
        client_id=form.client_id,
        body=form.body,
        warning=form.warning or None,
        reply_to=form.reply_to or None,
        state=Said.HELD,
        at=unit.now,
    )
    _publish_or_hold(unit, actor, place, message)
    if place.room.kind == Kind.CRISIS:
        crisis.still_here(unit, place.room.id, actor.id)
    return posted(message)


def edit(unit: Unit, actor: Actor, form: EditForm) -> Posted:
    """Say one's own words another way; they are reviewed like new ones."""
    message, place = queries.message_place(unit, actor, form.message)
    state = Said(message.state)
    check_may_edit(message.author_id == actor.id, state, message.at, unit.now)
    check_may_write(place.setting, place.standing, None, unit.now)
    message.body, message.edited_at = form.body, unit.now
    _publish_or_hold(unit, actor, place, message, was=state)
    return posted(message)


def posted(message: Message) -> Posted:
    """What the author is answered about a message of theirs."""
    state = Said(message.state)
    shown: dict[str, Any] = {
        "id": message.id,
        "state": ON_THE_WIRE.get(state, state),
        "at": wire(message.at),
    }
    if message.seq is not None:
        shown["seq"] = message.seq
    return Posted(shown, message.notice)


def _publish_or_hold(
    unit: Unit, actor: Actor, place: Place, message: Message, was: Said | None = None
) -> None:
    waits = waits_for_moderator(place.setting, place.standing, actor.is_newcomer(unit.now))
    outcome = review(unit, actor, Review(place, message, waits, is_new=was is None))
    if outcome.is_held:
        message.state = Said.HELD
        unit.session.add(message)
        if was is Said.VISIBLE:
            log.take_down(unit, message)
    elif was is None:
        _show_new(unit, actor, message)
    else:
        show(unit, message)
    leading.keep_of(unit, message, is_new=was is None)


def _show_new(unit: Unit, actor: Actor, message: Message) -> None:
    """Words nobody has seen yet, by somebody who is at hand: no query is needed to show them."""
    log.append_new(unit, message, actor)
    if actor.shown_messages < NEWCOMER_COUNTS_TO:
        accounts.count_shown(unit, actor.id)


def show(unit: Unit, message: Message) -> None:
    """Number a message that nobody has seen; tell of the change where it has a number already."""
    kind = "message" if message.seq is None else "edited"
    log.append(unit, message.room_id, kind, {}, message)


def _sent_before(unit: Unit, actor: Actor, form: SendForm) -> Message | None:
    return unit.session.scalar(
        select(Message).where(
            Message.room_id == form.room,
            Message.author_id == actor.id,
            Message.client_id == form.client_id,
        )
    )


def _last_at(unit: Unit, actor: Actor, place: Place) -> Any:
    """When this person last said something here; asked only where the room goes slowly."""
    if not place.setting.slow_seconds:
        return None
    return unit.session.scalar(
        select(Message.at)
        .where(Message.room_id == place.room.id, Message.author_id == actor.id)
        .order_by(Message.at.desc())
        .limit(1)
    )


def _check_writers(unit: Unit, place: Place) -> None:
    """Held until the end: of two who would both be the last of a few, one is."""
    if not place.setting.most_writers or place.standing.hosts:
        return
    room_id = place.room.id
    unit.session.execute(select(Room.id).where(Room.id == room_id).with_for_update())
    check_is_among_writers(place.setting, place.standing, queries.writers_lately(unit, place.room))


def _check_reply(unit: Unit, place: Place, reply_to: str) -> None:
    if not reply_to:
        return
    found = unit.session.get(Message, reply_to)
    if found is None or found.room_id != place.room.id or found.seq is None:
        raise Invalid("The message you answer is not here.", fields={"reply_to": "Not here."})
