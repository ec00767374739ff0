"""Socket events of the desk: a report from a room, and watching the queue."""

from typing import Any

from support.base.actor import Actor
from support.base.clock import wire
from support.base.fields import NothingForm
from support.db.unit import Unit
from support.moderation import actions, queries
from support.moderation.broadcast import queue_channel
from support.moderation.forms import ReportForm
from support.moderation.rules.desk import MOST_REPORTS, REPORTS_SECONDS
from support.web import limits
from support.web.access import MEMBERS
from support.web.access import RESPONDERS as RESPONDING
from support.web.sockets import MODERATORS, RESPONDERS, on, put_in


@on("message:report", ReportForm, allow=MEMBERS)
def report(unit: Unit, actor: Actor, form: ReportForm) -> dict[str, Any]:
    """Tell the moderators about a message."""
    limits.hit("report", actor.id, MOST_REPORTS, REPORTS_SECONDS)
    return {"report": actions.report(unit, actor, form)}


@on("queue:watch", NothingForm, allow=RESPONDING, reads=True, hears=True)
def watch(unit: Unit, actor: Actor, _: NothingForm, sid: str) -> dict[str, Any]:
    """Hear of cases from now on, and at the desk of the queue."""
    put_in(sid, RESPONDERS)
    if not actor.is_staff:
        return {}
    put_in(sid, MODERATORS)
    put_in(sid, queue_channel(actor.id))
    waiting = queries.waiting_for(unit, actor)
    oldest = wire(waiting.oldest_at) if waiting.oldest_at else None
    return {"open": waiting.open, "oldest_at": oldest}
