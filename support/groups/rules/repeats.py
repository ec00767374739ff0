"""How often a series meets, in the words of the planning page; and what becomes of dates known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum

from support.groups.rules.recurrence import DAYS, Freq, Pattern, read_rule

LAST_WEEK = 5
MOST_SERIES = 12


class Repeat(StrEnum):
    """What a host can choose; `same` leaves a rule as it is that the page has no words for."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY_DAY = "monthly_day"
    MONTHLY_DATE = "monthly_date"
    ONCE = "once"
    SAME = "same"


def rule_of(repeat: Repeat, start: datetime, until: date | None, now: str = "") -> str:
    """The rule in RFC 5545's words, for a first date; `now` is the rule that `same` leaves."""
    if repeat is Repeat.ONCE:
        return ""
    rule = now if repeat is Repeat.SAME else _rule(repeat, start)
    parts = [part for part in rule.split(";") if part and not part.startswith("UNTIL=")]
    if until is None:
        return ";".join(parts)
    kept = [part for part in parts if not part.startswith("COUNT=")]
    return ";".join([*kept, f"UNTIL={until:%Y%m%d}"])


def _rule(repeat: Repeat, start: datetime) -> str:
    if repeat is Repeat.WEEKLY:
        return "FREQ=WEEKLY"
    if repeat is Repeat.FORTNIGHTLY:
        return "FREQ=WEEKLY;INTERVAL=2"
    if repeat is Repeat.MONTHLY_DATE:
        return "FREQ=MONTHLY"
    week = (start.day - 1) // 7 + 1
    return f"FREQ=MONTHLY;BYDAY={-1 if week == LAST_WEEK else week}{DAYS[start.weekday()]}"


def repeat_of(pattern: Pattern, start: datetime) -> Repeat:
    """The page's word for a rule; `same` for one that it has no word for."""
    plain = replace(pattern, until=None)
    for repeat in (Repeat.WEEKLY, Repeat.FORTNIGHTLY, Repeat.MONTHLY_DAY, Repeat.MONTHLY_DATE):
        if plain == read_rule(_rule(repeat, start), start, "UTC"):
            return repeat
    return Repeat.ONCE if pattern.freq is Freq.ONCE else Repeat.SAME


def ended(pattern: Pattern, now: datetime) -> Pattern:
    """The same rule with its end now, in the wall-clock time of its zone."""
    return replace(pattern, count=None, until=now.replace(second=0, microsecond=0))


def is_ended(pattern: Pattern, now: datetime) -> bool:
    """Whether a rule has come to its end by itself or by a host."""
    return pattern.until is not None and pattern.until <= now


@dataclass(frozen=True, slots=True)
class Laid:
    """What becomes of the dates known: where each goes, those that are off, and those to add."""

    to: dict[datetime, datetime]
    off: tuple[datetime, ...]
    add: tuple[datetime, ...]


def lay_anew(known: Sequence[datetime], wanted: Iterable[datetime]) -> Laid:
    """Dates keep their people: first on the same day, then in the same week."""
    left, to = list(wanted), dict[datetime, datetime]()
    for is_same in (_same_day, _same_week):
        for one in known:
            found = None if one in to else next((each for each in left if is_same(one, each)), None)
            if found is not None:
                to[one] = found
                left.remove(found)
    return Laid(to, tuple(one for one in known if one not in to), tuple(left))


def _same_day(one: datetime, other: datetime) -> bool:
    return one.date() == other.date()


def _same_week(one: datetime, other: datetime) -> bool:
    return one.isocalendar()[:2] == other.isocalendar()[:2]


def end_of(day: date) -> datetime:
    """The last minute of a day, on the wall."""
    return datetime.combine(day, time(23, 59))
