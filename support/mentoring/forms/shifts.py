"""A time in the lounges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from support.base.fields import Fields
from support.base.weekly import read_weekly
from support.mentoring.rules.shifts import LEAST_SHIFT_MINUTES, MOST_SHIFT_MINUTES


@dataclass(frozen=True, slots=True)
class LoungeShiftForm:
    """A time in the lounges, every week or only the next time, on the wall of a zone."""

    weekday: int
    start: str
    minutes: int
    timezone: str
    once: bool

    @property
    def start_time(self) -> time:
        """The start as a time."""
        return time.fromisoformat(self.start)

    @classmethod
    def parse(cls, data: Mapping[str, Any], own_zone: str) -> Self:
        """Read `{weekday, start, minutes, timezone?, once?}`: Monday is 0, the start is HH:MM."""
        fields = Fields(data)
        when = read_weekly(fields, LEAST_SHIFT_MINUTES, MOST_SHIFT_MINUTES, own_zone)
        form = cls(**when, once=fields.flag("once"))
        fields.done()
        return form
