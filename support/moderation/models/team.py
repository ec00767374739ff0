"""How the desk works together: who passed on what, hard looks, breaks, notes, words, domains."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base


class Skip(Base):
    """A moderator said "not me": this item is not shown to them again. Nobody counts these."""

    __tablename__ = "item_skip"
    __table_args__ = (Index("ix_item_skip_account", "account_id"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    at: Mapped[datetime]


class Look(Base):
    """A moderator took an item in hand: what they had to read, for the prompt to rest."""

    __tablename__ = "item_look"
    __table_args__ = (Index("ix_item_look_account", "account_id", "at"),)

    item_id: Mapped[str] = mapped_column(ForeignKey("review_item.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    at: Mapped[datetime]
    is_hard: Mapped[bool]


class Pause(Base):
    """A moderator takes a break: nothing is handed to them until it ends."""

    __tablename__ = "desk_pause"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]


class ShiftNote(Base):
    """What one shift leaves to the next."""

    __tablename__ = "shift_note"
    __table_args__ = (Index("ix_shift_note_at", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class ReadyWords(Base):
    """A reason that moderators often give, written once and kindly."""

    __tablename__ = "ready_words"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    rule: Mapped[str]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class DomainRule(Base):
    """Whether links to a domain are shown at once or always held."""

    __tablename__ = "domain_rule"
    __table_args__ = (CheckConstraint("kind IN ('allow', 'block')", name="kind"),)

    domain: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    why: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
