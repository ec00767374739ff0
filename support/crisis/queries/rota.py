"""Read the rota: who is on call now, who ever is, and where nobody will be."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import cast, literal, null, select, union_all

from support.accounts import queries as accounts
from support.base.rota import Span
from support.base.weekly import weekly_facts
from support.crisis import rules
from support.crisis.models import Case, ResourceConfirmation, Rest, RotaChange, RotaShift
from support.crisis.queries.ladder import ladder
from support.crisis.rules import State, Target
from support.db.tables import UtcDateTime
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
        return {"handle": self.handle, **weekly_facts(self)}


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom a rung may call now; read once for all the cases of a sweep."""

    on_call: tuple[str, ...]
    responders: tuple[str, ...]
    admins: tuple[str, ...]
    resting: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    ladder: rules.Ladder = rules.HOUSE_LADDER

    def of(self, target: Target) -> tuple[str, ...]:
        """Everybody a rung is meant for, free or not."""
        return {
            Target.ON_CALL: self.on_call,
            Target.RESPONDERS: self.responders,
            Target.ADMINS: self.admins,
        }[target]

    def is_all_at_rest(self, but: str) -> bool:
        """Whether everybody who could answer rests; `but` is the person the case is about."""
        able = [one for one in (*self.responders, *self.admins) if one != but]
        return all(one in self.resting for one in able)


def roster(unit: Unit) -> Roster:
    """Who is on call, who responds, and who runs the site, of those who may act now."""
    responders = responder_ids(unit)
    return Roster(
        on_call=tuple(_on_call(unit, set(responders))),
        responders=tuple(responders),
        admins=tuple(accounts.admin_ids(unit)),
        resting=frozenset(resting(unit)),
        busy=frozenset(_busy_ids(unit)),
        ladder=ladder(unit),
    )


def resting(unit: Unit) -> dict[str, datetime]:
    """Who is left in peace after a hard case, and until when."""
    rows = unit.session.execute(select(Rest.account_id, Rest.until).where(Rest.until > unit.now))
    return {account_id: until for account_id, until in rows}


def _busy_ids(unit: Unit) -> list[str]:
    """Who has a case in their hands."""
    held = select(Case.held_by_id).where(Case.state == State.ACKNOWLEDGED).distinct()
    return [one for one in unit.session.scalars(held) if one]


def shifts(unit: Unit) -> list[rules.Shift]:
    """Every weekly shift of those who may act now."""
    return _pattern(unit, set(responder_ids(unit)), unit.now, unit.now)[0]


def _on_call(unit: Unit, able: set[str]) -> list[str]:
    weekly, changes = _pattern(unit, able, unit.now, unit.now)
    return rules.on_call(weekly, unit.now, changes)


_WEEKLY = select(
    RotaShift.id,
    RotaShift.account_id,
    literal("shift").label("kind"),
    RotaShift.weekday,
    RotaShift.start,
    RotaShift.minutes,
    RotaShift.timezone,
    cast(null(), UtcDateTime()).label("starts_at"),
    cast(null(), UtcDateTime()).label("ends_at"),
)
_DIFFERING = select(
    RotaChange.id,
    RotaChange.account_id,
    RotaChange.kind,
    literal(0),
    literal("00:00"),
    literal(0),
    literal("UTC"),
    RotaChange.starts_at,
    RotaChange.ends_at,
)


def _pattern(
    unit: Unit, able: set[str], since: datetime, until: datetime
) -> tuple[list[rules.Shift], list[rules.Change]]:
    """The weekly pattern and what differs from it in a stretch of time, in one statement."""
    near = _DIFFERING.where(RotaChange.ends_at > since, RotaChange.starts_at <= until)
    found = unit.session.execute(union_all(_WEEKLY, near)).all()
    rows = [row for row in found if row.account_id in able]
    pattern = [
        rules.Shift(
            row.account_id,
            row.weekday,
            time.fromisoformat(row.start),
            row.minutes,
            row.timezone,
            row.id,
        )
        for row in rows
        if row.kind == "shift"
    ]
    changes = [
        rules.Change(row.account_id, row.kind == "cover", row.starts_at, row.ends_at)
        for row in rows
        if row.kind != "shift"
    ]
    return sorted(pattern, key=lambda one: (one.weekday, one.start)), changes


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
    return _on_call(unit, set(responder_ids(unit)))


def duties_of(unit: Unit, account_id: str, since: datetime, until: datetime) -> list[Span]:
    """When one person is on call, swaps and all."""
    weekly, changes = _pattern(unit, {account_id}, since, until)
    return rules.on_duty(weekly, changes, since, until)


def duties_ahead(unit: Unit) -> list[Span]:
    """Who is on call when in the next 14 days, in order."""
    until = unit.now + AHEAD
    weekly, changes = _pattern(unit, set(responder_ids(unit)), unit.now, until)
    found = rules.on_duty(weekly, changes, unit.now, until)
    return sorted(found, key=lambda span: (span.starts_at, span.ends_at, span.account_id))


def responder_ids(unit: Unit) -> list[str]:
    """All staff, and mentors on the rota."""
    everybody = [*accounts.staff_ids(unit), *accounts.rota_mentor_ids(unit)]
    return list(dict.fromkeys(everybody))


def gaps_ahead(unit: Unit, since: datetime | None = None) -> list[Span]:
    """Where nobody is on call in the next 14 days."""
    start = since or unit.now
    weekly, changes = _pattern(unit, set(responder_ids(unit)), start, start + AHEAD)
    return rules.gaps(weekly, start, start + AHEAD, changes)


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
