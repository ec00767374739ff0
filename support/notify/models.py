"""Tables of what must reach somebody: the outbox, and the notices a person reads in the page."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_DEAD = text("dead_at IS NOT NULL")


class Outbox(Base):
    """One message to one person (or the outside) by one channel; `key` makes it happen once."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "due_at",
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        Index("ix_outbox_dead", "dead_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    channel: Mapped[str]
    recipient_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]


class Notice(Base):
    """Something the page tells one person, until they have seen it."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_account_id_created_at", "account_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    label: Mapped[str]
    room_id: Mapped[str | None]
    message_id: Mapped[str | None]
    case_id: Mapped[str | None]
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class PushSubscription(Base):
    """One browser of one person that may be woken by web push; its keys are the browser's own."""

    __tablename__ = "push_subscription"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    endpoint: Mapped[str] = mapped_column(Text, unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    created_at: Mapped[datetime]
