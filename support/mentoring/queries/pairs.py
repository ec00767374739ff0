"""What each of a pair sees of it: who, where, which hours, and a hand-over that waits for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.db.unit import Unit
from support.mentoring.models import HandOver, Pairing
from support.mentoring.rules.hours import in_zone, read_slot


@dataclass(frozen=True, slots=True)
class Passing:
    """A hand-over that is asked for: to whom, and what this viewer has said."""

    id: str
    member: str
    mentor: str
    taker: str
    is_own: bool
    has_said_yes: bool

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        names = {"member": self.member, "mentor": self.mentor, "to": self.taker}
        return {"id": self.id, **names, "own": self.is_own, "yes": self.has_said_yes}


@dataclass(frozen=True, slots=True)
class Walk:
    """One pair as one of its two sees it; hours are on the wall of the viewer's own zone."""

    id: str
    handle: str
    as_mentor: bool
    since: datetime
    room_id: str | None
    hours: tuple[str, ...]
    hours_state: str

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        found = {
            "id": self.id,
            "handle": self.handle,
            "as": "mentor" if self.as_mentor else "member",
        }
        found["since"] = wire(self.since)
        if self.room_id:
            found["room"] = self.room_id
        return {**found, "hours": list(self.hours), "hours_state": self.hours_state}


def walks(unit: Unit, actor: Actor) -> list[Walk]:
    """Everybody this person walks with, as mentor or as member, the longest first."""
    rows = unit.session.scalars(
        select(Pairing)
        .where(
            Pairing.ended_at.is_(None),
            or_(Pairing.member_id == actor.id, Pairing.mentor_id == actor.id),
        )
        .order_by(Pairing.began_at, Pairing.id)
    ).all()
    people = accounts.people(unit, {one for row in rows for one in (row.member_id, row.mentor_id)})
    return [
        Walk(
            row.id,
            people[row.member_id if row.mentor_id == actor.id else row.mentor_id].handle,
            row.mentor_id == actor.id,
            row.began_at,
            row.room_id,
            _hours(row, people, actor, unit.now),
            _state(row, actor),
        )
        for row in rows
    ]


def passings(unit: Unit, actor: Actor) -> list[Passing]:
    """The hand-overs that are asked for and concern this person."""
    rows = unit.session.execute(
        select(HandOver, Pairing)
        .join(Pairing, Pairing.id == HandOver.pairing_id)
        .where(
            HandOver.state == "open",
            or_(
                Pairing.member_id == actor.id,
                Pairing.mentor_id == actor.id,
                HandOver.taker_id == actor.id,
            ),
        )
        .order_by(HandOver.at, HandOver.id)
    ).all()
    ids = {one for row, pair in rows for one in (row.taker_id, pair.member_id, pair.mentor_id)}
    people = accounts.people(unit, ids)
    return [
        Passing(
            row.id,
            people[pair.member_id].handle,
            people[pair.mentor_id].handle,
            people[row.taker_id].handle,
            pair.mentor_id == actor.id,
            bool(row.member_yes_at if pair.member_id == actor.id else row.taker_yes_at),
        )
        for row, pair in rows
    ]


def _hours(
    row: Pairing, people: dict[str, accounts.Person], actor: Actor, now: datetime
) -> tuple[str, ...]:
    theirs = people[row.hours_by_id].timezone if row.hours_by_id in people else actor.timezone
    slots = [slot for line in row.hours if (slot := read_slot(line))]
    return tuple(str(in_zone(slot, theirs, actor.timezone, now.date())) for slot in slots)


def _state(row: Pairing, actor: Actor) -> str:
    if row.hours_by_id is None:
        return "none"
    if row.hours_agreed_at is not None:
        return "agreed"
    return "asked_by_me" if row.hours_by_id == actor.id else "asked_of_me"
