"""Open an item, weigh it as more comes in, close it without a moderator."""

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from support.base.severity import Severity, gravest
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import Decision, ReviewItem
from support.moderation.ports import TargetRef
from support.moderation.rules.desk import Closing, ItemState, due_at, in_order, rank


def item_about(unit: Unit, ref: TargetRef) -> ReviewItem:
    """The one open item about these words; of two opened at once, one stays."""
    item = queries.open_item(unit, ref.kind, ref.id)
    if item is not None:
        return item
    try:
        with unit.session.begin_nested():
            item = _new(unit, ref)
            unit.session.add(item)
    except IntegrityError:
        item = queries.open_item(unit, ref.kind, ref.id)
        if item is None:
            raise
    return item


def weigh(item: ReviewItem, labels: Collection[str], severity: Severity) -> None:
    """Let what was just reported or found count towards the item's place in the queue."""
    known = in_order([*item.labels.split(), *labels])
    graver = gravest((Severity(item.severity), severity))
    item.labels, item.label, item.severity = " ".join(known), next(iter(known), ""), graver
    item.rank = rank(known, graver)
    item.due_at = due_at(graver, item.opened_at)


def close_quietly(unit: Unit, item: ReviewItem, closing: Closing) -> None:
    """The matter is over without a moderator: nothing is left to decide."""
    item.state, item.decision = ItemState.DECIDED, closing
    item.decided_at, item.claimed_by, item.claimed_until = unit.now, None, None
    unit.session.add(
        Decision(
            item_id=item.id,
            by_id=None,
            verdict=closing,
            reason="",
            rule="",
            at=unit.now,
            state_before="",
        )
    )


def _new(unit: Unit, ref: TargetRef) -> ReviewItem:
    return ReviewItem(
        target_kind=ref.kind,
        target_id=ref.id,
        author_id=ref.author_id,
        room_id=ref.room_id,
        group_id=ref.group_id,
        labels="",
        label="",
        severity=Severity.NONE,
        rank=rank((), Severity.NONE),
        state=ItemState.OPEN,
        opened_at=unit.now,
        due_at=due_at(Severity.NONE, unit.now),
    )
