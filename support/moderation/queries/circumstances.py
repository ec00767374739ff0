"""Counts round an entry of the queue, each along an index."""

import re
from datetime import datetime

from sqlalchemy import func, select

from support.accounts import queries as accounts
from support.db.unit import Unit
from support.moderation.models import ReviewItem, Sanction
from support.moderation.rules.circumstances import (
    AFTER_A_BAN,
    LOOKS_BACK,
    Facts,
)
from support.moderation.rules.desk import Closing, ItemState, SanctionKind, Verdict

_LINK = re.compile(
    r"https?://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|shop|top|info|example)\b"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,24}/\w",
    re.I,
)
_HELD = (Verdict.KEEP, Verdict.REMOVE, Verdict.REWORD, Closing.LAPSED)


def facts_round(unit: Unit, item: ReviewItem, body: str, rooms: int) -> Facts:
    """What is known of the author's last days, as counts."""
    author = accounts.actor_by_id(unit, item.author_id)
    is_new = author is not None and author.is_newcomer(unit.now)
    return Facts(
        held_lately=_held_lately(unit, item),
        rooms_with_the_same_words=rooms,
        is_new=is_new,
        has_link=_LINK.search(body) is not None,
        made_after_a_ban=_burst_of(unit, author.created_at) if is_new and author else 0,
    )


def _held_lately(unit: Unit, item: ReviewItem) -> int:
    """How often words of theirs were held, whether somebody has decided that yet or not."""
    others = ReviewItem.author_id == item.author_id, ReviewItem.id != item.id
    since = unit.now - LOOKS_BACK
    decided = ReviewItem.decision.in_(_HELD) & (ReviewItem.decided_at >= since)
    waiting = (
        (ReviewItem.state == ItemState.OPEN)
        & ReviewItem.held_until.is_not(None)
        & (ReviewItem.opened_at >= since)
    )
    counts = [select(func.count()).where(*others, which) for which in (decided, waiting)]
    return sum(unit.session.scalar(one) or 0 for one in counts)


def _burst_of(unit: Unit, came_at: datetime) -> int:
    """How many accounts were made within two hours of the last ban before this one was."""
    last = select(func.max(Sanction.at)).where(
        Sanction.kind.in_((SanctionKind.BAN, SanctionKind.SUSPEND)),
        Sanction.at <= came_at,
        Sanction.at >= came_at - AFTER_A_BAN,
    )
    banned_at = unit.session.scalar(last)
    if banned_at is None:
        return 0
    return accounts.made_between(unit, banned_at, banned_at + AFTER_A_BAN)
