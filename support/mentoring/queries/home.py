"""What a mentor sees at home: tonight, their people, their hours against the caps, who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from support.base.actor import Actor
from support.base.clock import wire
from support.base.zones import to_local
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring import queries
from support.mentoring.models import LoungeWatch, MentorOffer, MentorSearch
from support.mentoring.queries import pairs, shifts
from support.mentoring.queries.pairs import Passing, Walk
from support.mentoring.rules.caps import DAY_SHIFTS, WEEK_MINUTES, renewal_is_over
from support.mentoring.rules.shifts import Duty, week_minutes

TONIGHT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Soon:
    """Something within the next day: a shift, or a meeting of a group one hosts."""

    what: str
    title: str
    starts_at: datetime
    ends_at: datetime
    to: str

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        span = {"from": wire(self.starts_at), "to": wire(self.ends_at)}
        return {"what": self.what, "title": self.title, **span}


@dataclass(frozen=True, slots=True)
class Hours:
    """What was given and is planned this week and today, against the mentor's own caps."""

    week: int
    most_week: int
    today: int
    most_today: int

    def facts(self) -> dict[str, int]:
        """The same for a program."""
        week = {"week_minutes": self.week, "most_week_minutes": self.most_week}
        return {**week, "shifts_today": self.today, "most_shifts_today": self.most_today}


@dataclass(frozen=True, slots=True)
class Home:
    """All of it, read at once."""

    offer: MentorOffer | None
    soon: Sequence[Soon]
    asks: Sequence[queries.Tie]
    passings: Sequence[Passing]
    people: Sequence[Walk]
    hours: Hours
    waiting: int
    longest: datetime | None
    renewal_is_over: bool
    renew_on: date | None
    today: date


def home(unit: Unit, actor: Actor) -> Home:
    """A mentor's home."""
    offer = queries.offer_of(unit, actor.id)
    waiting, longest = unit.session.execute(
        select(func.count(), func.min(MentorSearch.waiting_since)).where(
            MentorSearch.waiting_since.is_not(None)
        )
    ).one()
    is_over = offer is not None and renewal_is_over(
        offer.renew_on, offer.code_version, unit.now.date()
    )
    return Home(
        offer,
        _soon(unit, actor),
        queries.asks_to(unit, actor),
        pairs.passings(unit, actor),
        [walk for walk in pairs.walks(unit, actor) if walk.as_mentor],
        hours_of(unit, actor.id, actor.timezone),
        waiting,
        longest,
        is_over,
        offer.renew_on if offer else None,
        unit.now.date(),
    )


def hours_of(unit: Unit, account_id: str, timezone: str) -> Hours:
    """The hours of one mentor this week, shifts and hosted meetings, done and planned."""
    offer = queries.offer_of(unit, account_id)
    mine = shifts.duties_around(unit, account_id, unit.now, timezone)
    return Hours(
        week_minutes(mine, unit.now, timezone),
        offer.week_minutes if offer else WEEK_MINUTES,
        sum(one.is_shift and _is_today(one, unit.now, timezone) for one in mine),
        offer.day_shifts if offer else DAY_SHIFTS,
    )


def _is_today(duty: Duty, now: datetime, timezone: str) -> bool:
    return to_local(duty.starts_at, timezone).date() == to_local(now, timezone).date()


def _soon(unit: Unit, actor: Actor) -> list[Soon]:
    until = unit.now + TONIGHT
    rows = unit.session.execute(
        select(LoungeWatch.starts_at, LoungeWatch.ends_at).where(
            LoungeWatch.account_id == actor.id,
            LoungeWatch.ends_at > unit.now,
            LoungeWatch.starts_at < until,
        )
    )
    found = [Soon("shift", "", row.starts_at, row.ends_at, "/mentors/shifts") for row in rows]
    for group_id in groups.groups_hosted_by(unit, actor.id):
        found += [
            Soon("meeting", one.title, one.starts_at, one.ends_at, f"/meetings/{one.id}")
            for one in groups.coming_of(unit, group_id)
            if one.starts_at < until
        ]
    return sorted(found, key=lambda one: (one.starts_at, one.to))
