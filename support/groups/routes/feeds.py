"""Feeds that other programs read: Meeting Guide JSON, iCalendar, and one's own calendar."""

import json
from collections.abc import Callable
from datetime import datetime

import gevent
from flask import Response
from flask.typing import ResponseReturnValue

from support.groups import actions, queries
from support.groups.forms import EmptyForm
from support.groups.routes.blueprint import bp
from support.groups.rules.feeds_out import Slot, calendar, entries, single_events
from support.web.access import EVERYONE, MEMBERS, allow
from support.web.answers import done, submitted
from support.web.work import current_actor, reading, settings, unit_of_work, workshop

CALENDAR = "text/calendar; charset=utf-8"
FIVE_MINUTES = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
OWN = {"Cache-Control": "private, no-store"}


class _Kept:
    """A long feed is written once for as long as what it tells is the same."""

    def __init__(self, write: Callable[[list[Slot], datetime], bytes]) -> None:
        self._write = write
        self._version: object = None
        self._text = b""

    def text(self) -> bytes:
        """The feed as it is now."""
        with reading() as unit:
            version = (workshop().settings, *queries.feed_version(unit))
            if version == self._version:
                return self._text
            slots, now = queries.public_slots(unit), unit.now
        text = self._write(slots, now)
        self._version, self._text = version, text
        return text


def _as_guide(slots: list[Slot], now: datetime) -> bytes:
    found = entries(slots, settings().public_url, now)
    return json.dumps(found, ensure_ascii=False).encode()


def _as_calendar(slots: list[Slot], _now: datetime) -> bytes:
    return calendar(slots, "Handrail", settings().public_url, gevent.sleep)


_GUIDE, _CALENDAR = _Kept(_as_guide), _Kept(_as_calendar)


@bp.get("/feeds/meetings.json")
@allow(EVERYONE)
def guide() -> Response:
    """All that is truly weekly, as Meeting Guide JSON."""
    kind = "application/json; charset=utf-8"
    return Response(_GUIDE.text(), content_type=kind, headers=FIVE_MINUTES)


@bp.get("/feeds/meetings.ics")
@allow(EVERYONE)
def all_dates() -> Response:
    """Every public series as a calendar."""
    return Response(_CALENDAR.text(), content_type=CALENDAR, headers=FIVE_MINUTES)


@bp.get("/groups/<slug>/calendar.ics")
@allow(EVERYONE)
def group_dates(slug: str) -> Response:
    """One group's series as a calendar."""
    with reading() as unit:
        group = queries.group_by_slug(unit, slug)
        slots = queries.public_slots(unit, group.id)
    book = calendar(slots, group.name, settings().public_url)
    return Response(book, content_type=CALENDAR, headers=FIVE_MINUTES)


@bp.get("/feeds/mine/<secret>.ics")
@allow(EVERYONE)
def my_dates(secret: str) -> Response:
    """The meetings at which a person has a seat; whoever knows the address may read it."""
    with reading() as unit:
        account_id = queries.owner_of_calendar(unit, secret)
        coming = [each.meeting for each in queries.coming_for(unit, account_id)]
    dates = ((each.id, each.starts_at, each.ends_at, each.changed_at) for each in coming)
    book = single_events(dates, settings().public_url)
    return Response(book, content_type=CALENDAR, headers=OWN)


@bp.post("/account/calendar")
@allow(MEMBERS)
def new_calendar() -> ResponseReturnValue:
    """A fresh address for one's own calendar; the old one stops working."""
    EmptyForm.parse(submitted())
    with unit_of_work() as unit:
        secret = actions.new_calendar_secret(unit, current_actor(unit))
    address = f"{settings().public_url}/feeds/mine/{secret}.ics"
    return done({"calendar": address}, "/account")
