"""What the feeds tell: public series with the dates that differ, and one person's own dates."""

from datetime import datetime

from sqlalchemy import func, or_, select

from support.base.errors import NotFound
from support.db.unit import Unit
from support.groups.models import CalendarKey, Circle, Meeting, Series
from support.groups.rules.feeds_out import Override, Slot
from support.groups.rules.recurrence import first_date, read_rule
from support.groups.rules.words import MeetingState, Policy

MOST_SERIES = 20_000


def public_slots(unit: Unit, group_id: str | None = None) -> list[Slot]:
    """Series of groups that one can join or ask to join, of all of them or of one group."""
    where = [Circle.policy != Policy.INVITED]
    if group_id is not None:
        where = [Circle.id == group_id]
    rows = unit.session.execute(
        select(Series, Circle)
        .join(Circle, Circle.id == Series.circle_id)
        .where(*where)
        .order_by(Circle.slug, Series.start, Series.id)
        .limit(MOST_SERIES)
    ).all()
    differing = _differing(unit, group_id)
    slots = [_slot(series, circle, differing.get(series.id, ())) for series, circle in rows]
    return [slot for slot in slots if slot is not None]


def feed_version(unit: Unit) -> tuple[object, ...]:
    """Changes when anything that a feed tells changes; cheap, so that feeds can be kept."""
    series = select(func.count(), func.max(Series.changed_at)).select_from(Series)
    changed = select(func.max(Meeting.changed_at)).where(Meeting.changes > 0)
    groups = select(func.count(), func.max(Circle.changed_at)).select_from(Circle)
    told = [tuple(unit.session.execute(each).one()) for each in (series, changed, groups)]
    return (*told, unit.now.date())


def owner_of_calendar(unit: Unit, secret: str) -> str:
    """Whose calendar address this is; not there once it was renewed."""
    account_id = unit.session.scalar(
        select(CalendarKey.account_id).where(CalendarKey.secret == secret)
    )
    if account_id is None:
        raise NotFound("There is no such calendar.")
    return account_id


def calendar_secret(unit: Unit, account_id: str) -> str | None:
    """The secret in a person's calendar address, if they made one."""
    key = unit.session.get(CalendarKey, account_id)
    return key.secret if key else None


def _differing(unit: Unit, group_id: str | None) -> dict[str, tuple[Override, ...]]:
    statement = (
        select(Meeting)
        .where(
            or_(
                Meeting.state == MeetingState.CANCELLED,
                Meeting.local_start != Meeting.original_start,
            )
        )
        .order_by(Meeting.series_id, Meeting.original_start)
    )
    if group_id is not None:
        statement = statement.where(Meeting.circle_id == group_id)
    found: dict[str, tuple[Override, ...]] = {}
    for meeting in unit.session.scalars(statement.where(Meeting.changes > 0)):
        is_off = meeting.state == MeetingState.CANCELLED
        override = Override(
            original=_local(meeting.original_start),
            moved_to=None if is_off else _local(meeting.local_start),
            minutes=meeting.minutes,
            changes=meeting.changes,
            changed_at=meeting.changed_at,
        )
        found[meeting.series_id] = (*found.get(meeting.series_id, ()), override)
    return found


def _slot(series: Series, circle: Circle, overrides: tuple[Override, ...]) -> Slot | None:
    start = _local(series.start)
    pattern = read_rule(series.rule, start, series.timezone)
    first = first_date(pattern, start)
    if first is None:
        return None
    return Slot(
        id=series.id,
        title=series.title,
        start=first,
        timezone=series.timezone,
        minutes=series.minutes,
        pattern=pattern,
        changed_at=series.changed_at,
        group_slug=circle.slug,
        group_name=circle.name,
        about=circle.about,
        language=circle.language,
        policy=Policy(circle.policy),
        newcomers=circle.newcomers,
        overrides=tuple(each for each in overrides if each.original >= first),
        changes=int((series.changed_at - series.created_at).total_seconds()),
    )


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text)
