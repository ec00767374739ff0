"""iCalendar (RFC 5545): a series is one event with its rule, its lost dates and its moved ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from icalendar.prop import vRecur

from support import __version__
from support.base.zones import to_utc, zone
from support.groups.rules.feeds_out.slot import Override, Slot
from support.groups.rules.feeds_out.vtimezone import vtimezone
from support.groups.rules.recurrence import Freq

REFRESH = timedelta(hours=6)
NEUTRAL = "Meeting"


def calendar(
    slots: Sequence[Slot], name: str, public_url: str, pause: Callable[[], None] = lambda: None
) -> bytes:
    """A calendar of whole series; `pause` lets others have a turn while a long one is written."""
    book = _book(name)
    years: dict[str, int] = {}
    for slot in slots:
        years[slot.timezone] = min(years.get(slot.timezone, 9999), slot.start.year)
    for zone_name, year in sorted(years.items()):
        if zone_name != "UTC":
            book.add_component(vtimezone(zone_name, year))
    written = []
    for slot in slots:
        written += [event.to_ical() for event in _events(slot, public_url)]
        pause()
    head, end, tail = bytes(book.to_ical()).rpartition(b"END:VCALENDAR")
    return head + b"".join(written) + end + tail


def single_events(
    dates: Iterable[tuple[str, datetime, datetime, datetime]], public_url: str
) -> bytes:
    """Somebody's own dates, (id, start, end, changed), in neutral words: phones show them."""
    book = _book(NEUTRAL)
    for meeting_id, starts_at, ends_at, changed_at in dates:
        event = Event()
        event.add("uid", f"{meeting_id}@{_host(public_url)}")
        event.add("summary", NEUTRAL)
        event.add("dtstart", starts_at.astimezone(UTC))
        event.add("dtend", ends_at.astimezone(UTC))
        event.add("dtstamp", changed_at.astimezone(UTC))
        event.add("url", f"{public_url}/meetings/{meeting_id}")
        book.add_component(event)
    return bytes(book.to_ical())


def _book(name: str) -> Calendar:
    book = Calendar()
    book.add("prodid", f"-//Handrail//{__version__}//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", " ".join(name.split()))
    book.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return book


def _events(slot: Slot, public_url: str) -> list[Event]:
    series = _event(slot, public_url)
    series.add("dtstart", _at(slot.start, slot))
    if slot.pattern.freq is not Freq.ONCE:
        series.add("rrule", vRecur.from_ical(_rule(slot)))
    off = [each.original for each in slot.overrides if each.moved_to is None]
    if slot.pattern.freq is Freq.ONCE:
        return [_only(slot, public_url) if slot.overrides else series]
    for original in off:
        series.add("exdate", _at(original, slot))
    moved = [_moved(slot, each, public_url) for each in slot.overrides if each.moved_to]
    return [series, *moved]


def _only(slot: Slot, public_url: str) -> Event:
    """A single date that is off or at another time: it has no rule that could be differed from."""
    last = slot.overrides[-1]
    event = _event(slot, public_url, last)
    event.add("dtstart", _at(last.moved_to or slot.start, slot))
    if last.moved_to is None:
        event.add("status", "CANCELLED")
    return event


def _moved(slot: Slot, override: Override, public_url: str) -> Event:
    event = _event(slot, public_url, override)
    event.add("dtstart", _at(override.moved_to or override.original, slot))
    event.add("recurrence-id", _at(override.original, slot))
    return event


def _event(slot: Slot, public_url: str, override: Override | None = None) -> Event:
    event = Event()
    event.add("uid", f"{slot.id}@{_host(public_url)}")
    event.add("summary", f"{slot.group_name}: {slot.title}")
    minutes = override.minutes if override else slot.minutes
    event.add("duration", timedelta(minutes=minutes))
    changed_at = override.changed_at if override else slot.changed_at
    event.add("dtstamp", changed_at.astimezone(UTC))
    event.add("sequence", (override.changes if override else 0) + slot.changes)
    event.add("url", f"{public_url}/groups/{slot.group_slug}")
    event.add("location", "Online")
    if slot.about:
        event.add("description", slot.about)
    return event


def _at(local: datetime, slot: Slot) -> datetime:
    if slot.timezone == "UTC":
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=zone(slot.timezone))


def _rule(slot: Slot) -> str:
    """The rule with its end in UTC, as RFC 5545 asks where the start names a zone."""
    if slot.pattern.until is None:
        return slot.pattern.as_rrule()
    end = to_utc(slot.pattern.until, slot.timezone)
    return f"{replace(slot.pattern, until=None).as_rrule()};UNTIL={end:%Y%m%dT%H%M%SZ}"


def _host(public_url: str) -> str:
    return urlsplit(public_url).hostname or "handrail"
