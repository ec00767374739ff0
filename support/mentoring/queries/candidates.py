"""Offers and searches as the matching weighs them: hours as bits of this week, and who is apart."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.base.actor import Role
from support.db.unit import Unit
from support.mentoring.models import MentorAsk, MentorOffer, MentorSearch
from support.mentoring.queries.offers import offers_with_room
from support.mentoring.rules.hours import of_week, read_slot
from support.mentoring.rules.matching import Offer, Seeker


def candidates(unit: Unit, rows: Sequence[MentorOffer] | None = None) -> list[Offer]:
    """Every mentor with room, or of these, who is one and may act now; a few statements in all."""
    rows = offers_with_room(unit) if rows is None else rows
    people = accounts.people(unit, {each.account_id for each in rows})
    able = accounts.able_ids(unit, list(people))
    asked = asked_counts(unit)
    week = unit.now.date()
    return [
        _offer(each, people[each.account_id], week, asked.get(each.account_id, 0))
        for each in rows
        if each.account_id in able and people[each.account_id].role is Role.MENTOR
    ]


def seekers(unit: Unit, searches: Sequence[MentorSearch]) -> dict[str, Seeker]:
    """These members with what they look for."""
    zones = accounts.zones_of(unit, {one.account_id for one in searches})
    week = unit.now.date()
    return {
        one.account_id: seeker(one.account_id, one.seeks, zones[one.account_id], week)
        for one in searches
    }


def seeker(member_id: str, seeks: Mapping[str, Any], timezone: str, week: date) -> Seeker:
    """One member with what they look for."""
    return Seeker(
        member_id,
        frozenset(seeks.get("substances", ())),
        str(seeks.get("stage", "")),
        frozenset(seeks.get("languages", ())),
        frozenset(seeks.get("topics", ())),
        _hours(seeks.get("hours", ()), timezone, week),
        frozenset(seeks.get("experience", ())),
    )


def asked_counts(unit: Unit) -> dict[str, int]:
    """How many requests wait for each mentor."""
    rows = unit.session.execute(
        select(MentorAsk.mentor_id, func.count())
        .where(MentorAsk.state == "open")
        .group_by(MentorAsk.mentor_id)
    )
    return {mentor_id: count for mentor_id, count in rows}


def _offer(row: MentorOffer, person: accounts.Person, week: date, asked: int) -> Offer:
    kept = row.offer
    return Offer(
        row.account_id,
        person.handle,
        frozenset(kept.get("substances", ())),
        frozenset(kept.get("stages", ())),
        frozenset(kept.get("languages", ())),
        frozenset(kept.get("not_taken", ())),
        _hours(kept.get("hours", ()), person.timezone, week),
        row.mentees,
        row.most,
        row.paused_at is not None,
        frozenset(kept.get("experience", ())),
        asked,
    )


def _hours(lines: Iterable[str], timezone: str, week: date) -> int:
    return _bits(tuple(lines), timezone, week.toordinal() - week.weekday())


@lru_cache(maxsize=8192)
def _bits(lines: tuple[str, ...], timezone: str, monday: int) -> int:
    """The same hours of the same zone in the same week are worked out once."""
    slots = [read_slot(line) for line in lines]
    return of_week([slot for slot in slots if slot], timezone, date.fromordinal(monday))
