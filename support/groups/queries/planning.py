"""What a group has planned: its series with the dates to come, and who was asked to host it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.base.errors import NotFound
from support.base.zones import to_local
from support.db.unit import Unit
from support.groups.models import Circle, HostAsked, Meeting, Series
from support.groups.queries.facts import MeetingFacts, SeriesFacts
from support.groups.queries.lookup import meeting_facts, series_facts
from support.groups.queries.standing_by import stand_by_ids
from support.groups.rules.recurrence import Pattern, read_rule
from support.groups.rules.repeats import Repeat, is_ended, repeat_of
from support.groups.rules.words import MeetingState

LOOK = timedelta(days=70)
MOST_DATES = 400


@dataclass(frozen=True, slots=True)
class Planned:
    """A series that goes on: its rule, in the page's word too, and its dates of the next weeks."""

    series: SeriesFacts
    pattern: Pattern
    repeat: Repeat
    dates: tuple[MeetingFacts, ...]

    @property
    def start(self) -> datetime:
        """Its first wall-clock time."""
        return datetime.fromisoformat(self.series.start)


def series_by_id(unit: Unit, series_id: str) -> SeriesFacts:
    """One series by its id."""
    series = unit.session.get(Series, series_id)
    if series is None:
        raise NotFound("There is no such series.")
    return series_facts(series)


def planned_by_id(unit: Unit, series_id: str) -> Planned:
    """One series with its next dates, whether or not it goes on."""
    series = series_by_id(unit, series_id)
    return _planned(series, _dates(unit, series.group_id).get(series_id, ()))


def plan_of(unit: Unit, group_id: str) -> list[Planned]:
    """The series of a group that are not over, the next date first; dates that are off too."""
    dates = _dates(unit, group_id)
    rows = unit.session.scalars(select(Series).where(Series.circle_id == group_id))
    found = [_planned(series_facts(row), dates.get(row.id, ())) for row in rows]
    going = [one for one in found if _goes_on(one, unit.now)]
    return sorted(going, key=lambda one: _first(one, unit.now))


def hosts_asked(unit: Unit, group_id: str) -> list[str]:
    """The names of those who were asked to host and have not answered."""
    ids = unit.session.scalars(
        select(HostAsked.account_id).where(HostAsked.circle_id == group_id).order_by(HostAsked.at)
    ).all()
    people = accounts.people(unit, ids)
    return [people[one].handle for one in ids if one in people]


def asked_to_host(unit: Unit, actor: Actor) -> list[tuple[str, str, str]]:
    """The groups a person is asked to host: name in the address, name, and who asks."""
    rows = unit.session.execute(
        select(Circle.slug, Circle.name, HostAsked.by_id)
        .join(Circle, Circle.id == HostAsked.circle_id)
        .where(HostAsked.account_id == actor.id)
        .order_by(HostAsked.at)
    ).all()
    people = accounts.people(unit, {row.by_id for row in rows})
    return [(row.slug, row.name, people[row.by_id].handle) for row in rows if row.by_id in people]


def stand_by_handles(unit: Unit, group_id: str) -> list[str]:
    """The names of those who stand by for every meeting of a group."""
    ids = stand_by_ids(unit, group_id, "")
    people = accounts.people(unit, ids)
    return [people[one].handle for one in ids if one in people]


def _dates(unit: Unit, group_id: str) -> dict[str, tuple[MeetingFacts, ...]]:
    found: dict[str, tuple[MeetingFacts, ...]] = {}
    coming = (
        select(Meeting)
        .where(Meeting.circle_id == group_id, Meeting.ends_at > unit.now)
        .where(Meeting.starts_at < unit.now + LOOK)
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_DATES)
    )
    for meeting in unit.session.scalars(coming):
        known = found.get(meeting.series_id, ())
        found[meeting.series_id] = (*known, meeting_facts(meeting))
    return found


def _planned(series: SeriesFacts, dates: tuple[MeetingFacts, ...]) -> Planned:
    start = datetime.fromisoformat(series.start)
    pattern = read_rule(series.rule, start, series.timezone)
    return Planned(series, pattern, repeat_of(pattern, start), dates)


def _goes_on(one: Planned, now: datetime) -> bool:
    """Whether a date is still to come; one that begins only in months goes on too."""
    if one.repeat is Repeat.ONCE or is_ended(one.pattern, to_local(now, one.series.timezone)):
        return any(each.state is not MeetingState.CANCELLED for each in one.dates) or (
            one.repeat is Repeat.ONCE and one.start > to_local(now + LOOK, one.series.timezone)
        )
    return True


def _first(one: Planned, now: datetime) -> tuple[datetime, str]:
    return (one.dates[0].starts_at if one.dates else now + LOOK, one.series.id)
