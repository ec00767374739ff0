"""Meeting Guide rows, and the OIAA dialect of them (Sunday is 7, a length in place of an end)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from support.groups.rules.feeds_in.listing import (
    USUAL_MINUTES,
    BadRow,
    Listing,
    Reading,
    between,
    clock_time,
    joined,
    public_words,
    word,
    zone_for,
)
from support.groups.rules.words import LONGEST_MEETING, Format

_ATTENDANCE = {"online": Format.ONLINE, "in_person": Format.IN_PERSON, "hybrid": Format.HYBRID}
_ADDRESS = ("address", "city", "state", "country")
_STREET = re.compile(r"[0-9]")
_LANGUAGES = {
    "EN": "en", "S": "es", "ES": "es", "FR": "fr", "POR": "pt", "PT": "pt", "DE": "de",
    "POL": "pl", "PL": "pl", "ITA": "it",
}  # fmt: skip


def slots(row: Mapping[str, Any], reading: Reading) -> Iterator[Listing]:
    """One listing for each day the row names; one without a time where it names none."""
    name = word(row, "name", 120)
    slug = word(row, "slug", 120) or word(row, "id", 40)
    if not name or not slug:
        raise BadRow("no name" if not name else "no slug")
    if word(row, "attendance_option") == "inactive":
        raise BadRow("inactive")
    types = _types(row.get("types"))
    held = _held(row, types)
    start = clock_time(word(row, "time"))
    days = _days(row.get("day"))
    each_day: list[int | None] = [*days] or [None]
    for day in each_day:
        yield Listing(
            source=reading.source,
            key=f"{slug}-{day}" if days[1:] else slug,
            name=name,
            weekday=day,
            start=start,
            minutes=_minutes(row, start),
            timezone=zone_for(word(row, "timezone", 64), held, reading),
            format=held,
            place="" if held is Format.ONLINE else _place(row),
            language=next((_LANGUAGES[each] for each in types if each in _LANGUAGES), ""),
            newcomers=bool({"BE", "NEWC"} & set(types)),
            is_open=True if "O" in types else False if "C" in types else None,
            notes=public_words(row, "notes"),
        )


def _days(value: Any) -> list[int]:
    """Python weekdays. Sunday is 0 here and 7 there, the other six agree."""
    if value is None or value == "":
        return []
    found: list[int] = []
    for day in value if isinstance(value, list) else [value]:
        text = str(day)
        if isinstance(day, bool) or len(text) != 1 or text not in "01234567":
            raise BadRow(f"day {text[:20]!r} is not from 0 to 7")
        weekday = (int(text) - 1) % 7
        if weekday not in found:
            found.append(weekday)
    return found


def _minutes(row: Mapping[str, Any], start: str) -> int:
    end = clock_time(word(row, "end_time"))
    if start and end:
        return between(start, end)
    text = word(row, "duration")
    if not text:
        return USUAL_MINUTES
    if not (text.isascii() and text.isdecimal()) or not 0 <= int(text) <= LONGEST_MEETING:
        raise BadRow(f"duration {text[:20]!r} is no number of minutes")
    return int(text) or USUAL_MINUTES


def _types(value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return [each.upper() for each in value if isinstance(each, str)]


def _held(row: Mapping[str, Any], types: list[str]) -> Format:
    stated = _ATTENDANCE.get(word(row, "attendance_option"))
    if stated is not None:
        return stated
    has_link = bool(word(row, "conference_url") or word(row, "conference_phone"))
    is_online = has_link or "ONL" in types
    if not is_online:
        return Format.IN_PERSON
    has_street = bool(_STREET.search(word(row, "formatted_address") + word(row, "address")))
    if has_street and word(row, "approximate") != "yes" and "TC" not in types:
        return Format.HYBRID
    return Format.ONLINE


def _place(row: Mapping[str, Any]) -> str:
    address = public_words(row, "formatted_address")
    if not address:
        address = joined(*(public_words(row, name) for name in _ADDRESS))
    return joined(public_words(row, "location"), address)
