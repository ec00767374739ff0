"""Put messages into the outbox; what the page shows is shown in the same transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from support.base.ids import new_id
from support.db.crossing import Crossing, Looking, crosses
from support.db.insert import insert_all, insert_all_new
from support.db.unit import Unit
from support.notify import queries, rules
from support.notify.models import Notice, Outbox, PushSubscription
from support.notify.rules import Channel

_PLACES = {"room", "message", "case"}


@dataclass(frozen=True, slots=True)
class NoticePut:
    """A notice is there for somebody to see."""

    account_id: str
    notice: queries.NoticeFacts


def _which(fact: NoticePut) -> dict[str, Any]:
    return {"id": fact.notice.id}


def _notices(looking: Looking, bodies: Sequence[dict[str, Any]]) -> list[NoticePut]:
    with looking() as unit:
        ids = [body["id"] for body in bodies]
        rows = unit.session.scalars(
            select(Notice).where(Notice.id.in_(ids)).order_by(Notice.created_at, Notice.id)
        )
        return [NoticePut(row.account_id, queries.notice_facts(row)) for row in rows]


crosses(NoticePut, Crossing(name="NoticePut", pack=_which, gather=_notices))


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
    """The same for many messages, in three statements however many they are."""
    devices = _devices(unit, messages)
    rows = [row for message in messages for row in _rows(unit, message, devices)]
    unit.session.flush()
    new = insert_all_new(unit, Outbox, rows)
    shown = [row for row in rows if (row["id"],) in new and row["done_at"] is not None]
    show(unit, [(row["recipient_id"], row["kind"], row["payload"]) for row in shown])


def _ways(message: Message) -> tuple[Channel, ...]:
    return message.channels or rules.kind_of(message.kind).channels


def _devices(unit: Unit, messages: Sequence[Message]) -> dict[str, list[str]]:
    """The browsers that may be woken, by person; each is a message of its own, tried by itself."""
    pushed = [message for message in messages if Channel.PUSH in _ways(message)]
    wanted = {one for message in pushed for one in message.recipients}
    if not wanted:
        return {}
    found: dict[str, list[str]] = {}
    rows = select(PushSubscription.account_id, PushSubscription.id).where(
        PushSubscription.account_id.in_(wanted)
    )
    for account_id, device_id in unit.session.execute(rows):
        found.setdefault(account_id, []).append(device_id)
    return found


def _rows(
    unit: Unit, message: Message, devices: Mapping[str, list[str]]
) -> Iterator[dict[str, Any]]:
    rules.check_payload(message.payload)
    people = list(dict.fromkeys(message.recipients))
    for channel in _ways(message):
        if channel is Channel.WEBHOOK:
            yield _row(unit, message, channel, None)
        elif channel is Channel.PUSH:
            for one in people:
                for device_id in devices.get(one, ()):
                    yield _row(unit, message, channel, one, device_id)
        else:
            for one in people:
                yield _row(unit, message, channel, one)


def _row(
    unit: Unit, message: Message, channel: Channel, person: str | None, device: str = ""
) -> dict[str, Any]:
    due_at = message.due_at or unit.now
    shows_now = channel is Channel.PAGE and due_at <= unit.now
    return {
        "id": new_id(),
        "key": rules.row_key(message.key, channel, device or person),
        "about": message.key,
        "kind": message.kind,
        "channel": channel,
        "recipient_id": person,
        "payload": {**message.payload, "device": device} if device else dict(message.payload),
        "created_at": unit.now,
        "due_at": due_at,
        "attempts": 0,
        "done_at": unit.now if shows_now else None,
    }


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
    insert_all(unit, Notice, rows)
    for row in rows:
        unit.announce(NoticePut(row["account_id"], queries.facts_of_new(row)))
