"""VTIMEZONE as a rule ("last Sunday of March"), read from the zone's own record.

Lists of past transitions are misread by some calendars, so the rule for the years to come is
written out; a zone whose rule RFC 5545 cannot say gets its next transitions one by one.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur

from support.base.zones import zone, zone_file
from support.groups.rules.recurrence import DAYS

YEARS_AHEAD = 6
_LAST = 5
_OFFSET = r"([+-]?\d{1,3}(?::\d{2}){0,2})"
_NAME = r"(?:<([^>]+)>|([A-Za-z]+))"
_CHANGE = r"M(\d+)\.(\d)\.(\d)(?:/" + _OFFSET + r")?"
_RULE = re.compile(f"{_NAME}{_OFFSET}(?:{_NAME}{_OFFSET}?,{_CHANGE},{_CHANGE})?")


@dataclass(frozen=True, slots=True)
class Change:
    """Clocks change on the n-th weekday of a month, at this wall-clock time."""

    month: int
    week: int
    weekday: int
    at: timedelta

    def on(self, year: int) -> datetime:
        """The wall-clock moment in this year, on the clock before the change."""
        first = datetime.strptime(f"{year}-{self.month}-01", "%Y-%m-%d")  # noqa: DTZ007
        day = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        day += timedelta(weeks=self.week - 1)
        while day.month != self.month:
            day -= timedelta(weeks=1)
        return day + self.at

    def as_rrule(self) -> str:
        """The same in RFC 5545's words."""
        nth = -1 if self.week == _LAST else self.week
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={nth}{DAYS[self.weekday]}"


@dataclass(frozen=True, slots=True)
class Observance:
    """From when on which offset counts; one moment with a rule, or several moments."""

    moments: tuple[datetime, ...]
    rule: str | None
    before: timedelta
    after: timedelta
    name: str


def vtimezone(name: str, first_year: int) -> Timezone:
    """The zone as calendars need it for meetings from `first_year` on."""
    component = Timezone()
    component.add("tzid", name)
    found = _by_rule(name, first_year - 1) or _one_by_one(name, first_year)
    for each in found:
        is_summer = each.after > each.before
        part = TimezoneDaylight() if is_summer else TimezoneStandard()
        part.add("dtstart", each.moments[0])
        if each.rule:
            part.add("rrule", vRecur.from_ical(each.rule))
        if len(each.moments) > 1:
            part.add("rdate", list(each.moments[1:]))
        part.add("tzoffsetfrom", each.before)
        part.add("tzoffsetto", each.after)
        part.add("tzname", each.name)
        component.add_component(part)
    return component


def _by_rule(name: str, year: int) -> list[Observance]:
    """What the record's last line says; nothing where it does not hold or cannot be said."""
    line = zone_file(name).rsplit(b"\n", 2)[-2].decode("ascii", "replace")
    match = _RULE.fullmatch(line)
    if match is None:
        return []
    standard, plain = match[1] or match[2], -_span(match[3])
    if match[7] is None:
        steady = Observance((_day_one(),), None, plain, plain, standard)
        return [steady] if _is_steady(name, year, plain) else []
    summer = match[4] or match[5]
    other = -_span(match[6]) if match[6] else plain + timedelta(hours=1)
    begin, end = _change(match, 7), _change(match, 11)
    if not all(timedelta(0) <= each.at < timedelta(days=1) for each in (begin, end)):
        return []
    found = [
        Observance((begin.on(year),), begin.as_rrule(), plain, other, summer),
        Observance((end.on(year),), end.as_rrule(), other, plain, standard),
    ]
    changes = (begin, end)
    holds = all(_holds(name, ahead, changes, found) for ahead in range(year, year + 3))
    return found if holds else []


def _holds(
    name: str, year: int, changes: tuple[Change, Change], found: list[Observance]
) -> bool:  # fmt: skip
    return all(
        _offset(name, change.on(year) - each.before - timedelta(seconds=1)) == each.before
        and _offset(name, change.on(year) - each.before) == each.after
        for change, each in zip(changes, found, strict=True)
    )


def _is_steady(name: str, year: int, plain: timedelta) -> bool:
    days = (_new_year(year) + timedelta(days=n) for n in range(366 * YEARS_AHEAD))
    return all(_offset(name, day) == plain for day in days)


def _one_by_one(name: str, year: int) -> list[Observance]:
    """Every change of the coming years, each as it will be."""
    start = _new_year(year)
    current = _offset(name, start)
    found = [Observance((_day_one(),), None, current, current, _label(name, start))]
    for n in range(366 * YEARS_AHEAD):
        day = start + timedelta(days=n)
        following = _offset(name, day + timedelta(days=1))
        if following != current:
            instant = _change_within(name, day, current)
            found.append(
                Observance(
                    (instant + current,), None, current, following, _label(name, instant)
                )
            )  # fmt: skip
            current = following
    return found


def _change_within(name: str, day: datetime, before: timedelta) -> datetime:
    low, high = 0, 24 * 60
    while low < high:
        middle = (low + high) // 2
        if _offset(name, day + timedelta(minutes=middle)) == before:
            low = middle + 1
        else:
            high = middle
    return day + timedelta(minutes=low)


def _offset(name: str, instant: datetime) -> timedelta:
    """The zone's offset at a naive UTC moment."""
    aware = instant.replace(tzinfo=UTC).astimezone(zone(name))
    return aware.utcoffset() or timedelta(0)


def _label(name: str, instant: datetime) -> str:
    return instant.replace(tzinfo=UTC).astimezone(zone(name)).tzname() or name


def _change(match: re.Match[str], at: int) -> Change:
    time = _span(match[at + 3]) if match[at + 3] else timedelta(hours=2)
    return Change(int(match[at]), int(match[at + 1]), (int(match[at + 2]) - 1) % 7, time)


def _span(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return sign * timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


def _new_year(year: int) -> datetime:
    return datetime.strptime(f"{year}-01-01", "%Y-%m-%d")  # noqa: DTZ007 - naive UTC


def _day_one() -> datetime:
    return _new_year(1970)
