"""What a page shows of a chair: to all who leads, to those who may what they can do about it."""

from typing import Any

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.chat.models import Chair, ChairOffer, Room
from support.chat.queries.chair import Asked, Sitting, offer_of, sittings
from support.chat.queries.places import Place, moment
from support.chat.rules.chair import is_free
from support.db.unit import Unit


def chair_object(unit: Unit, actor: Actor, place: Place) -> dict[str, Any] | None:
    """Who leads, who sits beside, whether the meeting waits; None where nobody has to lead yet."""
    sitting = next(iter(sittings(unit, [place.room.id])), None)
    if sitting is None:
        return None
    chair = sitting.chair
    people = accounts.people(unit, {one for one in (chair.holder_id, chair.second_id) if one})
    names = {one.id: {"id": one.id, "handle": one.handle} for one in people.values()}
    found: dict[str, Any] = {
        "led_by": names.get(chair.holder_id or ""),
        "beside": names.get(chair.second_id or ""),
        "waits": chair.paused_at is not None,
    }
    if not place.standing.hosts:
        return found
    return {**found, **_may(unit, actor, sitting)}


def _may(unit: Unit, actor: Actor, sitting: Sitting) -> dict[str, bool]:
    chair, is_host = sitting.chair, actor.id in sitting.hosts
    offer = offer_of(unit, actor.id, sitting.room.id)
    owns = chair.first_id == actor.id or (is_host and chair.holder_id not in sitting.hosts)
    return {
        "is_yours": chair.holder_id == actor.id,
        "is_asked": is_open(offer, chair),
        "may_take": is_open(offer, chair) or is_free(sitting.facts(unit.now), unit.now),
        "may_reclaim": owns and chair.holder_id not in (None, actor.id),
    }


def is_open(offer: ChairOffer | None, chair: Chair) -> bool:
    """Whether somebody is asked now and can still say yes."""
    return offer is not None and offer.state == "open" and offer.term == chair.term


def handed_over(room: Room) -> dict[str, Any]:
    """What whoever takes a chair is given: where the script stands, and whose turn it is."""
    return {
        "room": room.id,
        "state": room.state,
        "step": room.step,
        "ends_at": moment(room.ends_at),
        "turn": room.turns,
    }


def asked_object(asked: Asked) -> dict[str, Any]:
    """One thing somebody is asked, for their page."""
    return {
        "room": asked.room_id,
        "meeting": asked.meeting_id,
        "title": asked.title,
        "why": asked.why.value,
        "starts_at": asked.starts_at,
        "at": asked.at,
    }
