"""Read the log, and check that nobody changed it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from support.audit.models import Entry
from support.audit.rules import START, link
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries hold, and the number of the first that does not."""

    entries: int
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries of the log: by person, deed (or its area), thing, time, and from where on."""

    actor_id: str = ""
    verb: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One deed as it is shown: ids and codes only."""

    id: int
    at: datetime
    actor_id: str | None
    verb: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the log, newest first, and the entry to go on before."""

    lines: tuple[Line, ...]
    before: int | None


def entries(unit: Unit, search: Search) -> Page:
    """The newest entries that fit."""
    fits = []
    if search.actor_id:
        fits.append(Entry.actor_id == search.actor_id)
    if search.verb:
        fits.append(Entry.verb.startswith(search.verb, autoescape=True))
    if search.subject:
        fits.append(Entry.subject == search.subject)
    if search.since is not None:
        fits.append(Entry.at >= search.since)
    if search.until is not None:
        fits.append(Entry.at < search.until)
    if search.before is not None:
        fits.append(Entry.id < search.before)
    rows = unit.session.scalars(
        select(Entry).where(*fits).order_by(Entry.id.desc()).limit(search.limit + 1)
    ).all()
    shown = tuple(
        Line(row.id, row.at, row.actor_id, row.verb, row.subject, row.detail)
        for row in rows[: search.limit]
    )
    return Page(shown, shown[-1].id if len(rows) > search.limit else None)


def deeds(unit: Unit, verbs: Collection[str]) -> Iterator[Line]:
    """Every entry of these deeds, oldest first, a few at a time."""
    rows = unit.session.scalars(
        select(Entry)
        .where(Entry.verb.in_(verbs))
        .order_by(Entry.id)
        .execution_options(yield_per=500)
    )
    for row in rows:
        yield Line(row.id, row.at, row.actor_id, row.verb, row.subject, row.detail)


def last(unit: Unit) -> tuple[int, str]:
    """Number and hash of the newest entry, locked so that the next one follows it alone."""
    if unit.session.get_bind().dialect.name == "postgresql":
        unit.session.execute(text("SELECT pg_advisory_xact_lock(7262352)"))
    row = unit.session.execute(
        select(Entry.id, Entry.hash).order_by(Entry.id.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, START)


def verify(unit: Unit) -> Verdict:
    """Walk the whole chain; name the first entry that was altered, added or taken out."""
    before, number = START, 0
    for entry in unit.session.scalars(
        select(Entry).order_by(Entry.id).execution_options(yield_per=500)
    ):
        number += 1
        deed = (entry.actor_id, entry.verb, entry.subject)
        if entry.id != number or entry.hash != link(before, number, entry.at, deed, entry.detail):
            return Verdict(number - 1, number)
        before = entry.hash
    return Verdict(number, None)
