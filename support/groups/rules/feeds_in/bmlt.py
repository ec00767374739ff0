"""BMLT rows: the semantic feed (all strings, Sunday is 1) and the admin API (Sunday is 0)."""

from collections.abc import Iterable, Mapping
from typing import Any

from support.groups.rules.feeds_in.listing import (
    BadRow,
    Listing,
    Reading,
    clock_time,
    joined,
    length,
    public_words,
    word,
    zone_for,
)
from support.groups.rules.words import LANGUAGE, LONGEST_LANGUAGE, Format

_VENUES = {"1": Format.IN_PERSON, "2": Format.ONLINE, "3": Format.HYBRID}
_ADDRESS = (
    "location_text",
    "location_street",
    "location_city_subsection",
    "location_municipality",
    "location_province",
    "location_nation",
)


def format_names(formats: Iterable[Any]) -> dict[str, str]:
    """Key and id of each format → its world id; the keys differ from server to server."""
    names: dict[str, str] = {}
    for entry in formats:
        if not isinstance(entry, Mapping):
            continue
        world = (word(entry, "world_id") or word(entry, "worldId")).upper()
        keys = [word(entry, "key_string"), word(entry, "id")]
        translations = entry.get("translations")
        if isinstance(translations, list):
            keys += [word(each, "key") for each in translations if isinstance(each, Mapping)]
        names.update({key: world for key in keys if key and world})
    return names


def semantic(row: Mapping[str, Any], reading: Reading) -> Listing:
    """A row of GetSearchResults."""
    key, name = word(row, "id_bigint", 40), word(row, "meeting_name", 120)
    if not key or not name:
        raise BadRow("no id" if not key else "no name")
    if word(row, "published") == "0":
        raise BadRow("not published")
    formats = _worlds(word(row, "formats").split(","), reading)
    if "format_shared_id_list" in row and not formats:
        formats = _worlds(word(row, "format_shared_id_list").split(","), reading)
    held = _held(row, word(row, "venue_type"), formats)
    return Listing(
        source=word(row, "root_server_uri", 200) or reading.source,
        key=key,
        name=name,
        weekday=_weekday(word(row, "weekday_tinyint"), sunday=1),
        start=clock_time(word(row, "start_time")),
        minutes=length(word(row, "duration_time")),
        timezone=zone_for(word(row, "time_zone", 64), held, reading),
        language=_language(word(row, "lang_enum")),
        **_common(row, held, formats),
    )


def admin(row: Mapping[str, Any], reading: Reading) -> Listing:
    """A meeting of the admin API."""
    key, name = word(row, "id", 40), word(row, "name", 120)
    if not key or not name:
        raise BadRow("no id" if not key else "no name")
    if row.get("published") is False:
        raise BadRow("not published")
    ids = row.get("formatIds")
    formats = _worlds([str(each) for each in ids] if isinstance(ids, list) else [], reading)
    held = _held(row, word(row, "venueType"), formats)
    return Listing(
        source=reading.source,
        key=key,
        name=name,
        weekday=_weekday(word(row, "day"), sunday=0),
        start=clock_time(word(row, "startTime")),
        minutes=length(word(row, "duration")),
        timezone=zone_for(word(row, "timeZone", 64), held, reading),
        **_common(row, held, formats),
    )


def _common(row: Mapping[str, Any], held: Format, formats: frozenset[str]) -> dict[str, Any]:
    notes = joined(public_words(row, "location_info"), public_words(row, "comments"))
    is_open = True if "OPEN" in formats else False if "CLOSED" in formats else None
    return {
        "format": held,
        "place": joined(*(public_words(row, name) for name in _ADDRESS)),
        "newcomers": "BEG" in formats,
        "is_open": is_open,
        "notes": notes,
    }


def _worlds(keys: Iterable[str], reading: Reading) -> frozenset[str]:
    names = reading.formats or {}
    return frozenset(names[key.strip()] for key in keys if key.strip() in names)


def _held(row: Mapping[str, Any], venue: str, formats: frozenset[str]) -> Format:
    if venue in _VENUES:
        return _VENUES[venue]
    if "HY" in formats:
        return Format.HYBRID
    has_place = bool(word(row, "location_street") or word(row, "location_text"))
    has_link = bool(word(row, "virtual_meeting_link") or word(row, "phone_meeting_number"))
    if formats & {"VM", "TC"} or (has_link and not has_place):
        return Format.ONLINE
    return Format.HYBRID if has_link else Format.IN_PERSON


def _weekday(text: str, *, sunday: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not sunday <= int(text) <= sunday + 6:
        raise BadRow(f"weekday {text[:20]!r} is not from {sunday} to {sunday + 6}")
    return (int(text) - sunday - 1) % 7


def _language(text: str) -> str:
    return text if len(text) <= LONGEST_LANGUAGE and LANGUAGE.fullmatch(text) else ""
