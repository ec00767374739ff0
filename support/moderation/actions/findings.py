"""What automatic review saw goes to the desk, in the transaction that stores the words."""

from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.keeping import close_quietly, item_about, weigh
from support.moderation.models import FoundLabel, ReviewItem
from support.moderation.ports import TargetRef
from support.moderation.rules import Screening
from support.moderation.rules.desk import HELD_AT_MOST, Closing, wants_a_look


def file_findings(unit: Unit, target: TargetRef, screening: Screening, held: bool) -> str | None:
    """Put what review found on the desk; call it for words that were edited, too."""
    severity = Severity(screening.severity)
    if not wants_a_look(severity, held=held):
        return _now_in_order(unit, target)
    item = item_about(unit, target)
    for finding in screening.findings:
        unit.session.add(
            FoundLabel(
                item_id=item.id,
                label=finding.label,
                severity=finding.severity,
                rule_id=finding.rule_id,
                rules_version=screening.rules_version,
                span_start=finding.start,
                span_end=finding.end,
                at=unit.now,
            )
        )
    weigh(item, screening.labels, severity)
    item.held_until = unit.now + HELD_AT_MOST if held else None
    queue_changed(unit, item.id)
    return item.id


def show_repeated(unit: Unit, target: TargetRef) -> None:
    """The same words stand in several rooms; review sees nothing in them, so there is no label."""
    if queries.open_item(unit, target.kind, target.id) is not None:
        return
    item = item_about(unit, target)
    weigh(item, (), Severity.WATCH)
    queue_changed(unit, item.id)


def withdrawn(unit: Unit, kind: str, target_id: str) -> None:
    """The author took the words back: held ones need no decision, reported ones still do."""
    item = queries.open_item(unit, kind, target_id)
    if item is None:
        return
    item.held_until = None
    if is_settled(unit, item):
        close_quietly(unit, item, Closing.WITHDRAWN)
    queue_changed(unit, item.id)


def _now_in_order(unit: Unit, target: TargetRef) -> str | None:
    """Words that were held and are fine now, said in another way, leave the queue by themselves."""
    item = queries.open_item(unit, target.kind, target.id)
    if item is None:
        return None
    item.held_until = None
    if is_settled(unit, item):
        close_quietly(unit, item, Closing.REWORDED)
    queue_changed(unit, item.id)
    return item.id


def is_settled(unit: Unit, item: ReviewItem) -> bool:
    """Whether nothing is left for a moderator once the words are away: no complaint, no danger."""
    grave = Severity(item.severity).rank >= Severity.URGENT.rank
    return not grave and not queries.has_reports(unit, item.id)
