"""Hosts decide about words of little risk that wait in their own room; all else is the desk's."""

from dataclasses import dataclass

from sqlalchemy import select

from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.decisions import judge
from support.moderation.forms import DecideForm
from support.moderation.models import ReviewItem
from support.moderation.rules.desk import ItemState, check_is_free
from support.moderation.rules.hosted import (
    LET_THROUGH,
    SENTENCES,
    Choice,
    Waiting,
    Wording,
    check_may_decide,
    is_low_risk,
    rule_of,
    verdict_of,
)

MOST = 50
HELD = "held"


@dataclass(frozen=True, slots=True)
class Hold:
    """An entry that the hosts of its room may decide about."""

    item_id: str
    target_id: str
    author_id: str
    labels: tuple[str, ...]


def holds_in(unit: Unit, actor: Actor, room_id: str) -> list[Hold]:
    """What waits in a room and is this host's to decide, oldest first; nothing of their own."""
    rows = unit.session.scalars(
        select(ReviewItem)
        .where(
            ReviewItem.room_id == room_id,
            ReviewItem.target_kind == "message",
            ReviewItem.state == ItemState.OPEN,
            ReviewItem.held_until.is_not(None),
            ReviewItem.author_id != actor.id,
        )
        .order_by(ReviewItem.opened_at, ReviewItem.id)
        .limit(MOST)
    ).all()
    near = queries.near(unit, actor.id)
    return [_hold(row) for row in rows if row.author_id not in near and _is_low(unit, row)]


def decide_hold(
    unit: Unit, actor: Actor, item_id: str, choice: Choice, wording: Wording | None
) -> str:
    """Let the words through, or hand them back with a kind sentence; the id of the words."""
    item = unit.session.get(ReviewItem, item_id)
    if item is None or item.target_kind != "message":
        raise NotFound("There is no such entry.")
    if item.state != ItemState.OPEN:
        raise Conflict("Somebody has decided this already.")
    check_may_decide(actor.id, queries.near(unit, actor.id), _waiting(unit, item))
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    labels = item.labels.split()
    reason = SENTENCES[wording or Wording.SELF] if choice is Choice.REWORD else LET_THROUGH
    form = DecideForm(verdict_of(choice), None, reason, rule_of(labels))
    judge(unit, actor, item, form)
    return item.target_id


def room_of_hold(unit: Unit, item_id: str) -> str | None:
    """The room in which these words wait."""
    item = unit.session.get(ReviewItem, item_id)
    return item.room_id if item else None


def _hold(item: ReviewItem) -> Hold:
    return Hold(item.id, item.target_id, item.author_id, tuple(item.labels.split()))


def _is_low(unit: Unit, item: ReviewItem) -> bool:
    return is_low_risk(_waiting(unit, item))


def _waiting(unit: Unit, item: ReviewItem) -> Waiting:
    return Waiting(
        author_id=item.author_id,
        labels=tuple(item.labels.split()),
        severity=Severity(item.severity),
        is_held=item.held_until is not None,
        is_reported=queries.has_reports(unit, item.id),
    )
