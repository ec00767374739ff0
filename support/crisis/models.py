"""Tables of cases and their rungs, of the rota, and of numbers the team has looked at."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from support.base.ids import new_id
from support.db.tables import Base

NOT_CLOSED = text("state <> 'closed'")
UNHEARD = text("first_held_at IS NULL")


class Case(Base):
    """A person who may be in danger; it climbs rung by rung until somebody takes it."""

    __tablename__ = "crisis_case"
    __table_args__ = (
        Index(
            "uq_crisis_case_one_open",
            "person_id",
            unique=True,
            sqlite_where=NOT_CLOSED,
            postgresql_where=NOT_CLOSED,
        ),
        Index("ix_crisis_case_state_due", "state", "due_at"),
        Index(
            "ix_crisis_case_unheard",
            "opened_at",
            sqlite_where=UNHEARD,
            postgresql_where=UNHEARD,
        ),
        CheckConstraint("state IN ('open', 'acknowledged', 'closed')", name="state"),
        CheckConstraint("(state = 'acknowledged') = (held_by_id IS NOT NULL)", name="held"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    source: Mapped[str]
    labels: Mapped[list[str]]
    room_id: Mapped[str | None]
    side_room_id: Mapped[str | None] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    signalled_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1)
    round_opened_at: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=-1)
    due_at: Mapped[datetime | None]
    held_by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    held_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    first_held_at: Mapped[datetime | None]
    engaged_at: Mapped[datetime | None]
    country: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None]
    follow_up_on: Mapped[date | None]


class CaseHost(Base):
    """A host of the room a case arose in: a responder of this one case."""

    __tablename__ = "case_host"

    case_id: Mapped[str] = mapped_column(ForeignKey("crisis_case.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)


class CaseRung(Base):
    """A rung of a round that went out; the constraint makes a second time impossible."""

    __tablename__ = "case_rung"
    __table_args__ = (UniqueConstraint("case_id", "round", "rung"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("crisis_case.id"))
    round: Mapped[int]
    rung: Mapped[int]
    due_at: Mapped[datetime]
    at: Mapped[datetime]


class CaseNote(Base):
    """What responders, the person or the house wrote down in a case, in order."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("crisis_case.id"))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RotaShift(Base):
    """One person's weekly time on call, in wall time of a zone."""

    __tablename__ = "rota_shift"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    weekday: Mapped[int]
    start: Mapped[str]
    minutes: Mapped[int]
    timezone: Mapped[str]
    created_at: Mapped[datetime]


class RotaChange(Base):
    """One stretch of real time that differs from the weekly pattern: somebody off, or covering."""

    __tablename__ = "rota_change"
    __table_args__ = (
        CheckConstraint("kind IN ('off', 'cover')", name="kind"),
        CheckConstraint("starts_at < ends_at", name="span"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]


class RotaSwap(Base):
    """Somebody asks for a stretch of theirs to be taken, by one person or by anybody."""

    __tablename__ = "rota_swap"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'accepted', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("starts_at < ends_at", name="span"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    asker_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    taker_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="asked")
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Rest(Base):
    """Until when somebody is left in peace after a hard case."""

    __tablename__ = "responder_rest"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    until: Mapped[datetime]


class LadderStep(Base):
    """One rung of the ladder as the admins want it; without rows the house's own ladder holds."""

    __tablename__ = "ladder_step"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wait_seconds: Mapped[int]
    target: Mapped[str]
    channels: Mapped[list[str]]


class PlanRequest(Base):
    """A responder asks to see somebody's plan; only the person's own yes opens it."""

    __tablename__ = "plan_request"
    __table_args__ = (CheckConstraint("answer IN ('yes', 'no')", name="answer"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("crisis_case.id"), primary_key=True)
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class NumberChange(Base):
    """Another number for a resource, with its source; an emergency number waits for a second."""

    __tablename__ = "number_change"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'in_force', 'refused', 'replaced')", name="state"),
        CheckConstraint("second_id IS NULL OR second_id <> by_id", name="two_people"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(index=True)
    country: Mapped[str]
    number: Mapped[str]
    source: Mapped[str]
    state: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    second_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]


class ResourceConfirmation(Base):
    """The team's word on one number: confirmed for that very number, or hidden."""

    __tablename__ = "resource_confirmation"

    resource_id: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    contact: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
