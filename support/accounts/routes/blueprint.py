"""One blueprint for every door of the area, and the few steps that several of them share."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import LanguageAccept

from support.accounts import actions, ports, queries, rules
from support.base.actor import Actor
from support.base.clock import wire
from support.base.hashing import digest
from support.db.unit import Unit
from support.web import limits
from support.web.answers import error_of, wants_json
from support.web.work import reading, settings, viewer

bp = Blueprint("accounts", __name__)
QUARTER = 900
HOUR = 3600
TRIES_A_NAME = 10
TRIES_AN_ADDRESS = 30


def address_key() -> str:
    """Where a request comes from, for counting only: never stored, never logged."""
    raw = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return digest(raw)
    if address.version == 6:  # noqa: PLR2004 - one household has a whole /64 of these
        return digest(str(ipaddress.ip_network((raw, 64), strict=False)))
    return digest(raw)


def count_try(handle: str) -> None:
    """One try to come in by this name from this address, whether the name is known or not."""
    limits.hit("login-address", address_key(), TRIES_AN_ADDRESS, QUARTER)
    limits.hit("login-name", digest(rules.handle_key(handle)), TRIES_A_NAME, QUARTER)


def count_confirmation(actor: Actor) -> None:
    """One try of the passphrase by somebody who is signed in already."""
    limits.hit("confirm", actor.id, TRIES_A_NAME, QUARTER)


def stay(*, remember: bool) -> actions.Stay:
    """How long this visitor wants to be known, and the kind of their device in two words."""
    return actions.Stay(remember, rules.device_words(request.headers.get("User-Agent", "")))


def replace_session(unit: Unit, account_id: str, wanted: actions.Stay) -> str:
    """Begin a session; the one that this browser had until now ends, whosever it was."""
    end_current(unit)
    return actions.begin_session(unit, account_id, wanted)


def end_current(unit: Unit) -> None:
    """End the session of this browser, if it has one."""
    actor = viewer(unit)
    if actor is not None and actor.session_id is not None:
        actions.end_session(unit, actor.id, actor.session_id)


def kept_out(declined: rules.KeptOut) -> ResponseReturnValue:
    """What a banned or suspended person is told: why, until when, and how to ask again."""
    standing = declined.standing
    facts: dict[str, Any] = {
        "kind": standing.kind,
        "reason": standing.reason,
        "rule": standing.rule,
        "until": wire(standing.until) if standing.until else None,
        "appeal": _appeal(),
    }
    ways = _ways_in(standing.account_id)
    with reading() as unit:  # whoever knows the passphrase reads times on their own wall
        g.zone = queries.person(unit, standing.account_id).timezone
    if wants_json():
        facts["ways"] = {name: dict(way) for name, _, way in ways}
        return jsonify({"error": {**error_of(declined), **facts}}), declined.status
    page = render_template(
        "accounts/kept_out.html", **{**facts, "until": standing.until, "ways": ways}
    )
    return page, declined.status


def _ways_in(account_id: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What stays open to somebody who is kept out: (its name, its piece of the page, its facts)."""
    with reading() as unit:
        offered = [
            (name, way.template, way.offer(unit, account_id)) for name, way in ports.WAYS_IN.items()
        ]
    return [(name, template, facts) for name, template, facts in offered if facts is not None]


def _appeal() -> str:
    if mail := settings().mail_from:
        return gettext("Write to %(mail)s. Say your name here and what happened.", mail=mail)
    return gettext("Ask an admin of this place, or somebody you know here, to have it looked at.")


def languages() -> list[str]:
    """The browser's languages, the dearest first."""
    accepted: LanguageAccept = request.accept_languages
    return [language for language, _ in accepted]


def me(unit: Unit, account_id: str) -> dict[str, str]:
    """Who somebody is, as JSON tells them."""
    person = queries.person(unit, account_id)
    return {
        "id": person.id,
        "handle": person.handle,
        "role": person.role.value,
        "timezone": person.timezone,
        "country": person.country,
    }
