"""Read the lounge shifts: who is on shift now, what is free, whose hours are how full, and gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import NotFound
from support.base.rota import Shift, Span, holes
from support.db.unit import Unit
from support.mentoring.models import HostedMeeting, LoungeShift, LoungeWatch
from support.mentoring.rules.shifts import AHEAD, Duty, week_of

NO_SHIFT = "There is no such shift."


@dataclass(frozen=True, slots=True)
class WatchFacts:
    """One dated stretch: whose it is, or that it is free."""

    id: str
    handle: str | None
    starts_at: datetime
    ends_at: datetime
    is_own: bool

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        span = {"from": wire(self.starts_at), "to": wire(self.ends_at)}
        return {"id": self.id, "handle": self.handle, "own": self.is_own, **span}


def on_shift(unit: Unit) -> list[str]:
    """Whose shift it is at this moment, of those who may act: one query over the dated rows."""
    rows = unit.session.scalars(
        select(LoungeWatch.account_id)
        .where(
            LoungeWatch.starts_at <= unit.now,
            LoungeWatch.ends_at > unit.now,
            LoungeWatch.account_id.is_not(None),
        )
        .order_by(LoungeWatch.starts_at, LoungeWatch.id)
    )
    found = list(dict.fromkeys(one for one in rows if one))
    able = accounts.able_ids(unit, found)
    return [one for one in found if one in able]


def weekly(unit: Unit, account_id: str | None = None) -> list[LoungeShift]:
    """The weekly shifts of one mentor, or of all."""
    rows = select(LoungeShift).order_by(LoungeShift.weekday, LoungeShift.start, LoungeShift.id)
    if account_id is not None:
        rows = rows.where(LoungeShift.account_id == account_id)
    return list(unit.session.scalars(rows))


def as_shift(row: LoungeShift) -> Shift:
    """A row as the arithmetic of rotas takes it."""
    start = time.fromisoformat(row.start)
    return Shift(row.account_id, row.weekday, start, row.minutes, row.timezone, row.id)


def shift_for(unit: Unit, actor: Actor, shift_id: str) -> LoungeShift:
    """A weekly shift for whoever does it; for anybody else there is none."""
    row = unit.session.get(LoungeShift, shift_id)
    if row is None or row.account_id != actor.id:
        raise NotFound(NO_SHIFT)
    return row


def watch_for(unit: Unit, watch_id: str) -> LoungeWatch:
    """A dated stretch that is not over."""
    row = unit.session.get(LoungeWatch, watch_id)
    if row is None or row.ends_at <= unit.now:
        raise NotFound(NO_SHIFT)
    return row


def ahead(unit: Unit, actor: Actor) -> list[WatchFacts]:
    """What is planned in the next 14 days and what is free, in order."""
    rows = unit.session.scalars(
        select(LoungeWatch)
        .where(LoungeWatch.ends_at > unit.now, LoungeWatch.starts_at < unit.now + AHEAD)
        .order_by(LoungeWatch.starts_at, LoungeWatch.ends_at, LoungeWatch.id)
    ).all()
    people = accounts.people(unit, {row.account_id for row in rows if row.account_id})
    return [
        WatchFacts(
            row.id,
            people[row.account_id].handle if row.account_id else None,
            row.starts_at,
            row.ends_at,
            row.account_id == actor.id,
        )
        for row in rows
    ]


def gaps(unit: Unit, planned: Sequence[WatchFacts]) -> list[Span]:
    """When nobody is on shift in the next 14 days."""
    taken = [Span(one.starts_at, one.ends_at) for one in planned if one.handle]
    return holes(taken, unit.now, unit.now + AHEAD)


def duties(unit: Unit, account_id: str, since: datetime, until: datetime) -> list[Duty]:
    """The shifts of a mentor and the meetings they hosted between two moments."""
    shifts = unit.session.execute(
        select(LoungeWatch.starts_at, LoungeWatch.ends_at).where(
            LoungeWatch.account_id == account_id,
            LoungeWatch.ends_at > since,
            LoungeWatch.starts_at < until,
        )
    )
    found = [Duty(row.starts_at, row.ends_at) for row in shifts]
    hosted = unit.session.execute(
        select(HostedMeeting.began_at, HostedMeeting.minutes).where(
            HostedMeeting.account_id == account_id,
            HostedMeeting.began_at >= since,
            HostedMeeting.began_at < until,
        )
    )
    return found + [
        Duty(row.began_at, row.began_at + timedelta(minutes=row.minutes), is_shift=False)
        for row in hosted
    ]


def duties_around(unit: Unit, account_id: str, moment: datetime, timezone: str) -> list[Duty]:
    """The duties of the whole week in which a moment lies."""
    return duties(unit, account_id, *week_of(moment, timezone))


def coming_of(unit: Unit, account_id: str) -> list[LoungeWatch]:
    """What this mentor has still to do, the running one too, held for this transaction."""
    rows = unit.session.scalars(
        select(LoungeWatch)
        .where(LoungeWatch.account_id == account_id, LoungeWatch.ends_at > unit.now)
        .order_by(LoungeWatch.starts_at, LoungeWatch.id)
        .with_for_update()
    )
    return list(rows)


def free_of(unit: Unit, account_id: str) -> list[LoungeWatch]:
    """What this mentor handed on and nobody has taken yet."""
    rows = unit.session.scalars(
        select(LoungeWatch)
        .where(
            LoungeWatch.given_by_id == account_id,
            LoungeWatch.account_id.is_(None),
            LoungeWatch.starts_at > unit.now,
        )
        .order_by(LoungeWatch.starts_at, LoungeWatch.id)
    )
    return list(rows)
