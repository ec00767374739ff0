"""Keep each group's next meeting beside it, and each listing's next date."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm.util import identity_key

from support.base.zones import to_local, to_utc
from support.db.unit import Unit
from support.groups.models import NEVER, Circle, ImportedMeeting, Meeting
from support.groups.rules.words import OVER

LONGEST_RUNNING = timedelta(days=2)


def refresh_next(unit: Unit, group_ids: Collection[str]) -> None:
    """Look the next meeting of these groups up again, in two statements for all of them."""
    if not group_ids:
        return
    unit.session.flush()
    upcoming = (
        select(Meeting.id)
        .where(
            Meeting.circle_id == Circle.id,
            Meeting.starts_at > unit.now - LONGEST_RUNNING,
            Meeting.ends_at > unit.now,
            Meeting.state.not_in(OVER),
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
        .correlate(Circle)
        .scalar_subquery()
    )
    these = Circle.id.in_(set(group_ids))
    _update(unit, these, next_meeting_id=upcoming)
    for column, source in (("next_at", Meeting.starts_at), ("next_ends_at", Meeting.ends_at)):
        moment = (
            select(source)
            .where(Meeting.id == Circle.next_meeting_id)
            .correlate(Circle)
            .scalar_subquery()
        )
        _update(unit, these, **{column: func.coalesce(moment, NEVER)})
    for group_id in group_ids:
        circle = unit.session.identity_map.get(identity_key(Circle, group_id))
        if circle is not None:
            unit.session.expire(circle, ["next_at", "next_ends_at", "next_meeting_id"])


def refresh_passed(unit: Unit, most: int = 500) -> int:
    """Groups whose meeting has ended get their next one; how many there were."""
    ids = unit.session.scalars(
        select(Circle.id)
        .where(Circle.next_ends_at <= unit.now)
        .order_by(Circle.next_ends_at, Circle.id)
        .limit(most)
    ).all()
    refresh_next(unit, sorted(ids))
    return len(ids)


def refresh_listings(unit: Unit, most: int = 500) -> int:
    """Listings whose date has passed get next week's; how many there were."""
    rows = unit.session.scalars(
        select(ImportedMeeting)
        .where(ImportedMeeting.next_ends_at <= unit.now)
        .order_by(ImportedMeeting.next_ends_at, ImportedMeeting.id)
        .limit(most)
    ).all()
    for row in rows:
        row.next_at, row.next_ends_at = next_date(
            row.weekday, row.start, row.timezone, row.minutes, unit.now
        )
    return len(rows)


def next_date(
    weekday: int | None, start: str, timezone: str, minutes: int, now: datetime
) -> tuple[datetime, datetime]:
    """When a weekly slot is next on, or on now; NEVER twice where its time is not known."""
    if weekday is None or not start or not timezone:
        return NEVER, NEVER
    length = timedelta(minutes=minutes)
    here = to_local(now, timezone) - length - timedelta(hours=3)
    hour, minute = (int(part) for part in start.split(":"))
    first = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    first += timedelta(days=(weekday - here.weekday()) % 7)
    for week in range(3):
        starts_at = to_utc(first + timedelta(weeks=week), timezone)
        if starts_at + length > now:
            return starts_at, starts_at + length
    return NEVER, NEVER


def _update(unit: Unit, where: ColumnElement[bool], **values: object) -> None:
    unit.session.execute(
        update(Circle).where(where).values(**values),
        execution_options={"synchronize_session": False},
    )
