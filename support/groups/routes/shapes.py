"""Groups and meetings as the contract's objects; pages and programs get the same ones."""

from typing import Any

from support.base.zones import to_local
from support.groups.queries import (
    Coming,
    GroupFacts,
    ListedElsewhere,
    MeetingFacts,
    SeatFacts,
)
from support.groups.routes.viewing import other_time

LOCAL = "%Y-%m-%dT%H:%M"


def group_shape(group: GroupFacts) -> dict[str, Any]:
    """A group, with its next meeting beside it."""
    return {
        "id": group.id,
        "slug": group.slug,
        "name": group.name,
        "about": group.about,
        "focus": list(group.focus),
        "stage": group.stage,
        "language": group.language,
        "format": group.format,
        "policy": group.policy,
        "newcomers": group.newcomers,
        "listening": group.listening,
        "member_count": group.member_count,
        "url": f"/groups/{group.slug}",
        "next": {
            "id": group.next.id,
            "starts_at": group.next.starts_at,
            "ends_at": group.next.ends_at,
        }
        if group.next
        else None,
    }


def date_shape(meeting: MeetingFacts, zone_name: str) -> dict[str, Any]:
    """One date: when it is for the viewer and where the group is, and what room is left."""
    return {
        "id": meeting.id,
        "title": meeting.title,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "minutes": meeting.minutes,
        "timezone": meeting.timezone,
        "local_start": meeting.local_start,
        "your_timezone": zone_name,
        "your_start": to_local(meeting.starts_at, zone_name).strftime(LOCAL),
        "other_time": other_time(meeting.starts_at, zone_name, meeting.timezone),
        "state": meeting.state,
        "seats_total": meeting.seats,
        "seats_left": meeting.seats_left,
        "url": f"/meetings/{meeting.id}",
    }


def meeting_shape(coming: Coming, zone_name: str, hosts: list[str]) -> dict[str, Any]:
    """A date with the group whose it is."""
    group = coming.group
    return {
        **date_shape(coming.meeting, zone_name),
        "group": {"id": group.id, "slug": group.slug, "name": group.name},
        "group_name": group.name,
        "focus": list(group.focus),
        "stage": group.stage,
        "language": group.language,
        "format": group.format,
        "policy": group.policy,
        "newcomers": group.newcomers,
        "listening": group.listening,
        "hosts": hosts,
    }


def elsewhere_shape(listing: ListedElsewhere, zone_name: str) -> dict[str, Any]:
    """A meeting of another fellowship, its source named; no room, no seats, maybe no date."""
    at = listing.next_at
    return {
        "id": listing.id,
        "title": listing.name,
        "starts_at": at,
        "minutes": listing.minutes,
        "weekday": listing.weekday,
        "local_start": f"{to_local(at, listing.timezone):{LOCAL}}" if at else None,
        "timezone": listing.timezone or None,
        "your_timezone": zone_name,
        "your_start": f"{to_local(at, zone_name):{LOCAL}}" if at else None,
        "other_time": other_time(at, zone_name, listing.timezone) if at else None,
        "language": listing.language or None,
        "format": listing.format,
        "place": listing.place,
        "newcomers": listing.newcomers,
        "open": listing.is_open,
        "notes": listing.notes,
        "source": listing.source,
        "url": f"/meetings/{listing.id}",
    }


def seat_shape(seat: SeatFacts | None) -> dict[str, Any]:
    """The contract's answer about a seat: the state, and on the waiting list the place."""
    if seat is None:
        return {"state": "none"}
    if seat.place is None:
        return {"state": seat.state}
    return {"state": seat.state, "place": seat.place}
