"""When somebody new has waited too long for an answer. Pure: all that was said comes in.

An answer is what somebody else says later, in reply to the newcomer or to nobody in particular.
What others say to each other is none, so that nobody is talked past unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WAITS = timedelta(minutes=15)
LOOKED_BACK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Line:
    """One shown message of a lounge, without its words."""

    id: str
    author_id: str
    seq: int
    at: datetime
    reply_to: str | None = None


def unanswered(lines: Sequence[Line], newcomer_id: str) -> list[Line]:
    """What a newcomer has said since the last answer to them, in order."""
    waiting: dict[str, Line] = {}
    own: set[str] = set()
    for line in sorted(lines, key=lambda one: one.seq):
        if line.author_id == newcomer_id:
            own.add(line.id)
            waiting[line.id] = line
        elif line.reply_to is None or line.reply_to in own:
            waiting.clear()
    return list(waiting.values())


def overdue(
    lines: Sequence[Line], newcomer_id: str, nudged_at: datetime | None, now: datetime
) -> Line | None:
    """The message whose wait is over: the first since the last answer and since the last nudge."""
    for line in unanswered(lines, newcomer_id):
        if nudged_at is None or line.at > nudged_at:
            return line if line.at + WAITS <= now else None
    return None
