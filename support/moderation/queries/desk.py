"""The queue: what waits, in its order, page by page, and how much of it each moderator can see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation.forms import QueueFilter, Showing
from support.moderation.models import ReviewItem
from support.moderation.queries.conflicts import (
    decided_ones,
    hats,
    hidden_from,
    hidden_now,
    open_ones,
    staff_now,
    tied_items,
)
from support.moderation.queries.items import ReportLine, reports_of
from support.moderation.rules.appeals import APPEAL
from support.moderation.rules.desk import ItemState, check_is_staff, in_order

PAGE = 50
DIGITS = 17
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the queue, as a moderator sees it."""

    id: str
    kind: str
    target_id: str
    room_id: str | None
    group: str | None
    author_id: str
    author: str
    labels: tuple[str, ...]
    severity: str
    state: ItemState
    opened_at: datetime
    due_at: datetime
    is_held: bool
    claimed_by: str | None
    claimed_until: datetime | None
    reports: tuple[ReportLine, ...]
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and since when."""

    open: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the queue, where the next one starts, and how much waits in all."""

    lines: tuple[Line, ...]
    next: str | None
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class View:
    """What one moderator may know of the queue after a change."""

    account_id: str
    waiting: Waiting
    sees_item: bool


def queue(unit: Unit, actor: Actor, wanted: QueueFilter) -> Page:
    """The part of the queue this moderator asked for, without what they may not see."""
    check_is_staff(actor)
    hidden = hidden_now(unit, actor)
    statement = _part(unit, actor, wanted, hidden)
    if wanted.label:
        statement = statement.where(ReviewItem.label == wanted.label)
    items = unit.session.scalars(statement.limit(PAGE + 1)).all()
    shown = items[:PAGE]
    after = _cursor(shown[-1], wanted.showing) if len(items) > PAGE else None
    return Page(_lines(unit, shown), after, _waiting(unit, hidden))


def next_free(unit: Unit, actor: Actor) -> str | None:
    """The item that should be taken next: the gravest, then the oldest that nobody has."""
    check_is_staff(actor)
    return unit.session.scalar(
        select(ReviewItem.id)
        .where(
            open_ones(hidden_now(unit, actor)),
            _is_free(actor, unit.now),
            or_(
                ReviewItem.group_id.is_(None),
                ReviewItem.group_id.not_in(hats(unit, actor)),
            ),
        )
        .order_by(ReviewItem.rank, ReviewItem.due_at, ReviewItem.id)
        .limit(1)
    )


def line_of(unit: Unit, item: ReviewItem) -> Line:
    """One item as a line of the queue."""
    return _lines(unit, [item])[0]


def waiting_for(unit: Unit, actor: Actor) -> Waiting:
    """How much this moderator can see waiting, and since when."""
    check_is_staff(actor)
    return _waiting(unit, hidden_now(unit, actor))


def waiting_by_staff(unit: Unit, item_id: str | None = None) -> tuple[View, ...]:
    """What each of the staff may hear of the queue now: own numbers, and whether the item is."""
    staff = staff_now(unit)
    tied = tied_items(unit, staff)
    count = _count_open(unit)
    oldest = unit.session.execute(
        select(ReviewItem.id, ReviewItem.opened_at)
        .where(ReviewItem.state == ItemState.OPEN)
        .order_by(ReviewItem.opened_at)
        .limit(len(tied) + 1)
    ).all()
    views = []
    for person_id in sorted(staff.ids):
        hidden = hidden_from(person_id, tied, staff)
        first = next((row.opened_at for row in oldest if row.id not in hidden), None)
        waiting = Waiting(count - len(hidden), first)
        views.append(View(person_id, waiting, item_id not in hidden))
    return tuple(views)


def _count_open(unit: Unit) -> int:
    everything = select(func.count()).select_from(ReviewItem)
    return unit.session.scalar(everything.where(ReviewItem.state == ItemState.OPEN)) or 0


def _waiting(unit: Unit, hidden: Collection[str]) -> Waiting:
    oldest = unit.session.scalar(
        select(ReviewItem.opened_at)
        .where(open_ones(hidden))
        .order_by(ReviewItem.opened_at)
        .limit(1)
    )
    return Waiting(_count_open(unit) - len(hidden), oldest)


def _part(
    unit: Unit, actor: Actor, wanted: QueueFilter, hidden: Collection[str]
) -> Select[ReviewItem]:
    if wanted.showing is Showing.DECIDED:
        newest = select(ReviewItem).where(decided_ones(unit, actor))
        return _from(newest, wanted.after, wanted.showing).order_by(
            ReviewItem.decided_at.desc(), ReviewItem.id.desc()
        )
    waiting = select(ReviewItem).where(open_ones(hidden))
    if wanted.showing is Showing.APPEALS:
        waiting = waiting.where(ReviewItem.target_kind == APPEAL)
    if wanted.showing is Showing.FREE:
        waiting = waiting.where(_is_free(actor, unit.now))
    if wanted.showing is Showing.MINE:
        waiting = waiting.where(
            ReviewItem.claimed_by == actor.id, ReviewItem.claimed_until > unit.now
        )
    return _from(waiting, wanted.after, wanted.showing).order_by(
        ReviewItem.rank, ReviewItem.due_at, ReviewItem.id
    )


def _is_free(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return or_(
        ReviewItem.claimed_by.is_(None),
        ReviewItem.claimed_by == actor.id,
        ReviewItem.claimed_until <= now,
    )


def _cursor(last: ReviewItem, showing: Showing) -> str:
    if showing is Showing.DECIDED:
        at = last.decided_at or last.opened_at
        return f"{(at - _START) // _MICROSECOND}.{last.id}"
    return f"{last.rank}.{(last.due_at - _START) // _MICROSECOND}.{last.id}"


def _from(statement: Select[ReviewItem], after: str, showing: Showing) -> Select[ReviewItem]:
    """Go on behind the last item of the page before; a cursor that cannot be read starts anew."""
    *numbers, item_id = after.split(".")
    if not all(number.isdecimal() and len(number) <= DIGITS for number in numbers):
        return statement
    match showing, [int(number) for number in numbers]:
        case Showing.DECIDED, [at]:
            last = tuple_(literal(_START + at * _MICROSECOND), literal(item_id))
            return statement.where(tuple_(ReviewItem.decided_at, ReviewItem.id) < last)
        case _, [rank, at] if showing is not Showing.DECIDED:
            place = tuple_(ReviewItem.rank, ReviewItem.due_at, ReviewItem.id)
            last = tuple_(literal(rank), literal(_START + at * _MICROSECOND), literal(item_id))
            return statement.where(place > last)
    return statement


def _lines(unit: Unit, items: Sequence[ReviewItem]) -> tuple[Line, ...]:
    reports = reports_of(unit, [item.id for item in items])
    people = accounts.people(unit, _people_in(items))
    names = {person_id: person.handle for person_id, person in people.items()}
    known = groups.groups_by_id(unit, {item.group_id for item in items if item.group_id})
    names |= {group_id: group.name for group_id, group in known.items()}
    return tuple(_line(item, reports[item.id], names, unit.now) for item in items)


def _people_in(items: Collection[ReviewItem]) -> set[str]:
    everybody = {item.author_id for item in items}
    everybody |= {item.claimed_by for item in items if item.claimed_by}
    return everybody | {item.decided_by for item in items if item.decided_by}


def _line(
    item: ReviewItem, reports: Sequence[ReportLine], names: dict[str, str], now: datetime
) -> Line:
    is_claimed = item.claimed_by and item.claimed_until and now < item.claimed_until
    is_mine_to_name = item.state == ItemState.OPEN and is_claimed
    state = ItemState.CLAIMED if is_mine_to_name else ItemState(item.state)
    return Line(
        id=item.id,
        kind=item.target_kind,
        target_id=item.target_id,
        room_id=item.room_id,
        group=names.get(item.group_id or ""),
        author_id=item.author_id,
        author=names.get(item.author_id, ""),
        labels=tuple(in_order(item.labels.split())),
        severity=item.severity,
        state=state,
        opened_at=item.opened_at,
        due_at=item.due_at,
        is_held=item.held_until is not None,
        claimed_by=names.get(item.claimed_by or "") if is_mine_to_name else None,
        claimed_until=item.claimed_until if is_mine_to_name else None,
        reports=tuple(reports),
        decision=item.decision,
        decided_by=names.get(item.decided_by or ""),
        decided_at=item.decided_at,
    )
