"""Carry what lies in the outbox: pages that fall due, and messages for the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, DateTime, String, bindparam, or_, select, update

from support.accounts import queries as accounts
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.notify import queries, rules
from support.notify.actions.putting import show
from support.notify.models import Outbox
from support.notify.rules import Channel
from support.notify.rules.sealing import Device

_NOW: BindParameter[datetime] = bindparam("now", type_=DateTime())
_WAITS = select(Outbox.id).where(
    Outbox.done_at.is_(None),
    Outbox.dead_at.is_(None),
    Outbox.due_at <= _NOW,
    or_(Outbox.claimed_until.is_(None), Outbox.claimed_until <= _NOW),
)
_ANY_WAITING = Prepared(_WAITS.limit(1))
_WAITING = Prepared(_WAITS.where(Outbox.channel == bindparam("way", type_=String())).limit(1))


@dataclass(frozen=True, slots=True)
class Errand:
    """One claimed message on its way outside."""

    id: str
    key: str
    kind: str
    channel: Channel
    address: str | None
    payload: Mapping[str, Any]
    at: datetime
    device: Device | None = None


def show_due(unit: Unit) -> int:
    """Show the pages that were put for a later time and are due now."""
    rows = _claim(unit, Outbox.channel == Channel.PAGE, 100)
    for row in rows:
        row.done_at = unit.now
    unit.session.flush()
    show(unit, [(row.recipient_id, row.kind, row.payload) for row in rows if row.recipient_id])
    return len(rows)


def claim_outside(unit: Unit, most: int = 20, way: Channel | None = None) -> list[Errand]:
    """Take messages for the outside, for a minute; nobody else sends them in that time."""
    wanted = Outbox.channel == way if way else Outbox.channel != Channel.PAGE
    rows = _claim(unit, wanted, most)
    people = accounts.people(unit, [row.recipient_id for row in rows if row.recipient_id])
    devices = queries.devices(
        unit, [row.payload["device"] for row in rows if "device" in row.payload]
    )
    return [
        Errand(
            id=row.id,
            key=row.key,
            kind=row.kind,
            channel=Channel(row.channel),
            address=people[row.recipient_id].email if row.recipient_id in people else None,
            payload=row.payload,
            at=row.due_at,
            device=devices.get(row.payload.get("device", "")),
        )
        for row in rows
    ]


def _claim(unit: Unit, condition: Any, most: int) -> list[Outbox]:
    waiting = (
        select(Outbox)
        .where(
            condition,
            Outbox.done_at.is_(None),
            Outbox.dead_at.is_(None),
            Outbox.due_at <= unit.now,
            or_(Outbox.claimed_until.is_(None), Outbox.claimed_until <= unit.now),
        )
        .order_by(Outbox.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = list(unit.session.scalars(waiting))
    for row in rows:
        row.claimed_until = unit.now + rules.CLAIMED_FOR
        row.attempts += 1
    return rows


def is_waiting(unit: Unit, way: Channel | None = None) -> bool:
    """Whether anything is due (by this way), without taking the write lock to find out."""
    if way is None:
        return bool(_ANY_WAITING.rows(unit.session, now=unit.now))
    return bool(_WAITING.rows(unit.session, now=unit.now, way=way.value))


def close_way(unit: Unit, way: Channel) -> None:
    """A way that is off: whatever is due by it is done with, in one statement however much."""
    waiting = Outbox.done_at.is_(None), Outbox.dead_at.is_(None), Outbox.due_at <= unit.now
    done = {"done_at": unit.now, "last_error": "off"}
    unit.session.execute(update(Outbox).where(Outbox.channel == way, *waiting).values(done))


def mark_done(unit: Unit, errand_id: str, note: str | None = None) -> None:
    """It was delivered, or there is nowhere to deliver it to (`note` says why)."""
    mark_all_done(unit, [errand_id], note)


def mark_all_done(unit: Unit, errand_ids: Sequence[str], note: str | None = None) -> None:
    """The same for many at once."""
    done = {"done_at": unit.now, "dead_at": None, "last_error": note}
    unit.session.execute(update(Outbox).where(Outbox.id.in_(errand_ids)).values(done))


def mark_failed(unit: Unit, errand_id: str, code: str) -> None:
    """It was not delivered: try again later, or after a day put it with the dead letters."""
    row = unit.session.get_one(Outbox, errand_id, populate_existing=True)
    if row.done_at is not None:  # another try, of a process that was quicker, arrived
        return
    again = rules.next_try(unit.now, row.due_at, row.attempts)
    row.last_error = code[: rules.LONGEST_VALUE]
    row.claimed_until = again
    row.dead_at = unit.now if again is None else None


def revive(unit: Unit) -> int:
    """Try every dead letter again, for an operator who has mended the way outside."""
    rows = list(unit.session.scalars(select(Outbox).where(Outbox.dead_at.is_not(None))))
    for row in rows:
        row.dead_at, row.claimed_until, row.attempts, row.due_at = None, None, 0, unit.now
    return len(rows)
