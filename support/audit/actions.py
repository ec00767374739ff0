"""Write the log: in the same transaction as the deed it tells of."""

from support.audit import queries
from support.audit.models import Entry
from support.audit.rules import link
from support.db.unit import Unit


def record(unit: Unit, actor_id: str | None, verb: str, subject: str, **detail: str | int) -> None:
    """Write down that `actor_id` (None: the house itself) did `verb` to `subject`."""
    number, before = queries.last(unit)
    hash_ = link(before, number + 1, unit.now, (actor_id, verb, subject), detail)
    unit.session.add(
        Entry(
            id=number + 1,
            at=unit.now,
            actor_id=actor_id,
            verb=verb,
            subject=subject,
            detail=dict(detail),
            hash=hash_,
        )
    )
    unit.session.flush()
