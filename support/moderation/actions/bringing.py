"""Areas above bring words to the desk that nobody reported and review need not have found."""

from collections.abc import Collection

from support.audit import actions as audit
from support.base.severity import Severity
from support.db.unit import Unit
from support.moderation.actions.facts import queue_changed
from support.moderation.actions.keeping import item_about, weigh
from support.moderation.ports import TargetRef


def bring(unit: Unit, target: TargetRef, labels: Collection[str], severity: Severity) -> str:
    """An entry about these words, or the one that is open already; its id."""
    item = item_about(unit, target)
    weigh(item, labels, severity)
    audit.record(unit, None, "moderation.brought", f"item:{item.id}", kind=target.kind)
    queue_changed(unit, item.id)
    return item.id
