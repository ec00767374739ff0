"""Read the sealed lines; they are opened by the actions, which hold the key."""

from sqlalchemy import func, select

from support.db.unit import Unit
from support.journal.models import PlanLine
from support.journal.rules import MOST_LINES


def lines_of(unit: Unit, account_id: str) -> list[PlanLine]:
    """A person's lines, oldest first."""
    mine = select(PlanLine).where(PlanLine.account_id == account_id)
    rows = unit.session.scalars(mine.order_by(PlanLine.place, PlanLine.id).limit(MOST_LINES))
    return list(rows)


def room_for_one_more(unit: Unit, account_id: str) -> int | None:
    """The place of a person's next line; None where their plan is full."""
    mine = PlanLine.account_id == account_id
    count, last = unit.session.execute(
        select(func.count(), func.max(PlanLine.place)).where(mine)
    ).one()
    return (last or 0) + 1 if count < MOST_LINES else None


def own_line(unit: Unit, account_id: str, line_id: str) -> PlanLine | None:
    """A line, only if it is this person's."""
    line = unit.session.get(PlanLine, line_id)
    return line if line is not None and line.account_id == account_id else None
