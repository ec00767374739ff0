"""The team's word on numbers: written down with who and when, then into the file help reads."""

import json
import os
from pathlib import Path
from typing import Any

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.errors import NotFound
from support.crisis import queries, rules
from support.crisis.forms import Decided, NumberForm
from support.crisis.models import ResourceConfirmation
from support.crisis.rules import Directory
from support.db.unit import Unit
from support.notify import actions as notify


def decide_number(unit: Unit, by: str, form: NumberForm) -> None:
    """Confirm one number, hide it, or take back what was said about it."""
    _decide(unit, by, form)
    publish(unit)


def _decide(unit: Unit, by: str, form: NumberForm) -> None:
    directory = queries.directory(unit.now.date())
    country, contact = find_number(directory, form.resource_id)
    row = unit.session.get(ResourceConfirmation, form.resource_id)
    if form.state is Decided.UNDECIDED:
        if row is not None:
            unit.session.delete(row)
    elif row is None:
        unit.session.add(
            ResourceConfirmation(
                resource_id=form.resource_id,
                country=country,
                state=form.state,
                contact=contact,
                by_id=by,
                at=unit.now,
            )
        )
    else:
        row.state, row.contact, row.by_id, row.at = form.state, contact, by, unit.now
    unit.session.flush()
    audit.record(unit, by, f"crisis.number_{form.state}", f"number:{form.resource_id}")


def confirm_country(unit: Unit, by: str, code: str) -> list[str]:
    """Confirm a country's emergency number and every line it shows; their ids."""
    card = queries.help_for(code, unit.now)
    if card.country is None:
        raise NotFound("We have no numbers for this country.")
    ids = [rules.emergency_id(code), *(resource.id for resource in card.resources)]
    for resource_id in ids:
        _decide(unit, by, NumberForm(resource_id, Decided.CONFIRMED))
    publish(unit)
    return ids


def publish(unit: Unit) -> None:
    """Write the shipped numbers with the team's decisions to `crisis.json`, whole or not at all."""
    folder = queries.numbers_folder()
    if folder is None:
        return
    decided = {
        name: (decision.state, decision.at.date().isoformat(), decision.contact)
        for name, decision in queries.decisions(unit).items()
    }
    data = rules.with_edits(queries.shipped_data(), queries.edits_in_force(unit))
    _replace(folder / "crisis.json", rules.with_confirmations(data, decided))


def tell_of_numbers(unit: Unit) -> int:
    """Once a week the admins are told that numbers of a country they serve must be looked at."""
    due = queries.numbers_due(unit)
    if due:
        year, week, _ = unit.now.isocalendar()
        key, to = f"numbers_due:{year}:{week}", accounts.admin_ids(unit)
        counted = {"numbers": len(due)}
        notify.put(unit, key=key, kind="numbers_due", recipients=to, payload=counted)
    return len(due)


def _replace(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def find_number(directory: Directory, resource_id: str) -> tuple[str, str]:
    """The country of a number and what exactly is being confirmed."""
    for code, country in directory.countries.items():
        if resource_id == rules.emergency_id(code):
            return code, country.emergency.contact
        for service in country.services:
            if service.id == resource_id:
                return code, service.contact
    raise NotFound("There is no such number.")
