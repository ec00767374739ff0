"""Meeting Guide JSON (code4recovery): one entry a weekly slot and day, nothing that is not weekly.

Programs that read it drop entries without an address or a zone, break on two entries with several
days, and show an end on the day before as an error; hence each rule below.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from support.base.zones import to_local
from support.groups.rules.feeds_out.slot import Slot
from support.groups.rules.recurrence import DAYS
from support.groups.rules.words import Policy

LONGEST_NAME, LONGEST_SLUG, LONGEST_NOTES = 64, 64, 500
LAST_MINUTE = "23:59"
_LANGUAGES = {"en": "EN", "es": "S", "fr": "FR", "it": "ITA", "pl": "POL", "pt": "POR"}
SOON = timedelta(days=7)


def entries(slots: Iterable[Slot], public_url: str, now: datetime) -> list[dict[str, Any]]:
    """Every weekly slot on each of its days."""
    return [
        _entry(slot, weekday, public_url)
        for slot in slots
        if slot.pattern.is_truly_weekly and slot.start <= to_local(now, slot.timezone) + SOON
        for weekday in slot.pattern.weekdays
    ]


def _entry(slot: Slot, weekday: int, public_url: str) -> dict[str, Any]:
    address = f"{public_url}/groups/{slot.group_slug}"
    tail = f"-{slot.id[:8]}-{DAYS[weekday].lower()}"
    entry = {
        "name": f"{slot.group_name}: {slot.title}"[:LONGEST_NAME],
        "slug": slot.group_slug[: LONGEST_SLUG - len(tail)] + tail,
        "day": (weekday + 1) % 7,
        "time": f"{slot.start:%H:%M}",
        "end_time": _end(slot),
        "timezone": slot.timezone,
        "formatted_address": "Online",
        "conference_url": address,
        "conference_url_notes": "Written chat. Choose a made-up name; no e-mail is needed.",
        "types": _types(slot),
        "group": slot.group_name,
        "notes": " ".join(slot.about.split())[:LONGEST_NOTES],
        "updated": f"{slot.changed_at:%Y-%m-%d %H:%M:%S}",
        "url": address,
        "entity": "Handrail",
        "entity_url": public_url,
    }
    return {name: value for name, value in entry.items() if value != ""}


def _end(slot: Slot) -> str:
    end = slot.start + timedelta(minutes=slot.minutes)
    return f"{end:%H:%M}" if end.date() == slot.start.date() else LAST_MINUTE


def _types(slot: Slot) -> list[str]:
    types = ["ONL", "O" if slot.policy is Policy.OPEN else "C"]
    if slot.newcomers:
        types.append("BE")
    language = _LANGUAGES.get(slot.language.split("-")[0])
    return [*types, language] if language else types
