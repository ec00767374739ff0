"""The list of groups: one statement a page, keyset pages, work that grows with what is shown."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_

from support.base.errors import Invalid
from support.base.text import fold
from support.db.unit import Unit
from support.groups.forms import FilterForm
from support.groups.models import Circle, Meeting
from support.groups.queries.facts import GroupFacts
from support.groups.queries.lookup import group_facts
from support.groups.rules.days import Span, spans_of
from support.groups.rules.words import OVER

PAGE = 50
LAST_PAGE = 2000


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page of groups and the mark of the next."""

    groups: tuple[GroupFacts, ...]
    next: str | None


def list_groups(unit: Unit, form: FilterForm, zone_name: str) -> GroupPage:
    """Groups that fit, those that meet soonest first."""
    statement = select(Circle).order_by(Circle.next_at, Circle.id).limit(PAGE + 1)
    statement = _filtered(statement, form, zone_name, unit.now)
    rows = unit.session.scalars(_from_page(statement, form.page)).all()
    shown = rows[:PAGE]
    mark = f"{int(shown[-1].next_at.timestamp())}_{shown[-1].id}" if len(rows) > PAGE else None
    return GroupPage(tuple(group_facts(circle, unit.now) for circle in shown), mark)


def matches(form: FilterForm) -> list[ColumnElement[bool]]:
    """What the filters ask of a group, for its own list and for its meetings."""
    asked: list[ColumnElement[bool]] = []
    if form.q:
        asked.append(Circle.search.contains(fold(form.q), autoescape=True))
    if form.focus:
        asked.append(Circle.focus.contains(f" {form.focus} ", autoescape=True))
    if form.stage:
        asked.append(Circle.stage == form.stage)
    if form.language:
        asked.append(
            or_(Circle.language == form.language, Circle.language.startswith(f"{form.language}-"))
        )
    if form.format:
        asked.append(Circle.format == form.format)
    if form.newcomers:
        asked.append(Circle.newcomers.is_(True))
    if form.listening:
        asked.append(Circle.listening.is_(True))
    return asked


def within(spans: list[Span]) -> ColumnElement[bool]:
    """Meetings that start in one of these spans."""
    return or_(
        *(and_(Meeting.starts_at >= span.start, Meeting.starts_at < span.end) for span in spans)
    )


def read_mark(page: str) -> tuple[datetime, str]:
    """Where the page before ended: a moment and an id."""
    moment, _, last_id = page.partition("_")
    if not (moment.isdecimal() and len(moment) <= len("32472144000") and last_id.isalnum()):
        sentence = "This page is not there. Please go back to the first."
        raise Invalid(sentence, fields={"page": sentence})
    return datetime.fromtimestamp(int(moment), UTC), last_id


def _filtered(
    statement: Select[Circle], form: FilterForm, zone_name: str, now: datetime
) -> Select[Circle]:
    statement = statement.where(*matches(form))
    if not form.day:
        return statement
    meets = exists().where(
        Meeting.circle_id == Circle.id,
        Meeting.ends_at > now,
        Meeting.state.not_in(OVER),
        within(spans_of(form.day, zone_name, now)),
    )
    return statement.where(meets)


def _from_page(statement: Select[Circle], page: str) -> Select[Circle]:
    """A mark goes on from where the page before ended; a number counts pages."""
    if not page:
        return statement
    if page.isdecimal() and 1 <= int(page[:6]) <= LAST_PAGE:
        return statement.offset((int(page) - 1) * PAGE)
    moment, last_id = read_mark(page)
    return statement.where(tuple_(Circle.next_at, Circle.id) > (moment, last_id))
