"""A mentor's home: who asks, whom they walk with, their limits, and the pause."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.errors import Declined
from support.mentoring import actions, queries
from support.mentoring.forms import LimitsForm, NothingForm, SwitchForm
from support.mentoring.routes.blueprint import bp
from support.mentoring.routes.finding import tie
from support.mentoring.routes.shifts import told
from support.mentoring.rules.caps import check_is_mentor
from support.web.access import MENTORS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors/home"


@bp.get("/mentors/home")
@allow(MENTORS)
def home() -> ResponseReturnValue:
    """Who asks, my people, my limits."""
    page = _page()
    offer = page["offer"]
    facts = {
        "asks": [tie(one) for one in page["asks"]],
        "people": [tie(one) for one in page["people"]],
        "paused": bool(offer and offer.paused_at),
        "most": offer.most if offer else None,
        "week_hours": offer.week_minutes // 60 if offer else None,
        "day_shifts": offer.day_shifts if offer else None,
        "quiet": offer.quiet if offer else None,
        "offer": offer.offer if offer else None,
    }
    return show("mentors/home.html", facts, page=page)


@bp.post("/mentors/limits")
@allow(MENTORS)
def limits() -> ResponseReturnValue:
    """What one takes, when, and how many at most."""
    try:
        form = LimitsForm.parse(submitted())
        with unit_of_work() as unit:
            actions.set_limits(unit, current_actor(unit), form)
    except Declined as declined:
        return reshow("mentors/home.html", declined, page=_page())
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


def _page() -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        check_is_mentor(actor)
        return {
            "asks": queries.asks_to(unit, actor),
            "people": queries.mentees_of(unit, actor),
            "offer": queries.offer_of(unit, actor.id),
        }
