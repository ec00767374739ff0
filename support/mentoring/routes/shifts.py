"""The page of the lounge shifts: who is on shift, what is mine, what is free, and the gaps."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from support.accounts import queries as accounts
from support.base.actor import Role
from support.base.errors import Declined
from support.base.fields import NothingForm
from support.base.weekly import span_facts, weekly_facts
from support.mentoring import actions
from support.mentoring.actions import Offered
from support.mentoring.forms import LoungeShiftForm
from support.mentoring.queries import shifts as queries
from support.mentoring.routes.blueprint import bp
from support.web.access import MENTORS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

HERE = "/mentors/shifts"
PAGE = "mentors/shifts.html"


@bp.get("/mentors/shifts")
@allow(MENTORS)
def shifts() -> ResponseReturnValue:
    """Who is on shift now, what is planned, what is free, and when nobody is there."""
    page = _page()
    facts = {
        "on_shift": page["now"],
        "shifts": [one.facts() for one in page["ahead"]],
        "weekly": [weekly_facts(one) for one in page["weekly"]],
        "gaps": [span_facts(one) for one in page["gaps"]],
    }
    return show(PAGE, facts, page=page)


@bp.post("/mentors/shifts")
@allow(MENTORS)
def sign_up() -> ResponseReturnValue:
    """Be in the lounges at that time every week, or only the next time."""
    try:
        with unit_of_work() as unit:
            actor = current_actor(unit)
            form = LoungeShiftForm.parse(submitted(), actor.timezone)
            shift_id = actions.sign_up(unit, actor, form)
    except Declined as declined:
        return reshow(PAGE, declined, page=_page())
    flash(gettext("Thank you. It is in your shifts."), "ok")
    return done({"shift": shift_id}, HERE)


@bp.post("/mentors/shifts/<shift_id>/remove")
@allow(MENTORS)
def give_up(shift_id: str) -> ResponseReturnValue:
    """Do this no more every week."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        actions.give_up(unit, current_actor(unit), shift_id)
    return done({"shift": shift_id}, HERE)


@bp.post("/mentors/watches/<watch_id>/take")
@allow(MENTORS)
def take(watch_id: str) -> ResponseReturnValue:
    """Take a free shift; a cap that says no is named."""
    try:
        NothingForm.parse(submitted())
        with unit_of_work() as unit:
            actions.take(unit, current_actor(unit), watch_id)
    except Declined as declined:
        return reshow(PAGE, declined, page=_page())
    return done({"shift": watch_id, "state": "taken"}, HERE)


@bp.post("/mentors/watches/<watch_id>/give-back")
@allow(MENTORS)
def give_back(watch_id: str) -> ResponseReturnValue:
    """Not this time; the others are asked, and nobody asks why."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        offered = actions.give_back(unit, current_actor(unit), watch_id)
    flash(told(offered), "ok")
    return done({"shift": watch_id, "state": "free", "asked": list(offered.asked)}, HERE)


def told(offered: Offered) -> str:
    """Who was asked to take what was handed on, in words."""
    if not offered.asked:
        return gettext("It is free now. The team knows.")
    words: str = ngettext(
        "A shift is free now. We asked: %(who)s.",
        "%(num)s shifts are free now. We asked: %(who)s.",
        offered.watches,
        who=", ".join(offered.asked),
    )
    return words


def _page() -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        people = accounts.people(unit, queries.on_shift(unit))
        planned = queries.ahead(unit, actor)
        return {
            "now": sorted(one.handle for one in people.values()),
            "ahead": planned,
            "weekly": queries.weekly(unit, actor.id),
            "gaps": queries.gaps(unit, planned),
            "is_mentor": actor.role is Role.MENTOR,
            "timezone": actor.timezone,
        }
