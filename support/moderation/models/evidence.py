"""Sealed evidence: what was said, encrypted, and the steps that take two people."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_PENDING = text("state = 'pending'")


class Evidence(Base):
    """One seal: the words of an item as they stood when somebody reported or judged them."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("item_id", "digest"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime]
    digest: Mapped[str]
    key_id: Mapped[str]


class EvidenceLine(Base):
    """One message under a seal: place 0 is the one in question, the others stood round it."""

    __tablename__ = "evidence_line"
    __table_args__ = (
        UniqueConstraint("evidence_id", "place"),
        Index("ix_evidence_line_author", "author_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    place: Mapped[int]
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    plain: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str]


class Signing(Base):
    """A grave step that is no sanction, and the two people who must want it."""

    __tablename__ = "signing"
    __table_args__ = (
        Index(
            "uq_signing_pending",
            "kind",
            "subject",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        Index("ix_signing_subject", "subject"),
        Index("ix_signing_state", "state", "sign_by"),
        CheckConstraint("kind IN ('unseal', 'erase_evidence', 'make_moderator')", name="kind"),
        CheckConstraint("state IN ('pending', 'agreed', 'refused', 'lapsed')", name="state"),
        CheckConstraint("by_id <> account_id", name="not_oneself"),
        CheckConstraint(
            "cosigned_by IS NULL OR (cosigned_by <> by_id AND cosigned_by <> account_id)",
            name="nobody_signs_alone",
        ),
        CheckConstraint("state <> 'agreed' OR cosigned_by IS NOT NULL", name="two_signatures"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    subject: Mapped[str]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    sign_by: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="pending")
    cosigned_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    open_until: Mapped[datetime | None]
