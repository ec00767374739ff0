"""Tables of rooms, what is said in them, and the log that numbers it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base


class Room(Base):
    """A room and how it is set; `seq` is the number of its newest event."""

    __tablename__ = "room"
    __table_args__ = (
        Index("ix_room_group_id", "group_id"),
        Index("ix_room_case_id", "case_id"),
        Index("ix_room_state", "kind", "state", "starts_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(160))
    group_id: Mapped[str | None] = mapped_column(ForeignKey("circle.id"))
    meeting_id: Mapped[str | None] = mapped_column(ForeignKey("meeting.id"), unique=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("crisis_case.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(16), default="open")
    step: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    seq: Mapped[int] = mapped_column(default=0)
    slow_seconds: Mapped[int] = mapped_column(default=0)
    locked: Mapped[bool] = mapped_column(default=False)
    hold: Mapped[str] = mapped_column(String(16), default="none")
    cross_talk: Mapped[bool] = mapped_column(default=True)
    topic: Mapped[str] = mapped_column(String(160), default="")
    pinned_id: Mapped[str | None] = mapped_column(String(32))
    turns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    script: Mapped[dict[str, Any] | None]
    step_ends_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    turn_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    reactions: Mapped[bool] = mapped_column(default=True, server_default=true())
    most_writers: Mapped[int] = mapped_column(default=0, server_default="0")
    keeps_days: Mapped[int]
    created_at: Mapped[datetime]


class Message(Base):
    """Something said; `seq` is empty while nobody else has seen it."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("author_id", "room_id", "client_id", name="uq_message_client_id"),
        Index("ix_message_room_seq", "room_id", "seq", unique=True),
        CheckConstraint("state <> 'visible' OR seq IS NOT NULL", name="shown_has_seq"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    seq: Mapped[int | None]
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    warning: Mapped[str | None] = mapped_column(String(160))
    reply_to: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    notice: Mapped[dict[str, Any] | None]


class MessageLink(Base):
    """Where words lead, so that all who gave one link are found without reading what all said.

    It goes with its message, and as soon as the words are gone.
    """

    __tablename__ = "message_link"
    __table_args__ = (Index("ix_message_link_host", "host", "at"),)

    message_id: Mapped[str] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    at: Mapped[datetime]


class RoomEvent(Base):
    """One line of a room's log. Words stay in `message`: what is taken away is away here too."""

    __tablename__ = "room_event"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str | None] = mapped_column(String(32))
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class MessageReaction(Base):
    """One person's sign on one message."""

    __tablename__ = "reaction"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    reaction: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime]


class RoomMeasure(Base):
    """A mute or a removal by a host: who, by whom, why, until when."""

    __tablename__ = "room_measure"
    __table_args__ = (Index("ix_room_measure_person", "room_id", "account_id", "until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    until: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class RoomSeen(Base):
    """How far a person has read a room."""

    __tablename__ = "room_seen"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seq: Mapped[int]


class SeriesScript(Base):
    """The script that a series' meetings begin with; each meeting takes a copy when it opens."""

    __tablename__ = "series_script"

    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"), primary_key=True)
    script: Mapped[dict[str, Any]]
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class BackupCall(Base):
    """A host called for a moderator: what they wrote, and how far the room had come."""

    __tablename__ = "backup_call"
    __table_args__ = (
        Index("ix_backup_call_room_id", "room_id", "at"),
        Index("ix_backup_call_by_id", "by_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text)
    seq: Mapped[int]
    at: Mapped[datetime]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]


_GOES_ON = text("over_at IS NULL")


class Chair(Base):
    """Who leads a meeting now; `term` counts each change, so that one offer is taken once."""

    __tablename__ = "chair"
    __table_args__ = (
        Index("ix_chair_not_over", "room_id", sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
    )

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    holder_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    first_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    second_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    term: Mapped[int] = mapped_column(default=1)
    since: Mapped[datetime]
    host_asked_at: Mapped[datetime | None]
    second_asked_at: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    holds_back: Mapped[bool] = mapped_column(default=False)
    came: Mapped[int] = mapped_column(default=0)
    over_at: Mapped[datetime | None]


class ChairOffer(Base):
    """Somebody was asked to take a chair, or to sit beside whoever leads, in one term of it.

    Whoever has said yes once may do what a host may, until the meeting is over.
    """

    __tablename__ = "chair_offer"
    __table_args__ = (
        Index("ix_chair_offer_account", "account_id", "state"),
        CheckConstraint("state IN ('open', 'taken', 'declined', 'lapsed')", name="state"),
    )

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    why: Mapped[str] = mapped_column(String(16))
    term: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    helps_since: Mapped[datetime | None]


class HostLine(Base):
    """Until when somebody who may lead a meeting counts as here, by one process or by the page."""

    __tablename__ = "host_line"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    origin: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[datetime]


class Comer(Base):
    """Somebody came to a meeting that goes on; counted and forgotten when it closes."""

    __tablename__ = "comer"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)


class Debrief(Base):
    """What one who led a meeting wrote afterwards; every question may be empty."""

    __tablename__ = "debrief"

    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    answers: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class SaidAside(Base):
    """Words for few: a guest's for the hosts, or a host's worry for the moderators."""

    __tablename__ = "said_aside"
    __table_args__ = (
        UniqueConstraint("room_id", "author_id", "kind", name="uq_said_aside_once"),
        Index("ix_said_aside_author_id", "author_id"),
        Index("ix_said_aside_at", "at"),
        CheckConstraint("kind IN ('feedback', 'worry')", name="kind"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    notice: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]
