"""Counts of a month for everybody to read: what came in, what was decided, how appeals ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from support.db.unit import Unit
from support.moderation.models import Appeal, Report, ReviewItem, Sanction
from support.moderation.rules.appeals import APPEAL, Outcome
from support.moderation.rules.desk import ItemState, SanctionKind, Verdict
from support.moderation.rules.months import shown

_VERDICTS = (Verdict.ALLOW, Verdict.REWORD, Verdict.KEEP, Verdict.REMOVE)


@dataclass(frozen=True, slots=True)
class Month:
    """One month; None stands for a count under five."""

    name: str
    counts: dict[str, int | None]


def month(unit: Unit, name: str, start: datetime, end: datetime) -> Month:
    """The counts of one month, none of them small enough to point at anybody."""
    counts = {
        "reports": _reports(unit, start, end),
        **_decisions(unit, start, end),
        **_sanctions(unit, start, end),
        **_appeals(unit, start, end),
    }
    return Month(name, {code: shown(count) for code, count in counts.items()})


def _reports(unit: Unit, start: datetime, end: datetime) -> int:
    wanted = select(func.count()).select_from(Report).where(Report.at >= start, Report.at < end)
    return unit.session.scalar(wanted) or 0


def _decisions(unit: Unit, start: datetime, end: datetime) -> dict[str, int]:
    rows = unit.session.execute(
        select(ReviewItem.decision, func.count())
        .where(
            ReviewItem.state == ItemState.DECIDED,
            ReviewItem.decided_at >= start,
            ReviewItem.decided_at < end,
            ReviewItem.target_kind != APPEAL,
        )
        .group_by(ReviewItem.decision)
    )
    found = {decision: count for decision, count in rows}
    return {f"words_{verdict.value}": found.get(verdict, 0) for verdict in _VERDICTS}


def _sanctions(unit: Unit, start: datetime, end: datetime) -> dict[str, int]:
    rows = unit.session.execute(
        select(Sanction.kind, func.count())
        .where(Sanction.at >= start, Sanction.at < end, Sanction.meanwhile_for.is_(None))
        .group_by(Sanction.kind)
    )
    found = {kind: count for kind, count in rows}
    return {f"person_{kind.value}": found.get(kind, 0) for kind in SanctionKind}


def _appeals(unit: Unit, start: datetime, end: datetime) -> dict[str, int]:
    rows = unit.session.execute(
        select(Appeal.outcome, func.count())
        .where(Appeal.answered_at >= start, Appeal.answered_at < end)
        .group_by(Appeal.outcome)
    )
    found = {outcome: count for outcome, count in rows}
    return {f"appeal_{outcome.value}": found.get(outcome, 0) for outcome in Outcome}
