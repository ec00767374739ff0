"""Read applications, offers, searches and pairings; every query about people takes the actor."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.mentoring.models import (
    MentorApplication,
    MentorAsk,
    MentorOffer,
    MentorSearch,
    MentorVote,
    Pairing,
)
from support.mentoring.rules.caps import check_may_judge

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Vote:
    """What one moderator said."""

    by: str
    yes: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application for those who judge it."""

    id: str
    handle: str
    finished_on: date
    offer: dict[str, Any]
    why: str
    made_at: datetime
    votes: tuple[Vote, ...]
    may_vote: bool


@dataclass(frozen=True, slots=True)
class Tie:
    """A pairing or an ask as one of its two sees it: who the other is, and the room."""

    id: str
    handle: str
    since: datetime
    room_id: str | None = None


def open_application(unit: Unit, account_id: str) -> MentorApplication | None:
    """The application of this person that waits for moderators."""
    return unit.session.scalar(
        select(MentorApplication).where(
            MentorApplication.account_id == account_id, MentorApplication.state == "open"
        )
    )


def application_for(unit: Unit, actor: Actor, application_id: str) -> MentorApplication:
    """An application for somebody who may judge it, locked until this transaction ends."""
    found = unit.session.scalar(
        select(MentorApplication).where(MentorApplication.id == application_id).with_for_update()
    )
    if found is None:
        raise NotFound("There is no such application.")
    check_may_judge(actor, found.account_id)
    return found


def applications(unit: Unit, actor: Actor) -> list[ApplicationLine]:
    """What waits for moderators, oldest first, one's own left out."""
    check_may_judge(actor, "")
    rows = unit.session.scalars(
        select(MentorApplication)
        .where(MentorApplication.state == "open", MentorApplication.account_id != actor.id)
        .order_by(MentorApplication.made_at, MentorApplication.id)
        .limit(MOST_SHOWN)
    ).all()
    votes: dict[str, list[MentorVote]] = {row.id: [] for row in rows}
    for vote in unit.session.scalars(
        select(MentorVote).where(MentorVote.application_id.in_(votes)).order_by(MentorVote.at)
    ):
        votes[vote.application_id].append(vote)
    voters = [vote.by_id for some in votes.values() for vote in some]
    names = _names(unit, [*(row.account_id for row in rows), *voters])
    return [
        ApplicationLine(
            row.id,
            names[row.account_id],
            row.finished_on,
            row.offer,
            row.why,
            row.made_at,
            tuple(Vote(names[one.by_id], one.yes, one.reason) for one in votes[row.id]),
            actor.id not in {one.by_id for one in votes[row.id]},
        )
        for row in rows
    ]


def offer_of(unit: Unit, account_id: str) -> MentorOffer | None:
    """What a mentor offers."""
    return unit.session.get(MentorOffer, account_id)


def search_of(unit: Unit, account_id: str) -> MentorSearch | None:
    """What a member looks for."""
    return unit.session.get(MentorSearch, account_id)


def place_in_line(unit: Unit, search: MentorSearch) -> int | None:
    """How many wait longer, and oneself; None for whoever does not wait."""
    if search.waiting_since is None:
        return None
    before = select(func.count()).where(MentorSearch.waiting_since < search.waiting_since)
    return 1 + (unit.session.scalar(before) or 0)


def waiting_count(unit: Unit) -> int:
    """How many members wait for a mentor."""
    wait = select(func.count()).where(MentorSearch.waiting_since.is_not(None))
    return unit.session.scalar(wait) or 0


def asks_of(unit: Unit, actor: Actor) -> list[Tie]:
    """Whom this member has asked and not heard from yet."""
    rows = unit.session.execute(
        select(MentorAsk.id, MentorAsk.mentor_id, MentorAsk.at)
        .where(MentorAsk.member_id == actor.id, MentorAsk.state == "open")
        .order_by(MentorAsk.at)
    ).all()
    return _ties(unit, rows)


def asks_to(unit: Unit, actor: Actor) -> list[Tie]:
    """Who has asked this mentor, longest wait first."""
    rows = unit.session.execute(
        select(MentorAsk.id, MentorAsk.member_id, MentorAsk.at)
        .where(MentorAsk.mentor_id == actor.id, MentorAsk.state == "open")
        .order_by(MentorAsk.at)
        .limit(MOST_SHOWN)
    ).all()
    return _ties(unit, rows)


def refused_by(unit: Unit, member_id: str) -> frozenset[str]:
    """Mentors who said no to this member, or were asked and not heard from yet: not proposed."""
    rows = unit.session.scalars(
        select(MentorAsk.mentor_id).where(
            MentorAsk.member_id == member_id, MentorAsk.state.in_(("declined", "open"))
        )
    )
    return frozenset(rows)


def mentees_of(unit: Unit, actor: Actor) -> list[Tie]:
    """Whom this mentor walks with."""
    rows = unit.session.execute(
        select(Pairing.id, Pairing.member_id, Pairing.began_at, Pairing.room_id)
        .where(Pairing.mentor_id == actor.id, Pairing.ended_at.is_(None))
        .order_by(Pairing.began_at)
    ).all()
    return _ties(unit, rows)


def walking_with(unit: Unit, mentor_id: str) -> int:
    """How many people a mentor walks with, counted afresh: for whoever becomes one again."""
    active = select(func.count()).where(Pairing.mentor_id == mentor_id, Pairing.ended_at.is_(None))
    return unit.session.scalar(active) or 0


def mentor_of(unit: Unit, actor: Actor) -> Tie | None:
    """Who walks with this member, if somebody does."""
    rows = unit.session.execute(
        select(Pairing.id, Pairing.mentor_id, Pairing.began_at, Pairing.room_id).where(
            Pairing.member_id == actor.id, Pairing.ended_at.is_(None)
        )
    ).all()
    return next(iter(_ties(unit, rows)), None)


def pairing_for(unit: Unit, actor: Actor, pairing_id: str) -> Pairing:
    """A pairing for one of its two, locked; for anybody else there is none."""
    found = unit.session.scalar(select(Pairing).where(Pairing.id == pairing_id).with_for_update())
    if found is None or actor.id not in (found.member_id, found.mentor_id):
        raise NotFound("There is no such pairing.")
    return found


def is_of_pair(unit: Unit, account_id: str, room_id: str) -> bool:
    """Whether this person is one of the two whose room this is, and they have not parted."""
    found = select(Pairing.id).where(
        Pairing.room_id == room_id,
        Pairing.ended_at.is_(None),
        or_(Pairing.member_id == account_id, Pairing.mentor_id == account_id),
    )
    return unit.session.scalar(found) is not None


def tied_to(unit: Unit, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Mentor and mentees of these people: who stands too close to decide about them."""
    ties: dict[str, set[str]] = {}
    rows = unit.session.execute(
        select(Pairing.member_id, Pairing.mentor_id).where(
            Pairing.ended_at.is_(None),
            or_(Pairing.member_id.in_(ids), Pairing.mentor_id.in_(ids)),
        )
    )
    for member_id, mentor_id in rows:
        ties.setdefault(member_id, set()).add(mentor_id)
        ties.setdefault(mentor_id, set()).add(member_id)
    return {person: frozenset(others) for person, others in ties.items() if person in ids}


def _ties(unit: Unit, rows: Collection[Any]) -> list[Tie]:
    names = _names(unit, [row[1] for row in rows])
    return [Tie(row[0], names[row[1]], *row[2:]) for row in rows]


def _names(unit: Unit, ids: Collection[str]) -> dict[str, str]:
    return {one.id: one.handle for one in accounts.people(unit, set(ids)).values()}
