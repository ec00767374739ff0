"""Tables of groups, who belongs to them, their meetings and seats, and listings of others."""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

NEVER = datetime(2999, 1, 1, tzinfo=UTC)
"""Stands for "no date" where a date is sorted and paged by."""


class Circle(Base):
    """A group. Its next meeting is kept beside it, so that a list needs one statement."""

    __tablename__ = "circle"
    __table_args__ = (
        Index("ix_circle_next", "next_at", "id"),
        Index("ix_circle_next_ends_at", "next_ends_at"),
        CheckConstraint("member_count >= 0", name="count"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(Text, default="")
    focus: Mapped[str] = mapped_column(String(600), default=" ")
    stage: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    format: Mapped[str] = mapped_column(String(16), default="text")
    policy: Mapped[str] = mapped_column(String(16))
    newcomers: Mapped[bool] = mapped_column(default=False)
    listening: Mapped[bool] = mapped_column(default=True)
    search: Mapped[str] = mapped_column(Text, default="")
    lounge_id: Mapped[str | None] = mapped_column(String(32))
    member_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(default=NEVER)
    next_ends_at: Mapped[datetime] = mapped_column(default=NEVER)
    next_meeting_id: Mapped[str | None] = mapped_column(String(32))


class CircleHost(Base):
    """Who hosts a group."""

    __tablename__ = "circle_host"
    __table_args__ = (Index("ix_circle_host_account_id", "account_id"),)

    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)


class HostAsked(Base):
    """A mentor was asked to host a group with its hosts, and has not answered yet."""

    __tablename__ = "host_asked"
    __table_args__ = (
        Index("ix_host_asked_account_id", "account_id"),
        Index("ix_host_asked_by_id", "by_id"),
    )

    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Membership(Base):
    """How a person stands to a group: member, asking, invited or taken out."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_account_id", "account_id", "state"),
        Index("ix_membership_state", "circle_id", "state", "since"),
    )

    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]


class Series(Base):
    """A recurring slot: wall-clock time in a zone, and a rule; `planned_until` is in that time."""

    __tablename__ = "series"
    __table_args__ = (
        Index("ix_series_circle_id", "circle_id"),
        Index("ix_series_planned_until", "planned_until"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"))
    title: Mapped[str] = mapped_column(String(120))
    start: Mapped[str] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    rule: Mapped[str] = mapped_column(String(200), default="")
    seats: Mapped[int | None]
    planned_until: Mapped[datetime]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Meeting(Base):
    """One dated occurrence: local time and zone as people say it, instants as clocks need it."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "original_start", name="uq_meeting_occurrence"),
        CheckConstraint("taken >= 0 AND (seats IS NULL OR taken <= seats)", name="seats"),
        Index("ix_meeting_starts_at", "starts_at", "id"),
        Index("ix_meeting_circle_id", "circle_id", "starts_at"),
        Index("ix_meeting_state", "state", "starts_at"),
        Index("ix_meeting_room_id", "room_id"),
        Index("ix_meeting_changes", "changes"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"))
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"))
    title: Mapped[str] = mapped_column(String(120))
    original_start: Mapped[str] = mapped_column(String(16))
    local_start: Mapped[str] = mapped_column(String(16))
    timezone: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    seats: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="planned")
    room_id: Mapped[str | None] = mapped_column(String(32))
    changed_at: Mapped[datetime]
    changes: Mapped[int] = mapped_column(default=0)


class Seat(Base):
    """A seat at a meeting, or a place on its waiting list, in the order of asking."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("meeting_id", "turn", name="uq_seat_turn"),
        Index("ix_seat_account_id", "account_id"),
    )

    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int]
    since: Mapped[datetime]


class StandBy(Base):
    """A mentor who can be asked to lead: `scope_id` is one meeting, or a group for all of its."""

    __tablename__ = "stand_by"
    __table_args__ = (
        Index("ix_stand_by_account_id", "account_id"),
        Index("ix_stand_by_circle_id", "circle_id"),
    )

    scope_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    circle_id: Mapped[str] = mapped_column(ForeignKey("circle.id"))
    since: Mapped[datetime]


class CalendarKey(Base):
    """The secret in a person's own calendar address; a new one ends the old address."""

    __tablename__ = "calendar_key"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class ImportSource(Base):
    """A server or file whose meetings we list."""

    __tablename__ = "import_source"

    uri: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    read_at: Mapped[datetime]


class ImportedMeeting(Base):
    """A weekly slot of somebody else's list: no room, no seats, its source named."""

    __tablename__ = "imported_meeting"
    __table_args__ = (
        UniqueConstraint("source_uri", "source_key", name="uq_imported_meeting_source"),
        Index("ix_imported_meeting_next", "next_at", "id"),
        Index("ix_imported_meeting_next_ends_at", "next_ends_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    source_uri: Mapped[str] = mapped_column(ForeignKey("import_source.uri"))
    source_key: Mapped[str] = mapped_column(String(130))
    name: Mapped[str] = mapped_column(String(120))
    weekday: Mapped[int | None]
    start: Mapped[str] = mapped_column(String(5), default="")
    minutes: Mapped[int]
    timezone: Mapped[str] = mapped_column(String(64), default="")
    format: Mapped[str] = mapped_column(String(16))
    place: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(16), default="")
    newcomers: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    search: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(32))
    next_at: Mapped[datetime] = mapped_column(default=NEVER)
    next_ends_at: Mapped[datetime] = mapped_column(default=NEVER)
