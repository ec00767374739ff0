"""Everything that reads groups, meetings, seats and listings."""

from support.groups.queries.belonging import (
    Attendance,
    asking,
    attendance,
    belonging,
    co_hosts,
    groups_hosted_by,
    groups_of,
    host_handles,
    host_ids,
    hosts_of,
    is_host,
    member_ids,
    seat_of,
    seated_handles,
    seated_ids,
    standing,
    standings,
    waiting_count,
)
from support.groups.queries.coming import (
    Coming,
    MeetingPage,
    coming_for,
    coming_of,
    list_meetings,
    listed,
    listing_by_id,
    listings_in_all,
    next_open,
)
from support.groups.queries.facts import (
    Asking,
    GroupFacts,
    ListedElsewhere,
    MeetingFacts,
    NextMeeting,
    SeatFacts,
    SeriesFacts,
    Standing,
)
from support.groups.queries.feeds import (
    calendar_secret,
    feed_version,
    owner_of_calendar,
    public_slots,
)
from support.groups.queries.listing import GroupPage, list_groups
from support.groups.queries.lookup import (
    group_by_id,
    group_by_slug,
    groups_by_id,
    meeting_by_id,
    meeting_of_room,
    series_of,
)
from support.groups.queries.planning import (
    Planned,
    asked_to_host,
    hosts_asked,
    plan_of,
    planned_by_id,
    series_by_id,
    stand_by_handles,
)
from support.groups.queries.standing_by import (
    StandingBy,
    everybody_of,
    my_stand_bys,
    stand_by_ids,
    stands_by,
)

__all__ = [
    "Asking", "Attendance", "Coming", "GroupFacts", "GroupPage", "ListedElsewhere", "MeetingFacts",
    "MeetingPage", "NextMeeting", "Planned", "SeatFacts", "SeriesFacts", "Standing", "StandingBy",
    "asked_to_host", "asking", "attendance", "belonging", "calendar_secret", "co_hosts",
    "coming_for", "coming_of", "everybody_of", "feed_version", "group_by_id", "group_by_slug",
    "groups_by_id", "groups_hosted_by", "groups_of", "host_handles", "host_ids", "hosts_asked",
    "hosts_of", "is_host", "list_groups", "list_meetings", "listed", "listing_by_id",
    "listings_in_all", "meeting_by_id", "meeting_of_room", "member_ids", "my_stand_bys",
    "next_open", "owner_of_calendar", "plan_of", "planned_by_id", "public_slots", "seat_of",
    "seated_handles", "seated_ids", "series_by_id", "series_of", "stand_by_handles",
    "stand_by_ids", "standing", "standings", "stands_by", "waiting_count",
]  # fmt: skip
