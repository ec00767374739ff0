"""What a feed needs to know of a series: its rule, its group, and the dates that differ."""

from dataclasses import dataclass
from datetime import datetime

from support.groups.rules.recurrence import Pattern
from support.groups.rules.words import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One date that is off (`moved_to` is None) or at another time."""

    original: datetime
    moved_to: datetime | None
    minutes: int
    changes: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A series as a feed tells it; `start` is its first real date in wall-clock time.

    `changes` only ever grows: calendars take over what has a higher number.
    """

    id: str
    title: str
    start: datetime
    timezone: str
    minutes: int
    pattern: Pattern
    changed_at: datetime
    group_slug: str
    group_name: str
    about: str
    language: str
    policy: Policy
    newcomers: bool
    overrides: tuple[Override, ...] = ()
    changes: int = 0
