"""How much is enough: whether a mentor may take one more shift, and which cap says no.

A shift belongs to the day and the week in which it begins, on the wall of the mentor's own zone;
weeks begin on Monday. Hosted meetings count as hours and not as shifts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from support.base.errors import Conflict
from support.base.rota import Span
from support.base.zones import to_local
from support.mentoring.rules.hours import DAY_MINUTES, read_span

LEAST_SHIFT_MINUTES = 30
MOST_SHIFT_MINUTES = 360
AHEAD = timedelta(days=14)
_MINUTE = timedelta(minutes=1)


class CapReached(Conflict):
    """A mentor's own limit says no; `field` is the one on their page that holds it."""

    def __init__(self, field: str, message: str, most: str | int = 0) -> None:
        super().__init__(message, most=most)
        self.field = field


@dataclass(frozen=True, slots=True)
class Caps:
    """What one mentor has set, and whether they rest just now."""

    timezone: str
    week_minutes: int
    day_shifts: int
    quiet: str = ""
    is_paused: bool = False
    resting_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """A stretch a mentor gives: a shift that is planned, or a meeting that was hosted."""

    starts_at: datetime
    ends_at: datetime
    is_shift: bool = True


def check_may_take(caps: Caps, taken: Iterable[Duty], wanted: Span) -> None:
    """Raise, naming the cap, unless this mentor may take this stretch beside what they have."""
    if caps.is_paused:
        raise Conflict("You are on a break. Come back first.")
    if caps.resting_until and wanted.starts_at < caps.resting_until:
        raise Conflict("You come out of a hard case. Rest a little first.")
    if in_quiet_hours(caps.quiet, wanted, caps.timezone):
        raise CapReached("quiet", "This is in your quiet hours.")
    mine = list(taken)
    if any(one.starts_at < wanted.ends_at and wanted.starts_at < one.ends_at for one in mine):
        raise Conflict("You are busy at that time already.")
    today = _day(wanted.starts_at, caps.timezone)
    shifts = sum(one.is_shift and _day(one.starts_at, caps.timezone) == today for one in mine)
    if shifts >= caps.day_shifts:
        sentence = "This is one more than the %(most)s shifts a day that you set."
        raise CapReached("day_shifts", sentence, most=caps.day_shifts)
    minutes = week_minutes(mine, wanted.starts_at, caps.timezone)
    if minutes + _minutes(wanted.starts_at, wanted.ends_at) > caps.week_minutes:
        hours = f"{caps.week_minutes / 60:g}"
        sentence = "This is more than the %(most)s hours a week that you set."
        raise CapReached("week_hours", sentence, most=hours)


def week_minutes(taken: Iterable[Duty], moment: datetime, timezone: str) -> int:
    """How many minutes were given, or are planned, in the week of that moment."""
    week = _week(moment, timezone)
    return sum(
        _minutes(one.starts_at, one.ends_at)
        for one in taken
        if _week(one.starts_at, timezone) == week
    )


def week_of(moment: datetime, timezone: str) -> tuple[datetime, datetime]:
    """Two moments between which all of that week lies, with a day to spare at either end."""
    local = to_local(moment, timezone)
    monday = moment - timedelta(days=local.weekday() + 2)
    return monday, monday + timedelta(days=11)


def in_quiet_hours(quiet: str, wanted: Span, timezone: str) -> bool:
    """Whether any minute of a stretch lies in the quiet hours, on the wall of that zone."""
    hours = read_span(quiet)
    if hours is None:
        return False
    start, length = hours
    at, until = to_local(wanted.starts_at, timezone), to_local(wanted.ends_at, timezone)
    minute = at.hour * 60 + at.minute
    until_quiet = (start - minute) % DAY_MINUTES
    begins_inside = (minute - start) % DAY_MINUTES < length
    return begins_inside or at + until_quiet * _MINUTE < until


def _minutes(starts_at: datetime, ends_at: datetime) -> int:
    return int((ends_at - starts_at).total_seconds()) // 60


def _day(moment: datetime, timezone: str) -> object:
    return to_local(moment, timezone).date()


def _week(moment: datetime, timezone: str) -> tuple[int, int]:
    year, week, _ = to_local(moment, timezone).isocalendar()
    return year, week
