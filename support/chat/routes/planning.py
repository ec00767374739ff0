"""Where hosts plan the series of their group: what is coming, who leads, what can be changed."""

from datetime import datetime
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.base.actor import Actor
from support.base.clock import wire
from support.base.errors import Declined
from support.base.zones import to_local
from support.chat import forms
from support.chat.actions import planning
from support.chat.queries.scripts import scripts_of
from support.chat.rules.scripts import Template
from support.db.unit import Unit
from support.groups import actions as group_actions
from support.groups import queries as groups
from support.groups.forms import SHAPE, EmptyForm, parse_plan
from support.groups.queries import Planned
from support.groups.rules.repeats import Repeat
from support.web.access import MEMBERS, allow
from support.web.answers import done, reshow, show, submitted
from support.web.work import current_actor, reading, unit_of_work

bp = Blueprint("planning", __name__)
LIST, FORM = "groups/series.html", "groups/series_form.html"


@bp.get("/groups/<slug>/series")
@allow(MEMBERS)
def plans(slug: str) -> ResponseReturnValue:
    """Every series of a group that goes on, its next dates, who hosts and who stands by."""
    return show(LIST, _plans(slug))


@bp.get("/groups/<slug>/series/new")
@allow(MEMBERS)
def new_form(slug: str) -> ResponseReturnValue:
    """An empty plan, in the host's own zone."""
    with reading() as unit:
        facts, furniture = _new(unit, current_actor(unit), slug)
    return show(FORM, facts, **furniture)


@bp.post("/groups/<slug>/series")
@allow(MEMBERS)
def plan(slug: str) -> ResponseReturnValue:
    """Plan a series, or a single meeting."""
    try:
        with unit_of_work() as unit:
            form = forms.PlanForm.parse(submitted(), parse_plan)
            series_id = planning.plan(unit, current_actor(unit), slug, form)
    except Declined as declined:
        with reading() as unit:
            facts, furniture = _new(unit, current_actor(unit), slug)
        return reshow(FORM, declined, **facts, **furniture)
    return done({"series": series_id}, f"/groups/{slug}/series")


@bp.get("/series/<series_id>")
@allow(MEMBERS)
def change_form(series_id: str) -> ResponseReturnValue:
    """A series as it is, to be changed or ended."""
    with reading() as unit:
        facts, furniture = _one(unit, current_actor(unit), series_id)
    return show(FORM, facts, **furniture)


@bp.post("/series/<series_id>")
@allow(MEMBERS)
def change(series_id: str) -> ResponseReturnValue:
    """Change a series and all its dates to come."""
    try:
        with unit_of_work() as unit:
            planning.change(unit, current_actor(unit), series_id, submitted())
    except Declined as declined:
        with reading() as unit:
            facts, furniture = _one(unit, current_actor(unit), series_id)
        return reshow(FORM, declined, **facts, **furniture)
    return _back(series_id, "changed")


@bp.post("/series/<series_id>/end")
@allow(MEMBERS)
def end(series_id: str) -> ResponseReturnValue:
    """End a series: no more dates."""
    EmptyForm.parse(submitted())
    with unit_of_work() as unit:
        group_actions.end_series(unit, current_actor(unit), series_id)
    return _back(series_id, "ended")


def _back(series_id: str, state: str) -> ResponseReturnValue:
    with reading() as unit:
        group_id = groups.series_by_id(unit, series_id).group_id
        slug = groups.group_by_id(unit, group_id).slug
    return done({"series": series_id, "state": state}, f"/groups/{slug}/series")


def _plans(slug: str) -> dict[str, Any]:
    with reading() as unit:
        group = groups.group_by_slug(unit, slug)
        actor = current_actor(unit)
        group_actions.check_host(unit, actor, group.id)
        found = groups.plan_of(unit, group.id)
        scripts = scripts_of(unit, [one.series.id for one in found])
        hosts = groups.host_handles(unit, [group.id]).get(group.id, [])
        return {
            "group": {"slug": group.slug, "name": group.name},
            "series": [_shape(one, scripts.get(one.series.id, 0)) for one in found],
            "hosts": hosts,
            "stand_by": groups.stand_by_handles(unit, group.id),
            "asked": groups.hosts_asked(unit, group.id),
            "is_host": actor.handle in hosts,
        }


def _shape(one: Planned, steps: int) -> dict[str, Any]:
    """A series as pages and programs get it."""
    series, until = one.series, one.pattern.until
    return {
        "id": series.id,
        "title": series.title,
        "start": series.start,
        "timezone": series.timezone,
        "minutes": series.minutes,
        "rrule": series.rule,
        "repeat": one.repeat.value,
        "weekdays": list(one.pattern.weekdays),
        "until": until.date().isoformat() if until else None,
        "seats": series.seats,
        "steps": steps,
        "meetings": [
            {
                "id": each.id,
                "starts_at": wire(each.starts_at),
                "local_start": each.local_start,
                "moved": each.local_start != each.original_start,
                "state": each.state,
            }
            for each in one.dates
        ],
    }


def _new(unit: Unit, actor: Actor, slug: str) -> tuple[dict[str, Any], dict[str, Any]]:
    group = groups.group_by_slug(unit, slug)
    group_actions.check_host(unit, actor, group.id)
    facts = {"group": {"slug": group.slug, "name": group.name}, "series": None}
    return facts, _furniture([each for each in Repeat if each is not Repeat.SAME], actor.timezone)


def _one(unit: Unit, actor: Actor, series_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = groups.series_by_id(unit, series_id)
    group = groups.group_by_id(unit, found.group_id)
    group_actions.check_host(unit, actor, group.id)
    one = groups.planned_by_id(unit, series_id)
    steps = scripts_of(unit, [series_id]).get(series_id, 0)
    facts = {"group": {"slug": group.slug, "name": group.name}, "series": _shape(one, steps)}
    repeats = [each for each in Repeat if one.repeat is Repeat.SAME or each is not Repeat.SAME]
    return facts, {**_furniture(repeats, found.timezone), "next_start": _next(unit, one)}


def _next(unit: Unit, one: Planned) -> str:
    """The first date that can still be changed, as its clock on the wall shows it."""
    for each in one.dates:
        if each.starts_at > unit.now and each.state == "planned":
            return each.original_start
    later = max(one.start, to_local(unit.now, one.series.timezone))
    return datetime.combine(later.date(), one.start.time()).strftime(SHAPE)


def _furniture(repeats: list[Repeat], zone: str) -> dict[str, Any]:
    return {
        "repeats": repeats,
        "zone_now": zone,
        "templates": list(Template),
    }
