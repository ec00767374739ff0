"""Plan series and write their dates down ahead, each with its own room."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from support.base.ids import new_id
from support.base.zones import to_local, to_utc
from support.db.unit import Unit
from support.groups import ports
from support.groups.actions.upcoming import refresh_next
from support.groups.forms import SHAPE, SeriesForm
from support.groups.models import Meeting, Series
from support.groups.rules.recurrence import (
    LONGEST_LOOK,
    LONGEST_RULE,
    Freq,
    Pattern,
    dates,
    read_rule,
)
from support.groups.rules.words import MeetingState

AHEAD = timedelta(days=190)
"""Far enough that both sides of the next clock change stand in the list."""
MARGIN = timedelta(days=7)


def plan(unit: Unit, group_id: str, form: SeriesForm, *, alone: bool = True) -> list[str]:
    """A new slot with its dates; the ids of the meetings, the next one first.

    Not `alone`: one of many, and the caller looks the groups' next meetings up for all of them.
    """
    _, made = begin(unit, group_id, form)
    if alone:
        refresh_next(unit, [group_id])
    return made


def begin(unit: Unit, group_id: str, form: SeriesForm) -> tuple[Series, list[str]]:
    """The row of a new slot, and the ids of its dates."""
    series = Series(
        id=new_id(),
        circle_id=group_id,
        title=form.title,
        start=form.start.strftime(SHAPE),
        timezone=form.timezone,
        minutes=form.minutes,
        rule=form.pattern.as_rrule()[:LONGEST_RULE],
        seats=form.seats,
        planned_until=unit.now + AHEAD,
        created_at=unit.now,
        changed_at=unit.now,
    )
    unit.session.add(series)
    unit.session.flush()
    return series, _write_dates(unit, series, form.pattern, known=set())


def extend_due(unit: Unit, most: int = 200) -> int:
    """Write on where the dates written down are running out; how many series were touched."""
    due = unit.session.scalars(
        select(Series)
        .where(Series.planned_until < unit.now + AHEAD - MARGIN, Series.rule != "")
        .order_by(Series.planned_until)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for series in due:
        start = datetime.strptime(series.start, SHAPE)  # noqa: DTZ007 - wall-clock time
        pattern = read_rule(series.rule, start, series.timezone)
        _write_dates(unit, series, pattern, known=_known(unit, series))
        series.planned_until = unit.now + AHEAD
    refresh_next(unit, {series.circle_id for series in due})
    return len(due)


def _known(unit: Unit, series: Series) -> set[str]:
    rows = unit.session.scalars(
        select(Meeting.original_start).where(
            Meeting.series_id == series.id, Meeting.starts_at > unit.now - LONGEST_LOOK
        )
    )
    return set(rows)


def _write_dates(unit: Unit, series: Series, pattern: Pattern, known: set[str]) -> list[str]:
    """The dates from now (a meeting that is on included) to the horizon, and always one."""
    start = datetime.strptime(series.start, SHAPE)  # noqa: DTZ007 - wall-clock time
    now = to_local(unit.now, series.timezone)
    after = max(start, now - timedelta(minutes=series.minutes))
    if pattern.freq is Freq.ONCE:
        found = [start]
    else:
        found = dates(pattern, start, after, max(now, start) + AHEAD)
        found = found or dates(pattern, start, after, after + LONGEST_LOOK)[:1]
    wanted = [date for date in found if date.strftime(SHAPE) not in known]
    return lay_out(unit, series, wanted, is_once=pattern.freq is Freq.ONCE)


def lay_out(
    unit: Unit, series: Series, wanted: Iterable[datetime], *, is_once: bool = False
) -> list[str]:
    """Write these dates down, each with its room; their ids. A single date may have passed."""
    rows = [_row(unit, series, date) for date in wanted]
    if not is_once:
        rows = [row for row in rows if row["ends_at"] > unit.now]
    if rows:
        unit.session.execute(insert(Meeting), rows)
        _open_rooms(unit, rows)
    return [row["id"] for row in rows]


def _row(unit: Unit, series: Series, date: datetime) -> dict[str, Any]:
    starts_at = to_utc(date, series.timezone)
    ends_at = starts_at + timedelta(minutes=series.minutes)
    return {
        "id": new_id(),
        "circle_id": series.circle_id,
        "series_id": series.id,
        "title": series.title,
        "original_start": date.strftime(SHAPE),
        "local_start": date.strftime(SHAPE),
        "timezone": series.timezone,
        "minutes": series.minutes,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "seats": series.seats,
        "taken": 0,
        "turns": 0,
        "changes": 0,
        "state": MeetingState.PLANNED if ends_at > unit.now else MeetingState.CLOSED,
        "room_id": new_id() if ports.rooms() else None,
        "changed_at": unit.now,
    }


def _open_rooms(unit: Unit, rows: list[dict[str, Any]]) -> None:
    rooms = ports.rooms()
    if rooms is None:
        return
    rooms.open_meeting_rooms(
        unit,
        [
            ports.Occurrence(
                room_id=row["room_id"],
                meeting_id=row["id"],
                group_id=row["circle_id"],
                name=row["title"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"],
                is_over=row["state"] == MeetingState.CLOSED,
            )
            for row in rows
        ],
    )
