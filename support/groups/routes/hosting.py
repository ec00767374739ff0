"""What hosts do: answer who asks, invite, move or cancel one date."""

from typing import Any

from flask.typing import ResponseReturnValue

from support.base.errors import Declined, Invalid
from support.groups import actions, queries
from support.groups.forms import EmptyForm, MoveForm, PersonForm, YesForm
from support.groups.routes.blueprint import bp
from support.groups.routes.viewing import answer, read_filters, viewing_zone
from support.groups.rules.joining import check_may_decide
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, submitted
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/groups/<slug>/requests")
@allow(MEMBERS)
def requests(slug: str) -> ResponseReturnValue:
    """Who waits for an answer."""
    return answer("groups/requests.html", _requests(slug))


@bp.post("/groups/<slug>/requests/accept", endpoint="accept")
@allow(MEMBERS)
def accept(slug: str) -> ResponseReturnValue:
    """Take a person in."""
    return _answer(slug, welcome=True)


@bp.post("/groups/<slug>/requests/decline", endpoint="decline")
@allow(MEMBERS)
def decline(slug: str) -> ResponseReturnValue:
    """Say no."""
    return _answer(slug, welcome=False)


@bp.post("/groups/<slug>/invite")
@allow(MEMBERS)
def invite(slug: str) -> ResponseReturnValue:
    """Open the door for somebody; the answer does not tell whether there is such a person."""
    try:
        form = PersonForm.parse(submitted())
    except Invalid as wrong:
        return reshow("groups/requests.html", wrong, **_requests(slug))
    with unit_of_work() as unit:
        actions.invite(unit, current_actor(unit), slug, form)
    return done({"state": "invited"}, f"/groups/{slug}/requests")


@bp.post("/groups/<slug>/hosts/ask")
@allow(MEMBERS)
def ask_host(slug: str) -> ResponseReturnValue:
    """Ask a mentor to host this group too."""
    form = PersonForm.parse(submitted())
    with unit_of_work() as unit:
        actions.ask_host(unit, current_actor(unit), slug, form)
    return done({"state": "asked"}, f"/groups/{slug}/series")


@bp.post("/groups/<slug>/hosts/take-back")
@allow(MEMBERS)
def take_back_ask(slug: str) -> ResponseReturnValue:
    """Ask no more."""
    form = PersonForm.parse(submitted())
    with unit_of_work() as unit:
        actions.take_back_ask(unit, current_actor(unit), slug, form)
    return done({"state": "none"}, f"/groups/{slug}/series")


@bp.post("/groups/<slug>/hosts/answer")
@allow(MEMBERS)
def answer_host(slug: str) -> ResponseReturnValue:
    """Say yes or no to hosting a group."""
    form = YesForm.parse(submitted())
    with unit_of_work() as unit:
        actions.answer_host(unit, current_actor(unit), slug, yes=form.yes)
    to = f"/groups/{slug}/series" if form.yes else "/chair"
    return done({"state": "host" if form.yes else "declined"}, to)


@bp.post("/groups/<slug>/hosts/step-down")
@allow(MEMBERS)
def step_down(slug: str) -> ResponseReturnValue:
    """Host this group no more."""
    EmptyForm.parse(submitted())
    with unit_of_work() as unit:
        actions.step_down(unit, current_actor(unit), slug)
    return done({"state": "stepped_down"}, f"/groups/{slug}")


@bp.post("/meetings/<meeting_id>/cancel")
@allow(MEMBERS)
def cancel(meeting_id: str) -> ResponseReturnValue:
    """Call one date off."""
    EmptyForm.parse(submitted())
    with unit_of_work() as unit:
        actions.cancel(unit, current_actor(unit), meeting_id)
    return done({"state": "cancelled"}, f"/meetings/{meeting_id}")


@bp.get("/meetings/<meeting_id>/move")
@allow(MEMBERS)
def move_form(meeting_id: str) -> ResponseReturnValue:
    """Where a host picks another time."""
    return answer("meetings/move.html", _date(meeting_id))


@bp.post("/meetings/<meeting_id>/move")
@allow(MEMBERS)
def move(meeting_id: str) -> ResponseReturnValue:
    """Put one date at another time."""
    facts = _date(meeting_id)
    try:
        form = MoveForm.parse(submitted())
        with unit_of_work() as unit:
            actions.move(unit, current_actor(unit), meeting_id, form)
    except Declined as declined:
        return reshow("meetings/move.html", declined, **facts)
    return done({"state": "moved"}, f"/meetings/{meeting_id}")


def _answer(slug: str, *, welcome: bool) -> ResponseReturnValue:
    form = PersonForm.parse(submitted())
    with unit_of_work() as unit:
        actions.answer(unit, current_actor(unit), slug, form, welcome=welcome)
    state = "accepted" if welcome else "declined"
    return done({"state": state}, f"/groups/{slug}/requests")


def _requests(slug: str) -> dict[str, Any]:
    with reading() as unit:
        actor = current_actor(unit)
        group = queries.group_by_slug(unit, slug)
        is_host = queries.is_host(unit, actor.id, group.id)
        check_may_decide(is_host=is_host, is_staff=actor.is_staff)
        waiting = queries.asking(unit, group.id)
    return {
        "group": {"slug": group.slug, "name": group.name},
        "requests": [{"handle": each.handle, "since": each.since} for each in waiting],
    }


def _date(meeting_id: str) -> dict[str, Any]:
    form, _ = read_filters()
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.meeting_by_id(unit, meeting_id)
        is_host = queries.is_host(unit, actor.id, found.group_id)
        check_may_decide(is_host=is_host, is_staff=actor.is_staff)
    viewing_zone(form, actor)
    return {
        "id": found.id,
        "title": found.title,
        "timezone": found.timezone,
        "local_start": found.local_start,
        "starts_at": found.starts_at,
    }
