"""What somebody was told alone about their own words, for a page loaded later or without script."""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from support.base.actor import Actor
from support.chat.models import Message
from support.chat.rules.places import Said
from support.db.unit import Unit

KEPT_FOR = timedelta(hours=2)
MOST = 50


def own_notices(unit: Unit, actor: Actor, room_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Message and notice, the newest first: for all that waits, and for what was said lately."""
    rows = unit.session.execute(
        select(Message.id, Message.notice)
        .where(
            Message.room_id == room_id,
            Message.author_id == actor.id,
            Message.notice.is_not(None),
            Message.state.in_((Said.HELD, Said.KEPT, Said.VISIBLE)),
            or_(Message.state != Said.VISIBLE, Message.at > unit.now - KEPT_FOR),
        )
        .order_by(Message.at.desc())
        .limit(MOST)
    )
    return [(message_id, notice) for message_id, notice in rows if notice]
