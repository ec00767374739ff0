"""Tables of mentoring: applications, what mentors offer, what members seek, and who is paired."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

_OPEN = text("state = 'open'")
_ACTIVE = text("ended_at IS NULL")


class MentorApplication(Base):
    """Somebody who finished a taper wants to mentor; one open application a person."""

    __tablename__ = "mentor_application"
    __table_args__ = (
        Index(
            "uq_mentor_application_open",
            "account_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_mentor_application_state", "state", "made_at"),
        CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    finished_on: Mapped[date]
    offer: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(Text)
    code_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="open")
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class MentorVote(Base):
    """What one moderator said to an application: once each, so two yeses are two people."""

    __tablename__ = "mentor_vote"

    application_id: Mapped[str] = mapped_column(
        ForeignKey("mentor_application.id"), primary_key=True
    )
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    yes: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class MentorOffer(Base):
    """What a mentor knows and takes, when, and how many; the database holds the cap."""

    __tablename__ = "mentor_offer"
    __table_args__ = (
        CheckConstraint("mentees >= 0 AND mentees <= most", name="cap"),
        CheckConstraint("most BETWEEN 0 AND 6", name="most"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    offer: Mapped[dict[str, Any]]
    most: Mapped[int]
    mentees: Mapped[int] = mapped_column(default=0)
    probation: Mapped[int]
    paused_at: Mapped[datetime | None]
    since: Mapped[datetime]
    renew_on: Mapped[date]


class MentorSearch(Base):
    """What a member looks for, and since when they wait on the list, if they do."""

    __tablename__ = "mentor_search"
    __table_args__ = (Index("ix_mentor_search_waiting", "waiting_since", "account_id"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seeks: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]


class MentorAsk(Base):
    """A member asked a mentor; either may say no without a reason."""

    __tablename__ = "mentor_ask"
    __table_args__ = (
        Index(
            "uq_mentor_ask_open",
            "member_id",
            "mentor_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_mentor_ask_mentor", "mentor_id", "state", "at"),
        Index("ix_mentor_ask_member", "member_id", "state"),
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("member_id <> mentor_id", name="two_people"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    member_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    mentor_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Pairing(Base):
    """Two people who both agreed, and their room. A member has one mentor at a time."""

    __tablename__ = "pairing"
    __table_args__ = (
        Index(
            "uq_pairing_member",
            "member_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_pairing_mentor", "mentor_id", "ended_at"),
        Index("ix_pairing_room", "room_id", unique=True),
        CheckConstraint("member_id <> mentor_id", name="two_people"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    member_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    mentor_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    room_id: Mapped[str | None] = mapped_column(String(32))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
