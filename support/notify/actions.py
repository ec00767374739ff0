"""Put messages into the outbox, deliver those of the page, and claim the others one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from support.accounts import queries as accounts
from support.base.clock import wire
from support.base.ids import new_id
from support.db.insert import insert_new
from support.db.unit import Unit
from support.notify import queries, rules
from support.notify.models import Notice, Outbox
from support.notify.rules import Channel

KEPT_FOR = timedelta(days=90)
_PLACES = {"room", "message", "case"}


@dataclass(frozen=True, slots=True)
class NoticePut:
    """A notice is there for somebody to see."""

    account_id: str
    notice: queries.NoticeFacts


@dataclass(frozen=True, slots=True)
class Errand:
    """One claimed message on its way outside."""

    id: str
    key: str
    kind: str
    channel: Channel
    address: str | None
    payload: Mapping[str, Any]
    at: datetime


def put(  # noqa: PLR0913 - the parts of one message, all by name
    unit: Unit,
    *,
    key: str,
    kind: str,
    recipients: Sequence[str],
    payload: Mapping[str, Any],
    due_at: datetime | None = None,
) -> None:
    """See that people get this once, by the channels of its kind; a known key does nothing."""
    rules.check_payload(payload)
    for channel in rules.kind_of(kind).channels:
        to: Sequence[str | None] = (None,) if channel is Channel.WEBHOOK else recipients
        for recipient_id in dict.fromkeys(to):
            row = {
                "id": new_id(),
                "key": rules.row_key(key, channel, recipient_id),
                "about": key,
                "kind": kind,
                "channel": channel,
                "recipient_id": recipient_id,
                "payload": dict(payload),
                "created_at": unit.now,
                "due_at": due_at or unit.now,
                "attempts": 0,
            }
            _store(unit, row)


def _store(unit: Unit, row: dict[str, Any]) -> None:
    """A page that is due is shown in this very transaction: it cannot be lost or doubled."""
    shows_now = row["channel"] == Channel.PAGE and row["due_at"] <= unit.now
    is_new = insert_new(unit, Outbox, {**row, "done_at": unit.now if shows_now else None})
    if is_new and shows_now:
        _show(unit, row["recipient_id"], row["kind"], row["payload"])


def _show(unit: Unit, account_id: str, kind: str, payload: Mapping[str, Any]) -> None:
    notice = Notice(
        id=new_id(),
        account_id=account_id,
        kind=kind,
        label=str(payload.get("label", kind)),
        room_id=payload.get("room"),
        message_id=payload.get("message"),
        case_id=payload.get("case"),
        params={name: value for name, value in payload.items() if name not in _PLACES},
        created_at=unit.now,
        seen_at=None,
    )
    unit.session.add(notice)
    unit.announce(NoticePut(account_id, queries.notice_facts(notice)))


def show_due(unit: Unit) -> int:
    """Show the pages that were put for a later time and are due now."""
    rows = _claim(unit, Outbox.channel == Channel.PAGE, 100)
    for row in rows:
        row.done_at = unit.now
        if row.recipient_id:
            _show(unit, row.recipient_id, row.kind, row.payload)
    return len(rows)


def claim_outside(unit: Unit, most: int = 20) -> list[Errand]:
    """Take messages for the outside, for a minute; nobody else sends them in that time."""
    rows = _claim(unit, Outbox.channel != Channel.PAGE, most)
    people = accounts.people(unit, [row.recipient_id for row in rows if row.recipient_id])
    return [
        Errand(
            id=row.id,
            key=row.key,
            kind=row.kind,
            channel=Channel(row.channel),
            address=people[row.recipient_id].email if row.recipient_id in people else None,
            payload=row.payload,
            at=row.due_at,
        )
        for row in rows
    ]


def _claim(unit: Unit, condition: Any, most: int) -> list[Outbox]:
    waiting = (
        select(Outbox)
        .where(
            condition,
            Outbox.done_at.is_(None),
            Outbox.dead_at.is_(None),
            Outbox.due_at <= unit.now,
            or_(Outbox.claimed_until.is_(None), Outbox.claimed_until <= unit.now),
        )
        .order_by(Outbox.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = list(unit.session.scalars(waiting))
    for row in rows:
        row.claimed_until = unit.now + rules.CLAIMED_FOR
        row.attempts += 1
    return rows


def is_waiting(unit: Unit) -> bool:
    """Whether anything is due, without taking the write lock to find out."""
    statement = select(Outbox.id).where(
        Outbox.done_at.is_(None),
        Outbox.dead_at.is_(None),
        Outbox.due_at <= unit.now,
        or_(Outbox.claimed_until.is_(None), Outbox.claimed_until <= unit.now),
    )
    return unit.session.scalar(statement.limit(1)) is not None


def mark_done(unit: Unit, errand_id: str, note: str | None = None) -> None:
    """It was delivered, or there is nowhere to deliver it to (`note` says why)."""
    unit.session.execute(
        update(Outbox).where(Outbox.id == errand_id).values(done_at=unit.now, last_error=note)
    )


def mark_failed(unit: Unit, errand_id: str, code: str) -> None:
    """It was not delivered: try again later, or after a day put it with the dead letters."""
    row = unit.session.get_one(Outbox, errand_id)
    again = rules.next_try(unit.now, row.due_at, row.attempts)
    row.last_error = code[: rules.LONGEST_VALUE]
    row.claimed_until = again
    row.dead_at = unit.now if again is None else None


def revive(unit: Unit) -> int:
    """Try every dead letter again, for an operator who has mended the way outside."""
    rows = list(unit.session.scalars(select(Outbox).where(Outbox.dead_at.is_not(None))))
    for row in rows:
        row.dead_at, row.claimed_until, row.attempts, row.due_at = None, None, 0, unit.now
    return len(rows)


def see_all(unit: Unit, account_id: str) -> None:
    """The person has looked at their notices."""
    unit.session.execute(
        update(Notice)
        .where(Notice.account_id == account_id, Notice.seen_at.is_(None))
        .values(seen_at=unit.now)
    )


def tidy(unit: Unit) -> None:
    """Forget what was delivered long ago."""
    before = unit.now - KEPT_FOR
    unit.session.execute(delete(Outbox).where(Outbox.done_at < before))
    unit.session.execute(delete(Notice).where(Notice.created_at < before))


class NoticeMemory:
    """What is kept of a person's notices: handed out when they ask, forgotten when they go."""

    name = "notices"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget their notices, and what still waited to be sent to them."""
        unit.session.execute(delete(Notice).where(Notice.account_id == account_id))
        unit.session.execute(
            delete(Outbox).where(Outbox.recipient_id == account_id, Outbox.done_at.is_(None))
        )

    def export(self, unit: Unit, account_id: str) -> Any:
        """When they were told what kind of thing."""
        rows = unit.session.execute(
            select(Notice.kind, Notice.label, Notice.created_at)
            .where(Notice.account_id == account_id)
            .order_by(Notice.created_at)
        )
        return [{"kind": kind, "label": label, "at": wire(at)} for kind, label, at in rows]
