"""Weekly hours as people write them ("tue 19:00-21:00"), and how much two people's overlap."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from support.base.zones import to_local, to_utc, zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
MOST_SLOTS = 21
_SLOT = re.compile(r"([a-z]{3})[a-z]* +(\d{1,2}):(\d{2}) *[-–] *(\d{1,2}):(\d{2})")
_HOUR, _MINUTE = 24, 60


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A stretch of one weekday (Monday 0), in minutes of local wall time; it may pass midnight."""

    weekday: int
    start: int
    minutes: int

    def __str__(self) -> str:
        end = (self.start + self.minutes) % DAY_MINUTES
        return (
            f"{DAYS[self.weekday]} {self.start // 60:02}:{self.start % 60:02}"
            f"-{end // 60:02}:{end % 60:02}"
        )


def read_slot(line: str) -> Slot | None:
    """One line as it was typed; None where it cannot be read."""
    found = _SLOT.fullmatch(line.strip().lower())
    if found is None or found[1] not in DAYS:
        return None
    first_hour, first, last_hour, last = (int(part) for part in found.groups()[1:])
    if max(first, last) >= _MINUTE or first_hour >= _HOUR or last_hour > _HOUR:
        return None
    start, end = first_hour * 60 + first, last_hour * 60 + last
    if end > DAY_MINUTES or start == end % DAY_MINUTES:
        return None
    return Slot(DAYS.index(found[1]), start, (end - start) % DAY_MINUTES)


def read_span(typed: str) -> tuple[int, int] | None:
    """Hours of every day such as 22:00-08:00: when they begin and how long, in minutes."""
    slot = read_slot(f"mon {typed}")
    return (slot.start, slot.minutes) if slot else None


def of_week(slots: Iterable[Slot], timezone: str, week_of: date) -> int:
    """The minutes of a week in UTC that these local slots cover, as one bit each.

    The week is that of a date, so that summer time is as it is then.
    """
    monday = week_of - timedelta(days=week_of.weekday())
    base = datetime.combine(monday, time(), UTC)
    covered = 0
    for slot in slots:
        local = datetime.combine(monday + timedelta(days=slot.weekday), time(), zone(timezone))
        begins = (local + timedelta(minutes=slot.start)).astimezone(UTC)
        offset = int((begins - base).total_seconds()) // 60 % WEEK_MINUTES
        covered |= _turned((1 << slot.minutes) - 1, offset)
    return covered


def in_zone(slot: Slot, theirs: str, mine: str, week_of: date) -> Slot:
    """The same hours on another wall, as clocks stand in that week."""
    monday = week_of - timedelta(days=week_of.weekday())
    wall = datetime.combine(monday + timedelta(days=slot.weekday), time())
    begins = to_local(to_utc(wall + timedelta(minutes=slot.start), theirs), mine)
    return Slot(begins.weekday(), begins.hour * 60 + begins.minute, slot.minutes)


def _turned(bits: int, by: int) -> int:
    """Bits moved on through the week; what leaves at its end comes in at its beginning."""
    moved = bits << by
    return (moved | (moved >> WEEK_MINUTES)) & ((1 << WEEK_MINUTES) - 1)


def minutes_in(covered: int) -> int:
    """How many minutes are covered."""
    return covered.bit_count()
