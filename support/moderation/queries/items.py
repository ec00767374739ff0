"""One item: found by its address or its target, with all that a moderator needs to judge it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.models import Decision, FoundLabel, Report, ReviewItem
from support.moderation.queries.conflicts import may_see
from support.moderation.rules.desk import ItemState, Reason, check_is_staff

MESSAGE, MOST_FOLDED = "message", 200


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What somebody complained about; who it was is told to nobody."""

    reason: str
    details: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingLine:
    """What review saw, by which rule, and where in the words."""

    label: str
    severity: str
    rule_id: str
    rules_version: str
    start: int
    end: int


def item_for(unit: Unit, actor: Actor, item_id: str) -> ReviewItem:
    """The item, if it exists for this moderator; nobody sees one about themselves."""
    check_is_staff(actor)
    item = unit.session.get(ReviewItem, item_id)
    if item is None or not may_see(unit, actor, item):
        raise NotFound("There is no such entry.")
    return item


def open_item(unit: Unit, kind: str, target_id: str) -> ReviewItem | None:
    """The one open item about a target, locked until this transaction ends."""
    return unit.session.scalar(
        select(ReviewItem)
        .where(
            ReviewItem.target_kind == kind,
            ReviewItem.target_id == target_id,
            ReviewItem.state == ItemState.OPEN,
        )
        .with_for_update()
    )


def open_targets(unit: Unit, kind: str, target_ids: Collection[str]) -> set[str]:
    """Those of these targets that an open item is about."""
    if not target_ids:
        return set()
    found = select(ReviewItem.target_id).where(
        ReviewItem.target_kind == kind,
        ReviewItem.target_id.in_(target_ids),
        ReviewItem.state == ItemState.OPEN,
    )
    return set(unit.session.scalars(found))


def own_report(unit: Unit, reporter_id: str, kind: str, target_id: str) -> str | None:
    """The report this person has already made about a target."""
    return unit.session.scalar(
        select(Report.id)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(
            Report.reporter_id == reporter_id,
            ReviewItem.target_kind == kind,
            ReviewItem.target_id == target_id,
        )
        .limit(1)
    )


def folded_for(unit: Unit, reporter_id: str, room_id: str) -> list[str]:
    """What this person reported in a room: their own page folds it away, and nobody else's.

    Words of somebody they fear for stay open: that report is a worry and no complaint.
    """
    found = unit.session.scalars(
        select(ReviewItem.target_id)
        .join(Report, Report.item_id == ReviewItem.id)
        .where(
            Report.reporter_id == reporter_id,
            Report.reason != Reason.CRISIS,
            ReviewItem.target_kind == MESSAGE,
            ReviewItem.room_id == room_id,
        )
        .order_by(Report.at.desc())
        .limit(MOST_FOLDED)
    )
    return list(found)


def has_reports(unit: Unit, item_id: str) -> bool:
    """Whether anybody complained, apart from what review found."""
    found = select(Report.id).where(Report.item_id == item_id).limit(1)
    return unit.session.scalar(found) is not None


def reporter_ids(unit: Unit, item_id: str) -> list[str]:
    """Whom to tell what came of their report."""
    return list(unit.session.scalars(select(Report.reporter_id).where(Report.item_id == item_id)))


def reports_of(unit: Unit, item_ids: Collection[str]) -> dict[str, list[ReportLine]]:
    """The complaints behind each of these items, oldest first."""
    lines: dict[str, list[ReportLine]] = {item_id: [] for item_id in item_ids}
    rows = unit.session.scalars(
        select(Report).where(Report.item_id.in_(item_ids)).order_by(Report.at, Report.id)
    )
    for row in rows:
        lines[row.item_id].append(ReportLine(row.reason, row.details, row.at))
    return lines


def findings_of(unit: Unit, item_id: str) -> list[FindingLine]:
    """What review saw the last time it read the words, in the order of the words."""
    newest = select(func.max(FoundLabel.at)).where(FoundLabel.item_id == item_id).scalar_subquery()
    rows = unit.session.scalars(
        select(FoundLabel)
        .where(FoundLabel.item_id == item_id, FoundLabel.at == newest)
        .order_by(FoundLabel.span_start, FoundLabel.rule_id)
    )
    return [
        FindingLine(
            row.label, row.severity, row.rule_id, row.rules_version, row.span_start, row.span_end
        )
        for row in rows
    ]


def standing_decision(unit: Unit, item_id: str) -> Decision | None:
    """The decision that holds for an item, if one does."""
    return unit.session.scalar(
        select(Decision).where(Decision.item_id == item_id, Decision.undone_at.is_(None))
    )


def open_target_ids(unit: Unit, kinds: Collection[str]) -> set[str]:
    """Words of these kinds that an open entry is about."""
    rows = unit.session.scalars(
        select(ReviewItem.target_id).where(
            ReviewItem.target_kind.in_(kinds), ReviewItem.state == ItemState.OPEN
        )
    )
    return set(rows)
