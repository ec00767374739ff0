"""A mentor's home: who asks, whom they walk with, their limits, and the pause."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.base.fields import NothingForm
from support.mentoring import actions
from support.mentoring.forms import LimitsForm, SwitchForm
from support.mentoring.models import MentorOffer
from support.mentoring.queries import home as queries
from support.mentoring.queries.home import Home
from support.mentoring.routes.blueprint import bp
from support.mentoring.routes.finding import tie
from support.mentoring.routes.shifts import told
from support.mentoring.rules.caps import check_is_mentor
from support.mentoring.rules.guide import new_cards
from support.web.access import MENTORS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors/home"
PAGE = "mentors/home.html"


@bp.get("/mentors/home")
@allow(MENTORS)
def home() -> ResponseReturnValue:
    """Tonight, who asks, my people, my hours, who waits, what is new, my limits."""
    page = _page()
    offer = page.offer
    facts = {
        "tonight": [one.facts() for one in page.soon],
        "asks": [tie(one) for one in page.asks],
        "hand_overs": [one.facts() for one in page.passings],
        "people": [one.facts() for one in page.people],
        "hours": page.hours.facts(),
        "waiting": {"count": page.waiting, "longest": wire(page.longest) if page.longest else None},
        "new_cards": [card.id for card in new_cards(page.today)],
        "paused": bool(offer and offer.paused_at),
        "probation": offer.probation if offer else 0,
        "renew_on": page.renew_on.isoformat() if page.renew_on else None,
        "renewal_is_over": page.renewal_is_over,
        **_limits(offer),
    }
    return show(PAGE, facts, page=page, cards=new_cards(page.today))


@bp.post("/mentors/limits")
@allow(MENTORS)
def limits() -> ResponseReturnValue:
    """What one takes, when, and how many at most."""
    try:
        form = LimitsForm.parse(submitted())
        with unit_of_work() as unit:
            actions.set_limits(unit, current_actor(unit), form)
    except Declined as declined:
        page = _page()
        return reshow(PAGE, declined, page=page, cards=new_cards(page.today))
    flash(gettext("Kept."), "ok")
    return done({**form.offering.kept(), "most": form.most}, HERE)


@bp.post("/mentors/pause")
@allow(MENTORS)
def pause() -> ResponseReturnValue:
    """Take a break, or come back; no reason is asked for."""
    form = SwitchForm.parse(submitted())
    with unit_of_work() as unit:
        offered = actions.pause(unit, current_actor(unit), form.on)
    words = gettext("Rest well. Your people are told kindly.") if form.on else gettext("Welcome.")
    flash(f"{words} {told(offered)}" if offered.watches else words, "ok")
    facts = {"paused": form.on, "handed_on": offered.watches, "asked": list(offered.asked)}
    return done(facts, HERE)


@bp.post("/mentors/asks/<ask_id>/accept")
@allow(MENTORS)
def accept(ask_id: str) -> ResponseReturnValue:
    """Say yes: a room for the two opens."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        made = actions.accept(unit, current_actor(unit), ask_id)
        pairing, room = made.id, made.room_id
    return done({"pairing": pairing, "room": room}, f"/rooms/{room}" if room else HERE)


@bp.post("/mentors/asks/<ask_id>/decline")
@allow(MENTORS)
def decline(ask_id: str) -> ResponseReturnValue:
    """Say no, without a reason."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.decline(unit, current_actor(unit), ask_id)
    return done({"ask": ask_id, "state": "declined"}, HERE)


def _limits(offer: MentorOffer | None) -> dict[str, Any]:
    if offer is None:
        return dict.fromkeys(("most", "offer", "week_hours", "day_shifts", "quiet"))
    return {
        "most": offer.most,
        "offer": offer.offer,
        "week_hours": offer.week_minutes // 60,
        "day_shifts": offer.day_shifts,
        "quiet": offer.quiet,
    }


def _page() -> Home:
    with reading() as unit:
        actor = current_actor(unit)
        check_is_mentor(actor)
        return queries.home(unit, actor)
