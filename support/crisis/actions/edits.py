"""Another number with its source: at once for a line, after a second person for an emergency."""

from sqlalchemy import update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden, Invalid
from support.crisis import queries, rules
from support.crisis.actions.numbers import decide_number, find_number, publish
from support.crisis.forms import Decided, EditForm, NumberForm
from support.crisis.models import NumberChange
from support.crisis.rules import editing
from support.db.unit import Unit
from support.notify import actions as notify


def change_number(unit: Unit, actor: Actor, form: EditForm) -> NumberChange:
    """Say another number; nobody is shown an emergency number that only one person has seen."""
    country, _ = find_number(queries.directory(unit.now.date()), form.resource_id)
    waits = editing.is_emergency(form.resource_id)
    editing.check_number(form.number, form.source, is_emergency=waits)
    row = NumberChange(
        resource_id=form.resource_id,
        country=country,
        number=form.number,
        source=form.source,
        state="proposed",
        by_id=actor.id,
        at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    audit.record(unit, actor.id, "crisis.number_proposed", f"number:{form.resource_id}")
    if waits:
        others = [one for one in accounts.admin_ids(unit) if one != actor.id]
        key = f"number:{row.id}"
        notify.put(unit, key=key, kind="number_change", recipients=others, payload={})
    else:
        _put_in_force(unit, row, actor.id)
    return row


def answer_change(unit: Unit, actor: Actor, change_id: str, *, agrees: bool) -> NumberChange:
    """A second person has looked it up too and agrees, or not; never the same one twice."""
    row = queries.edit_by_id(unit, change_id)
    if row.state != "proposed":
        raise Conflict("Somebody has answered this already.")
    if row.by_id == actor.id and agrees:
        raise Forbidden("A second person must look this number up.")
    row.second_id = actor.id if row.by_id != actor.id else None
    row.second_at = unit.now
    verb = "crisis.number_agreed" if agrees else "crisis.number_refused"
    audit.record(unit, actor.id, verb, f"number:{row.resource_id}")
    if agrees:
        _put_in_force(unit, row, actor.id)
    else:
        row.state = "refused"
    return row


def _put_in_force(unit: Unit, row: NumberChange, by: str) -> None:
    """It replaces an earlier one, enters the file, and counts as confirmed by whom saw it last."""
    earlier = NumberChange.resource_id == row.resource_id, NumberChange.state == "in_force"
    unit.session.execute(update(NumberChange).where(*earlier).values(state="replaced"))
    row.state = "in_force"
    unit.session.flush()
    changed = rules.with_edits(queries.shipped_data(), queries.edits_in_force(unit))
    if faults := rules.check(changed, unit.now.date()).errors:
        raise Invalid(
            "Please check what is marked.",
            fields={"number": f"The checker does not take it: {faults[0]}"},
        )
    publish(unit)
    decide_number(unit, by, NumberForm(row.resource_id, Decided.CONFIRMED))
