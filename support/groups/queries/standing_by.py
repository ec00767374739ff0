"""Who stands by for a meeting, and for what somebody stands by."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.db.unit import Unit
from support.groups.models import Circle, Meeting, Membership, StandBy
from support.groups.queries.belonging import host_ids, member_ids
from support.groups.rules.standing_by import MAY_LEAD
from support.groups.rules.words import Belonging, Policy


@dataclass(frozen=True, slots=True)
class StandingBy:
    """One place on a stand-by list: of one meeting, or (without it) of every meeting of a group."""

    group_slug: str
    group_name: str
    meeting_id: str | None
    title: str | None


def stand_by_ids(unit: Unit, group_id: str, meeting_id: str) -> list[str]:
    """Who can be asked to lead this meeting, the longest on the list first."""
    stands = and_(
        Membership.circle_id == StandBy.circle_id, Membership.account_id == StandBy.account_id
    )
    state = func.coalesce(Membership.state, "")
    is_open = and_(Circle.policy == Policy.OPEN, state != Belonging.REMOVED)
    rows = unit.session.scalars(
        select(StandBy.account_id)
        .join(Circle, Circle.id == StandBy.circle_id)
        .outerjoin(Membership, stands)
        .where(StandBy.circle_id == group_id, StandBy.scope_id.in_((group_id, meeting_id)))
        .where(or_(state == Belonging.MEMBER, is_open))
        .order_by(StandBy.since, StandBy.account_id)
    )
    ids = list(dict.fromkeys(rows))
    able = accounts.able_ids(unit, ids)
    people = accounts.people(unit, able)
    return [one for one in ids if one in able and people[one].role in MAY_LEAD]


def everybody_of(unit: Unit, group_id: str, meeting_id: str) -> list[str]:
    """Whom it concerns that a meeting is off: members, hosts, and who stands by."""
    return [
        *member_ids(unit, group_id),
        *host_ids(unit, group_id),
        *stand_by_ids(unit, group_id, meeting_id),
    ]


def stands_by(unit: Unit, account_id: str, scope_ids: Collection[str]) -> set[str]:
    """For which of these (groups or meetings) a person stands by."""
    rows = unit.session.scalars(
        select(StandBy.scope_id).where(
            StandBy.account_id == account_id, StandBy.scope_id.in_(scope_ids)
        )
    )
    return set(rows)


def my_stand_bys(unit: Unit, actor: Actor) -> list[StandingBy]:
    """Every list a person is on that still means something."""
    rows = unit.session.execute(
        select(Circle.slug, Circle.name, Meeting.id, Meeting.title)
        .select_from(StandBy)
        .join(Circle, Circle.id == StandBy.circle_id)
        .outerjoin(Meeting, Meeting.id == StandBy.scope_id)
        .where(StandBy.account_id == actor.id)
        .where(or_(Meeting.id.is_(None), Meeting.ends_at > unit.now))
        .order_by(Circle.name, Meeting.starts_at)
    )
    return [StandingBy(*row) for row in rows]
