"""Speaking turns: hands up in order, one floor, given by the host or passed on."""

from typing import Any

from sqlalchemy import Text, cast, select

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid
from support.chat import queries
from support.chat.actions import log
from support.chat.forms import TurnForm
from support.chat.models import Room
from support.chat.queries import Place
from support.chat.rules.meeting import OVER
from support.chat.rules.places import check_may_host
from support.chat.rules.turns import Floor, Turn, Watch, changed, gone, read
from support.db.unit import Unit

HOSTS_ONLY = (Turn.GIVE, Turn.TAKE)
NOT_HERE = {"person": "Not here."}


def set_turn(unit: Unit, actor: Actor, form: TurnForm) -> dict[str, Any]:
    """Raise or lower a hand, pass the floor on, just listen, or (hosts) give and take the floor."""
    place = queries.place(unit, actor, form.room)
    if place.room.state in OVER:
        raise Conflict("This meeting is over.")
    person = form.person or actor.id
    _check_may(unit, actor, place, form.do, person)
    before = read(place.room.turns)
    watch = Watch(unit.now, place.room.turn_seconds)
    after = changed(before, form.do, person, watch)
    if after != before:
        take_floor(unit, place.room, after)
        if person != actor.id or form.do in HOSTS_ONLY:
            subject = f"account:{person}"
            audit.record(unit, actor.id, "chat.turn_led", subject, do=form.do.value)
    return {"turn": queries.turn_of(place.room)}


def _check_may(unit: Unit, actor: Actor, place: Place, do: Turn, person: str) -> None:
    if do in HOSTS_ONLY:
        check_may_host(place.standing)
    if person == actor.id:
        return
    check_may_host(place.standing)
    if do is Turn.LISTEN:
        raise Forbidden("Everybody says this only of themselves.")
    if person not in accounts.people(unit, {person}):
        raise Invalid("There is no such person.", fields=NOT_HERE)
    if do is Turn.GIVE and person not in accounts.able_ids(unit, [person]):
        raise Conflict("This person cannot speak here now. You can lower their hand.")


def leave_floor(unit: Unit, room: Room, person: str) -> None:
    """Somebody is not in the room any more: no hand up, no turn, no sign."""
    before = read(room.turns)
    after = gone(before, person)
    if after != before:
        take_floor(unit, room, after)


def lower_hands(unit: Unit, person: str, group_id: str | None = None) -> None:
    """Somebody has gone, from a group or for good: out of the turns of every room of it."""
    named = cast(Room.turns, Text).contains(person, autoescape=True)
    wanted = select(Room).where(named, Room.state.not_in(OVER)).order_by(Room.id)
    if group_id is not None:
        wanted = wanted.where(Room.group_id == group_id)
    for room in unit.session.scalars(wanted.with_for_update()).all():
        leave_floor(unit, room, person)


def take_floor(unit: Unit, room: Room, floor: Floor) -> None:
    """Write down who has the floor now and who waits, and log it."""
    room.turns = floor.kept()
    unit.session.flush()
    log.append(unit, room.id, "turn", {"turn": queries.turn_of(room)})
