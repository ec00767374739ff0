"""Read what differs from the weekly pattern: changes still to come, and swaps that are open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import NotFound
from support.crisis.models import RotaChange, RotaSwap
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Somebody is off, or covers."""

    id: str
    handle: str
    kind: str
    starts_at: datetime
    ends_at: datetime

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        span = {"from": wire(self.starts_at), "to": wire(self.ends_at)}
        return {"id": self.id, "handle": self.handle, "kind": self.kind, **span}


@dataclass(frozen=True, slots=True)
class SwapFacts:
    """A stretch somebody asks others to take."""

    id: str
    asker: str
    taker: str | None
    starts_at: datetime
    ends_at: datetime
    is_own: bool

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        span = {"from": wire(self.starts_at), "to": wire(self.ends_at)}
        return {"id": self.id, "asker": self.asker, "to_person": self.taker, **span}


def changes_ahead(unit: Unit) -> list[ChangeFacts]:
    """What is not over yet, in order."""
    rows = list(
        unit.session.scalars(
            select(RotaChange)
            .where(RotaChange.ends_at > unit.now)
            .order_by(RotaChange.starts_at, RotaChange.id)
        )
    )
    people = accounts.people(unit, [row.account_id for row in rows])
    return [
        ChangeFacts(row.id, people[row.account_id].handle, row.kind, row.starts_at, row.ends_at)
        for row in rows
    ]


def open_swaps(unit: Unit, actor: Actor) -> list[SwapFacts]:
    """Questions that wait for an answer: one's own, those to oneself, and those to everybody."""
    mine = or_(
        RotaSwap.asker_id == actor.id, RotaSwap.taker_id == actor.id, RotaSwap.taker_id.is_(None)
    )
    waiting = RotaSwap.state == "asked", RotaSwap.starts_at > unit.now, mine
    rows = list(unit.session.scalars(select(RotaSwap).where(*waiting).order_by(RotaSwap.starts_at)))
    people = accounts.people(
        unit, {row.asker_id for row in rows} | {row.taker_id for row in rows if row.taker_id}
    )
    return [
        SwapFacts(
            row.id,
            people[row.asker_id].handle,
            people[row.taker_id].handle if row.taker_id else None,
            row.starts_at,
            row.ends_at,
            row.asker_id == actor.id,
        )
        for row in rows
    ]


def swap_for(unit: Unit, actor: Actor, swap_id: str) -> RotaSwap:
    """The row for whoever asked it or was asked; anybody else hears that there is none.

    What was answered is no secret among responders: who comes second hears that they are late.
    """
    row = unit.session.get(RotaSwap, swap_id)
    if row is None or (
        row.state == "asked" and actor.id not in (row.asker_id, row.taker_id or actor.id)
    ):
        raise NotFound("There is no such question.")
    return row
