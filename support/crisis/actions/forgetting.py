"""What crisis work keeps of a person: handed out when they ask, forgotten when they go."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from support.base.clock import wire
from support.crisis.models import Case, CaseHost, CaseNote, Rest, RotaChange, RotaShift, RotaSwap
from support.db.unit import Unit

NOTES_KEPT_FOR = timedelta(days=90)


class CaseMemory:
    """The crisis desk's part in erasure and in export. An open case is never closed by leaving."""

    name = "cases"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Empty the notes of their closed cases, and take them off the rota."""
        closed = select(Case.id).where(Case.person_id == account_id, Case.state == "closed")
        unit.session.execute(
            update(CaseNote)
            .where(CaseNote.case_id.in_(closed))
            .values(body="")
            .execution_options(synchronize_session=False)
        )
        unit.session.execute(delete(RotaShift).where(RotaShift.account_id == account_id))
        unit.session.execute(delete(RotaChange).where(RotaChange.account_id == account_id))
        asked = (RotaSwap.asker_id == account_id) | (RotaSwap.taker_id == account_id)
        unit.session.execute(delete(RotaSwap).where(asked))
        unit.session.execute(delete(Rest).where(Rest.account_id == account_id))
        unit.session.execute(delete(CaseHost).where(CaseHost.account_id == account_id))

    def export(self, unit: Unit, account_id: str) -> Any:
        """Their own cases: when, how grave, how they ended. Staff's notes are staff's words."""
        rows = unit.session.execute(
            select(Case.severity, Case.state, Case.opened_at, Case.closed_at, Case.outcome)
            .where(Case.person_id == account_id)
            .order_by(Case.opened_at)
        )
        return [
            {
                "severity": row.severity,
                "state": row.state,
                "opened_at": wire(row.opened_at),
                "closed_at": wire(row.closed_at) if row.closed_at else None,
                "outcome": row.outcome,
            }
            for row in rows
        ]


def tidy(unit: Unit) -> int:
    """Empty the notes of cases closed ninety days ago; that there were notes, and when, stays."""
    old = select(Case.id).where(Case.closed_at < unit.now - NOTES_KEPT_FOR)
    emptied = (
        update(CaseNote)
        .where(CaseNote.case_id.in_(old), CaseNote.body != "")
        .values(body="")
        .returning(CaseNote.id)
    )
    return len(unit.session.scalars(emptied).all())
