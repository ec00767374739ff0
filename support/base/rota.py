"""The arithmetic of every rota: weekly shifts in the wall time of a zone, joined without holes.

The crisis rota and the mentors' lounge shifts both stand on it.
A wall time that a clock change skips counts as the later one; one that comes twice counts as
the first. A shift ends where its wall time ends, not after so many minutes: two shifts that meet
on the wall meet in truth, also in the night that has 23 or 25 hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from support.base.errors import Invalid

DAY = timedelta(days=1)
SUNDAY = 6
WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's weekly time on call or on shift; Monday is weekday 0."""

    account_id: str
    weekday: int
    start: time
    minutes: int
    timezone: str
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse what no week can hold."""
        if not 0 <= self.weekday <= SUNDAY:
            raise Invalid("A weekday is a number from 0 (Monday) to 6 (Sunday).")
        if not 1 <= self.minutes <= WEEK_MINUTES:
            raise Invalid("A shift lasts from 1 minute to one week.")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of real time that somebody covers, or nobody does."""

    starts_at: datetime
    ends_at: datetime
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that differs from the pattern: somebody is off, or covers."""

    account_id: str
    is_cover: bool
    starts_at: datetime
    ends_at: datetime


def instant(wall: datetime, timezone: str) -> datetime:
    """The moment of a wall time: the later in a gap, the first in a fold."""
    return wall.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def spans(shift: Shift, since: datetime, until: datetime) -> Iterator[Span]:
    """Every occurrence of a shift that touches the time from `since` to `until`."""
    length = timedelta(minutes=shift.minutes)
    day = since.astimezone(ZoneInfo(shift.timezone)).date() - length - 2 * DAY
    last = until.astimezone(ZoneInfo(shift.timezone)).date() + DAY
    day += timedelta(days=(shift.weekday - day.weekday()) % 7)
    while day <= last:
        span = _occurrence(shift, day, length)
        if span.starts_at < until and span.ends_at > since and span.starts_at < span.ends_at:
            yield span
        day += 7 * DAY


def on_duty(
    shifts: Iterable[Shift], changes: Sequence[Change], since: datetime, until: datetime
) -> list[Span]:
    """Who really covers what between two moments: the pattern, less who is off, and who covers."""
    found = [span for shift in shifts for span in spans(shift, since, until)]
    for change in changes:
        if not change.is_cover:
            found = [piece for span in found for piece in _without(span, change)]
    found += [
        Span(change.starts_at, change.ends_at, change.account_id)
        for change in changes
        if change.is_cover and change.starts_at < until and change.ends_at > since
    ]
    return found


def on_call(shifts: Iterable[Shift], now: datetime, changes: Sequence[Change] = ()) -> list[str]:
    """Who is on call at this moment, each once, in the order of the shifts."""
    moment = now + timedelta(microseconds=1)
    spans_now = on_duty(shifts, changes, now, moment)
    found = [span.account_id for span in spans_now if span.starts_at <= now < span.ends_at]
    return list(dict.fromkeys(found))


def gaps(
    shifts: Iterable[Shift], since: datetime, until: datetime, changes: Sequence[Change] = ()
) -> list[Span]:
    """The stretches between two moments in which nobody is on call."""
    return holes(on_duty(shifts, changes, since, until), since, until)


def holes(covered: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """The stretches between two moments that no span covers."""
    taken = sorted((span.starts_at, span.ends_at) for span in covered)
    found: list[Span] = []
    reached = since
    for starts_at, ends_at in taken:
        if starts_at > reached:
            found.append(Span(reached, min(starts_at, until)))
        reached = max(reached, ends_at)
    if reached < until:
        found.append(Span(reached, until))
    return found


def is_wall_time(text: str) -> bool:
    """Whether this is a time on the wall such as 22:00."""
    hour, colon, minute = text.partition(":")
    digits = (hour + minute).isascii() and (hour + minute).isdecimal()
    if not (colon and digits and len(hour) == len(minute) == len("00")):
        return False
    return hour < "24" and minute < "60"


def check_may_swap(mine: Iterable[Span], starts_at: datetime, ends_at: datetime) -> None:
    """One can only ask others to take what is one's own, and what is still to come."""
    reached = starts_at
    for span in sorted(mine, key=lambda one: one.starts_at):
        if span.starts_at <= reached:
            reached = max(reached, span.ends_at)
    if reached < ends_at:
        raise Invalid(
            "Please check what is marked.",
            fields={"starts_at": "You are not on call in all of this time."},
        )


def _without(span: Span, change: Change) -> Iterator[Span]:
    """What is left of a span while somebody is off."""
    apart = change.ends_at <= span.starts_at or change.starts_at >= span.ends_at
    if span.account_id != change.account_id or apart:
        yield span
        return
    if span.starts_at < change.starts_at:
        yield Span(span.starts_at, change.starts_at, span.account_id)
    if change.ends_at < span.ends_at:
        yield Span(change.ends_at, span.ends_at, span.account_id)


def _occurrence(shift: Shift, day: date, length: timedelta) -> Span:
    wall = datetime.combine(day, shift.start)
    starts_at, ends_at = instant(wall, shift.timezone), instant(wall + length, shift.timezone)
    return Span(starts_at, ends_at, shift.account_id)
