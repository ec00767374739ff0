"""The table of plans: each line sealed."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base


class PlanLine(Base):
    """One line of somebody's plan; its words open with the key of the house and for them alone."""

    __tablename__ = "plan_line"
    __table_args__ = (Index("ix_plan_line_account_id_place", "account_id", "place", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    heading: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes]
    place: Mapped[int]
