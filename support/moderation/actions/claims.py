"""Take an item into one's hands for two minutes at a time, or put it back."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.team import looked_at
from support.moderation.models import ReviewItem
from support.moderation.rules.desk import LEASE, ItemState, check_hat, check_is_free
from support.moderation.rules.team import check_is_at_work

DECIDED = "Somebody has decided this already."
FIRST = "Another moderator was first."


def claim(unit: Unit, actor: Actor, item_id: str) -> datetime:
    """Take the item, or keep it two minutes longer; while it lasts nobody else decides."""
    item = queries.item_for(unit, actor, item_id)
    if item.state != ItemState.OPEN:
        raise Conflict(DECIDED)
    check_is_free(actor.id, item.claimed_by, item.claimed_until, unit.now)
    check_hat(item.group_id, queries.hats(unit, actor))
    is_new = item.claimed_by != actor.id or (item.claimed_until or unit.now) <= unit.now
    until = unit.now + LEASE
    taken = unit.session.execute(
        update(ReviewItem)
        .where(ReviewItem.id == item_id, *_free_for(unit, actor))
        .values(claimed_by=actor.id, claimed_until=until)
        .returning(ReviewItem.id)
    ).first()
    if taken is None:
        raise Conflict(FIRST)
    if is_new:
        looked_at(unit, actor, item)
        audit.record(unit, actor.id, "moderation.item_claimed", f"item:{item_id}")
        queue_changed(unit, item_id)
    return until


def win(unit: Unit, actor: Actor, item: ReviewItem, **decided: str | None) -> None:
    """Of everybody who decides now, the one whose statement still finds the item open and free."""
    won = unit.session.execute(
        update(ReviewItem)
        .where(ReviewItem.id == item.id, *_free_for(unit, actor))
        .values(
            state=ItemState.DECIDED,
            decided_by=actor.id,
            decided_at=unit.now,
            claimed_by=None,
            claimed_until=None,
            **decided,
        )
        .returning(ReviewItem.id)
    ).first()
    if won is None:
        raise Conflict(FIRST)
    unit.session.refresh(item)


def reopen(unit: Unit, actor: Actor, item: ReviewItem) -> None:
    """A decision was taken back: the item is open again, in the hands of who took it back."""
    item.state = ItemState.OPEN
    item.decided_by = item.decided_at = item.decision = item.reason = item.rule = None
    item.claimed_by, item.claimed_until = actor.id, unit.now + LEASE
    unit.session.flush()


def _free_for(unit: Unit, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    is_free = or_(
        ReviewItem.claimed_by.is_(None),
        ReviewItem.claimed_by == actor.id,
        ReviewItem.claimed_until <= unit.now,
    )
    return ReviewItem.state == ItemState.OPEN, is_free


def take_next(unit: Unit, actor: Actor) -> str:
    """Claim the gravest, then oldest item that nobody has."""
    check_is_at_work(queries.paused_until(unit, actor.id))
    item_id = queries.next_free(unit, actor)
    if item_id is None:
        raise NotFound("Nothing waits.")
    claim(unit, actor, item_id)
    return item_id


def release(unit: Unit, actor: Actor, item_id: str) -> None:
    """Put the item back; with no claim of one's own nothing happens."""
    item = queries.item_for(unit, actor, item_id)
    if item.state != ItemState.OPEN or item.claimed_by != actor.id:
        return
    item.claimed_by = item.claimed_until = None
    audit.record(unit, actor.id, "moderation.item_released", f"item:{item_id}")
    queue_changed(unit, item_id)
