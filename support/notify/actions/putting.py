"""Put messages into the outbox; what the page shows is shown in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from support.base.ids import new_id
from support.db.crossing import Crossing, Looking, crosses
from support.db.insert import insert_all_new
from support.db.unit import Unit
from support.notify import queries, rules
from support.notify.models import Notice, Outbox
from support.notify.rules import Channel

_PLACES = {"room", "message", "case"}


@dataclass(frozen=True, slots=True)
class NoticePut:
    """A notice is there for somebody to see."""

    account_id: str
    notice: queries.NoticeFacts


def _which(fact: NoticePut) -> dict[str, Any]:
    return {"id": fact.notice.id}


def _notice(looking: Looking, body: dict[str, Any]) -> NoticePut | None:
    with looking() as unit:
        row = unit.session.get(Notice, body["id"])
        return NoticePut(row.account_id, queries.notice_facts(row)) if row else None


crosses(NoticePut, Crossing(name="NoticePut", pack=_which, unpack=_notice))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One piece of news for some people; `key` makes it happen once.

    Without `channels` it goes the ways of its kind; without `due_at`, now.
    """

    key: str
    kind: str
    recipients: Sequence[str]
    payload: Mapping[str, Any]
    due_at: datetime | None = None
    channels: tuple[Channel, ...] | None = None


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
    message = Message(key=key, kind=kind, recipients=recipients, payload=payload, due_at=due_at)
    put_all(unit, [message])


def put_all(unit: Unit, messages: Sequence[Message]) -> None:
    """The same for many messages, in two statements however many they are."""
    rows = [row for message in messages for row in _rows(unit, message)]
    unit.session.flush()
    new = insert_all_new(unit, Outbox, rows)
    shown = [row for row in rows if (row["id"],) in new and row["done_at"] is not None]
    show(unit, [(row["recipient_id"], row["kind"], row["payload"]) for row in shown])


def _rows(unit: Unit, message: Message) -> list[dict[str, Any]]:
    rules.check_payload(message.payload)
    due_at = message.due_at or unit.now
    rows = []
    for channel in message.channels or rules.kind_of(message.kind).channels:
        outside = channel is Channel.WEBHOOK
        for recipient_id in (None,) if outside else dict.fromkeys(message.recipients):
            shows_now = channel is Channel.PAGE and due_at <= unit.now
            rows.append(
                {
                    "id": new_id(),
                    "key": rules.row_key(message.key, channel, recipient_id),
                    "about": message.key,
                    "kind": message.kind,
                    "channel": channel,
                    "recipient_id": recipient_id,
                    "payload": dict(message.payload),
                    "created_at": unit.now,
                    "due_at": due_at,
                    "attempts": 0,
                    "done_at": unit.now if shows_now else None,
                }
            )
    return rows


def show(unit: Unit, pages: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
    """Notices for people, in this very transaction: they cannot be lost or doubled."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "account_id": account_id,
            "kind": kind,
            "label": str(payload.get("label", kind)),
            "room_id": payload.get("room"),
            "message_id": payload.get("message"),
            "case_id": payload.get("case"),
            "params": {name: value for name, value in payload.items() if name not in _PLACES},
            "created_at": unit.now,
            "seen_at": None,
        }
        for account_id, kind, payload in pages
    ]
    if not rows:
        return
    unit.session.execute(insert(Notice), rows)
    for row in rows:
        unit.announce(NoticePut(row["account_id"], queries.notice_facts(Notice(**row))))
