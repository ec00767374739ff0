"""The log for the desk: entries with the names of who did them."""

from dataclasses import dataclass

from support.accounts import queries as accounts
from support.audit import queries as audit
from support.audit.queries import Line, Search
from support.base.actor import Actor
from support.db.unit import Unit
from support.moderation.forms import LogFilter
from support.moderation.rules.desk import check_is_staff

PAGE = 50


@dataclass(frozen=True, slots=True)
class LogPage:
    """A stretch of the log, whose deeds they were, and the entry to go on before."""

    lines: tuple[Line, ...]
    names: dict[str, str]
    before: int | None


def log(unit: Unit, actor: Actor, wanted: LogFilter, most: int = PAGE) -> LogPage:
    """What was done, newest first; a name nobody has finds nothing."""
    check_is_staff(actor)
    person = accounts.by_handle(unit, wanted.person) if wanted.person else None
    if wanted.person and person is None:
        return LogPage((), {}, None)
    found = audit.entries(
        unit,
        Search(
            actor_id=person.id if person else "",
            verb=wanted.verb,
            subject=wanted.subject,
            since=wanted.since,
            until=wanted.until,
            before=wanted.before,
            limit=most,
        ),
    )
    doers = {line.actor_id for line in found.lines if line.actor_id}
    people = accounts.people(unit, doers)
    names = {person_id: one.handle for person_id, one in people.items()}
    return LogPage(found.lines, names, found.before)
