"""Read the team's own numbers: which are in force, and which wait for a second person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.clock import wire
from support.base.errors import NotFound
from support.crisis.models import NumberChange
from support.crisis.rules.editing import Edited
from support.db.unit import Unit


@dataclass(frozen=True, slots=True)
class EditFacts:
    """A changed number: which, by whom, from where, and how it stands."""

    id: str
    resource_id: str
    number: str
    source: str
    state: str
    by: str
    at: datetime
    second: str | None

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "id": self.id,
            "resource": self.resource_id,
            "number": self.number,
            "source": self.source,
            "state": self.state,
            "by": self.by,
            "at": wire(self.at),
            "second": self.second,
        }


def edits(unit: Unit, country: str) -> list[EditFacts]:
    """A country's changed numbers that are in force or wait, the newest first."""
    rows = list(
        unit.session.scalars(
            select(NumberChange)
            .where(NumberChange.country == country)
            .where(NumberChange.state.in_(("proposed", "in_force")))
            .order_by(NumberChange.at.desc(), NumberChange.id)
        )
    )
    ids = {row.by_id for row in rows} | {row.second_id for row in rows if row.second_id}
    names = accounts.people(unit, ids)
    return [
        EditFacts(
            row.id,
            row.resource_id,
            row.number,
            row.source,
            row.state,
            names[row.by_id].handle,
            row.at,
            names[row.second_id].handle if row.second_id else None,
        )
        for row in rows
    ]


def edits_in_force(unit: Unit) -> dict[str, Edited]:
    """What enters the file that help reads."""
    rows = unit.session.scalars(select(NumberChange).where(NumberChange.state == "in_force"))
    return {
        row.resource_id: Edited(
            row.number, row.source, (row.second_at or row.at).date().isoformat()
        )
        for row in rows
    }


def edit_by_id(unit: Unit, change_id: str) -> NumberChange:
    """One change, locked; raises where there is none."""
    row = unit.session.get(NumberChange, change_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such change.")
    return row
