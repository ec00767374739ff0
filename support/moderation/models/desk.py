"""Items of the queue, what they rest on, what was decided, and what happens to people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_OPEN = text("state = 'open'")
_DECIDED = text("state = 'decided'")
_STANDING = text("undone_at IS NULL")
_LIVE = text("state IN ('pending', 'in_force')")
_ONE_EACH_WAY = "needs_second OR kind NOT IN ('ban', 'suspend') OR minutes <= 10080"
_STOPPED = text("about_staff AND meanwhile_for IS NOT NULL AND state = 'in_force'")
_COLLEAGUE = (
    "NOT about_staff OR by_id IS NULL OR kind IN ('warn', 'remove_from_group') OR needs_second"
    " OR cosigned_by IS NOT NULL OR (meanwhile_for IS NOT NULL AND coalesce(minutes, 61) <= 60)"
)


class ReviewItem(Base):
    """One entry of the queue: everything that was reported or found about one target."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index(
            "uq_review_item_open_target",
            "target_kind",
            "target_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_review_item_queue",
            "rank",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_review_item_oldest",
            "opened_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_review_item_held_until",
            "held_until",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_review_item_decided",
            "decided_at",
            "id",
            sqlite_where=_DECIDED,
            postgresql_where=_DECIDED,
        ),
        Index(
            "ix_review_item_label_queue",
            "label",
            "rank",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_review_item_label_decided",
            "label",
            "decided_at",
            "id",
            sqlite_where=_DECIDED,
            postgresql_where=_DECIDED,
        ),
        Index(
            "ix_review_item_open_author",
            "author_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_review_item_target", "target_kind", "target_id"),
        Index("ix_review_item_author", "author_id", "decision", "decided_at"),
        CheckConstraint("state IN ('open', 'decided')", name="state"),
        CheckConstraint("state = 'open' OR decision IS NOT NULL", name="decision"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    target_kind: Mapped[str]
    target_id: Mapped[str]
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    room_id: Mapped[str | None]
    group_id: Mapped[str | None]
    labels: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    severity: Mapped[str]
    rank: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    claimed_until: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    rule: Mapped[str | None]


class Report(Base):
    """One person's complaint about the target of an item."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("item_id", "reporter_id"),
        Index("ix_report_reporter", "reporter_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"))
    reporter_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    details: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class FoundLabel(Base):
    """What automatic review saw in the target: which rule, of which version, and where."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_item", "item_id"),
        Index("ix_finding_rule", "rule_id", "at"),
        Index("ix_finding_learned", "at", "label", "rule_id", "outcome"),
        CheckConstraint("outcome IN ('agreed', 'overturned')", name="outcome"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"))
    label: Mapped[str]
    severity: Mapped[str]
    rule_id: Mapped[str]
    rules_version: Mapped[str]
    span_start: Mapped[int]
    span_end: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str | None]


class Decision(Base):
    """What was decided about an item, and whether it was taken back. One stands at a time."""

    __tablename__ = "decision"
    __table_args__ = (
        Index(
            "uq_decision_standing",
            "item_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_decision_by", "by_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    verdict: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str]
    at: Mapped[datetime]
    state_before: Mapped[str]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))


class Sanction(Base):
    """What happens to a person's account: by whom, why, until when. A grave one needs two.

    `by_id` is empty where the operator did it by a command, which needs no second. About one of
    the team every limit takes two, and one person stops one colleague at a time.
    """

    __tablename__ = "sanction"
    __table_args__ = (
        Index("ix_sanction_account", "account_id", "at"),
        Index("ix_sanction_live", "state", "until", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_sanction_decision", "decision_id"),
        Index("ix_sanction_meanwhile", "meanwhile_for"),
        Index(
            "uq_sanction_colleague_stopped",
            "by_id",
            unique=True,
            sqlite_where=_STOPPED,
            postgresql_where=_STOPPED,
        ),
        CheckConstraint("by_id <> account_id", name="not_oneself"),
        CheckConstraint(
            "cosigned_by IS NULL OR (cosigned_by <> by_id AND cosigned_by <> account_id)",
            name="nobody_signs_alone",
        ),
        CheckConstraint(
            "NOT needs_second OR state <> 'in_force' OR cosigned_by IS NOT NULL",
            name="two_signatures",
        ),
        CheckConstraint(
            f"by_id IS NULL OR coalesce({_ONE_EACH_WAY}, false)", name="grave_needs_second"
        ),
        CheckConstraint("by_id IS NOT NULL OR NOT needs_second", name="operator_alone"),
        CheckConstraint(_COLLEAGUE, name="colleague_needs_second"),
        CheckConstraint(
            "state IN ('pending', 'in_force', 'ended', 'undone')",
            name="state",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    group_id: Mapped[str | None]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    needs_second: Mapped[bool]
    about_staff: Mapped[bool] = mapped_column(default=False, server_default=false())
    cosigned_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    cosigned_at: Mapped[datetime | None]
    item_id: Mapped[str | None] = mapped_column(ForeignKey("review_item.id"))
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    meanwhile_for: Mapped[str | None] = mapped_column(ForeignKey("sanction.id"))
    reason: Mapped[str] = mapped_column(Text)
    rule: Mapped[str]
    minutes: Mapped[int | None]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    sign_by: Mapped[datetime | None]
    state: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    end_reason: Mapped[str | None] = mapped_column(Text)
