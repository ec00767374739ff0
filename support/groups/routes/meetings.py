"""What is coming, one date of it, and a seat at it."""

from typing import Any

from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.db.unit import Unit
from support.groups import actions, queries
from support.groups.forms import EmptyForm, StandByForm
from support.groups.queries import Coming
from support.groups.routes.blueprint import bp
from support.groups.routes.choices import choices, name_of_zone
from support.groups.routes.json_ld import event
from support.groups.routes.shapes import elsewhere_shape, meeting_shape, seat_shape
from support.groups.routes.viewing import answer, page_address, read_filters, viewing_zone
from support.groups.rules.standing_by import MAY_LEAD
from support.groups.rules.words import Belonging, MeetingState
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import done, sentence, submitted
from support.web.work import known_viewer, reading, settings, together

KEPT_DAYS = 7
_MAY_CHANGE = (MeetingState.PLANNED, MeetingState.LOBBY)


@bp.get("/meetings")
@allow(EVERYONE)
def meetings() -> ResponseReturnValue:
    """The coming meetings in the viewer's time zone: our own, then those listed elsewhere."""
    form, wrong = read_filters()
    actor = known_viewer()
    zone = viewing_zone(form, actor)
    with reading() as unit:
        page = queries.list_meetings(unit, form, zone)
        hosts = queries.host_handles(unit, {each.group.id for each in page.own})
    own = [meeting_shape(each, zone, hosts.get(each.group.id, [])) for each in page.own]
    elsewhere = [elsewhere_shape(each, zone) for each in page.elsewhere]
    facts: dict[str, Any] = {"meetings": [*own, *elsewhere], "timezone": zone}
    following = page_address("/meetings", form, page.next)
    if following:
        facts["next"] = following
    body = answer(
        "meetings/listing.html",
        facts,
        own=own,
        elsewhere=elsewhere,
        filters=form,
        choices=choices(form),
        zone=name_of_zone(zone, form, actor),
        wrong=sentence(wrong) if wrong else None,
        following=following,
    )
    return (body, 400) if wrong else body  # type: ignore[return-value]


@bp.get("/meetings/<meeting_id>")
@allow(EVERYONE)
def meeting(meeting_id: str) -> ResponseReturnValue:
    """One date: what it is, who hosts, how long words stay, the rules, a seat."""
    form, _ = read_filters()
    actor = known_viewer()
    zone = viewing_zone(form, actor)
    with reading() as unit:
        listed = queries.listing_by_id(unit, meeting_id)
        if listed is not None:
            facts = elsewhere_shape(listed, zone)
            return answer("meetings/elsewhere.html", facts, zone=name_of_zone(zone, form, actor))
        found = queries.meeting_by_id(unit, meeting_id)
        coming = Coming(found, queries.group_by_id(unit, found.group_id))
        hosts = queries.host_handles(unit, [found.group_id]).get(found.group_id, [])
        facts = {
            **meeting_shape(coming, zone, hosts),
            "kept_days": KEPT_DAYS,
            **_for_viewer(unit, actor, coming),
        }
    return answer(
        "meetings/page.html",
        facts,
        zone=name_of_zone(zone, form, actor),
        json_ld=event(settings().public_url, coming.group, found),
    )


@bp.post("/meetings/<meeting_id>/rsvp")
@allow(MEMBERS)
def rsvp(meeting_id: str) -> ResponseReturnValue:
    """A seat, or a place on the waiting list."""
    EmptyForm.parse(submitted())
    seat = together(lambda unit, actor: actions.rsvp(unit, actor, meeting_id))
    return done(seat_shape(seat), f"/meetings/{meeting_id}")


@bp.post("/meetings/<meeting_id>/cancel-rsvp")
@allow(MEMBERS)
def cancel_rsvp(meeting_id: str) -> ResponseReturnValue:
    """Give the seat or the place back."""
    EmptyForm.parse(submitted())
    together(lambda unit, actor: actions.cancel_rsvp(unit, actor, meeting_id))
    return done(seat_shape(None), f"/meetings/{meeting_id}")


@bp.post("/meetings/<meeting_id>/stand-by")
@allow(MEMBERS)
def stand_by(meeting_id: str) -> ResponseReturnValue:
    """Come on the list of those who can be asked to lead, or go from it."""
    form = StandByForm.parse(submitted())
    is_on = together(lambda unit, actor: actions.stand_by(unit, actor, meeting_id, form))
    return done({"stands_by": is_on}, f"/meetings/{meeting_id}")


def _for_viewer(unit: Unit, actor: Actor | None, coming: Coming) -> dict[str, Any]:
    """What this person may do and see beyond what anybody sees."""
    if actor is None:
        return {"you": {"state": "none", "is_host": False, "may_enter": False, "may_sit": False}}
    found, group = coming.meeting, coming.group
    standing = queries.standing(unit, actor, group.id)
    belonging = queries.belonging(unit, actor.id, group.id)
    is_open = group.policy == "open" or belonging in (Belonging.MEMBER, Belonging.INVITED)
    may_enter = standing.is_host or standing.is_member or actor.is_staff
    is_to_come = not found.state.is_over and found.ends_at > unit.now
    may_lead = standing.is_host or actor.is_staff
    you = {
        **seat_shape(queries.seat_of(unit, actor.id, found.id)),
        "is_host": standing.is_host,
        "may_enter": may_enter,
        "may_sit": is_open and is_to_come and not standing.is_host,
        "may_change": may_lead and found.state in _MAY_CHANGE,
        **_standing_by(unit, actor, coming, is_host=standing.is_host),
    }
    facts: dict[str, Any] = {"you": you, "room": found.room_id if may_enter else None}
    if may_lead:
        facts["seats"] = queries.seated_handles(unit, found.id)
        facts["stand_by"] = len(queries.stand_by_ids(unit, group.id, found.id))
    return facts


def _standing_by(unit: Unit, actor: Actor, coming: Coming, *, is_host: bool) -> dict[str, Any]:
    """For what this person stands by, and whether they could: only who may lead is told."""
    found, group = coming.meeting, coming.group
    if is_host or actor.role not in MAY_LEAD:
        return {}
    lists = queries.stands_by(unit, actor.id, [found.id, group.id])
    belonging = queries.belonging(unit, actor.id, group.id)
    is_open = group.policy == "open" or belonging is Belonging.MEMBER
    return {
        "may_stand_by": is_open and not found.state.is_over,
        "stands_by": found.id in lists,
        "stands_by_group": group.id in lists,
    }
