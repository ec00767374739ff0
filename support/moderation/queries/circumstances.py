"""Counts round an entry of the queue, each along an index."""

import re
from datetime import datetime

from sqlalchemy import exists, func, select

from support.accounts import queries as accounts
from support.db.unit import Unit
from support.moderation.models import ReviewItem, Sanction
from support.moderation.rules.circumstances import (
    AFTER_A_BAN,
    LOOKS_BACK,
    Facts,
)
from support.moderation.rules.desk import SanctionKind, Verdict

_LINK = re.compile(r"https?://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|shop|top|info|example)\b", re.I)
_HELD = (Verdict.KEEP, Verdict.REMOVE, Verdict.REWORD)


def facts_round(unit: Unit, item: ReviewItem, body: str, rooms: int) -> Facts:
    """What is known of the author's last days, as counts."""
    author = accounts.actor_by_id(unit, item.author_id)
    is_new = author is not None and author.is_newcomer(unit.now)
    return Facts(
        held_lately=_held_lately(unit, item),
        rooms_with_the_same_words=rooms,
        is_new=is_new,
        has_link=_LINK.search(body) is not None,
        came_after_a_ban=is_new and author is not None and _banned_before(unit, author.created_at),
    )


def _held_lately(unit: Unit, item: ReviewItem) -> int:
    held = select(func.count()).where(
        ReviewItem.author_id == item.author_id,
        ReviewItem.id != item.id,
        ReviewItem.decision.in_(_HELD),
        ReviewItem.decided_at >= unit.now - LOOKS_BACK,
    )
    return unit.session.scalar(held) or 0


def _banned_before(unit: Unit, came_at: datetime) -> bool:
    """Whether somebody was banned or suspended in the day before this account was made."""
    lately = exists().where(
        Sanction.kind.in_((SanctionKind.BAN, SanctionKind.SUSPEND)),
        Sanction.at <= came_at,
        Sanction.at >= came_at - AFTER_A_BAN,
    )
    return bool(unit.session.scalar(select(lately)))
