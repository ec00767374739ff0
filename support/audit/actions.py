"""Write the log: in the same transaction as the deed it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from support.audit import queries
from support.audit.models import Entry
from support.audit.rules import link
from support.db.insert import insert_all
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done: by whom (None: the house itself), what, to what, and codes about it."""

    actor_id: str | None
    verb: str
    subject: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


def record(unit: Unit, actor_id: str | None, verb: str, subject: str, **detail: str | int) -> None:
    """Write down that `actor_id` (None: the house itself) did `verb` to `subject`."""
    record_all(unit, [Deed(actor_id, verb, subject, detail)])


def record_all(unit: Unit, deeds: Sequence[Deed]) -> None:
    """Append many deeds to the chain at one go, in their order."""
    if not deeds:
        return
    number, before = queries.last(unit)
    rows = []
    for deed in deeds:
        number += 1
        what = (deed.actor_id, deed.verb, deed.subject)
        before = link(before, number, unit.now, what, deed.detail)
        rows.append(
            {
                "id": number,
                "at": unit.now,
                "actor_id": deed.actor_id,
                "verb": deed.verb,
                "subject": deed.subject,
                "detail": dict(deed.detail),
                "hash": before,
            }
        )
    unit.session.flush()
    insert_all(unit, Entry, rows)


def wait_turn(unit: Unit) -> None:
    """Take one's turn at the chain before locking anything else, so that nobody waits in a ring."""
    queries.last(unit)
