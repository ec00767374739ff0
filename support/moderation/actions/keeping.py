"""Open an item, weigh it as more comes in, close it without a moderator, keep what was said."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from support.base.severity import Severity, gravest
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import Decision, Evidence, ReviewItem
from support.moderation.ports import Snapshot, TargetRef
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


def keep_evidence(unit: Unit, item: ReviewItem, words: Snapshot) -> None:
    """Keep the words as they stand now; the same words are kept once."""
    digest = hashlib.sha256(words.body.encode()).hexdigest()
    if not words.body or queries.has_evidence(unit, item.id, digest):
        return
    unit.session.add(
        Evidence(
            item_id=item.id,
            author_id=words.author_id,
            body=words.body,
            state=words.state,
            said_at=words.at,
            taken_at=unit.now,
            digest=digest,
        )
    )


def seal(unit: Unit, kind: str, target_id: str, said: tuple[str, str, datetime]) -> None:
    """Words whose time in their room is over stay sealed as long as a matter about them is open.

    `said` is the words, the state they were in, and when they were said.
    """
    item = queries.open_item(unit, kind, target_id)
    if item is None:
        return
    body, state, at = said
    keep_evidence(unit, item, Snapshot(item.author_id, item.room_id, body, state, at))


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
