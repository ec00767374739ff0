"""The coming meetings: our own by time, then those listed elsewhere, those without a time last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from support.base.errors import Invalid
from support.base.text import fold
from support.db.unit import Unit
from support.groups.forms import FilterForm
from support.groups.models import NEVER, Circle, ImportedMeeting, Meeting, Seat
from support.groups.queries.facts import GroupFacts, ListedElsewhere, MeetingFacts
from support.groups.queries.listing import PAGE, matches, read_mark, within
from support.groups.queries.lookup import group_facts, meeting_facts
from support.groups.rules.days import Span, read_edge, spans_of
from support.groups.rules.words import OVER, Format, Policy

AHEAD = timedelta(days=14)
AHEAD_OF_A_DATE = timedelta(days=62)
RUNNING = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Coming:
    """A meeting with the group it belongs to."""

    meeting: MeetingFacts
    group: GroupFacts


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """One page: our own meetings, then others', and the mark of the next."""

    own: tuple[Coming, ...]
    elsewhere: tuple[ListedElsewhere, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """What span of time a list shows; `is_chosen` when the viewer asked for one."""

    spans: list[Span]
    is_chosen: bool


def list_meetings(unit: Unit, form: FilterForm, zone_name: str) -> MeetingPage:
    """One page of what is coming, narrowed by the filters."""
    window = _window(form, zone_name, unit.now)
    kind, mark = form.page[:1], form.page[1:]
    own: list[Coming] = []
    if kind != "e":
        own = _own(unit, form, window, mark)
        if len(own) > PAGE:
            last = own[PAGE - 1].meeting
            mark = f"m{int(last.starts_at.timestamp())}_{last.id}"
            return MeetingPage(tuple(own[:PAGE]), (), mark)
    room = PAGE - len(own)
    rows = _elsewhere(unit, form, window, mark if kind == "e" else "", room + 1)
    shown = rows[:room]
    next_mark = None
    if len(rows) > room:
        next_mark = f"e{int(shown[-1].next_at.timestamp())}_{shown[-1].id}" if shown else "e0_0"
    return MeetingPage(tuple(own), tuple(_listed(row) for row in shown), next_mark)


def next_open(unit: Unit, most: int = 5) -> list[Coming]:
    """The next meetings anybody may come to."""
    statement = _coming(unit).where(
        Circle.policy == Policy.OPEN, Meeting.starts_at < unit.now + AHEAD
    )
    return _run(unit, statement.limit(most))


def coming_of(unit: Unit, group_id: str, most: int = 12) -> list[MeetingFacts]:
    """The coming dates of one group."""
    statement = _coming(unit).where(Meeting.circle_id == group_id).limit(most)
    return [each.meeting for each in _run(unit, statement)]


def coming_for(unit: Unit, account_id: str, most: int = 50) -> list[Coming]:
    """The coming meetings at which a person has a seat."""
    statement = _coming(unit).join(Seat, Seat.meeting_id == Meeting.id)
    statement = statement.where(Seat.account_id == account_id)
    return _run(unit, statement.limit(most))


def listings_in_all(unit: Unit) -> int:
    """How many meetings of others are listed."""
    return unit.session.scalar(select(func.count()).select_from(ImportedMeeting)) or 0


def listing_by_id(unit: Unit, listing_id: str) -> ListedElsewhere | None:
    """One meeting of others."""
    row = unit.session.get(ImportedMeeting, listing_id)
    return _listed(row) if row else None


def listed(unit: Unit, sources: frozenset[str]) -> dict[tuple[str, str], str]:
    """Identity → fingerprint of all we list from these sources."""
    rows = unit.session.execute(
        select(
            ImportedMeeting.source_uri, ImportedMeeting.source_key, ImportedMeeting.fingerprint
        ).where(ImportedMeeting.source_uri.in_(sources))
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _coming(unit: Unit) -> Select[Meeting, Circle]:
    return (
        select(Meeting, Circle)
        .join(Circle, Circle.id == Meeting.circle_id)
        .where(
            Meeting.starts_at > unit.now - RUNNING,
            Meeting.ends_at > unit.now,
            Meeting.state.not_in(OVER),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )


def _run(unit: Unit, statement: Select[Meeting, Circle]) -> list[Coming]:
    rows = unit.session.execute(statement).all()
    return [Coming(meeting_facts(row[0]), group_facts(row[1], unit.now)) for row in rows]


def _own(unit: Unit, form: FilterForm, window: Window, mark: str) -> list[Coming]:
    statement = _coming(unit).where(
        *matches(form),
        within(window.spans),
    )
    if mark:
        statement = statement.where(tuple_(Meeting.starts_at, Meeting.id) > read_mark(mark))
    return _run(unit, statement.limit(PAGE + 1))


def _elsewhere(
    unit: Unit, form: FilterForm, window: Window, mark: str, most: int
) -> list[ImportedMeeting]:
    """Others say nothing of stage, focus or listening; who asks for those sees only ours."""
    if form.stage or form.focus or form.listening or form.format is Format.TEXT:
        return []
    fits: list[ColumnElement[bool]] = [
        (ImportedMeeting.next_at >= span.start) & (ImportedMeeting.next_at < span.end)
        for span in window.spans
    ]
    if not window.is_chosen:
        fits.append(ImportedMeeting.next_at == NEVER)
    statement = (
        select(ImportedMeeting)
        .where(or_(*fits), ImportedMeeting.next_ends_at > unit.now)
        .order_by(ImportedMeeting.next_at, ImportedMeeting.id)
        .limit(most)
    )
    if form.q:
        statement = statement.where(ImportedMeeting.search.contains(fold(form.q), autoescape=True))
    if form.language:
        statement = statement.where(ImportedMeeting.language == form.language)
    if form.format:
        statement = statement.where(ImportedMeeting.format == form.format)
    if form.newcomers:
        statement = statement.where(ImportedMeeting.newcomers.is_(True))
    if mark:
        after = read_mark(mark)
        statement = statement.where(tuple_(ImportedMeeting.next_at, ImportedMeeting.id) > after)
    return list(unit.session.scalars(statement))


def _window(form: FilterForm, zone_name: str, now: datetime) -> Window:
    if form.day:
        return Window(spans_of(form.day, zone_name, now), True)
    try:
        start = read_edge(form.starts, zone_name, is_end=False) if form.starts else None
        end = read_edge(form.ends, zone_name, is_end=True) if form.ends else None
    except ValueError:
        sentence = "Please give dates such as 2026-11-23."
        raise Invalid(sentence, fields={"from": sentence}) from None
    span = Span(
        start or now - RUNNING,
        end or (start + AHEAD_OF_A_DATE if start else now + AHEAD),
    )
    return Window([span], bool(start or end))


def _listed(row: ImportedMeeting) -> ListedElsewhere:
    return ListedElsewhere(
        id=row.id,
        source=row.source_uri,
        name=row.name,
        weekday=row.weekday,
        start=row.start,
        minutes=row.minutes,
        timezone=row.timezone,
        format=Format(row.format),
        place=row.place,
        language=row.language,
        newcomers=row.newcomers,
        is_open=row.is_open,
        notes=row.notes,
        next_at=None if row.next_at == NEVER else row.next_at,
    )
