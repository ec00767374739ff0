"""One group or meeting by its name or id."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from support.base.errors import NotFound
from support.db.unit import Unit
from support.groups.models import NEVER, Circle, Meeting, Series
from support.groups.queries.facts import GroupFacts, MeetingFacts, NextMeeting, SeriesFacts
from support.groups.rules.words import Format, MeetingState, Policy, Stage


def group_by_slug(unit: Unit, slug: str) -> GroupFacts:
    """A group by the name in its address."""
    circle = unit.session.scalar(select(Circle).where(Circle.slug == slug))
    if circle is None:
        raise NotFound("There is no such group.")
    return group_facts(circle, unit.now)


def group_by_id(unit: Unit, group_id: str) -> GroupFacts:
    """A group by its id."""
    circle = unit.session.get(Circle, group_id)
    if circle is None:
        raise NotFound("There is no such group.")
    return group_facts(circle, unit.now)


def groups_by_id(unit: Unit, group_ids: Collection[str]) -> dict[str, GroupFacts]:
    """Several groups, in one statement."""
    rows = unit.session.scalars(select(Circle).where(Circle.id.in_(set(group_ids))))
    return {circle.id: group_facts(circle, unit.now) for circle in rows}


def meeting_by_id(unit: Unit, meeting_id: str) -> MeetingFacts:
    """One occurrence by its id."""
    meeting = unit.session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound("There is no such meeting.")
    return meeting_facts(meeting)


def meeting_of_room(unit: Unit, room_id: str) -> MeetingFacts | None:
    """The occurrence that meets in this room, if one does."""
    meeting = unit.session.scalar(select(Meeting).where(Meeting.room_id == room_id))
    return meeting_facts(meeting) if meeting else None


def series_of(unit: Unit, group_id: str) -> list[SeriesFacts]:
    """The recurring slots of a group."""
    rows = unit.session.scalars(
        select(Series).where(Series.circle_id == group_id).order_by(Series.start, Series.id)
    )
    return [series_facts(series) for series in rows]


def group_facts(circle: Circle, now: datetime) -> GroupFacts:
    """A group's row as facts; a next meeting that is over is none."""
    upcoming = None
    if circle.next_meeting_id is not None and now < circle.next_ends_at < NEVER:
        upcoming = NextMeeting(
            id=circle.next_meeting_id, starts_at=circle.next_at, ends_at=circle.next_ends_at
        )
    return GroupFacts(
        id=circle.id,
        slug=circle.slug,
        name=circle.name,
        about=circle.about,
        focus=tuple(circle.focus.split()),
        stage=Stage(circle.stage),
        language=circle.language,
        format=Format(circle.format),
        policy=Policy(circle.policy),
        newcomers=circle.newcomers,
        listening=circle.listening,
        member_count=circle.member_count,
        lounge_id=circle.lounge_id,
        changed_at=circle.changed_at,
        next=upcoming,
    )


def meeting_facts(meeting: Meeting) -> MeetingFacts:
    """A meeting's row as facts."""
    return MeetingFacts(
        id=meeting.id,
        group_id=meeting.circle_id,
        series_id=meeting.series_id,
        title=meeting.title,
        original_start=meeting.original_start,
        local_start=meeting.local_start,
        timezone=meeting.timezone,
        minutes=meeting.minutes,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        seats=meeting.seats,
        taken=meeting.taken,
        state=MeetingState(meeting.state),
        room_id=meeting.room_id,
        changed_at=meeting.changed_at,
        changes=meeting.changes,
    )


def series_facts(series: Series) -> SeriesFacts:
    """A series' row as facts."""
    return SeriesFacts(
        id=series.id,
        group_id=series.circle_id,
        title=series.title,
        start=series.start,
        timezone=series.timezone,
        minutes=series.minutes,
        rule=series.rule,
        seats=series.seats,
        changed_at=series.changed_at,
    )
