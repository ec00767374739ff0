"""Around the second look: whether it has anything to add, and up to where it has come."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from support.base.severity import Severity, gravest
from support.db.insert import insert_new
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.models import FoundLabel, LookMark, ReviewItem
from support.moderation.ports import TargetRef
from support.moderation.rules import Screening
from support.moderation.rules.desk import ItemState

SILENT = timedelta(seconds=15)


def adds_to(unit: Unit, target: TargetRef, screening: Screening, said_at: datetime) -> bool:
    """Whether findings say more than is known about these words; a person's word is the last."""
    if _was_judged(unit, target, said_at):
        return False
    item = queries.open_item(unit, target.kind, target.id)
    known = _found(unit, item) if item else {}
    if screening.holds and (item is None or item.held_until is None):
        return True
    return any(
        each.severity.rank > known.get(each.label, Severity.NONE).rank
        for each in screening.findings
    )


def mark_looked(unit: Unit, process: str, looked_to: datetime) -> None:
    """Remember up to where a process has come."""
    row = {"looked_to": looked_to, "beat_at": unit.now}
    changed = update(LookMark).where(LookMark.process == process).values(row)
    if unit.session.scalar(changed.returning(LookMark.process)) is None:
        insert_new(unit, LookMark, {"process": process, **row})


def take_over_looks(
    unit: Unit, process: str, *, alone: bool, died: Collection[str] = ()
) -> datetime | None:
    """From where to look again for processes that ended; with `alone` every other one has.

    Whoever is known to have `died` is not waited for. A row is taken once, whoever else asks.
    """
    ended = LookMark.process != process
    if not alone:
        ended &= (LookMark.beat_at < unit.now - SILENT) | LookMark.process.in_(died)
    gone = delete(LookMark).where(ended).returning(LookMark.looked_to)
    return min(unit.session.scalars(gone), default=None)


def _was_judged(unit: Unit, target: TargetRef, said_at: datetime) -> bool:
    decided = select(ReviewItem.id).where(
        ReviewItem.target_kind == target.kind,
        ReviewItem.target_id == target.id,
        ReviewItem.state == ItemState.DECIDED,
        ReviewItem.decided_by.is_not(None),
        ReviewItem.decided_at >= said_at,
    )
    return unit.session.scalar(decided.limit(1)) is not None


def _found(unit: Unit, item: ReviewItem) -> dict[str, Severity]:
    rows = unit.session.execute(
        select(FoundLabel.label, FoundLabel.severity).where(FoundLabel.item_id == item.id)
    ).all()
    return {
        label: gravest(Severity(severity) for name, severity in rows if name == label)
        for label in {label for label, _ in rows}
    }
