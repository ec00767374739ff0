"""The side room for somebody who may not log in: read, write, leave; nothing else of the site.

The signed path is the whole right: no session is looked up, no cookie is set, and no form token is
needed, for whoever does not know the path cannot make anybody's browser send to it.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from support.accounts import queries as accounts
from support.base.errors import Invalid
from support.crisis import actions, queries
from support.crisis.forms import WordsForm
from support.db.unit import Unit
from support.web.access import EVERYONE, allow
from support.web.answers import done, reshow, show, submitted
from support.web.limits import hit
from support.web.work import reading, unit_of_work

bp = Blueprint("side_door", __name__)
PAGE = "crisis/side_room.html"
WORDS, WORDS_IN = 10, 10


class SideRoomWay:
    """For somebody who is kept out and has an open case: no sanction closes it (guard rule G3)."""

    template = "crisis/_way_in.html"

    def offer(self, unit: Unit, account_id: str) -> Mapping[str, Any] | None:
        """The signed path; None where there is no open case."""
        path = queries.way_in(unit, account_id)
        return {"url": path} if path else None


@bp.get("/help/side-room/<token>")
@allow(EVERYONE)
def talk(token: str) -> ResponseReturnValue:
    """Numbers first; then what was said, who is reading, and a place to write."""
    g.viewer = None
    with reading() as unit:
        facts, furniture = _facts(unit, queries.read_pass(unit, token))
    return show(PAGE, facts, **furniture)


@bp.post("/help/side-room/<token>")
@allow(EVERYONE)
def say(token: str) -> ResponseReturnValue:
    """Write; the answer carries a fresh way in."""
    g.viewer = None
    with reading() as unit:
        known = queries.read_pass(unit, token)
    hit("side-door", known.case_id, WORDS, WORDS_IN)
    try:
        form = WordsForm.parse(submitted())
        with unit_of_work() as unit:
            message = actions.say(unit, queries.read_pass(unit, token), form)
            onward = queries.path_of(unit, known)
    except Invalid as declined:
        with reading() as unit:
            _, furniture = _facts(unit, queries.read_pass(unit, token))
        return reshow(PAGE, declined, **furniture)
    return done({"message": message, "way_in": onward}, onward or "/help")


def _facts(unit: Unit, known: queries.Pass) -> tuple[dict[str, Any], dict[str, Any]]:
    case = queries.own_facts(unit, known.person_id)
    person = accounts.person(unit, known.person_id)
    card = queries.help_for(person.country, unit.now)
    messages = actions.read(unit, known)
    facts: dict[str, Any] = {
        **(case.to_person() if case else {"case": known.case_id, "called_at": None}),
        "messages": messages,
        "way_in": queries.path_of(unit, known),
        "resources": card.facts()["resources"],
    }
    words = queries.words_for(case) if case else None
    furniture = {"asked": case, "card": card, "words": words, "said": messages, "cookieless": True}
    return facts, {**furniture, "handle": person.handle, "onward": facts["way_in"]}
