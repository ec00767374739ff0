"""Deny by default: every view says who may pass; one that says nothing refuses everybody."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Flask, current_app, request

from support.base.actor import Actor, Role
from support.base.errors import Forbidden, NotFound, SignInNeeded
from support.web.work import known_viewer

View = TypeVar("View", bound=Callable[..., object])


class Audience(StrEnum):
    """Who a door is open to."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    MENTORS = "mentors"
    RESPONDERS = "responders"
    STAFF = "staff"
    ADMINS = "admins"


EVERYONE, MEMBERS, MENTORS = Audience.EVERYONE, Audience.MEMBERS, Audience.MENTORS
RESPONDERS, STAFF, ADMINS = Audience.RESPONDERS, Audience.STAFF, Audience.ADMINS

_TESTS: dict[Audience, Callable[[Actor], bool]] = {
    EVERYONE: lambda _: True,
    MEMBERS: lambda _: True,
    MENTORS: lambda actor: actor.role is Role.MENTOR or actor.is_staff,
    RESPONDERS: lambda actor: actor.is_responder,
    STAFF: lambda actor: actor.is_staff,
    ADMINS: lambda actor: actor.is_admin,
}


def allow(audience: Audience) -> Callable[[View], View]:
    """Open a view to an audience."""

    def mark(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return mark


def check_may_pass(actor: Actor | None, audience: Audience) -> None:
    """Raise unless this person belongs to the audience."""
    if audience is EVERYONE:
        return
    if actor is None:
        raise SignInNeeded("Please log in.")
    if not _TESTS[audience](actor):
        raise Forbidden("This page is not for your role.")


def audience_of(endpoint: str | None) -> Audience | None:
    """Who the view behind an endpoint is open to; None: nobody."""
    if endpoint == "static":
        return EVERYONE
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "audience", None)


def _guard() -> None:
    if request.endpoint is None:
        return
    if "\x00" in request.path:
        raise NotFound("We cannot find this page.")
    audience = audience_of(request.endpoint)
    if audience is None:
        raise Forbidden("This door is closed.")
    if audience is not EVERYONE:
        check_may_pass(known_viewer(), audience)


def init_app(app: Flask) -> None:
    """Stand at the door of every request."""
    app.before_request(_guard)
