"""When a series meets: the few rules people may plan by, and their bounded expansion.

Free rules from strangers can run for ever (INTERVAL=0) or for an hour (COUNT=1000000000), so a
rule is read into one of four shapes and anything else is refused with a sentence.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dateutil import rrule

from support.base.errors import Invalid
from support.base.zones import to_local

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_RULE = 200
MOST_TIMES = 500
MOST_WEEKS_APART = 52
LONGEST_LOOK = timedelta(days=366)
FIRST_YEAR, LAST_YEAR = 2000, 2100
_KNOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST"})
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


class Freq(StrEnum):
    """How a series repeats."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One of the four shapes: once, every n weeks, monthly by weekday, monthly by date."""

    freq: Freq = Freq.ONCE
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    month_day: int | None = None
    count: int | None = None
    until: datetime | None = None

    @property
    def is_truly_weekly(self) -> bool:
        """Every week on the same days, without an end: all that a weekly listing can tell."""
        return (
            self.freq is Freq.WEEKLY
            and self.interval == 1
            and self.count is None
            and self.until is None
        )

    def as_rrule(self) -> str:
        """The same rule in RFC 5545's words; empty for a single date."""
        if self.freq is Freq.ONCE:
            return ""
        parts = [f"FREQ={self.freq.upper()}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            nth = str(self.nth or "")
            parts.append("BYDAY=" + ",".join(nth + DAYS[day] for day in self.weekdays))
        if self.month_day is not None:
            parts.append(f"BYMONTHDAY={self.month_day}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%dT%H%M%S}")
        return ";".join(parts)


def read_rule(text: str, start: datetime, zone_name: str) -> Pattern:
    """The pattern a rule asks for, given its first wall-clock time; Invalid says why not."""
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise _no("The first date must lie between 2000 and 2100.")
    parts = _parts(text)
    if not parts:
        return Pattern()
    count, until = _count(parts), _until(parts, zone_name)
    if count is not None and until is not None:
        raise _no("A rule ends after a number of times or on a date, not both.")
    interval = _number(parts, "INTERVAL", 1, MOST_WEEKS_APART) or 1
    freq = parts.get("FREQ", "")
    if freq == "DAILY" and interval == 1 and "BYDAY" not in parts and "BYMONTHDAY" not in parts:
        return Pattern(freq=Freq.WEEKLY, weekdays=tuple(range(7)), count=count, until=until)
    if freq == "WEEKLY":
        days = _weekdays(parts, start)
        return Pattern(freq=Freq.WEEKLY, interval=interval, weekdays=days, count=count, until=until)
    if freq == "MONTHLY":
        nth, days, month_day = _monthly(parts, start)
        return Pattern(
            freq=Freq.MONTHLY, interval=interval, weekdays=days, nth=nth,
            month_day=month_day, count=count, until=until,
        )  # fmt: skip
    raise _no("A meeting repeats weekly, every few weeks, or monthly by weekday or date.")


def dates(pattern: Pattern, start: datetime, after: datetime, before: datetime) -> list[datetime]:
    """The wall-clock starts from `after` up to, not at, `before`; a year and 500 at most."""
    before = min(before, after + LONGEST_LOOK)
    if pattern.freq is Freq.ONCE:
        return [start] if after <= start < before else []
    found: list[datetime] = []
    for date in _rule(pattern, start, after):
        if date >= before or len(found) >= MOST_TIMES:
            break
        if date >= after:
            found.append(date)
    return found


def first_date(pattern: Pattern, start: datetime) -> datetime | None:
    """The first date that fits the rule, which may lie after the day the series was planned for."""
    if pattern.freq is Freq.ONCE or _fits(pattern, start):
        return start
    found = next(iter(_rule(pattern, start, start)), None)
    return found if found and found < start + LONGEST_LOOK else None


def _fits(pattern: Pattern, start: datetime) -> bool:
    """Whether the day the series was planned for is of its rule, which is nearly always so."""
    if pattern.until is not None and start > pattern.until:
        return False
    if pattern.month_day is not None:
        return pattern.month_day == start.day
    if start.weekday() not in pattern.weekdays or pattern.nth == -1:
        return False
    return pattern.nth in (None, (start.day - 1) // 7 + 1)


def _rule(pattern: Pattern, start: datetime, after: datetime) -> rrule.rrule:
    weekdays = [rrule.weekday(day, pattern.nth) for day in pattern.weekdays] or None
    if pattern.count is None and pattern.freq is Freq.WEEKLY and after > start:
        stride = timedelta(weeks=pattern.interval)
        start += stride * max(0, (after - start) // stride - 1)
    return rrule.rrule(
        rrule.WEEKLY if pattern.freq is Freq.WEEKLY else rrule.MONTHLY,
        dtstart=start,
        interval=pattern.interval,
        byweekday=weekdays,
        bymonthday=pattern.month_day,
        count=pattern.count,
        until=pattern.until,
    )


def _parts(text: str) -> dict[str, str]:
    text = text.strip().upper().removeprefix("RRULE:")
    if len(text) > LONGEST_RULE:
        raise _no("This rule is too long.")
    parts: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        name, _, value = part.partition("=")
        if name not in _KNOWN:
            raise _no("A rule holds only FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL.")
        if name in parts or not value:
            raise _no("A rule gives each of its parts once.")
        parts[name] = value
    return parts


def _number(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    value = parts.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        raise _no(f"{name} must be a number from {least} to {most}.")
    return int(value)


def _count(parts: dict[str, str]) -> int | None:
    return _number(parts, "COUNT", 1, MOST_TIMES)


def _until(parts: dict[str, str], zone_name: str) -> datetime | None:
    value = parts.get("UNTIL")
    if value is None:
        return None
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        moment = datetime.strptime(match[1] + (match[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007
        return to_local(_as_utc(moment), zone_name) if match[3] else moment
    except ValueError:
        raise _no("UNTIL must be a date such as 20271231.") from None


def _as_utc(moment: datetime) -> datetime:
    return datetime.fromisoformat(f"{moment.isoformat()}+00:00")


def _days(parts: dict[str, str]) -> list[tuple[int | None, int]]:
    found: list[tuple[int | None, int]] = []
    for part in parts.get("BYDAY", "").split(","):
        match = _DAY.fullmatch(part)
        if match is None:
            raise _no("BYDAY must name days such as MO or 2TU.")
        found.append((int(match[1]) if match[1] else None, DAYS.index(match[2])))
    return found


def _weekdays(parts: dict[str, str], start: datetime) -> tuple[int, ...]:
    if "BYMONTHDAY" in parts:
        raise _no("A weekly meeting is planned by weekdays.")
    if "BYDAY" not in parts:
        return (start.weekday(),)
    found = _days(parts)
    if any(nth is not None for nth, _ in found):
        raise _no("A weekly meeting names plain days such as MO.")
    return tuple(sorted({day for _, day in found}))


def _monthly(
    parts: dict[str, str], start: datetime
) -> tuple[int | None, tuple[int, ...], int | None]:
    if "BYDAY" not in parts:
        return None, (), _number(parts, "BYMONTHDAY", 1, 31) or start.day
    found = _days(parts)
    nth, day = found[0]
    if len(found) > 1 or nth is None or nth not in (-1, 1, 2, 3, 4) or "BYMONTHDAY" in parts:
        raise _no("A monthly meeting names one day such as 2TU (second) or -1FR (last).")
    return nth, (day,), None


def _no(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"rrule": sentence})
