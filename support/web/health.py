"""Alive, ready, and counted: for monitors, with no word about anybody."""

import hmac
import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, Gauge
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from support.base.errors import Forbidden
from support.settings import LOOPBACK
from support.web import metrics as figures
from support.web.access import EVERYONE, allow
from support.web.work import reading, settings

bp = Blueprint("health", __name__)
CHECKS: dict[str, Callable[[], bool]] = {}
NOTES: dict[str, bool] = {}
SPARE: dict[str, Callable[[], str]] = {}
STARTED = Gauge("handrail_started_at_seconds", "When this process started, Unix time")
STARTED.set(time.time())


def check(name: str, is_well: Callable[[], bool]) -> None:
    """Add something that must be well before the site calls itself ready."""
    CHECKS[name] = is_well


def note(name: str, is_well: bool) -> None:
    """Say how something outside stands; the site is ready all the same."""
    NOTES[name] = is_well


def spare(name: str, state: Callable[[], str]) -> None:
    """Add something the site can do without: while it is not `ok` the site is degraded, but up."""
    SPARE[name] = state


def database_is_well() -> bool:
    """Whether a query is answered."""
    try:
        with reading() as unit:
            return unit.session.execute(text("SELECT 1")).scalar() == 1
    except SQLAlchemyError:
        return False


@bp.get("/healthz")
@allow(EVERYONE)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "alive"})


@bp.get("/readyz")
@allow(EVERYONE)
def ready() -> ResponseReturnValue:
    """Each part by name; 503 while one is not well, degraded while a spare one is not."""
    parts = {name: is_well() for name, is_well in {"database": database_is_well, **CHECKS}.items()}
    state = {name: "ok" if is_well else "failing" for name, is_well in parts.items()}
    state |= {name: "ok" if is_well else "late" for name, is_well in NOTES.items()}
    well = all(parts.values())
    spares = {name: told() for name, told in SPARE.items()}
    whole = all(word == "ok" for word in spares.values())
    status = "unready" if not well else "ready" if whole else "degraded"
    return jsonify({"status": status, **state, **spares}), 200 if well else 503


@bp.get("/metrics")
@allow(EVERYONE)
def metrics() -> ResponseReturnValue:
    """Prometheus text, for loopback or whoever has the token."""
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_known = token is not None and hmac.compare_digest(token.encode(), given.encode())
    if not is_known and not _is_local():
        raise Forbidden("Metrics need the token.")
    return Response(figures.text(), content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers
