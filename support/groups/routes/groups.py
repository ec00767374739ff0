"""Find a group, look at it, come in, go."""

from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from support.base.actor import Actor
from support.db.unit import Unit
from support.groups import actions, queries
from support.groups.forms import EmptyForm
from support.groups.queries import GroupFacts
from support.groups.routes.blueprint import bp
from support.groups.routes.choices import choices, name_of_zone
from support.groups.routes.json_ld import group_events
from support.groups.routes.shapes import date_shape, group_shape
from support.groups.routes.viewing import answer, page_address, read_filters, viewing_zone
from support.groups.rules.about import about_html
from support.groups.rules.words import Belonging, Policy
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import done, sentence, submitted
from support.web.work import known_viewer, reading, settings, together


@bp.get("/groups")
@allow(EVERYONE)
def listing() -> ResponseReturnValue:
    """All groups, those that meet soonest first, narrowed by the filters."""
    form, wrong = read_filters()
    actor = known_viewer()
    zone = viewing_zone(form, actor)
    with reading() as unit:
        page = queries.list_groups(unit, form, zone)
    facts: dict[str, Any] = {"groups": [group_shape(group) for group in page.groups]}
    following = page_address("/groups", form, page.next)
    if following:
        facts["next"] = following
    body = answer(
        "groups/listing.html",
        facts,
        filters=form,
        choices=choices(form),
        zone=name_of_zone(zone, form, actor),
        wrong=sentence(wrong) if wrong else None,
        following=following,
    )
    return (body, 400) if wrong else body  # type: ignore[return-value]


@bp.get("/groups/<slug>")
@allow(EVERYONE)
def page(slug: str) -> ResponseReturnValue:
    """One group: what it is, who hosts it, when it meets, how to come in."""
    form, _ = read_filters()
    actor = known_viewer()
    zone = viewing_zone(form, actor)
    with reading() as unit:
        group = queries.group_by_slug(unit, slug)
        coming = queries.coming_of(unit, group.id)
        hosts = queries.host_handles(unit, [group.id]).get(group.id, [])
        you = _you(unit, actor, group)
    facts = {
        **group_shape(group),
        "hosts": hosts,
        "meetings": [date_shape(meeting, zone) for meeting in coming],
        "you": you,
        "lounge": group.lounge_id if you["may_enter"] else None,
    }
    return answer(
        "groups/page.html",
        facts,
        about_html=Markup(about_html(group.about)),  # noqa: S704 - cleaned by nh3
        zone=name_of_zone(zone, form, actor),
        json_ld=group_events(settings().public_url, group, coming),
    )


@bp.post("/groups/<slug>/join")
@allow(MEMBERS)
def join(slug: str) -> ResponseReturnValue:
    """Come in, or ask to."""
    EmptyForm.parse(submitted())
    state = together(lambda unit, actor: actions.join(unit, actor, slug))
    return done({"state": "joined" if state is Belonging.MEMBER else state}, f"/groups/{slug}")


@bp.post("/groups/<slug>/leave")
@allow(MEMBERS)
def leave(slug: str) -> ResponseReturnValue:
    """Go."""
    EmptyForm.parse(submitted())
    together(lambda unit, actor: actions.leave(unit, actor, slug))
    return done({"state": "left"}, f"/groups/{slug}")


def _you(unit: Unit, actor: Actor | None, group: GroupFacts) -> dict[str, Any]:
    """How the viewer stands to the group and what that lets them do."""
    if actor is None:
        return {"is_host": False, "belonging": None, "may_enter": False, "may_join": False,
                "may_decide": False, "asking": 0}  # fmt: skip
    is_host = queries.is_host(unit, actor.id, group.id)
    belonging = queries.belonging(unit, actor.id, group.id)
    is_in = is_host or belonging is Belonging.MEMBER
    may_join = not is_in and belonging not in (Belonging.REMOVED, Belonging.REQUESTED)
    may_decide = is_host or actor.is_staff
    return {
        "is_host": is_host,
        "belonging": belonging,
        "may_enter": is_in or actor.is_staff,
        "may_join": may_join
        and (group.policy is not Policy.INVITED or belonging is Belonging.INVITED),
        "may_decide": may_decide,
        "asking": len(queries.asking(unit, group.id)) if may_decide else 0,
    }
