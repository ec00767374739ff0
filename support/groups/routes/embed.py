"""The schedule for the pages of others: nobody's view, no cookie, no script, free to be framed."""

from typing import Any

from flask import current_app
from flask.typing import ResponseReturnValue

from support.groups import queries
from support.groups.routes.blueprint import bp
from support.groups.routes.feeds import FIVE_MINUTES
from support.groups.routes.shapes import meeting_shape
from support.groups.routes.viewing import answer, page_address, read_filters, viewing_zone
from support.web.access import EVERYONE, allow
from support.web.answers import sentence
from support.web.work import reading, settings

PATH = "/embed/meetings"
VARY = {"Vary": "Accept, Accept-Language"}


@bp.get(PATH)
@allow(EVERYONE)
def embedded() -> ResponseReturnValue:
    """Our own coming meetings, as a stranger sees them, for a frame in somebody else's page."""
    form, wrong = read_filters()
    zone = viewing_zone(form, None)
    with reading() as unit:
        page = queries.list_meetings(unit, form, zone)
        hosts = queries.host_handles(unit, {each.group.id for each in page.own})
    own = [meeting_shape(each, zone, hosts.get(each.group.id, [])) for each in page.own]
    facts: dict[str, Any] = {"meetings": own, "timezone": zone}
    following = page_address(PATH, form, page.next)
    if following:
        facts["next"] = following
    shown = answer(
        "meetings/embedded.html",
        facts,
        following=following,
        site=settings().public_url,
        wrong=sentence(wrong) if wrong else None,
    )
    response = current_app.make_response(shown)
    response.status_code = 400 if wrong else 200
    response.headers.update({**FIVE_MINUTES, **VARY} if wrong is None else VARY)
    return response
