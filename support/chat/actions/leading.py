"""Where words lead: kept beside a message while its words are there, and not a moment longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select

from support.chat.models import Message, MessageLink
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.moderation.rules import hosts_in

_LINKS = Prepared(
    insert(cast(Table, MessageLink.__table__)), tuple(MessageLink.__table__.columns.keys())
)


def links_of(message_id: str, body: str, at: datetime) -> list[dict[str, Any]]:
    """The rows of one message; most have none."""
    return [{"message_id": message_id, "host": host, "at": at} for host in hosts_in(body)]


def keep(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    """Write them, after the messages themselves."""
    if rows:
        _LINKS.write(unit.session, rows)


def keep_of(unit: Unit, message: Message, *, is_new: bool) -> None:
    """Words were said, or said in another way."""
    rows = links_of(message.id, message.body, message.at)
    if rows or not is_new:
        unit.session.flush()
    if not is_new:
        forget(unit, [message.id])
    keep(unit, rows)


def forget(unit: Unit, message_ids: Sequence[str]) -> None:
    """These words are gone."""
    _delete(unit, MessageLink.message_id.in_(message_ids))


def forget_of(unit: Unit, account_id: str) -> None:
    """Every word of somebody is gone."""
    theirs = select(Message.id).where(Message.author_id == account_id)
    _delete(unit, MessageLink.message_id.in_(theirs))


def _delete(unit: Unit, which: Any) -> None:
    gone = delete(MessageLink).where(which)
    unit.session.execute(gone, execution_options={"synchronize_session": False})
