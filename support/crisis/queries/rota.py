"""Read the rota: who is on call now, who ever is, and where nobody will be."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.clock import wire
from support.crisis import rules
from support.crisis.models import ResourceConfirmation, RotaShift
from support.crisis.rules.rota import Span
from support.db.unit import Unit

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """A weekly shift with the handle of whoever does it."""

    id: str
    handle: str
    weekday: int
    start: str
    minutes: int
    timezone: str

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "id": self.id,
            "handle": self.handle,
            "weekday": self.weekday,
            "start": self.start,
            "minutes": self.minutes,
            "timezone": self.timezone,
        }


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom a rung may call now; read once for all the cases of a sweep."""

    on_call: tuple[str, ...]
    responders: tuple[str, ...]
    admins: tuple[str, ...]


def roster(unit: Unit) -> Roster:
    """Who is on call, who responds, and who runs the site, of those who may act now."""
    responders = responder_ids(unit)
    on_call = rules.on_call(_shifts_of(unit, set(responders)), unit.now)
    return Roster(tuple(on_call), tuple(responders), tuple(accounts.admin_ids(unit)))


def shifts(unit: Unit) -> list[rules.Shift]:
    """Every weekly shift of those who may act now."""
    return _shifts_of(unit, set(responder_ids(unit)))


def _shifts_of(unit: Unit, able: set[str]) -> list[rules.Shift]:
    rows = unit.session.scalars(select(RotaShift).order_by(RotaShift.weekday, RotaShift.start))
    return [
        rules.Shift(
            row.account_id,
            row.weekday,
            time.fromisoformat(row.start),
            row.minutes,
            row.timezone,
            row.id,
        )
        for row in rows
        if row.account_id in able
    ]


def shift_facts(unit: Unit) -> list[ShiftFacts]:
    """Every shift for the page, by weekday; also of those who cannot act just now."""
    rows = list(
        unit.session.scalars(select(RotaShift).order_by(RotaShift.weekday, RotaShift.start))
    )
    people = accounts.people(unit, [row.account_id for row in rows])
    return [
        ShiftFacts(
            row.id,
            people[row.account_id].handle,
            row.weekday,
            row.start,
            row.minutes,
            row.timezone,
        )
        for row in rows
    ]


def on_call_now(unit: Unit) -> list[str]:
    """Whose shift it is at this moment."""
    return rules.on_call(shifts(unit), unit.now)


def responder_ids(unit: Unit) -> list[str]:
    """All staff, and mentors on the rota."""
    everybody = [*accounts.staff_ids(unit), *accounts.rota_mentor_ids(unit)]
    return list(dict.fromkeys(everybody))


def gaps_ahead(unit: Unit, since: datetime | None = None) -> list[Span]:
    """Where nobody is on call in the next 14 days."""
    start = since or unit.now
    return rules.gaps(shifts(unit), start, start + AHEAD)


def ready_to_open(unit: Unit) -> list[str]:
    """What is missing before the site may open to the public, each in a sentence."""
    confirmed = unit.session.scalar(
        select(ResourceConfirmation.resource_id)
        .where(
            ResourceConfirmation.state == "confirmed",
            ResourceConfirmation.resource_id.like("%-emergency"),
        )
        .limit(1)
    )
    missing = []
    if confirmed is None:
        missing.append(
            "No crisis numbers are confirmed for any country: "
            "handrail crisis confirm --country PT --by HANDLE"
        )
    if not shifts(unit):
        missing.append(
            "Nobody is on the crisis rota: handrail rota add --handle HANDLE --weekday 0 "
            "--start 00:00 --minutes 1440 --timezone UTC"
        )
    return missing


def span_facts(span: Span) -> dict[str, str]:
    """A gap for a program."""
    return {"from": wire(span.starts_at), "to": wire(span.ends_at)}
