"""The queue, and the next item in it."""

from urllib.parse import urlencode

from flask.typing import ResponseReturnValue

from support.base.fields import NothingForm
from support.moderation import actions, queries
from support.moderation.forms import QueueFilter
from support.moderation.routes import shapes
from support.moderation.routes.blueprint import bp
from support.moderation.rules.desk import LABELS
from support.moderation.rules.team import wants_a_break
from support.web.access import STAFF, allow
from support.web.answers import asked, done, show, submitted
from support.web.work import current_actor, reading, unit_of_work


@bp.get("/moderation")
@allow(STAFF)
def queue() -> ResponseReturnValue:
    """What waits, by risk, then age."""
    wanted = QueueFilter.parse(asked())
    with reading() as unit:
        actor = current_actor(unit)
        found = queries.queue(unit, actor, wanted)
        unsigned = [one for one in queries.live_sanctions(unit, actor) if one.state == "pending"]
        hard = queries.hard_looks(unit, actor.id)
        now = unit.now
    onward = _onward(wanted, found.next) if found.next else None
    return show(
        "moderation/queue.html",
        shapes.page(found, onward),
        lines=found.lines,
        wanted=wanted,
        waiting=found.waiting,
        unsigned=unsigned,
        labels=LABELS,
        now=now,
        hard_break=wants_a_break(hard),
    )


@bp.post("/moderation/next")
@allow(STAFF)
def take_next() -> ResponseReturnValue:
    """Claim whatever should be looked at first."""
    NothingForm.parse(submitted())
    with unit_of_work() as unit:
        item_id = actions.take_next(unit, current_actor(unit))
    return done({"item": item_id}, f"/moderation/items/{item_id}")


def _onward(wanted: QueueFilter, after: str) -> str:
    query = {"show": wanted.showing.value, "label": wanted.label, "after": after}
    return "/moderation?" + urlencode({name: value for name, value in query.items() if value})
