"""Looking back at a meeting: who led it, what was written about it, and a mentor's hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select

from support.base.actor import Actor, Role
from support.base.errors import Declined, NotFound
from support.chat.models import Chair, ChairOffer, Debrief, Room, SaidAside
from support.chat.queries.places import place
from support.chat.rules.afterwards import TOLD_WITHIN, Aside
from support.chat.rules.places import Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring import queries as mentoring
from support.mentoring.queries.shifts import duties_around
from support.mentoring.rules.shifts import week_minutes

NO_MEETING = "There is no such meeting."
OVER = ("closed", "debriefed")
USUAL_WEEK_MINUTES = 6 * 60


@dataclass(frozen=True, slots=True)
class Past:
    """A meeting's room and chair, and whether somebody led it."""

    room: Room
    chair: Chair | None
    has_led: bool


def past(unit: Unit, actor: Actor, meeting_id: str) -> Past:
    """A meeting for somebody who led it or may enter its room; for others it has no afterwards."""
    room = unit.session.scalar(select(Room).where(Room.meeting_id == meeting_id))
    if room is None:
        raise NotFound(NO_MEETING)
    chair = unit.session.get(Chair, room.id)
    if _has_led(unit, actor.id, room, chair):
        return Past(room, chair, True)
    try:
        place(unit, actor, room.id)
    except Declined:
        raise NotFound(NO_MEETING) from None
    return Past(room, chair, False)


def _has_led(unit: Unit, account_id: str, room: Room, chair: Chair | None) -> bool:
    if room.group_id and groups.is_host(unit, account_id, room.group_id):
        return True
    if chair and account_id in (chair.first_id, chair.holder_id, chair.second_id):
        return True
    helped = exists().where(
        ChairOffer.room_id == room.id,
        ChairOffer.account_id == account_id,
        ChairOffer.helps_since.is_not(None),
    )
    return bool(unit.session.scalar(select(helped)))


def debrief_of(unit: Unit, account_id: str, room_id: str) -> Debrief | None:
    """What this person wrote about this meeting."""
    return unit.session.get(Debrief, (room_id, account_id))


def aside_of(unit: Unit, account_id: str, room_id: str, kind: Aside) -> SaidAside | None:
    """What this person told the hosts, or the moderators, about this meeting."""
    return unit.session.scalar(
        select(SaidAside).where(
            SaidAside.room_id == room_id,
            SaidAside.author_id == account_id,
            SaidAside.kind == kind,
        )
    )


def told_hosts(unit: Unit, room_id: str) -> list[tuple[str, datetime]]:
    """What guests told the hosts and review has let through, oldest first; nobody is named."""
    rows = unit.session.execute(
        select(SaidAside.body, SaidAside.at)
        .where(
            SaidAside.room_id == room_id,
            SaidAside.kind == Aside.FEEDBACK,
            SaidAside.state == Said.VISIBLE,
        )
        .order_by(SaidAside.at, SaidAside.id)
    )
    return [(body, at) for body, at in rows]


def notes_for_next(unit: Unit, room: Room, but_not: str) -> list[str]:
    """What others who led this meeting want the next host to know."""
    rows = unit.session.scalars(
        select(Debrief.answers)
        .where(Debrief.room_id == room.id, Debrief.account_id != but_not)
        .order_by(Debrief.at)
    )
    return [answers["next"] for answers in rows if answers.get("next")]


def to_look_back_at(unit: Unit, actor: Actor) -> list[tuple[str, str]]:
    """Meetings of the last week that this person led and wrote nothing about: ids, titles."""
    wrote = exists().where(Debrief.room_id == Chair.room_id, Debrief.account_id == actor.id)
    rows = unit.session.execute(
        select(Room.meeting_id, Room.name)
        .join(Chair, Chair.room_id == Room.id)
        .where(
            or_(*(who == actor.id for who in (Chair.first_id, Chair.holder_id, Chair.second_id))),
            Chair.over_at > unit.now - TOLD_WITHIN,
            Room.state.in_(OVER),
            ~wrote,
        )
        .order_by(Chair.over_at.desc())
    )
    return [(str(meeting_id), name) for meeting_id, name in rows]


def own_hours(unit: Unit, actor: Actor) -> dict[str, Any] | None:
    """A mentor's minutes of this week beside their cap; None for whoever is no mentor."""
    offer = mentoring.offer_of(unit, actor.id)
    if actor.role is not Role.MENTOR:
        return None
    given = week_minutes(
        duties_around(unit, actor.id, unit.now, actor.timezone), unit.now, actor.timezone
    )
    most = offer.week_minutes if offer else USUAL_WEEK_MINUTES
    return {"minutes": given, "most_minutes": most}
