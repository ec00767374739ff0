"""What people do about a chair: say yes or no to an offer, or take their own chair back."""

from sqlalchemy import select, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Declined, Ended, NotFound
from support.chat import queries
from support.chat.actions import log
from support.chat.actions.course import meeting_body
from support.chat.forms import ChairForm
from support.chat.models import Chair, ChairOffer, Room
from support.chat.queries import chair as chairs
from support.chat.queries.chair_page import is_open
from support.chat.rules.chair import Do, Why, check_may_reclaim, check_may_take, is_free
from support.chat.rules.meeting import OVER
from support.chat.rules.places import Kind
from support.db.unit import Unit
from support.groups import queries as groups
from support.notify import actions as notify

NO_ROOM = "There is no such room."


def set_chair(unit: Unit, actor: Actor, form: ChairForm) -> str:
    """Take the chair, sit beside whoever leads, say no, or take one's own chair back.

    The room's row is held first, by whoever changes anything here: of fifty who say yes at the
    same moment one leads, and the others hear that somebody does.
    """
    room, chair = held(unit, form.room)
    offer = chairs.offer_of(unit, actor.id, room.id)
    _check_may_know(unit, actor, room, offer)
    if room.state in OVER or chair.over_at is not None:
        raise Ended("This meeting is over.")
    if form.do is Do.RECLAIM:
        return _reclaim(unit, actor, room, chair)
    if form.do is Do.DECLINE:
        return _decline(unit, offer)
    return _accept(unit, actor, room, chair, offer)


def held(unit: Unit, room_id: str) -> tuple[Room, Chair]:
    """A meeting's room and its chair, for this transaction alone."""
    fresh = {"populate_existing": True}
    room = unit.session.scalar(
        select(Room).where(Room.id == room_id, Room.kind == Kind.MEETING).with_for_update(),
        execution_options=fresh,
    )
    chair = unit.session.get(Chair, room_id, populate_existing=True) if room else None
    if room is None:
        raise NotFound(NO_ROOM)
    if chair is None:
        raise Conflict("Nobody has to lead this meeting yet.")
    return room, chair


def _check_may_know(unit: Unit, actor: Actor, room: Room, offer: ChairOffer | None) -> None:
    """Whoever was asked knows of the room; for all others it is there if they may enter it."""
    if offer is None:
        try:
            queries.place(unit, actor, room.id)
        except Declined:
            raise NotFound(NO_ROOM) from None


def _accept(unit: Unit, actor: Actor, room: Room, chair: Chair, offer: ChairOffer | None) -> str:
    if chair.holder_id == actor.id:
        return "chair"
    if chair.second_id == actor.id and offer is not None and offer.why == Why.ALONE:
        return "second"
    if not is_open(offer, chair) and _may_step_in(unit, actor, room):
        sit_down(unit, room, chair, actor.id)
        return _taken(unit, actor, room, "chair")
    said_no = offer is not None and offer.state == "declined"
    check_may_take(offer.term if offer else None, chair.term, said_no=said_no)
    if offer is None:
        raise NotFound(NO_ROOM)
    is_second = offer.why == Why.ALONE
    if is_second and chair.second_id is not None:
        raise Conflict("Somebody sits beside the host now. Thank you for being there.")
    offer.state, offer.helps_since = "taken", offer.helps_since or unit.now
    if is_second:
        chair.second_id = actor.id
        lapse(unit, room.id, Why.ALONE)
        tell_room(unit, room, chair)
    else:
        sit_down(unit, room, chair, actor.id)
    return _taken(unit, actor, room, "second" if is_second else "chair")


def _taken(unit: Unit, actor: Actor, room: Room, seat: str) -> str:
    audit.record(unit, actor.id, "chat.chair_accepted", f"room:{room.id}", seat=seat)
    return seat


def _may_step_in(unit: Unit, actor: Actor, room: Room) -> bool:
    """Hosts and moderators need no offer where nobody who is here leads."""
    sitting = next(iter(chairs.sittings(unit, [room.id])), None)
    if sitting is None or not is_free(sitting.facts(unit.now), unit.now):
        return False
    return actor.is_staff or actor.id in sitting.leaders


def _decline(unit: Unit, offer: ChairOffer | None) -> str:
    """No, without a reason; a second no is the first."""
    if offer is None:
        raise NotFound("You were not asked.")
    if offer.state == "open":
        offer.state = "declined"
        unit.session.flush()
    return "declined"


def _reclaim(unit: Unit, actor: Actor, room: Room, chair: Chair) -> str:
    if chair.holder_id == actor.id:
        return "chair"
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    check_may_reclaim(
        is_first=chair.first_id == actor.id,
        is_host=actor.id in hosts,
        holder_is_host=chair.holder_id in hosts,
    )
    before = chair.second_id = chair.holder_id
    sit_down(unit, room, chair, actor.id)
    if before is not None:
        key = f"chair_back:{room.id}:{chair.term}"
        say(unit, key, "chair_given_back", [before], room)
    audit.record(unit, actor.id, "chat.chair_reclaimed", f"room:{room.id}")
    return "chair"


def sit_down(unit: Unit, room: Room, chair: Chair, account_id: str) -> None:
    """Somebody leads from now on; what others were asked for is taken."""
    chair.holder_id, chair.since = account_id, unit.now
    chair.first_id = chair.first_id or account_id
    chair.second_id = None if chair.second_id == account_id else chair.second_id
    chair.term += 1
    chair.offered_at = chair.paused_at = chair.host_asked_at = None
    lapse(unit, room.id, Why.MISSING, Why.LOST)
    tell_room(unit, room, chair)


def lapse(unit: Unit, room_id: str, *whys: Why) -> None:
    """What was asked and not answered is asked no more."""
    unit.session.flush()
    unit.session.execute(
        update(ChairOffer)
        .where(
            ChairOffer.room_id == room_id,
            ChairOffer.state == "open",
            ChairOffer.why.in_(whys),
        )
        .values(state="lapsed")
    )


def tell_room(unit: Unit, room: Room, chair: Chair) -> None:
    """Everybody in the room hears who leads now, and who sits beside; the log keeps no names."""
    unit.session.flush()
    body = {
        **meeting_body(room),
        "led_by": chair.holder_id,
        "beside": chair.second_id,
        "waits": chair.paused_at is not None,
    }
    log.append(unit, room.id, "meeting", body)


def say(unit: Unit, key: str, kind: str, people: list[str], room: Room) -> None:
    """A notice about a meeting, once for each key."""
    notify.put(unit, key=key, kind=kind, recipients=people, payload={"room": room.id})
