"""The queue, and the next item in it."""

from typing import Any
from urllib.parse import urlencode

from flask.typing import ResponseReturnValue

from support.base.errors import Conflict, NotFound
from support.base.fields import NothingForm
from support.moderation import actions, queries
from support.moderation.forms import QueueFilter
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.desk import LABELS
from support.moderation.rules.team import wants_a_break
from support.web.access import STAFF, allow
from support.web.answers import asked, done, reshow, show, submitted, wants_json
from support.web.work import current_actor, reading, unit_of_work

PAGE = "moderation/queue.html"


@bp.get("/moderation")
@allow(STAFF)
def queue() -> ResponseReturnValue:
    """What waits, by risk, then age."""
    facts, furniture = _read(QueueFilter.parse(asked()))
    return show(PAGE, facts, **furniture)


@bp.post("/moderation/next")
@allow(STAFF)
def take_next() -> ResponseReturnValue:
    """Claim whatever should be looked at first."""
    NothingForm.parse(submitted())
    try:
        with unit_of_work() as unit:
            item_id = actions.take_next(unit, current_actor(unit))
    except (NotFound, Conflict) as declined:
        if wants_json():
            raise
        return reshow(PAGE, declined, **_read(QueueFilter.parse({}))[1])
    return done({"item": item_id}, f"/moderation/items/{item_id}")


def _read(wanted: QueueFilter) -> tuple[dict[str, Any], dict[str, Any]]:
    """A stretch of the queue, and what the page has beside it."""
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.queue(unit, actor, wanted)
        unsigned = [one for one in queries.live_sanctions(unit, actor) if one.state == "pending"]
        hard = queries.hard_looks(unit, actor.id)
        now = unit.now
    onward = _onward(wanted, found.next) if found.next else None
    return shapes.page(found, onward), {
        "lines": found.lines,
        "wanted": wanted,
        "waiting": found.waiting,
        "unsigned": unsigned,
        "labels": LABELS,
        "now": now,
        "hard_break": wants_a_break(hard),
    }


def _onward(wanted: QueueFilter, after: str) -> str:
    query = {"show": wanted.showing.value, "label": wanted.label, "after": after}
    return "/moderation?" + urlencode({name: value for name, value in query.items() if value})
