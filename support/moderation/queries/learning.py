"""How often moderators agreed with review: by rule and by label, with counts, over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from support.db.unit import Unit
from support.moderation.models import FoundLabel

AGREED, OVERTURNED = "agreed", "overturned"
WEEKS = 12
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tally:
    """Of so many findings that were judged, so many were right."""

    found: int
    agreed: int
    overturned: int

    @property
    def judged(self) -> int:
        """How many a moderator has said something of."""
        return self.agreed + self.overturned

    @property
    def precision(self) -> float | None:
        """The share that was right; None where nothing was judged."""
        return self.agreed / self.judged if self.judged else None


def by_rule(unit: Unit, since: datetime, rule_id: str = "") -> dict[str, Tally]:
    """Each rule's findings since then and what became of them; or one rule's alone."""
    one = (FoundLabel.rule_id == rule_id,) if rule_id else ()
    rows = unit.session.execute(
        select(
            FoundLabel.rule_id,
            func.count().label("found"),
            _count(FoundLabel.outcome == AGREED),
            _count(FoundLabel.outcome == OVERTURNED),
        )
        .where(FoundLabel.at >= since, *one)
        .group_by(FoundLabel.rule_id)
    )
    return {rule_id: Tally(found, agreed, over) for rule_id, found, agreed, over in rows}


def by_label(unit: Unit, now: datetime) -> dict[str, tuple[Tally, ...]]:
    """Each label's last twelve weeks, oldest first, in one statement.

    What counts are messages: ten rules that found one message with one label are one. Where what
    was said of them differs, the message was found rightly.
    """
    ends = [now - WEEK * back for back in range(WEEKS - 1, -1, -1)]
    columns: list[Any] = []
    once = (
        select(
            FoundLabel.label,
            func.max(FoundLabel.at).label("at"),
            func.min(FoundLabel.outcome).label("outcome"),
        )
        .where(FoundLabel.at > now - WEEK * WEEKS)
        .group_by(FoundLabel.label, FoundLabel.item_id)
        .subquery()
    )
    for end in ends:
        within = and_(once.c.at > end - WEEK, once.c.at <= end)
        columns.append(_count(within))
        columns.append(_count(and_(within, once.c.outcome == AGREED)))
        columns.append(_count(and_(within, once.c.outcome == OVERTURNED)))
    rows = unit.session.execute(select(once.c.label, *columns).group_by(once.c.label))
    return {row[0]: _weeks(row[1:]) for row in rows}


def _weeks(counts: Sequence[int]) -> tuple[Tally, ...]:
    return tuple(Tally(*counts[at : at + 3]) for at in range(0, len(counts), 3))


def _count(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
