"""Socket doors of the crisis desk: help now, and taking a case."""

from typing import Any

from support.base.actor import Actor
from support.crisis import actions, queries
from support.crisis.forms import CaseForm, HelpForm
from support.db.unit import Unit
from support.web.access import MEMBERS
from support.web.sockets import on


@on("help:now", HelpForm, allow=MEMBERS)
def help_now(unit: Unit, actor: Actor, form: HelpForm) -> dict[str, Any]:
    """Open or find one's own case; the numbers come with the answer, whoever is there or not."""
    return answer(unit, actor, actions.ask_for_help(unit, actor, form))


@on("case:ack", CaseForm, allow=MEMBERS)
def take_case(unit: Unit, actor: Actor, form: CaseForm) -> dict[str, Any]:
    """Take a case; somebody who is no responder of it hears that there is none."""
    case = actions.acknowledge(unit, actor, form.case_id)
    return {"case": case.facts()}


def answer(unit: Unit, actor: Actor, case: queries.CaseFacts) -> dict[str, Any]:
    """What somebody who asked for help is told: numbers, and who was called when, if anybody."""
    card = queries.help_for(actor.country, unit.now)
    called_at = case.to_person()["called_at"]
    responders = {"on_call": len(case.called), "called_at": called_at}
    if case.held_by:
        responders["reading_by"] = case.held_by.handle
    return {
        "case": case.id,
        "resources": card.facts()["resources"],
        "responders": responders,
        "text": text_for(case),
    }


def text_for(case: queries.CaseFacts) -> str:
    """The honest sentence for how it stands now (guard rules G5 and G6)."""
    if case.held_by:
        return "Somebody is reading this now. If you are in danger, call the number first."
    if case.called_at:
        return "We have called people. They may be asleep. If you are in danger, call now."
    return "Nobody is on duty right now. Please call one of these numbers now."
