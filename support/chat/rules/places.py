"""What somebody may do in a room: decided from facts alone, the same for socket, page and job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from support.base.errors import Banned, Ended, Forbidden, Locked, Muted, SlowMode

EDIT_FOR = timedelta(minutes=10)
LONGEST_BODY = 2000
LONGEST_WARNING = 80
MESSAGES, MESSAGES_IN = 10, 10
EVENTS, EVENTS_IN = 60, 10
WRITERS_WHILE_ALONE = 8
WRITES_LATELY = timedelta(minutes=15)


class Kind(StrEnum):
    LOUNGE = "lounge"
    MEETING = "meeting"
    MENTORING = "mentoring"
    CRISIS = "crisis"


PUBLIC = frozenset((Kind.LOUNGE, Kind.MEETING))  # where more than a few are meant to read


class Hold(StrEnum):
    """Whose words wait for a moderator whatever they say."""

    NONE = "none"
    NEWCOMERS = "newcomers"
    ALL = "all"


class Said(StrEnum):
    """What became of a message."""

    VISIBLE = "visible"
    HELD = "held"
    KEPT = "kept"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class Reaction(StrEnum):
    """A few calm signs."""

    THANKS = "thanks"
    WITH_YOU = "with_you"
    SAME = "same"
    HUG = "hug"
    HEART = "heart"


KEEPS_DAYS = {Kind.LOUNGE: 30, Kind.MEETING: 7, Kind.MENTORING: 30, Kind.CRISIS: 90}
ALONE = (
    "The host is alone just now, so only a few people write at a time. You can read, and raise "
    "your hand for a turn. Help now is always there."
)
ON_THE_WIRE = {Said.KEPT: Said.HELD, Said.WITHDRAWN: Said.REMOVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands in one room now."""

    enters: bool
    hosts: bool
    person: str = ""
    muted_until: datetime | None = None
    removed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How the room is set now."""

    kind: Kind
    state: str
    slow_seconds: int = 0
    locked: bool = False
    hold: Hold = Hold.NONE
    cross_talk: bool = True
    reactions: bool = True
    floor: str | None = None
    most_writers: int = 0


def check_may_enter(standing: Standing, now: datetime) -> None:
    """Raise Banned for somebody a host has taken out of the room."""
    if standing.removed_until and standing.removed_until > now and not standing.hosts:
        raise Banned("A host has taken you out of this room for now.")


def check_may_write(
    setting: Setting, standing: Standing, last_at: datetime | None, now: datetime
) -> None:
    """Raise unless this person may say something here now. Nobody is cut off in a crisis room."""
    check_may_enter(standing, now)
    if setting.state in ("closed", "debriefed"):
        raise Ended("This room is closed. Help is still here.")
    if setting.kind is Kind.CRISIS:
        return
    if standing.muted_until and standing.muted_until > now:
        wait = _seconds(standing.muted_until - now)
        raise Muted("You cannot write for now. You can still read.", retry_after=wait)
    if standing.hosts:
        return
    if setting.locked:
        raise Locked("The hosts have paused writing. You can still read.")
    if setting.state in ("planned", "lobby", "paused", "cancelled"):
        raise Locked("This meeting is not open for writing now. You can still read.")
    if not setting.cross_talk and (not standing.person or setting.floor != standing.person):
        raise Locked("One person speaks at a time now. Raise your hand for a turn.")
    _check_pace(setting.slow_seconds, last_at, now)


def check_is_among_writers(setting: Setting, standing: Standing, writers: Sequence[str]) -> None:
    """While a host is alone few write at a time; `writers` have written lately, the first first.

    Whoever has the floor writes, and a place is free again when somebody has rested for a while.
    """
    if not setting.most_writers or standing.hosts or setting.floor == standing.person:
        return
    if standing.person in writers[: setting.most_writers] or len(writers) < setting.most_writers:
        return
    raise Locked(ALONE)


def check_may_react(setting: Setting, standing: Standing) -> None:
    """Raise while a host wants quiet; hosts and whoever has the floor may."""
    if setting.kind is Kind.CRISIS or setting.cross_talk or setting.reactions or standing.hosts:
        return
    if setting.floor is None or setting.floor != standing.person:
        raise Locked("It is quiet now: no signs until the next turn.")


def _check_pace(slow_seconds: int, last_at: datetime | None, now: datetime) -> None:
    if not slow_seconds or last_at is None:
        return
    due = last_at + timedelta(seconds=slow_seconds)
    if due > now:
        wait = _seconds(due - now)
        raise SlowMode("This room is going slowly. Please wait a little.", retry_after=wait)


def check_may_host(standing: Standing) -> None:
    """Raise unless this person hosts here."""
    if not standing.hosts:
        raise Forbidden("Only the hosts of this room can do this.")


def check_may_edit(is_own: bool, state: Said, said_at: datetime, now: datetime) -> None:
    """Own words, for ten minutes; words that wait for a moderator for as long as they wait."""
    if not is_own:
        raise Forbidden("You can change only your own words.")
    if state is Said.HELD:
        return
    if state is not Said.VISIBLE:
        raise Ended("These words are gone or decided about. You can write new ones.")
    if now - said_at > EDIT_FOR:
        raise Ended("Words can be changed for ten minutes. You can write new ones.")


def waits_for_moderator(setting: Setting, standing: Standing, is_newcomer: bool) -> bool:
    """Whether the room holds this person's words whatever they say."""
    if standing.hosts or setting.kind is Kind.CRISIS:
        return False
    return setting.hold is Hold.ALL or (setting.hold is Hold.NEWCOMERS and is_newcomer)


def can(setting: Setting, standing: Standing) -> list[str]:
    """What the page offers; the doors check again."""
    if not standing.hosts:
        return ["read", "write", "react", "report"]
    offered = ["read", "write", "react", "report", "host"]
    return [*offered, "move"] if setting.kind is Kind.MEETING else offered


def _seconds(span: timedelta) -> int:
    return max(1, int(-(-span.total_seconds() // 1)))
