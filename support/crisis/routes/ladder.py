"""The ladder's page: its rungs, the ways they go, a test page end to end, and one's own browser."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.accounts import queries as accounts
from support.base.errors import Invalid
from support.crisis import actions, queries, rules
from support.crisis.forms import LadderForm
from support.crisis.rules.ladder import EVERY_WAY, MOST_STEPS
from support.db.unit import Unit
from support.notify import queries as notify
from support.notify.jobs import push
from support.web.access import ADMINS, RESPONDERS, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.work import current_actor, reading, settings, unit_of_work

bp = Blueprint("ladder", __name__)
PAGE = "crisis/ladder.html"


@bp.get("/crisis/ladder")
@allow(RESPONDERS)
def ladder() -> ResponseReturnValue:
    """Who is called after how long and by which ways; and what became of a test."""
    with reading() as unit:
        facts, furniture = _facts(unit, asked().get("test"))
    return show(PAGE, facts, **furniture)


@bp.post("/crisis/ladder")
@allow(ADMINS)
def store() -> ResponseReturnValue:
    """Every case climbs these rungs from now on."""
    try:
        form = LadderForm.parse(submitted())
        with unit_of_work() as unit:
            actions.store_ladder(unit, current_actor(unit), form.ladder)
    except Invalid as declined:
        with reading() as unit:
            _, furniture = _facts(unit, None)
        return reshow(PAGE, declined, **furniture)
    return done({"stored": len(form.ladder)}, "/crisis/ladder")


@bp.post("/crisis/ladder/forget")
@allow(ADMINS)
def forget() -> ResponseReturnValue:
    """Back to the house's own ladder."""
    with unit_of_work() as unit:
        actions.forget_ladder(unit, current_actor(unit))
    return done({"stored": 0}, "/crisis/ladder")


@bp.post("/crisis/ladder/test")
@allow(ADMINS)
def rehearse() -> ResponseReturnValue:
    """Send a test page by every way of every rung."""
    with unit_of_work() as unit:
        test_id = actions.rehearse(unit, current_actor(unit))
    return done({"test": test_id}, f"/crisis/ladder?test={test_id}")


def _facts(unit: Unit, test: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    steps, actor = queries.ladder(unit), current_actor(unit)
    test_id = test if isinstance(test, str) and test.isalnum() and actor.is_admin else ""
    traces = notify.traces(unit, f"test:{test_id}:") if test_id else []
    names = accounts.people(unit, [one.recipient_id for one in traces if one.recipient_id])
    facts = {
        "steps": [
            {
                "wait_seconds": step.wait_seconds,
                "target": step.target,
                "channels": [str(channel) for channel in step.channels],
            }
            for step in steps
        ],
        "is_overridden": queries.is_overridden(),
        "push_key": push.public_key(settings().data),
        "own_browsers": notify.device_count(unit, actor.id),
        "test": [
            {**one.facts(), "to": names[one.recipient_id].handle if one.recipient_id else None}
            for one in traces
        ],
    }
    blank = [None] * (MOST_STEPS - len(steps))
    furniture = {
        "steps": steps,
        "rows": [*steps, *blank[:1]],
        "ways": EVERY_WAY,
        "targets": list(rules.Target),
    }
    return facts, {**furniture, **{name: facts[name] for name in facts if name != "steps"}}
