"""The resource desk: what falls due, and the team's word on each number."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.errors import Invalid
from support.crisis import actions, queries, rules
from support.crisis.forms import EditForm, NumberForm, YesForm
from support.crisis.rules import chosen_country
from support.db.unit import Unit
from support.web.access import ADMINS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("numbers", __name__)
PAGE = "crisis/numbers.html"


@bp.get("/crisis/numbers")
@allow(ADMINS)
def numbers() -> ResponseReturnValue:
    """One country's numbers, shown or hidden, with source, level, date and the team's word."""
    with reading() as unit:
        facts, furniture = _facts(unit, asked().get("country"))
    return show(PAGE, facts, **furniture)


@bp.post("/crisis/numbers")
@allow(ADMINS)
def decide() -> ResponseReturnValue:
    """Confirm, hide, or take back."""
    data = submitted()
    code = data.pop("country", None)
    try:
        form = NumberForm.parse(data)
        with unit_of_work() as unit:
            actions.decide_number(unit, current_actor(unit).id, form)
    except Invalid as declined:
        with reading() as unit:
            _, furniture = _facts(unit, code)
        return reshow(PAGE, declined, **furniture)
    return done({"id": form.resource_id, "state": form.state}, f"/crisis/numbers?country={code}")


@bp.post("/crisis/numbers/changes")
@allow(ADMINS)
def change() -> ResponseReturnValue:
    """Another number with its source; an emergency number waits for a second person."""
    data = submitted()
    code = data.pop("country", None)
    try:
        form = EditForm.parse(data)
        with unit_of_work() as unit:
            row = actions.change_number(unit, current_actor(unit), form)
            facts = {"change": row.id, "state": row.state}
    except Invalid as declined:
        with reading() as unit:
            _, furniture = _facts(unit, code)
        return reshow(PAGE, declined, **furniture)
    return done(facts, f"/crisis/numbers?country={code or form.resource_id[:2].upper()}")


@bp.post("/crisis/numbers/changes/<edit_id>/answer")
@allow(ADMINS)
def answer(edit_id: str) -> ResponseReturnValue:
    """A second person has looked it up too, and agrees or not."""
    form = YesForm.parse(submitted())
    with unit_of_work() as unit:
        row = actions.answer_change(unit, current_actor(unit), edit_id, agrees=form.agrees)
        facts, code = {"change": row.id, "state": row.state}, row.country
    return done(facts, f"/crisis/numbers?country={code}")


def _facts(unit: Unit, code: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    directory = queries.directory(unit.now.date())
    known = str(code) if isinstance(code, str) else current_actor(unit).country
    country = directory.countries.get(chosen_country(known, directory.countries) or "")
    decided = queries.decisions(unit)
    lines = country.services if country else ()
    edits = queries.edits(unit, country.code) if country else []
    facts = {
        "country": country.code if country else None,
        "changes": [edit.facts() for edit in edits],
        "numbers": [
            {
                "id": line.id,
                "kind": line.kind,
                "name": line.name,
                "contact": line.contact,
                "level": line.level,
                "shown": line.is_shown,
                "overdue": line.overdue,
            }
            for line in lines
        ],
    }
    furniture = {
        "place": country,
        "lines": lines,
        "decided": decided,
        "emergency_id": rules.emergency_id(country.code) if country else None,
        "countries": directory.names,
        "due": queries.numbers_due(unit),
        "edits": edits,
        "notes": _notes(unit, country.code if country else ""),
    }
    return facts, furniture


def _notes(unit: Unit, code: str) -> dict[str, str]:
    """What the data set tells operators about a number; members never read these."""
    for entry in queries.current_data(unit.now.date())["countries"]:
        if entry["iso2"] == code:
            return {one["id"]: one["note"] for one in entry["services"] if one.get("note")}
    return {}
