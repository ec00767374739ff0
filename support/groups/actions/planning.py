"""Hosts plan a series of their group, change it with all its dates to come, and end it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Invalid, NotFound
from support.base.zones import to_local, to_utc
from support.db.unit import Unit
from support.groups import queries
from support.groups.actions.dates import Placed, put_at, strike
from support.groups.actions.schedule import AHEAD, begin, lay_out
from support.groups.actions.upcoming import refresh_next
from support.groups.forms import SHAPE, SeriesForm, parse_plan
from support.groups.models import Meeting, Series
from support.groups.queries import MeetingFacts
from support.groups.queries.lookup import meeting_facts
from support.groups.rules.joining import check_may_decide
from support.groups.rules.recurrence import Freq, dates, read_rule
from support.groups.rules.repeats import MOST_SERIES, ended, lay_anew
from support.groups.rules.words import MeetingState
from support.notify import actions as notify

LONGEST_AHEAD = timedelta(days=366)
STAYS = (MeetingState.PLANNED, MeetingState.CANCELLED)


def plan_series(unit: Unit, actor: Actor, slug: str, form: SeriesForm) -> str:
    """A host plans a series or a single meeting; its id."""
    group = queries.group_by_slug(unit, slug)
    check_host(unit, actor, group.id)
    if len(queries.plan_of(unit, group.id)) >= MOST_SERIES:
        raise Conflict("This group has many series already. Please end one first.")
    _check_start(unit, form)
    series, _ = begin(unit, group.id, form)
    refresh_next(unit, [group.id])
    audit.record(unit, actor.id, "groups.series_planned", f"series:{series.id}")
    return series.id


def change_series(unit: Unit, actor: Actor, series_id: str, form: SeriesForm) -> None:
    """Another time, length or rule from now on: dates to come go along, and people are told."""
    series = _held(unit, actor, series_id)
    _check_start(unit, form)
    series.title, series.minutes, series.seats = form.title, form.minutes, form.seats
    series.start, series.timezone = form.start.strftime(SHAPE), form.timezone
    series.rule = form.pattern.as_rrule()
    series.changed_at, series.planned_until = unit.now, unit.now + AHEAD
    unit.session.flush()
    _lay_anew(unit, series, form)
    refresh_next(unit, [series.circle_id])
    audit.record(unit, actor.id, "groups.series_changed", f"series:{series_id}")


def end_series(unit: Unit, actor: Actor, series_id: str) -> None:
    """No more dates: those to come are off, who had a seat and the group's people are told."""
    series = _held(unit, actor, series_id)
    start = datetime.fromisoformat(series.start)
    pattern = read_rule(series.rule, start, series.timezone)
    if pattern.freq is not Freq.ONCE:
        over = ended(pattern, to_local(unit.now, series.timezone))
        series.rule = over.as_rrule()
    series.changed_at = unit.now
    unit.session.flush()
    for found in _coming(unit, series_id):
        if found.state is MeetingState.PLANNED:
            strike(unit, found)
    refresh_next(unit, [series.circle_id])
    people = [one for one in queries.everybody_of(unit, series.circle_id, "") if one != actor.id]
    notify.put(
        unit,
        key=f"series_ended:{series_id}",
        kind="series_ended",
        recipients=list(dict.fromkeys(people)),
        payload={"series": series_id},
    )
    audit.record(unit, actor.id, "groups.series_ended", f"series:{series_id}")


def read_plan(unit: Unit, actor: Actor, series_id: str, data: dict[str, object]) -> SeriesForm:
    """What a host sends to change a series: its rule may stay as it is."""
    series = queries.series_by_id(unit, series_id)
    check_host(unit, actor, series.group_id)
    return parse_plan(data, series.rule or "")


def check_host(unit: Unit, actor: Actor, group_id: str) -> None:
    """Raise unless this person hosts the group, or is of the team."""
    is_host = queries.is_host(unit, actor.id, group_id)
    check_may_decide(is_host=is_host, is_staff=actor.is_staff)


def _held(unit: Unit, actor: Actor, series_id: str) -> Series:
    """The series for this transaction alone."""
    series = unit.session.scalar(select(Series).where(Series.id == series_id).with_for_update())
    if series is None:
        raise NotFound("There is no such series.")
    check_host(unit, actor, series.circle_id)
    return series


def _check_start(unit: Unit, form: SeriesForm) -> None:
    starts_at = to_utc(form.start, form.timezone)
    if not unit.now < starts_at < unit.now + LONGEST_AHEAD:
        sentence = "Please pick a first date from now to a year ahead."
        raise Invalid(sentence, fields={"start": sentence})


def _coming(unit: Unit, series_id: str) -> list[MeetingFacts]:
    """The dates that have not begun, those that are off too."""
    rows = unit.session.scalars(
        select(Meeting)
        .where(Meeting.series_id == series_id, Meeting.starts_at > unit.now)
        .where(Meeting.state.in_(STAYS))
        .order_by(Meeting.original_start)
    )
    return [meeting_facts(row) for row in rows]


def _lay_anew(unit: Unit, series: Series, form: SeriesForm) -> None:
    known = {datetime.fromisoformat(one.original_start): one for one in _coming(unit, series.id)}
    wanted = _wanted(unit, series, form)
    laid = lay_anew(sorted(known), wanted)
    for original in laid.off:
        if known[original].state is MeetingState.PLANNED:
            strike(unit, known[original])
    for original, to in sorted(laid.to.items()):
        put_at(unit, known[original], _placed(known[original], to, form))
    lay_out(unit, series, laid.add)


def _wanted(unit: Unit, series: Series, form: SeriesForm) -> list[datetime]:
    """The dates of the rule as it is now, without a day on which this series has begun already."""
    begun = unit.session.scalars(
        select(Meeting.original_start).where(
            Meeting.series_id == series.id,
            Meeting.starts_at > unit.now - timedelta(days=2),
            (Meeting.starts_at <= unit.now) | Meeting.state.not_in(STAYS),
        )
    )
    days = {text[:10] for text in begun}
    if form.pattern.freq is Freq.ONCE:
        return [] if days else [form.start]
    until = max(to_local(unit.now, form.timezone), form.start) + AHEAD
    found = dates(form.pattern, form.start, form.start, until)
    return [date for date in found if date.strftime(SHAPE)[:10] not in days]


def _placed(found: MeetingFacts, to: datetime, form: SeriesForm) -> Placed:
    """A date that a host had moved stays where it was put."""
    place = Placed(
        original=to,
        local=to,
        timezone=form.timezone,
        title=form.title,
        minutes=form.minutes,
        seats=form.seats,
    )
    was_moved = found.local_start != found.original_start
    if not was_moved or found.timezone != form.timezone:
        return place
    return replace(place, local=datetime.fromisoformat(found.local_start))
