"""What the desk announces after the commit."""

from dataclasses import dataclass
from typing import Any

from support.db.crossing import Crossing, Looking, crosses
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.queries import View
from support.moderation.rules.desk import Verdict


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Something in the queue moved; each moderator hears their own numbers."""

    item_id: str
    views: tuple[View, ...]


def _which(fact: QueueChanged) -> dict[str, Any]:
    return {"item": fact.item_id}


def _as_it_is(looking: Looking, body: dict[str, Any]) -> QueueChanged:
    with looking() as unit:
        return QueueChanged(body["item"], queries.waiting_by_staff(unit, body["item"]))


crosses(QueueChanged, Crossing(name="QueueChanged", pack=_which, unpack=_as_it_is))


@dataclass(frozen=True, slots=True)
class ItemDecided:
    """A moderator decided about somebody's words."""

    item_id: str
    target_kind: str
    target_id: str
    verdict: Verdict


def queue_changed(unit: Unit, item_id: str) -> None:
    """Tell the desk, everybody as much as they may know."""
    unit.session.flush()
    unit.announce(QueueChanged(item_id, queries.waiting_by_staff(unit, item_id)))
