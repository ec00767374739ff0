"""What groups keep of a person: handed out when they ask, forgotten when they go."""

from typing import Any

from sqlalchemy import delete, func, select

from support.audit import actions as audit
from support.base.clock import wire
from support.db.unit import Unit
from support.groups.actions import seats
from support.groups.actions.joining import forget_member
from support.groups.models import (
    CalendarKey,
    Circle,
    CircleHost,
    HostAsked,
    Meeting,
    Membership,
    Seat,
    StandBy,
)


class GroupMemory:
    """The groups' part in erasure and in export."""

    name = "groups"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Give back their seats, take them out of every group, and end their calendar address."""
        belongs = select(Membership.circle_id).where(Membership.account_id == account_id)
        hosts = select(CircleHost.circle_id).where(CircleHost.account_id == account_id)
        for group_id in unit.session.scalars(hosts).all():
            audit.record(unit, account_id, "groups.host_left", f"group:{group_id}")
        unit.session.execute(delete(CircleHost).where(CircleHost.account_id == account_id))
        for group_id in sorted({*unit.session.scalars(belongs)}):
            seats.free_all(unit, group_id, account_id)
            forget_member(unit, group_id, account_id)
        unit.session.execute(delete(Seat).where(Seat.account_id == account_id))
        asked = (HostAsked.account_id == account_id) | (HostAsked.by_id == account_id)
        unit.session.execute(delete(HostAsked).where(asked))
        unit.session.execute(delete(StandBy).where(StandBy.account_id == account_id))
        unit.session.execute(delete(CalendarKey).where(CalendarKey.account_id == account_id))

    def export(self, unit: Unit, account_id: str) -> Any:
        """The groups they belong to, host or asked to join, and the meetings they come to."""
        groups = unit.session.execute(
            select(Circle.slug, Membership.state, Membership.since)
            .join(Membership, Membership.circle_id == Circle.id)
            .where(Membership.account_id == account_id)
            .order_by(Circle.slug)
        )
        hosted = unit.session.scalars(
            select(Circle.slug)
            .join(CircleHost, CircleHost.circle_id == Circle.id)
            .where(CircleHost.account_id == account_id)
            .order_by(Circle.slug)
        )
        standing_by = select(func.count()).where(StandBy.account_id == account_id)
        meetings = unit.session.execute(
            select(Meeting.title, Meeting.starts_at, Seat.state)
            .join(Seat, Seat.meeting_id == Meeting.id)
            .where(Seat.account_id == account_id)
            .order_by(Meeting.starts_at)
        )
        return {
            "groups": [
                {"slug": slug, "state": state, "since": wire(since)}
                for slug, state, since in groups
            ],
            "hosting": list(hosted),
            "standing_by": unit.session.scalar(standing_by) or 0,
            "meetings": [
                {"title": title, "starts_at": wire(at), "state": state}
                for title, at, state in meetings
            ],
        }
