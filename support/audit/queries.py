"""Read the log, and check that nobody changed it."""

from dataclasses import dataclass

from sqlalchemy import select, text

from support.audit.models import Entry
from support.audit.rules import START, link
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries hold, and the number of the first that does not."""

    entries: int
    broken_at: int | None


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
