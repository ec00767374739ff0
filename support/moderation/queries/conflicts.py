"""Who may not see what: nothing about oneself, a co-host or an own report reaches a moderator."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, null, or_, select, union

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.db.unit import Unit
from support.groups import queries as groups
from support.mentoring import queries as mentoring
from support.moderation.models import Appeal, Report, ReviewItem, Skip
from support.moderation.rules.desk import ItemState, Staff, Ties, may_handle


@dataclass(frozen=True, slots=True)
class TiedItem:
    """An open item that somebody of the staff stands too close to."""

    id: str
    opened_at: datetime
    ties: Ties


def staff_now(unit: Unit) -> Staff:
    """Everybody who may work at the desk today."""
    return Staff(frozenset(accounts.staff_ids(unit)), frozenset(accounts.admin_ids(unit)))


def near(unit: Unit, person_id: str) -> frozenset[str]:
    """Who hosts a group together with this person, mentors them, or is mentored by them."""
    return close_to(unit, [person_id]).get(person_id, frozenset())


def close_to(unit: Unit, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """The same for many people; whoever stands close to nobody is left out."""
    hosts, pairs = groups.co_hosts(unit, ids), mentoring.tied_to(unit, ids)
    people = hosts.keys() | pairs.keys()
    return {each: hosts.get(each, frozenset()) | pairs.get(each, frozenset()) for each in people}


def in_complaints_with(unit: Unit, person_id: str) -> frozenset[str]:
    """Who reported this person's words, or whose words they reported: not brought together."""
    pairs = unit.session.execute(
        select(Report.reporter_id, ReviewItem.author_id)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(or_(Report.reporter_id == person_id, ReviewItem.author_id == person_id))
    )
    return frozenset(each for pair in pairs for each in pair if each) - {person_id}


def ties_of(unit: Unit, item: ReviewItem) -> Ties:
    """Who stands too close to this one item."""
    reporters = unit.session.scalars(
        select(Report.reporter_id)
        .where(Report.item_id == item.id)
        .union(select(Skip.account_id).where(Skip.item_id == item.id))
    )
    never = _never(unit, [item.id]).get(item.id, frozenset())
    return Ties(item.author_id, near(unit, item.author_id), frozenset(reporters), never)


def may_see(unit: Unit, actor: Actor, item: ReviewItem) -> bool:
    """Whether this item exists for this moderator."""
    if item.author_id == actor.id:
        return False
    if item.decided_by == actor.id:
        return True
    return may_handle(actor.id, ties_of(unit, item), staff_now(unit))


def tied_items(unit: Unit, staff: Staff) -> list[TiedItem]:
    """The open items that not everybody of the staff may see: few, whatever waits."""
    rows = _tied_rows(unit, staff)
    reporters: dict[str, set[str]] = {}
    never: dict[str, set[str]] = {}
    for row in rows:
        reporters.setdefault(row.id, set()).update({row.reporter_id} - {None})
        never.setdefault(row.id, set()).update({row.against_id, row.second_id} - {None})
    by_id = {row.id: row for row in rows}
    hosts = close_to(unit, {row.author_id for row in rows})
    return [
        TiedItem(
            row.id,
            row.opened_at,
            Ties(
                row.author_id,
                hosts.get(row.author_id, frozenset()),
                frozenset(reporters[row.id]),
                frozenset(never[row.id]),
            ),
        )
        for row in by_id.values()
    ]


def _tied_rows(unit: Unit, staff: Staff) -> Sequence[Any]:
    """Items about staff or their co-hosts, reported or passed on by staff, and every appeal."""
    friends = close_to(unit, staff.ids)
    close = staff.ids.union(*friends.values())
    nobody = cast(null(), String)
    facts = (ReviewItem.id, ReviewItem.author_id, ReviewItem.opened_at)
    judged = (nobody.label("against_id"), nobody.label("second_id"))
    by_staff = and_(Report.item_id == ReviewItem.id, Report.reporter_id.in_(staff.ids))
    about_them = select(*facts, Report.reporter_id, *judged).outerjoin(Report, by_staff)
    about_them = about_them.where(
        ReviewItem.author_id.in_(close), ReviewItem.state == ItemState.OPEN
    )
    # Written so that no index of open items fits: the few other rows are where to begin.
    still_open = ReviewItem.state.concat("") == ItemState.OPEN
    by_them = select(*facts, Report.reporter_id, *judged).join(Report, by_staff).where(still_open)
    passed_on = (
        select(*facts, Skip.account_id, *judged)
        .join(Skip, Skip.item_id == ReviewItem.id)
        .where(Skip.account_id.in_(staff.ids), still_open)
    )
    appeals = (
        select(*facts, Report.reporter_id, Appeal.against_id, Appeal.second_id)
        .join(Appeal, Appeal.item_id == ReviewItem.id)
        .outerjoin(Report, by_staff)
        .where(Appeal.answered_at.is_(None), still_open)
    )
    return unit.session.execute(union(about_them, by_them, passed_on, appeals)).all()


def _never(unit: Unit, item_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Whose own decisions these appeals are about."""
    rows = unit.session.execute(
        select(Appeal.item_id, Appeal.against_id, Appeal.second_id).where(
            Appeal.item_id.in_(item_ids)
        )
    )
    return {
        item_id: frozenset(one for one in (first, second) if one) for item_id, first, second in rows
    }


def hats(unit: Unit, actor: Actor) -> frozenset[str]:
    """The groups in which this moderator is a member or host, and so does not act at the desk.

    A group in which all of the staff take part is none of these, or nobody could act there.
    """
    own = groups.groups_of(unit, actor.id)
    staff = staff_now(unit).ids - {actor.id}
    return frozenset(group_id for group_id in own if _some_outside(unit, staff, group_id))


def is_among_friends(unit: Unit, account_id: str, group_id: str) -> bool:
    """Whether one of the staff who is a member of this group leaves acting in it to another."""
    return _some_outside(unit, frozenset(accounts.staff_ids(unit)) - {account_id}, group_id)


def _some_outside(unit: Unit, staff: frozenset[str], group_id: str) -> bool:
    inside = {*groups.member_ids(unit, group_id), *groups.host_ids(unit, group_id)}
    return bool(staff - inside)


def hidden_from(person_id: str, tied: Collection[TiedItem], staff: Staff) -> frozenset[str]:
    """The open items that do not exist for this moderator."""
    return frozenset(item.id for item in tied if not may_handle(person_id, item.ties, staff))


def hidden_now(unit: Unit, actor: Actor) -> frozenset[str]:
    """The open items that do not exist for this moderator, as the database stands."""
    staff = staff_now(unit)
    return hidden_from(actor.id, tied_items(unit, staff), staff)


def open_ones(hidden: Collection[str]) -> ColumnElement[bool]:
    """The open items that exist for a moderator, as a condition."""
    return and_(ReviewItem.state == ItemState.OPEN, ReviewItem.id.not_in(hidden))


def decided_ones(unit: Unit, actor: Actor) -> ColumnElement[bool]:
    """The decided items that exist for this moderator, as a condition."""
    close = near(unit, actor.id)
    own_report = (
        select(Report.id)
        .where(Report.item_id == ReviewItem.id, Report.reporter_id == actor.id)
        .exists()
    )
    apart = and_(ReviewItem.author_id.not_in(close), ~own_report)
    against = or_(Appeal.against_id == actor.id, Appeal.second_id == actor.id)
    own_action = select(Appeal.id).where(Appeal.item_id == ReviewItem.id, against).exists()
    return and_(
        ~own_action,
        ~select(Skip.item_id)
        .where(Skip.item_id == ReviewItem.id, Skip.account_id == actor.id)
        .exists(),
        ReviewItem.state == ItemState.DECIDED,
        ReviewItem.author_id != actor.id,
        or_(ReviewItem.decided_by == actor.id, apart),
    )
