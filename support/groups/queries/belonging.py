"""Who hosts, who belongs, who asks, who sits where."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.db.prepared import Among, Prepared
from support.db.unit import Unit
from support.groups.models import CircleHost, Membership, Seat
from support.groups.queries.facts import Asking, SeatFacts, Standing
from support.groups.rules.words import Belonging, Place

_NEITHER = Standing(is_host=False, is_member=False)
_STANDINGS = Prepared(
    union_all(
        select(Membership.circle_id, Membership.account_id, literal(0)).where(
            Among(Membership.circle_id, "groups", finds=False),
            Among(Membership.account_id, "people"),
            Membership.state == Belonging.MEMBER,
        ),
        select(CircleHost.circle_id, CircleHost.account_id, literal(1)).where(
            Among(CircleHost.circle_id, "groups"),
            Among(CircleHost.account_id, "people", finds=False),
        ),
    )
)


def standing(unit: Unit, actor: Actor, group_id: str) -> Standing:
    """How this person stands to a group now, in one statement."""
    return standings(unit, [group_id], [actor.id]).get((group_id, actor.id), _NEITHER)


def standings(
    unit: Unit, group_ids: Collection[str], account_ids: Collection[str]
) -> dict[tuple[str, str], Standing]:
    """The same for many groups and people in one quick statement; who is neither is absent."""
    found: dict[tuple[str, str], Standing] = {}
    asked = {"groups": group_ids, "people": account_ids}
    for group_id, account_id, is_host in _STANDINGS.rows(unit.session, **asked):
        known = found.get((group_id, account_id), _NEITHER)
        found[group_id, account_id] = Standing(
            is_host=known.is_host or bool(is_host), is_member=known.is_member or not is_host
        )
    return found


def belonging(unit: Unit, account_id: str, group_id: str) -> Belonging | None:
    """Member, asking, invited, taken out, or nothing."""
    state = unit.session.scalar(
        select(Membership.state).where(
            Membership.circle_id == group_id, Membership.account_id == account_id
        )
    )
    return Belonging(state) if state else None


def is_host(unit: Unit, account_id: str, group_id: str) -> bool:
    """Whether this person hosts the group."""
    return unit.session.get(CircleHost, (group_id, account_id)) is not None


def host_ids(unit: Unit, group_id: str) -> list[str]:
    """Who hosts a group."""
    return hosts_of(unit, [group_id]).get(group_id, [])


def hosts_of(unit: Unit, group_ids: Collection[str]) -> dict[str, list[str]]:
    """Who hosts each of these groups, in one statement."""
    found: dict[str, list[str]] = {}
    rows = unit.session.execute(
        select(CircleHost.circle_id, CircleHost.account_id)
        .where(CircleHost.circle_id.in_(set(group_ids)))
        .order_by(CircleHost.circle_id, CircleHost.account_id)
    )
    for group_id, account_id in rows:
        found.setdefault(group_id, []).append(account_id)
    return found


def host_handles(unit: Unit, group_ids: Collection[str]) -> dict[str, list[str]]:
    """The names of those who host each of these groups, in two statements."""
    ids = hosts_of(unit, group_ids)
    people = accounts.people(unit, {each for hosts in ids.values() for each in hosts})
    return {
        group_id: sorted(people[each].handle for each in hosts if each in people)
        for group_id, hosts in ids.items()
    }


def groups_hosted_by(unit: Unit, account_id: str) -> list[str]:
    """The groups a person hosts."""
    rows = unit.session.scalars(
        select(CircleHost.circle_id)
        .where(CircleHost.account_id == account_id)
        .order_by(CircleHost.circle_id)
    )
    return list(rows)


def co_hosts(unit: Unit, account_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Who hosts a group together with each of these people, in one statement."""
    other = aliased(CircleHost)
    rows = unit.session.execute(
        select(CircleHost.account_id, other.account_id)
        .join(other, other.circle_id == CircleHost.circle_id)
        .where(
            CircleHost.account_id.in_(set(account_ids)), other.account_id != CircleHost.account_id
        )
    )
    found: dict[str, set[str]] = {}
    for account_id, other_id in rows:
        found.setdefault(account_id, set()).add(other_id)
    return {account_id: frozenset(others) for account_id, others in found.items()}


def groups_of(unit: Unit, account_id: str) -> list[str]:
    """The groups a person is a member of or hosts."""
    belongs = select(Membership.circle_id).where(
        Membership.account_id == account_id, Membership.state == Belonging.MEMBER
    )
    hosts = select(CircleHost.circle_id).where(CircleHost.account_id == account_id)
    return sorted(unit.session.scalars(belongs.union(hosts)))


def member_ids(unit: Unit, group_id: str) -> list[str]:
    """Everybody who is a member of a group."""
    rows = unit.session.scalars(
        select(Membership.account_id)
        .where(Membership.circle_id == group_id, Membership.state == Belonging.MEMBER)
        .order_by(Membership.account_id)
    )
    return list(rows)


def asking(unit: Unit, group_id: str) -> list[Asking]:
    """Who waits for an answer, the longest wait first; at most a hundred."""
    rows = unit.session.execute(
        select(Membership.account_id, Membership.since)
        .where(Membership.circle_id == group_id, Membership.state == Belonging.REQUESTED)
        .order_by(Membership.since, Membership.account_id)
        .limit(100)
    ).all()
    people = accounts.people(unit, [row.account_id for row in rows])
    return [
        Asking(row.account_id, people[row.account_id].handle, row.since)
        for row in rows
        if row.account_id in people
    ]


def seat_of(unit: Unit, account_id: str, meeting_id: str) -> SeatFacts | None:
    """This person's seat, or their place on the waiting list."""
    mine = unit.session.execute(
        select(Seat.state, Seat.turn).where(
            Seat.meeting_id == meeting_id, Seat.account_id == account_id
        )
    ).one_or_none()
    if mine is None:
        return None
    if mine.state == Place.SEAT:
        return SeatFacts(Place.SEAT)
    before = unit.session.scalar(
        select(func.count(literal(1))).where(
            Seat.meeting_id == meeting_id, Seat.state == Place.WAITING, Seat.turn < mine.turn
        )
    )
    return SeatFacts(Place.WAITING, (before or 0) + 1)


@dataclass(frozen=True, slots=True)
class Attendance:
    """All that decides about a seat for one person, read at once."""

    is_host: bool
    belonging: Belonging | None
    seat: SeatFacts | None


def attendance(unit: Unit, account_id: str, group_id: str, meeting_id: str) -> Attendance:
    """How a person stands to a group and to one meeting of it, in one statement."""
    mine = (Seat.meeting_id == meeting_id, Seat.account_id == account_id)
    turn = select(Seat.turn).where(*mine).scalar_subquery()
    before = select(func.count()).where(
        Seat.meeting_id == meeting_id, Seat.state == Place.WAITING, Seat.turn < turn
    )
    row = unit.session.execute(
        select(
            exists().where(CircleHost.circle_id == group_id, CircleHost.account_id == account_id),
            select(Membership.state)
            .where(Membership.circle_id == group_id, Membership.account_id == account_id)
            .scalar_subquery(),
            select(Seat.state).where(*mine).scalar_subquery(),
            before.scalar_subquery(),
        )
    ).one()
    seat = None
    if row[2]:
        place = row[3] + 1 if row[2] == Place.WAITING else None
        seat = SeatFacts(Place(row[2]), place)
    return Attendance(bool(row[0]), Belonging(row[1]) if row[1] else None, seat)


def waiting_count(unit: Unit, meeting_id: str) -> int:
    """How many are on the waiting list."""
    return (
        unit.session.scalar(
            select(func.count()).where(Seat.meeting_id == meeting_id, Seat.state == Place.WAITING)
        )
        or 0
    )


def seated_ids(unit: Unit, meeting_id: str, state: Place = Place.SEAT) -> list[str]:
    """Who has a seat (or waits), in the order of asking."""
    rows = unit.session.scalars(
        select(Seat.account_id)
        .where(Seat.meeting_id == meeting_id, Seat.state == state)
        .order_by(Seat.turn)
    )
    return list(rows)


def seated_handles(unit: Unit, meeting_id: str) -> list[str]:
    """The names of those who have a seat, for hosts and moderators."""
    ids = seated_ids(unit, meeting_id)
    people = accounts.people(unit, ids)
    return [people[each].handle for each in ids if each in people]
