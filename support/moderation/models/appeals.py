"""Appeals: a second look by somebody else, once for each action."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_ONE_ACTION = "(sanction_id IS NULL AND decision_id IS NOT NULL)"
_OR_THE_OTHER = "(sanction_id IS NOT NULL AND decision_id IS NULL)"


class Appeal(Base):
    """Somebody asks that another moderator looks again at one action; the answer is final."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("sanction_id"),
        UniqueConstraint("decision_id"),
        UniqueConstraint("item_id"),
        Index("ix_appeal_account", "account_id", "at"),
        Index("ix_appeal_answered", "answered_at"),
        CheckConstraint(f"{_ONE_ACTION} OR {_OR_THE_OTHER}", name="one_action"),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('keep', 'shorten', 'lift')", name="outcome"
        ),
        CheckConstraint(
            "answered_by IS NULL OR (answered_by <> account_id AND answered_by <> against_id)",
            name="somebody_else",
        ),
        CheckConstraint(
            "answered_by IS NULL OR second_id IS NULL OR answered_by <> second_id",
            name="nor_who_cosigned",
        ),
        CheckConstraint(
            "(answered_at IS NULL) = (outcome IS NULL) AND (outcome IS NULL) = (reply IS NULL)"
            " AND (outcome IS NULL) = (answered_by IS NULL)",
            name="answered_whole",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    sanction_id: Mapped[str | None] = mapped_column(ForeignKey("sanction.id"))
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"))
    against_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    second_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    rule: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    outcome: Mapped[str | None]
    reply: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any] | None]
