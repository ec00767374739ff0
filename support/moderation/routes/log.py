"""The log of what was done at the desk and elsewhere: ids and codes, never words."""

from typing import Any
from urllib.parse import urlencode

from flask.typing import ResponseReturnValue

from support.base.clock import wire
from support.moderation import queries
from support.moderation.forms import LogFilter
from support.moderation.routes.blueprint import bp
from support.web.access import STAFF, allow
from support.web.answers import asked, show
from support.web.work import current_actor, reading


@bp.get("/moderation/audit")
@allow(STAFF)
def log() -> ResponseReturnValue:
    """Newest first, by person, deed, thing or time."""
    query = asked()
    wanted = LogFilter.parse(query)
    with reading() as unit:
        found = queries.log(unit, current_actor(unit), wanted)
    facts: dict[str, Any] = {
        "entries": [
            {
                "id": one.id,
                "at": wire(one.at),
                "actor": found.names.get(one.actor_id or ""),
                "verb": one.verb,
                "subject": one.subject,
                "detail": dict(one.detail),
            }
            for one in found.lines
        ]
    }
    if found.before:
        facts["next"] = "/moderation/audit?" + urlencode({**query, "before": found.before})
    return show("moderation/log.html", facts, found=found, wanted=wanted, query=query)
