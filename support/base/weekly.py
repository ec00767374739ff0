"""A time every week, as forms send it and programs read it: the same for each rota of the house."""

from typing import Any, Protocol, TypedDict

from support.base.clock import wire
from support.base.fields import Fields
from support.base.rota import SUNDAY, Span, is_wall_time
from support.base.zones import is_zone


class Weekly(TypedDict):
    """A weekday (Monday is 0), a start on the wall of a zone, and how long it lasts."""

    weekday: int
    start: str
    minutes: int
    timezone: str


class Kept(Protocol):
    """A weekly time as it is kept somewhere."""

    @property
    def id(self) -> str: ...
    @property
    def weekday(self) -> int: ...
    @property
    def start(self) -> str: ...
    @property
    def minutes(self) -> int: ...
    @property
    def timezone(self) -> str: ...


def read_weekly(fields: Fields, least: int, most: int, own_zone: str = "") -> Weekly:
    """Read it from a form; without a zone it is on the wall of the reader's own, where there is."""
    found = Weekly(
        weekday=fields.integer("weekday", 0, SUNDAY),
        start=fields.text("start", longest=5),
        minutes=fields.integer("minutes", least, most),
        timezone=fields.text("timezone", longest=64, required=not own_zone) or own_zone,
    )
    if found["start"] and not is_wall_time(found["start"]):
        fields.reject("start", "Please give a time such as 22:00.")
    if found["timezone"] and not is_zone(found["timezone"]):
        fields.reject("timezone", "Please pick a time zone such as Europe/Lisbon.")
    return found


def weekly_facts(one: Kept) -> dict[str, Any]:
    """A weekly time for a program."""
    when = Weekly(weekday=one.weekday, start=one.start, minutes=one.minutes, timezone=one.timezone)
    return {"id": one.id, **when}


def span_facts(span: Span) -> dict[str, str]:
    """A stretch of real time for a program."""
    return {"from": wire(span.starts_at), "to": wire(span.ends_at)}
