"""Pages of the house itself: the service worker that keeps the help page offline."""

from flask import Blueprint, Response, render_template

from support.web.access import EVERYONE, allow
from support.web.paths import STATIC
from support.web.templating import asset

bp = Blueprint("pages", __name__)


@bp.get("/sw.js")
@allow(EVERYONE)
def service_worker() -> Response:
    """Served from the root so that it may keep /help; changes with the static files."""
    source = (STATIC / "js" / "sw.js").read_text(encoding="utf-8")
    text = source.replace("__STATIC__", asset("").rstrip("/"))
    return Response(text, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@bp.get("/favicon.ico")
@allow(EVERYONE)
def favicon() -> tuple[str, int]:
    """No picture, and no 404 in the log for it."""
    return "", 204


@bp.get("/offline")
@allow(EVERYONE)
def offline() -> str:
    """What the service worker shows when the line is down and nothing else is kept."""
    return render_template("offline.html")
