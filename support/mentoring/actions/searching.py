"""Looking for a mentor: what one seeks, who would fit and why, and an honest waiting list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Conflict, Forbidden
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.forms import SearchForm
from support.mentoring.models import MentorOffer, MentorSearch
from support.mentoring.queries import Tie
from support.mentoring.queries.offers import offers_with_room
from support.mentoring.rules.caps import WAITED_TOO_LONG_HOURS
from support.mentoring.rules.hours import of_week, read_slot
from support.mentoring.rules.matching import Offer, Proposal, Seeker, fits, propose
from support.notify import actions as notify


@dataclass(frozen=True, slots=True)
class Found:
    """All that a member sees of their search."""

    search: MentorSearch | None
    proposals: list[Proposal]
    asked: list[Tie]
    mentor: Tie | None
    place: int | None


def look(unit: Unit, actor: Actor) -> Found:
    """The search as it stands: a mentor, or whom one asked, or who would fit, or one's place."""
    search, mentor = queries.search_of(unit, actor.id), queries.mentor_of(unit, actor)
    found = [] if search is None or mentor is not None else proposals(unit, actor, search)
    place = queries.place_in_line(unit, search) if search else None
    return Found(search, found, queries.asks_of(unit, actor), mentor, place)


def seek(unit: Unit, actor: Actor, form: SearchForm) -> None:
    """Keep what a member looks for; it is shown to nobody and weighed by the rules alone."""
    if actor.role is Role.MENTOR:
        raise Forbidden("This page is for people who look for a mentor.")
    known = queries.search_of(unit, actor.id)
    if known is None:
        unit.session.add(MentorSearch(account_id=actor.id, seeks=form.kept(), made_at=unit.now))
    else:
        known.seeks, known.made_at = form.kept(), unit.now


def proposals(unit: Unit, actor: Actor, search: MentorSearch) -> list[Proposal]:
    """At most five mentors who would fit, nobody either side has hidden or who said no."""
    apart = queries.refused_by(unit, actor.id) | accounts.hidden_either_way(unit, actor.id)
    seeker = _seeker(actor.id, search.seeks, actor.timezone, unit.now.date())
    return propose(seeker, _offers(unit, offers_with_room(unit)), apart)


def may_walk_with(unit: Unit, member_id: str, mentor_id: str) -> bool:
    """Whether the hard limits let these two walk together, now that a mentor hands somebody on."""
    search = queries.search_of(unit, member_id)
    seeks = search.seeks if search else {}
    zone = accounts.zones_of(unit, [member_id])[member_id]
    rows = [one for one in offers_with_room(unit) if one.account_id == mentor_id]
    seeker = _seeker(member_id, seeks, zone, unit.now.date())
    apart = accounts.hidden_either_way(unit, member_id)
    return any(
        offer.id not in apart and (fits(seeker, offer) or not seeks)
        for offer in _offers(unit, rows)
    )


def _offers(unit: Unit, rows: Sequence[MentorOffer]) -> list[Offer]:
    """These rows as the rules weigh them, of those who are mentors and may act now."""
    people = accounts.people(unit, {each.account_id for each in rows})
    able = accounts.able_ids(unit, list(people))
    week = unit.now.date()
    return [
        _offer(each, people[each.account_id], week)
        for each in rows
        if each.account_id in able and people[each.account_id].role is Role.MENTOR
    ]


def _hours(kept: Mapping[str, Any], timezone: str, week_of: date) -> int:
    slots = [read_slot(line) for line in kept.get("hours", ())]
    return of_week([slot for slot in slots if slot], timezone, week_of)


def _seeker(member_id: str, seeks: Mapping[str, Any], timezone: str, week: date) -> Seeker:
    return Seeker(
        member_id,
        frozenset(seeks.get("substances", ())),
        str(seeks.get("stage", "")),
        frozenset(seeks.get("languages", ())),
        frozenset(seeks.get("topics", ())),
        _hours(seeks, timezone, week),
    )


def _offer(row: MentorOffer, person: accounts.Person, week: date) -> Offer:
    kept = row.offer
    return Offer(
        row.account_id,
        person.handle,
        frozenset(kept.get("substances", ())),
        frozenset(kept.get("stages", ())),
        frozenset(kept.get("languages", ())),
        frozenset(kept.get("not_taken", ())),
        _hours(kept, person.timezone, week),
        row.mentees,
        row.most,
        row.paused_at is not None,
    )


def wait(unit: Unit, actor: Actor) -> int:
    """Take a place on the waiting list, and hear which."""
    search = queries.search_of(unit, actor.id)
    if search is None:
        raise Conflict("Please say first what you look for.")
    if queries.mentor_of(unit, actor) is not None:
        raise Conflict("You have a mentor.")
    if search.waiting_since is None:
        search.waiting_since = unit.now
        audit.record(unit, actor.id, "mentoring.waits", f"account:{actor.id}")
        unit.session.flush()
    return queries.place_in_line(unit, search) or 1


def stop_waiting(unit: Unit, account_id: str) -> None:
    """Leave the list: somebody was found, or one does not want to wait."""
    unit.session.execute(
        update(MentorSearch)
        .where(MentorSearch.account_id == account_id)
        .values(waiting_since=None, alerted_at=None)
    )


def alert_of_long_waits(unit: Unit) -> int:
    """Nobody waits unseen for two days: the team hears of each once. How many there were."""
    late = unit.now - timedelta(hours=WAITED_TOO_LONG_HOURS)
    rows = unit.session.scalars(
        select(MentorSearch).where(
            MentorSearch.waiting_since < late, MentorSearch.alerted_at.is_(None)
        )
    ).all()
    for row in rows:
        row.alerted_at = unit.now
    if rows:
        notify.put(
            unit,
            key=f"mentor_waits:{unit.now.isoformat()}",
            kind="mentor_waits",
            recipients=accounts.staff_ids(unit),
            payload={"waiting": len(rows)},
        )
    return len(rows)
