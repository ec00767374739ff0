"""A measure about one of the team takes two people from its first minute, however short it is.

Somebody alone can stop a colleague for an hour, one colleague a day, and only while a third
person could look: enough against an account in wrong hands, too little to lock out a team.
"""

from datetime import timedelta

from support.base.actor import Role
from support.moderation.rules.desk import SanctionKind, lasts, needs_second

COLLEAGUE_MEANWHILE = 60
ONE_IN = timedelta(hours=24)
TEAM = frozenset({Role.MODERATOR, Role.ADMIN})
_STOPS = frozenset({SanctionKind.SUSPEND, SanctionKind.BAN})
AN_HOUR = (
    "They are of the team: a second moderator has to agree. Until then they are out for an hour"
    " at most."
)
NOTHING_YET = "They are of the team: a second moderator has to agree. Until then nothing changes."


def takes_two(kind: SanctionKind, minutes: int | None, *, colleague: bool) -> bool:
    """Whether it waits for a second: what is grave, and every limit on a colleague."""
    return needs_second(kind, minutes) or (colleague and lasts(kind))


def stop_for(
    kind: SanctionKind, minutes: int | None, *, stopped_lately: bool, others: int
) -> int | None:
    """For how many minutes a colleague is out until somebody signs; None: nothing holds."""
    if kind not in _STOPS or stopped_lately or not others:
        return None
    return min(minutes or COLLEAGUE_MEANWHILE, COLLEAGUE_MEANWHILE)


def said_before(kind: SanctionKind) -> str:
    """What a measure about a colleague means until it is signed."""
    return AN_HOUR if kind in _STOPS else NOTHING_YET
