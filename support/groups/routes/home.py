"""The first page: what this is, the next open meetings, help now."""

from flask.typing import ResponseReturnValue

from support.groups import queries
from support.groups.forms import FilterForm
from support.groups.routes.blueprint import bp
from support.groups.routes.shapes import meeting_shape
from support.groups.routes.viewing import answer, viewing_zone
from support.web.access import EVERYONE, allow
from support.web.answers import asked
from support.web.work import known_viewer, reading


@bp.get("/")
@allow(EVERYONE)
def home() -> ResponseReturnValue:
    """Meetings anybody may come to, in the viewer's time."""
    form = FilterForm.parse({"tz": asked().get("tz", "")})
    zone = viewing_zone(form, known_viewer())
    with reading() as unit:
        coming = queries.next_open(unit)
        hosts = queries.host_handles(unit, {each.group.id for each in coming})
    meetings = [meeting_shape(each, zone, hosts.get(each.group.id, [])) for each in coming]
    return answer("home.html", {"meetings": meetings, "timezone": zone, "help": "/help"})
