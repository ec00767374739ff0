"""Spans of time as a person means them, in their own zone: "tonight", "tuesday", a date."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from support.base.errors import Invalid
from support.base.zones import to_local, to_utc

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVENING, SMALL_HOURS = time(17), time(4)
WEEKS_AHEAD = 5
FIRST_YEAR, LAST_YEAR = 2000, 2100
_SHORTEST, _DATE_LENGTH = 3, len("2026-11-23")
_WORDS = ("today", "tomorrow", "tonight")


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant up to, not at, another; both UTC."""

    start: datetime
    end: datetime


def is_day(text: str) -> bool:
    """Whether `text` names a day we understand."""
    return not text or text in _WORDS or _weekday(text) is not None or _date(text) is not None


def spans_of(day: str, zone_name: str, now: datetime) -> list[Span]:
    """The spans a day word means from now on: one for a date, several for a weekday."""
    here = to_local(now, zone_name)
    if day == "tonight":
        return [tonight(zone_name, now)]
    if day in _WORDS:
        return [_whole_day(here.date() + timedelta(days=_WORDS.index(day)), zone_name)]
    weekday = _weekday(day)
    if weekday is not None:
        first = here.date() + timedelta(days=(weekday - here.weekday()) % 7)
        return [_whole_day(first + timedelta(weeks=n), zone_name) for n in range(WEEKS_AHEAD)]
    named = _date(day)
    if named is None:
        raise Invalid("Please pick a day.", fields={"day": "Please pick a day."})
    return [_whole_day(named, zone_name)]


def tonight(zone_name: str, now: datetime) -> Span:
    """This evening until four in the morning; in the small hours, the night that is still on."""
    here = to_local(now, zone_name)
    evening = here.date() - timedelta(days=1) if here.time() < SMALL_HOURS else here.date()
    return Span(
        to_utc(datetime.combine(evening, EVENING), zone_name),
        to_utc(datetime.combine(evening + timedelta(days=1), SMALL_HOURS), zone_name),
    )


def read_edge(text: str, zone_name: str, *, is_end: bool) -> datetime:
    """A `from` or `to`: an instant, or a date in the viewer's zone (as `to`, the day included)."""
    named = _date(text)
    if named is not None:
        whole = _whole_day(named, zone_name)
        return whole.end if is_end else whole.start
    moment = datetime.fromisoformat(text)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(text)
    return moment if moment.tzinfo else to_utc(moment, zone_name)


def _whole_day(day: date, zone_name: str) -> Span:
    start = datetime.combine(day, time())
    return Span(to_utc(start, zone_name), to_utc(start + timedelta(days=1), zone_name))


def _weekday(text: str) -> int | None:
    if len(text) == 1 and text in "0123456":
        return int(text)
    found = [n for n, name in enumerate(NAMES) if len(text) >= _SHORTEST and name.startswith(text)]
    return found[0] if found else None


def _date(text: str) -> date | None:
    if len(text) != _DATE_LENGTH:
        return None
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return None
    return named if FIRST_YEAR <= named.year <= LAST_YEAR else None
