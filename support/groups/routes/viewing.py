"""In whose time a page speaks, and how facts become an answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import g
from flask.typing import ResponseReturnValue

from support.base import clock
from support.base.actor import Actor
from support.base.errors import Invalid
from support.base.zones import city, is_zone, to_local
from support.groups.forms import FilterForm
from support.web.answers import asked, show, wants_json

UTC_NAME = "UTC"


def viewing_zone(form: FilterForm, actor: Actor | None) -> str:
    """The zone asked for, else the person's own, else UTC, said so on the page."""
    name = form.tz or (actor.timezone if actor else UTC_NAME)
    g.zone = name if is_zone(name) else UTC_NAME
    return str(g.zone)


def read_filters() -> tuple[FilterForm, Invalid | None]:
    """The filters in the address; what is wrong with them, if anything, for a program to hear."""
    try:
        return FilterForm.parse(asked()), None
    except Invalid as wrong:
        if wants_json():
            raise
        return FilterForm.parse({}), wrong


def answer(template: str, facts: Mapping[str, Any], **only_html: Any) -> ResponseReturnValue:
    """The facts as a page, which reads times, or as JSON, where a time is text ending in Z."""
    return show(template, wire(facts) if wants_json() else facts, **only_html)


def wire(value: Any) -> Any:
    """The same facts with every time as RFC 3339 in UTC."""
    if isinstance(value, datetime):
        return clock.wire(value)
    if isinstance(value, Mapping):
        return {name: wire(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [wire(each) for each in value]
    return value


def page_address(path: str, form: FilterForm, mark: str | None) -> str | None:
    """Where the next page is: the same filters, going on from the mark."""
    return f"{path}?{urlencode({**form.as_query(), 'page': mark})}" if mark else None


def other_time(moment: datetime, zone_name: str, theirs: str) -> str | None:
    """The same moment where the group is, "17:00 New York", if a clock differs there."""
    here, there = to_local(moment, zone_name), to_local(moment, theirs)
    if here == there:
        return None
    day = f"{there:%a} " if here.date() != there.date() else ""
    return f"{day}{there:%H:%M} {city(theirs)}"
