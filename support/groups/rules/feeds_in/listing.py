"""One weekly slot of somebody else's list, and the small readers all feeds share.

Contact people, phone numbers, e-mail addresses and meeting links (which may hold passcodes) are
never taken over: what is listed is a name, a time, a public place and the source to ask.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from support.base.text import clean
from support.base.zones import is_zone
from support.groups.rules.words import LONGEST_MEETING, Format

USUAL_MINUTES = 60
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-5][0-9])?")
_DURATION = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::[0-5][0-9])?")
_CONTACT = re.compile(
    r"[^\s@<>]{1,64}@[^\s@<>]{1,64}\.[^\s@<>]{1,24}"
    r"|(?:https?://|www\.)\S{1,500}"
    r"|(?i:(?:pass(?:code|word)?|pwd|meeting id|id)\s?[:#=]\s?[\w -]{3,30})"
    r"|\+?\(?[0-9](?:[\s().-]{0,3}[0-9]){6,14}"
)


class BadRow(Exception):
    """This row cannot be listed; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A weekly slot as we list it; without weekday, start or zone its time is unknown."""

    source: str
    key: str
    name: str
    weekday: int | None = None
    start: str = ""
    minutes: int = USUAL_MINUTES
    timezone: str = ""
    format: Format = Format.IN_PERSON
    place: str = ""
    language: str = ""
    newcomers: bool = False
    is_open: bool | None = None
    notes: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes it the same slot in the next feed: its server and its number there."""
        return self.source, self.key

    @property
    def fingerprint(self) -> str:
        """Changes when anything we list changes."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def has_time(self) -> bool:
        """Whether a date can be told truly."""
        return self.weekday is not None and bool(self.start) and bool(self.timezone)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not listed: its number in the feed, its name, and why."""

    row: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed, read."""

    kind: str
    listings: tuple[Listing, ...]
    skipped: tuple[Skipped, ...]
    sources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader of a feed was told besides the feed."""

    source: str
    timezone: str = ""
    formats: Mapping[str, str] | None = None
    """A format's key or id on that server → its world id (VM, HY, OPEN …)."""


def word(row: Mapping[str, Any], name: str, longest: int = 255) -> str:
    """A text of a row; absent, null and numbers all read as text."""
    value = row.get(name)
    if value is None or isinstance(value, (dict, list, bool)):
        return ""
    return " ".join(clean(str(value)).split())[:longest]


def public_words(row: Mapping[str, Any], name: str, longest: int = 500) -> str:
    """Notes without the ways to reach a person in them."""
    return " ".join(_CONTACT.sub("…", word(row, name, longest)).split())


def clock_time(text: str) -> str:
    """HH:MM from HH:MM or HH:MM:SS; empty for none; BadRow for what is no time of day."""
    if not text:
        return ""
    match = _TIME.fullmatch(text)
    if match is None:
        raise BadRow(f"start {text[:20]!r} is no time of day")
    return f"{int(match[1]):02}:{match[2]}"


def length(text: str) -> int:
    """Minutes from HH:MM(:SS); what is absent or zero is the usual hour; a whole day is legal."""
    if not text:
        return USUAL_MINUTES
    match = _DURATION.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not 0 <= minutes <= LONGEST_MEETING:
        raise BadRow(f"duration {text[:20]!r} is no length of a meeting")
    return minutes or USUAL_MINUTES


def between(start: str, end: str) -> int:
    """Minutes from one clock time to the next time the clock shows the other."""
    hours, minutes = (int(part) for part in start.split(":"))
    to_hours, to_minutes = (int(part) for part in end.split(":"))
    return (to_hours * 60 + to_minutes - hours * 60 - minutes) % LONGEST_MEETING or USUAL_MINUTES


def zone_for(stated: str, held: Format, reading: Reading) -> str:
    """The row's own zone; for a place the operator's; for the rest unknown, never a guess."""
    if stated:
        return stated if is_zone(stated) else ""
    return "" if held is Format.ONLINE else reading.timezone


def joined(*parts: str) -> str:
    """An address in one line, each part once."""
    seen: list[str] = []
    for part in parts:
        if part and part not in seen:
            seen.append(part)
    return ", ".join(seen)[:300]
