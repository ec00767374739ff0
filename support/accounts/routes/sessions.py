"""Where a person is signed in, ended one by one or all at once; and that a session is in use."""

import logging
from datetime import datetime, timedelta

from flask import Response, g
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from support.accounts import actions, queries
from support.accounts.routes.blueprint import bp
from support.base.actor import Actor
from support.base.clock import wire
from support.web.access import MEMBERS, allow
from support.web.answers import done, show
from support.web.work import current_actor, forget_viewer, reading, unit_of_work, workshop

log = logging.getLogger("handrail.accounts")
MINUTE = timedelta(minutes=1)
MOST_REMEMBERED = 10_000
_touched: dict[str, datetime] = {}


@bp.get("/account/sessions")
@allow(MEMBERS)
def list_sessions() -> ResponseReturnValue:
    """Every place where this person is signed in."""
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.sessions_of(unit, actor.id)
    facts = [
        {
            "id": one.id,
            "device": one.device,
            "created_at": wire(one.created_at),
            "seen_at": wire(one.seen_at),
            "expires_at": wire(one.expires_at),
            "current": one.id == actor.session_id,
        }
        for one in found
    ]
    return show("accounts/sessions.html", {"sessions": facts}, rows=found, here=actor.session_id)


@bp.post("/account/sessions/<session_id>/end")
@allow(MEMBERS)
def end_one(session_id: str) -> ResponseReturnValue:
    """End one of them; where it was open, it closes within a second."""
    with unit_of_work() as unit:
        actions.end_session(unit, current_actor(unit).id, session_id)
    forget_viewer()
    return done({"ended": 1}, "/account/sessions")


@bp.post("/account/sessions/end-others")
@allow(MEMBERS)
def end_others() -> ResponseReturnValue:
    """End all but this one."""
    with unit_of_work() as unit:
        actor = current_actor(unit)
        ended = actions.end_other_sessions(unit, actor.id, actor.session_id)
    return done({"ended": ended}, "/account/sessions")


@bp.after_app_request
def note_use(response: Response) -> Response:
    """A session in use lives on; it is written down at most once a minute."""
    actor = g.get("viewer")
    if isinstance(actor, Actor) and actor.session_id is not None:
        _note(actor.session_id, workshop().database.clock.now())
    return response


def _note(session_id: str, now: datetime) -> None:
    last = _touched.get(session_id)
    if last is not None and abs(now - last) < MINUTE:
        return
    if len(_touched) >= MOST_REMEMBERED:
        _touched.clear()
    _touched[session_id] = now
    try:
        with unit_of_work() as unit:
            actions.touch(unit, session_id)
    except SQLAlchemyError:
        log.warning("a session's use was not noted")
