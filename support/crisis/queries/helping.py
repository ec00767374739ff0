"""What somebody who asked for help is told: numbers first, then who was called and who reads."""

from typing import Any

from sqlalchemy import select

from support.base.actor import Actor
from support.crisis.models import Case
from support.crisis.queries.cases import facts_of
from support.crisis.queries.facts import CaseFacts
from support.crisis.queries.numbers import help_for
from support.crisis.rules import State
from support.db.unit import Unit


def help_answer(unit: Unit, actor: Actor, case: CaseFacts) -> dict[str, Any]:
    """The acknowledgement of help:now, and the same by HTTP."""
    responders = {"on_call": len(case.called), "called_at": case.to_person()["called_at"]}
    if case.held_by:
        responders["reading_by"] = case.held_by.handle
    return {
        "case": case.id,
        "resources": help_for(actor.country, unit.now).facts()["resources"],
        "responders": responders,
        "text": words_for(case),
    }


def own_facts(unit: Unit, person_id: str) -> CaseFacts | None:
    """A person's own open case, for a page that only reads."""
    statement = select(Case).where(Case.person_id == person_id, Case.state != State.CLOSED)
    case = unit.session.scalar(statement)
    return facts_of(unit, case) if case else None


def own_case(unit: Unit, person_id: str) -> dict[str, Any] | None:
    """What the person themselves is told of their open case."""
    case = own_facts(unit, person_id)
    return case.to_person() if case else None


def words_for(case: CaseFacts) -> str:
    """The honest sentence for how it stands now (guard rules G5 and G6)."""
    if case.held_by:
        return "Somebody is reading this now. If you are in danger, call the number first."
    if case.called_at:
        return "We have called people. They may be asleep. If you are in danger, call now."
    return "Nobody is on duty right now. Please call one of these numbers now."
