"""Help now: open to everybody, without log-in, cookie, script or database."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.crisis import actions, queries
from support.crisis.forms import HelpForm
from support.crisis.rules import HelpCard, chosen_country, region_of_browser
from support.journal import actions as journal
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import done, show, submitted
from support.web.work import (
    SESSION_TOKEN,
    current_actor,
    reading,
    unit_of_work,
    viewer,
    workshop,
)

bp = Blueprint("help", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody seems to be, and how we came to think so."""

    country: str | None
    is_guess: bool = False


@bp.get("/help", strict_slashes=False)
@allow(EVERYONE)
def help_here() -> ResponseReturnValue:
    """The numbers of the reader's own country: the account's, the chosen, or the browser's."""
    chosen = request.args.get("country")
    if chosen is not None:
        code = chosen_country(chosen, _known())
        return redirect(f"/help/{code}" if code else "/help/choose")
    return _page(_place())


@bp.get("/help/<country>", strict_slashes=False)
@allow(EVERYONE)
def help_in(country: str) -> ResponseReturnValue:
    """The numbers of a country; for one we do not know, the question which it is."""
    return _page(Place(chosen_country(country, _known())))


@bp.get("/help/now")
@allow(EVERYONE)
def own_case() -> ResponseReturnValue:
    """What somebody who asked for help is told: who was called, when, and who is reading."""
    with reading() as unit:
        actor = viewer(unit)
        if actor is None:
            return redirect("/help")
        case = queries.own_facts(unit, actor.id)
        card = queries.help_for(actor.country, unit.now)
        facts = queries.help_answer(unit, actor, case) if case else {"case": None, **card.facts()}
        consent = queries.consent_of(unit, case.id) if case else None
        plan = journal.own_plan(unit, actor.id)
    words = queries.words_for(case) if case else None
    furniture = {"asked": case, "card": card, "words": words, "consent": consent, "plan": plan}
    return show("help_now.html", facts, **furniture)


@bp.post("/help/now")
@allow(MEMBERS)
def ask() -> ResponseReturnValue:
    """Tell the responders: opens or finds the reader's own case."""
    form = HelpForm.parse(submitted())
    with unit_of_work() as unit:
        actor = current_actor(unit)
        facts = queries.help_answer(unit, actor, actions.ask_for_help(unit, actor, form))
    return done(facts | {"text": gettext(facts["text"])}, "/help/now")


def _page(place: Place) -> ResponseReturnValue:
    """No viewer is looked up and no token is made: so no database is asked and no cookie is set."""
    g.viewer = None
    now = workshop().database.clock.now()
    card: HelpCard = queries.help_for(place.country, now)
    signed_in = SESSION_TOKEN in session and "csrf_token" in session
    facts: dict[str, Any] = {**card.facts(), "is_guess": place.is_guess}
    countries = queries.directory(now.date()).names
    return show(
        "help.html", facts, card=card, countries=countries, signed_in=signed_in, cookieless=True
    )


def _place() -> Place:
    own = session.get("country") if SESSION_TOKEN in session else None
    if isinstance(own, str) and chosen_country(own, _known()):
        return Place(chosen_country(own, _known()))
    guess = region_of_browser(request.headers.get("Accept-Language"), _known())
    return Place(guess, is_guess=guess is not None)


def _known() -> frozenset[str]:
    now = workshop().database.clock.now()
    return frozenset(queries.directory(now.date()).countries)
