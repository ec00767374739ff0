"""How the desk looks after its own: hand-over, breaks, and when enough was read for today."""

from datetime import datetime, timedelta

from support.base.errors import Conflict, Invalid
from support.base.severity import Severity
from support.moderation.rules.desk import CARE_LABELS

HANDED_FOR = timedelta(minutes=30)
HARD_WITHIN = timedelta(hours=12)
HARD_AT_MOST = 6
WEEK = timedelta(days=7)
NOTES_FOR = timedelta(days=14)
LOOKS_KEPT = timedelta(days=30)
NOTE, READY_TITLE, READY_TEXT = 1000, 60, 500
PAUSES = (30, 120, 720, 2880)
_HARD = CARE_LABELS | {"harassment", "third_party_concern"}


def is_hard(labels: list[str], severity: Severity) -> bool:
    """Whether reading this costs more than most: danger, illness, cruelty."""
    return severity.rank >= Severity.URGENT.rank or not _HARD.isdisjoint(labels)


def wants_a_break(hard: int) -> bool:
    """Whether somebody has read enough that hurts for now."""
    return hard >= HARD_AT_MOST


def check_is_at_work(paused_until: datetime | None) -> None:
    """Nobody takes something new while on a break."""
    if paused_until is not None:
        raise Conflict("You are on a break. End it first; nothing here runs away.")


def check_may_be_handed(*, may_see: bool, paused: bool) -> None:
    """Whom an entry may be handed to. Why somebody cannot take it is told to nobody."""
    if not may_see or paused:
        raise Invalid("They cannot take this now.", fields={"to": "Please pick another moderator."})
