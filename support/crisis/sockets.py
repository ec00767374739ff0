"""Socket doors of the crisis desk: help now, and taking a case."""

from typing import Any

from flask_babel import gettext

from support.base.actor import Actor
from support.crisis import actions, queries
from support.crisis.forms import CaseForm, HelpForm
from support.db.unit import Unit
from support.web.access import MEMBERS
from support.web.sockets import on, speaking


@on("help:now", HelpForm, allow=MEMBERS)
def help_now(unit: Unit, actor: Actor, form: HelpForm) -> dict[str, Any]:
    """Open or find one's own case; the numbers come with the answer, whoever is there or not."""
    answer = queries.help_answer(unit, actor, actions.ask_for_help(unit, actor, form))
    with speaking():
        return answer | {"text": gettext(answer["text"])}


@on("case:ack", CaseForm, allow=MEMBERS)
def take_case(unit: Unit, actor: Actor, form: CaseForm) -> dict[str, Any]:
    """Take a case; somebody who is no responder of it hears that there is none."""
    case = actions.acknowledge(unit, actor, form.case_id)
    return {"case": case.facts()}
