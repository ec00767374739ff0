"""Tables of the rule desk: versions of the rules, the changes in a draft, and what they rest on."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_LIVE = text("state = 'live'")
_DRAFT = text("state = 'draft'")


class RuleText(Base):
    """The rule files of one release, as they were shipped, by their version."""

    __tablename__ = "rule_text"

    version: Mapped[str] = mapped_column(primary_key=True)
    documents: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RuleSet(Base):
    """One version of the rules: a release with changes laid over it. One is live, one a draft."""

    __tablename__ = "rule_set"
    __table_args__ = (
        Index("uq_rule_set_live", "state", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "uq_rule_set_draft", "state", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT
        ),
        Index("ix_rule_set_made_at", "made_at"),
        Index("ix_rule_set_base", "base"),
        CheckConstraint("state IN ('draft', 'live', 'retired', 'dropped')", name="state"),
        CheckConstraint(
            "made_by IS NULL OR approved_by IS NULL OR made_by <> approved_by", name="two_people"
        ),
        CheckConstraint(
            "made_by IS NULL OR state IN ('draft', 'dropped') OR approved_by IS NOT NULL",
            name="approved",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[str]
    state: Mapped[str]
    base: Mapped[str] = mapped_column(ForeignKey("rule_text.version"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("rule_set.id"))
    overlay: Mapped[dict[str, Any]]
    made_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    rehearsed_version: Mapped[str | None]
    rehearsed_at: Mapped[datetime | None]
    rehearsed_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    rehearsal: Mapped[dict[str, Any] | None]
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    live_at: Mapped[datetime | None]


class RuleEdit(Base):
    """One rule changed in a draft: by whom and why. Who is named here cannot approve the draft."""

    __tablename__ = "rule_edit"
    __table_args__ = (UniqueConstraint("set_id", "rule_id", "by_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    set_id: Mapped[str] = mapped_column(ForeignKey("rule_set.id"))
    rule_id: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
