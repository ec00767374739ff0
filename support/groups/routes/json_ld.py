"""The same dates in schema.org's words, for programs that read pages."""

from collections.abc import Iterable
from typing import Any

from support.base.clock import wire
from support.groups.queries import GroupFacts, MeetingFacts
from support.groups.rules.words import MeetingState


def group_events(public_url: str, group: GroupFacts, meetings: Iterable[MeetingFacts]) -> Any:
    """A list of events, one a date."""
    return [event(public_url, group, meeting) for meeting in meetings]


def event(public_url: str, group: GroupFacts, meeting: MeetingFacts) -> dict[str, Any]:
    """One date as a schema.org Event: online, free, ours."""
    is_off = meeting.state is MeetingState.CANCELLED
    address = f"{public_url}/meetings/{meeting.id}"
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": f"{group.name}: {meeting.title}",
        "startDate": wire(meeting.starts_at),
        "endDate": wire(meeting.ends_at),
        "eventStatus": "https://schema.org/" + ("EventCancelled" if is_off else "EventScheduled"),
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": address},
        "organizer": {
            "@type": "Organization",
            "name": group.name,
            "url": f"{public_url}/groups/{group.slug}",
        },
        "inLanguage": group.language,
        "isAccessibleForFree": True,
        "url": address,
    }
