"""Write and read a plan. Nobody reads another's: who may be shown it is decided by its person."""

from typing import Any

from sqlalchemy import delete

from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.base.ids import new_id
from support.base.sealing import CannotOpen
from support.db.unit import Unit
from support.journal import queries
from support.journal.forms import LineForm, WordsForm
from support.journal.models import PlanLine
from support.journal.ports import joined
from support.journal.rules import MOST_LINES, Heading, Line, Plan, plan_of


def own_plan(unit: Unit, account_id: str) -> Plan:
    """A person's plan; a line that was sealed with a key this house has lost is left out."""
    return plan_of(line for row in queries.lines_of(unit, account_id) if (line := _opened(row)))


def add_line(unit: Unit, actor: Actor, form: LineForm) -> str:
    """One more line; its id."""
    place = queries.room_for_one_more(unit, actor.id)
    if place is None:
        raise Conflict(f"A plan has at most {MOST_LINES} lines. Take one away first.")
    line_id = new_id()
    sealed = joined.sealer.seal(form.text, _bound(actor.id, line_id))
    where = {"account_id": actor.id, "heading": form.heading, "place": place}
    unit.session.add(PlanLine(id=line_id, sealed=sealed, **where))
    return line_id


def change_line(unit: Unit, actor: Actor, line_id: str, form: WordsForm) -> None:
    """Other words in the same place."""
    line = _own(unit, actor, line_id)
    line.sealed = joined.sealer.seal(form.text, _bound(actor.id, line_id))


def drop_line(unit: Unit, actor: Actor, line_id: str) -> None:
    """Take a line away for good."""
    unit.session.delete(_own(unit, actor, line_id))


class PlanMemory:
    """What is kept of a person's plan: handed out when they ask, forgotten when they go."""

    name = "plan"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Forget it."""
        unit.session.execute(delete(PlanLine).where(PlanLine.account_id == account_id))

    def export(self, unit: Unit, account_id: str) -> Any:
        """Its words, opened: they are the person's own."""
        return own_plan(unit, account_id).facts()["plan"]


def _own(unit: Unit, actor: Actor, line_id: str) -> PlanLine:
    line = queries.own_line(unit, actor.id, line_id)
    if line is None:
        raise NotFound("This line is not in your plan.")
    return line


def _opened(row: PlanLine) -> Line | None:
    try:
        text = joined.sealer.open(row.sealed, _bound(row.account_id, row.id))
    except CannotOpen:
        return None
    return Line(row.id, Heading(row.heading), text)


def _bound(account_id: str, line_id: str) -> str:
    """A seal put into another person's row opens there for nobody."""
    return f"plan:{account_id}:{line_id}"
