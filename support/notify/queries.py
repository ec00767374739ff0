"""Read the outbox and people's notices."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, select, union_all

from support.base.clock import wire
from support.db.unit import Unit
from support.notify import rules
from support.notify.models import Notice, Outbox, PushSubscription
from support.notify.rules.sealing import Device

MOST_NOTICES = 50
_SHOWN = ("id", "kind", "room_id", "message_id", "case_id", "created_at", "seen_at")


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One notice as its reader sees it."""

    id: str
    kind: str
    text: str
    to: str
    room: str | None
    message: str | None
    case: str | None
    at: datetime
    is_new: bool

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        found = {
            "id": self.id,
            "label": self.kind,
            "text": self.text,
            "to": self.to,
            "at": wire(self.at),
            "is_new": self.is_new,
        }
        optional = {"room": self.room, "message": self.message, "case": self.case}
        return found | {name: value for name, value in optional.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Letter:
    """An outbox row that an operator should look at: codes only."""

    id: str
    kind: str
    channel: str
    due_at: datetime
    attempts: int
    error: str | None

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        found = {"id": self.id, "kind": self.kind, "channel": self.channel}
        return found | {
            "due_at": wire(self.due_at),
            "attempts": self.attempts,
            "error": self.error,
        }


def notices_of(unit: Unit, account_id: str) -> list[NoticeFacts]:
    """A person's newest notices."""
    rows = unit.session.scalars(
        select(Notice)
        .where(Notice.account_id == account_id)
        .order_by(Notice.created_at.desc(), Notice.id)
        .limit(MOST_NOTICES)
    )
    return [notice_facts(row) for row in rows]


def notice_facts(row: Notice) -> NoticeFacts:
    """A row as its reader sees it."""
    return facts_of_new({name: getattr(row, name) for name in _SHOWN})


def facts_of_new(row: Mapping[str, Any]) -> NoticeFacts:
    """The same of a row that goes in now: thousands of a night are not read back for it."""
    kind = rules.kind_of(row["kind"])
    case_id = row["case_id"]
    return NoticeFacts(
        id=row["id"],
        kind=row["kind"],
        text=kind.text,
        to=_where(kind.to, row["room_id"], case_id),
        room=row["room_id"],
        message=row["message_id"],
        case=case_id,
        at=row["created_at"],
        is_new=row["seen_at"] is None,
    )


def _where(to: str, room_id: str | None, case_id: str | None) -> str:
    if case_id:
        return f"/crisis/cases/{case_id}"
    return f"/rooms/{room_id}" if to == rules.ROOM else to


def cases_told(unit: Unit, account_id: str) -> set[str]:
    """The cases that somebody's newest notices are about."""
    rows = unit.session.scalars(
        select(Notice.case_id)
        .where(Notice.account_id == account_id, Notice.case_id.is_not(None))
        .order_by(Notice.created_at.desc())
        .limit(MOST_NOTICES)
    )
    return {case_id for case_id in rows if case_id}


def new_count(unit: Unit, account_id: str) -> int:
    """How many notices a person has not seen."""
    statement = select(func.count()).where(
        Notice.account_id == account_id, Notice.seen_at.is_(None)
    )
    return unit.session.scalar(statement) or 0


def reached(unit: Unit, keys: Collection[str]) -> dict[str, list[str]]:
    """Whom each message really reached, by its key: account ids, in the order they were called."""
    rows = unit.session.execute(
        select(Outbox.about, Outbox.recipient_id)
        .where(
            Outbox.about.in_(keys), Outbox.done_at.is_not(None), Outbox.recipient_id.is_not(None)
        )
        .order_by(Outbox.done_at, Outbox.key)
    )
    found: dict[str, dict[str, None]] = {key: {} for key in keys}
    for about, recipient_id in rows:
        found[about][str(recipient_id)] = None
    return {key: list(people) for key, people in found.items()}


def devices(unit: Unit, ids: Collection[str]) -> dict[str, Device]:
    """Browsers that may be woken, by the ids that messages carry."""
    if not ids:
        return {}
    rows = unit.session.scalars(select(PushSubscription).where(PushSubscription.id.in_(set(ids))))
    return {row.id: Device(row.endpoint, row.p256dh, row.auth) for row in rows}


def device_count(unit: Unit, account_id: str) -> int:
    """How many browsers of a person may be woken."""
    own = PushSubscription.account_id == account_id
    return unit.session.scalar(select(func.count()).select_from(PushSubscription).where(own)) or 0


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of one message by one way: how a test page is followed to its end."""

    about: str
    channel: str
    recipient_id: str | None
    state: str

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        return {"about": self.about, "channel": self.channel, "state": self.state}


def traces(unit: Unit, prefix: str) -> list[Trace]:
    """Everything that was put under keys with this beginning, and how it stands."""
    rows = unit.session.scalars(
        select(Outbox)
        .where(Outbox.about.startswith(prefix, autoescape=True))
        .order_by(Outbox.about, Outbox.channel, Outbox.key)
    )
    return [Trace(row.about, row.channel, row.recipient_id, _state(row)) for row in rows]


def _state(row: Outbox) -> str:
    if row.dead_at is not None:
        return "given_up"
    if row.done_at is not None:
        return row.last_error or "arrived"
    return f"trying_{row.last_error}" if row.last_error else "waiting"


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits for a way outside, how much of it has failed before, how much was given up."""

    waiting: int
    failing: int
    dead: int


def backlog(unit: Unit) -> dict[str, Backlog]:
    """By way outside; ways for which nothing waits are left out."""
    due = Outbox.done_at.is_(None), Outbox.due_at <= unit.now, Outbox.channel != "page"
    failed = func.sum(case((Outbox.attempts > 0, 1), else_=0))
    waiting = select(Outbox.channel, func.count(), failed, literal(0))
    dead = select(Outbox.channel, literal(0), literal(0), func.count())
    both = union_all(  # each by an index of its own: what was delivered is not looked at
        waiting.where(*due, Outbox.dead_at.is_(None)).group_by(Outbox.channel),
        dead.where(*due, Outbox.dead_at.is_not(None)).group_by(Outbox.channel),
    )
    found: dict[str, Backlog] = {}
    for channel, *counts in unit.session.execute(both):
        known = found.get(channel, Backlog(0, 0, 0))
        found[channel] = Backlog(
            known.waiting + counts[0], known.failing + counts[1], known.dead + counts[2]
        )
    return found


def dead_letters(unit: Unit) -> list[Letter]:
    """What could not be delivered in a day of trying."""
    return _letters(unit, Outbox.dead_at.is_not(None))


def late_letters(unit: Unit) -> list[Letter]:
    """What has failed at least once and is still being tried."""
    return _letters(
        unit, Outbox.done_at.is_(None) & Outbox.dead_at.is_(None) & (Outbox.attempts > 0)
    )


def _letters(unit: Unit, condition: Any) -> list[Letter]:
    rows = unit.session.execute(
        select(
            Outbox.id,
            Outbox.kind,
            Outbox.channel,
            Outbox.due_at,
            Outbox.attempts,
            Outbox.last_error,
        )
        .where(condition)
        .order_by(Outbox.due_at)
        .limit(200)
    )
    return [Letter(*row) for row in rows]
