"""The moderators' lists of domains, and words that are alike."""

from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from support.base.clock import wire
from support.base.errors import Declined
from support.moderation import actions, queries
from support.moderation.forms import DomainForm, DropDomainForm
from support.moderation.routes.blueprint import bp
from support.web.access import STAFF, allow
from support.web.answers import asked, done, reshow, show, submitted
from support.web.ownpath import own_path
from support.web.work import current_actor, reading, unit_of_work

BACK = "/moderation/domains"


@bp.get("/moderation/domains")
@allow(STAFF)
def domains() -> ResponseReturnValue:
    """Which links are shown at once, and which are always held."""
    found = _listed()
    facts = {
        "domains": [
            {
                "domain": one.domain,
                "kind": one.kind,
                "why": one.why,
                "by": one.by,
                "at": wire(one.at),
            }
            for one in found
        ],
        "shipped": list(queries.shipped_domains()),
    }
    return show("moderation/domains.html", facts, found=found)


@bp.post("/moderation/domains")
@allow(STAFF)
def list_domain() -> ResponseReturnValue:
    """Put a domain on a list, or on the other one."""
    try:
        form = DomainForm.parse(submitted())
        with unit_of_work() as unit:
            actions.list_domain(unit, current_actor(unit), form)
    except Declined as declined:
        shipped = list(queries.shipped_domains())
        return reshow("moderation/domains.html", declined, found=_listed(), shipped=shipped)
    flash(gettext("Saved. It counts from the next message on."), "ok")
    onward = own_path(f"/moderation/items/{form.item}", BACK) if form.item else BACK
    return done({"domain": form.domain, "kind": form.kind.value}, onward)


@bp.post("/moderation/domains/drop")
@allow(STAFF)
def drop_domain() -> ResponseReturnValue:
    """Take a domain off its list."""
    form = DropDomainForm.parse(submitted())
    with unit_of_work() as unit:
        actions.drop_domain(unit, current_actor(unit), form.domain)
    flash(gettext("Saved. It counts from the next message on."), "ok")
    return done({"domain": form.domain}, "/moderation/domains")


@bp.get("/moderation/items/<item_id>/similar")
@allow(STAFF)
def similar(item_id: str) -> ResponseReturnValue:
    """Earlier words of the same account that are like these, or all; or who gave the same link."""
    if asked().get("everybody"):
        with unit_of_work() as unit:
            found = actions.same_link(unit, current_actor(unit), item_id)
        return show("moderation/same_link.html", _alike(item_id, found), found=found)
    if asked().get("past"):
        with unit_of_work() as unit:
            found = actions.past(unit, current_actor(unit), item_id)
        return show("moderation/past.html", _alike(item_id, found), found=found)
    with reading() as unit:
        found = actions.similar(unit, current_actor(unit), item_id)
    return show("moderation/similar.html", _alike(item_id, found), found=found)


def _alike(item_id: str, found: tuple[actions.Alike, ...]) -> dict[str, Any]:
    return {
        "item": item_id,
        "alike": [
            {
                "target": one.target_id,
                "body": one.body,
                "at": wire(one.at),
                "state": one.state,
                "likeness": one.likeness,
                "shares_link": one.shares_link,
                **({"author": one.author} if one.author else {}),
            }
            for one in found
        ],
    }


def _listed() -> tuple[queries.DomainLine, ...]:
    with reading() as unit:
        return queries.domains(unit, current_actor(unit))
