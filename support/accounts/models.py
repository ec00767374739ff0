"""Tables of people, their log-in sessions, what ended those, and whom they hide."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base


class Account(Base):
    __tablename__ = "account"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    handle: Mapped[str]
    handle_key: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(default="member", index=True)
    password_hash: Mapped[str]
    recovery_hash: Mapped[str | None]
    email: Mapped[str | None]
    country: Mapped[str]
    timezone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[datetime]
    rules_version: Mapped[int] = mapped_column(default=0)
    shown_messages: Mapped[int] = mapped_column(default=0)
    on_rota: Mapped[bool] = mapped_column(default=False)
    muted_until: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    banned_at: Mapped[datetime | None]
    banned_until: Mapped[datetime | None]
    standing_reason: Mapped[str | None] = mapped_column(Text)
    standing_rule: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class LoginSession(Base):
    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    device: Mapped[str] = mapped_column(default="")
    remembered: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class Revocation(Base):
    """One row for all that ends sessions; each process reads on from the last id it knows."""

    __tablename__ = "revocation"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    session_id: Mapped[str | None]
    reason: Mapped[str]


class HiddenPerson(Base):
    __tablename__ = "hidden_person"
    __table_args__ = (Index("ix_hidden_person_hidden_id", "hidden_id"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    hidden_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
