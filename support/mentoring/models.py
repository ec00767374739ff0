"""Tables of mentoring: applications, offers, searches, pairings; shifts, nudges, hosted hours."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base
from support.mentoring.rules.caps import DAY_SHIFTS, WEEK_MINUTES
from support.mentoring.rules.training import CODE_VERSION

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
        CheckConstraint("week_minutes BETWEEN 0 AND 1440", name="week"),
        CheckConstraint("day_shifts BETWEEN 0 AND 6", name="day"),
        CheckConstraint("probation >= 0", name="probation"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    offer: Mapped[dict[str, Any]]
    most: Mapped[int]
    mentees: Mapped[int] = mapped_column(default=0)
    probation: Mapped[int]
    paused_at: Mapped[datetime | None]
    since: Mapped[datetime]
    renew_on: Mapped[date]
    week_minutes: Mapped[int] = mapped_column(default=WEEK_MINUTES)
    day_shifts: Mapped[int] = mapped_column(default=DAY_SHIFTS)
    quiet: Mapped[str] = mapped_column(String(11), default="")
    code_version: Mapped[int] = mapped_column(default=CODE_VERSION)


class MentorSearch(Base):
    """What a member looks for, and since when they wait on the list, if they do."""

    __tablename__ = "mentor_search"
    __table_args__ = (Index("ix_mentor_search_waiting", "waiting_since", "account_id"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seeks: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


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
    alerted_at: Mapped[datetime | None]


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
    hours: Mapped[list[str]] = mapped_column(default=list)
    hours_by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    hours_agreed_at: Mapped[datetime | None]


class HandOver(Base):
    """A mentor wants to hand somebody to another: it happens when all three have said yes."""

    __tablename__ = "mentor_hand_over"
    __table_args__ = (
        Index(
            "uq_mentor_hand_over_open",
            "pairing_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_mentor_hand_over_taker", "taker_id", "state"),
        CheckConstraint("state IN ('open', 'done', 'declined', 'withdrawn')", name="state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    pairing_id: Mapped[str] = mapped_column(ForeignKey("pairing.id"))
    taker_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    member_yes_at: Mapped[datetime | None]
    taker_yes_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16), default="open")
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class LoungeShift(Base):
    """A mentor's weekly time in the lounges, in wall time of a zone."""

    __tablename__ = "lounge_shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("minutes BETWEEN 30 AND 360", name="minutes"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    weekday: Mapped[int]
    start: Mapped[str] = mapped_column(String(5))
    minutes: Mapped[int]
    timezone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class LoungeWatch(Base):
    """One dated stretch of a shift: somebody's, or free for whoever takes it first."""

    __tablename__ = "lounge_watch"
    __table_args__ = (
        UniqueConstraint("shift_id", "starts_at"),
        Index("ix_lounge_watch_ends_at", "ends_at"),
        Index("ix_lounge_watch_account", "account_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="span"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    shift_id: Mapped[str | None] = mapped_column(ForeignKey("lounge_shift.id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    given_by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class LoungeNudge(Base):
    """Somebody was told that a newcomer waits for an answer: once for a message, ever."""

    __tablename__ = "lounge_nudge"
    __table_args__ = (Index("ix_lounge_nudge_newcomer", "newcomer_id", "room_id", "at"),)

    message_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    room_id: Mapped[str] = mapped_column(String(32))
    newcomer_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    told: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class HostedMeeting(Base):
    """A mentor hosted a meeting that has closed; with somebody, it counts for the probation."""

    __tablename__ = "hosted_meeting"
    __table_args__ = (Index("ix_hosted_meeting_account", "account_id", "began_at"),)

    meeting_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    began_at: Mapped[datetime]
    minutes: Mapped[int]
    together: Mapped[bool]
