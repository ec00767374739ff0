"""What accounts ask of mentoring: forget a person, and hand out what is kept of them."""

from typing import Any

from sqlalchemy import delete, or_, select, update

from support.base.clock import wire
from support.db.unit import Unit
from support.mentoring.actions import shifts
from support.mentoring.actions.pairing import close, free_a_place
from support.mentoring.models import (
    HandOver,
    HostedMeeting,
    LoungeNudge,
    LoungeWatch,
    MentorApplication,
    MentorAsk,
    MentorOffer,
    MentorSearch,
    MentorVote,
    Pairing,
)
from support.mentoring.queries import shifts as queries


class PairMemory:
    """Applications, offers, searches, asks and pairings of one person."""

    name = "mentoring"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Their pairings end, their places are free again, and nothing they wrote is kept."""
        self._part(unit, account_id)
        unit.session.execute(delete(HandOver).where(HandOver.taker_id == account_id))
        agreed = update(Pairing).where(Pairing.hours_by_id == account_id)
        unit.session.execute(agreed.values(hours=[], hours_by_id=None, hours_agreed_at=None))
        self._forget_shifts(unit, account_id)
        theirs = select(MentorApplication.id).where(MentorApplication.account_id == account_id)
        unit.session.execute(delete(MentorVote).where(MentorVote.application_id.in_(theirs)))
        for table, column in (
            (MentorApplication, MentorApplication.account_id),
            (MentorOffer, MentorOffer.account_id),
            (MentorSearch, MentorSearch.account_id),
        ):
            unit.session.execute(delete(table).where(column == account_id))
        unit.session.execute(
            delete(MentorAsk).where(
                or_(MentorAsk.member_id == account_id, MentorAsk.mentor_id == account_id)
            )
        )

    def _part(self, unit: Unit, account_id: str) -> None:
        rows = unit.session.scalars(
            select(Pairing).where(
                Pairing.ended_at.is_(None),
                or_(Pairing.member_id == account_id, Pairing.mentor_id == account_id),
            )
        ).all()
        for row in rows:
            close(unit, row, account_id)
            free_a_place(unit, row.mentor_id)

    def _forget_shifts(self, unit: Unit, account_id: str) -> None:
        """Their shifts are free for others; nothing tells any more that they were theirs."""
        shifts.drop_weekly(unit, queries.weekly(unit, account_id))
        for column in (LoungeWatch.account_id, LoungeWatch.given_by_id):
            emptied = update(LoungeWatch).where(column == account_id).values({column: None})
            unit.session.execute(emptied)
        unit.session.execute(delete(HostedMeeting).where(HostedMeeting.account_id == account_id))
        unit.session.execute(delete(LoungeNudge).where(LoungeNudge.newcomer_id == account_id))

    def export(self, unit: Unit, account_id: str) -> dict[str, Any]:
        """What they wrote and offered, whom they sought, and when they walked with somebody."""
        applications = unit.session.scalars(
            select(MentorApplication).where(MentorApplication.account_id == account_id)
        )
        offer = unit.session.get(MentorOffer, account_id)
        search = unit.session.get(MentorSearch, account_id)
        pairings = unit.session.scalars(
            select(Pairing).where(
                or_(Pairing.member_id == account_id, Pairing.mentor_id == account_id)
            )
        )
        return {
            "applications": [
                {"at": wire(one.made_at), "why": one.why, "offer": one.offer, "state": one.state}
                for one in applications
            ],
            "offer": offer.offer if offer else None,
            "search": search.seeks if search else None,
            "shifts": [
                {"weekday": one.weekday, "start": one.start, "minutes": one.minutes}
                for one in queries.weekly(unit, account_id)
            ],
            "pairings": [
                {
                    "as": "member" if one.member_id == account_id else "mentor",
                    "began_at": wire(one.began_at),
                    "ended_at": wire(one.ended_at) if one.ended_at else None,
                }
                for one in pairings
            ],
        }
