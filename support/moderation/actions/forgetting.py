"""What the desk keeps of a person: handed out when they ask, forgotten when they go."""

from typing import Any

from sqlalchemy import select, update

from support.base.clock import wire
from support.db.unit import Unit
from support.moderation import queries
from support.moderation.actions.sealing import destroy, forget_lines_of
from support.moderation.models import Appeal, Report, ReviewItem, Sanction
from support.moderation.rules.desk import ItemState


class DeskMemory:
    """The desk's part in erasure and in export; only evidence of open matters outlasts a person."""

    name = "moderation"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget what they wrote in reports, and their words sealed for what is settled."""
        decided = select(ReviewItem.id).where(ReviewItem.state == ItemState.DECIDED)
        unit.session.execute(
            update(Report)
            .where(Report.reporter_id == account_id, Report.item_id.in_(decided))
            .values(details="")
            .execution_options(synchronize_session=False)
        )
        unit.session.execute(
            update(Appeal)
            .where(Appeal.account_id == account_id, Appeal.answered_at.is_not(None))
            .values(text="", reply="")
            .execution_options(synchronize_session=False)
        )
        destroy(unit, queries.settled_seals_about(unit, account_id), "erased")
        forget_lines_of(unit, account_id)

    def export(self, unit: Unit, account_id: str) -> Any:
        """Their own reports, and what was decided about them."""
        reports = unit.session.scalars(
            select(Report).where(Report.reporter_id == account_id).order_by(Report.at)
        )
        sanctions = unit.session.scalars(
            select(Sanction).where(Sanction.account_id == account_id).order_by(Sanction.at)
        )
        appeals = unit.session.scalars(
            select(Appeal).where(Appeal.account_id == account_id).order_by(Appeal.at)
        )
        return {
            "appeals": [
                {
                    "text": one.text,
                    "at": wire(one.at),
                    "outcome": one.outcome,
                    "reply": one.reply,
                }
                for one in appeals
            ],
            "reports": [
                {"reason": one.reason, "details": one.details, "at": wire(one.at)}
                for one in reports
            ],
            "sanctions": [
                {
                    "kind": one.kind,
                    "state": one.state,
                    "reason": one.reason,
                    "rule": one.rule,
                    "at": wire(one.at),
                    "until": wire(one.until) if one.until else None,
                }
                for one in sanctions
            ],
        }
