"""A time in the lounges."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Self

from support.base.fields import Fields
from support.base.rota import SUNDAY, is_wall_time
from support.base.zones import is_zone
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
        form = cls(
            weekday=fields.integer("weekday", 0, SUNDAY),
            start=fields.text("start", longest=5),
            minutes=fields.integer("minutes", LEAST_SHIFT_MINUTES, MOST_SHIFT_MINUTES),
            timezone=fields.text("timezone", longest=64, required=False) or own_zone,
            once=fields.flag("once"),
        )
        if form.start and not is_wall_time(form.start):
            fields.reject("start", "Please give a time such as 22:00.")
        if not is_zone(form.timezone):
            fields.reject("timezone", "Please pick a time zone such as Europe/Lisbon.")
        fields.done()
        return form
