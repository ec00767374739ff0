"""The log of what was done at the desk and elsewhere: ids and codes, never words."""

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

from flask import Response
from flask.typing import ResponseReturnValue

from support.audit import actions as audit
from support.base.clock import wire
from support.moderation import queries
from support.moderation.forms import LogFilter
from support.moderation.routes.blueprint import bp
from support.web.access import STAFF, allow
from support.web.answers import asked, show
from support.web.work import current_actor, reading, unit_of_work

MOST_ROWS = 10_000
COLUMNS = ("id", "at", "actor", "verb", "subject", "detail")
_FORMULA = ("=", "+", "-", "@", "\t")


@bp.get("/moderation/audit")
@allow(STAFF)
def log() -> ResponseReturnValue:
    """Newest first, by person, deed, thing or time."""
    query = asked()
    wanted = LogFilter.parse(query)
    with reading() as unit:
        found = queries.log(unit, current_actor(unit), wanted)
    facts: dict[str, Any] = {"entries": _entries(found)}
    if found.before:
        facts["next"] = "/moderation/audit?" + urlencode({**query, "before": found.before})
    onward = urlencode({name: value for name, value in query.items() if value})
    return show(
        "moderation/log.html", facts, found=found, wanted=wanted, query=query, onward=onward
    )


@bp.get("/moderation/audit.csv")
@allow(STAFF)
def log_as_csv() -> ResponseReturnValue:
    """The same entries as a table, for a program; that it was taken is written down."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    for entry in _exported():
        detail = " ".join(f"{name}={value}" for name, value in entry["detail"].items())
        cells = {**entry, "detail": detail}
        writer.writerow([_harmless(cells[name]) for name in COLUMNS])
    return _file(sheet.getvalue(), "text/csv", "csv")


@bp.get("/moderation/audit.jsonl")
@allow(STAFF)
def log_as_jsonl() -> ResponseReturnValue:
    """The same entries, one JSON object a line."""
    lines = "".join(json.dumps(entry) + "\n" for entry in _exported())
    return _file(lines, "application/jsonl", "jsonl")


def _exported() -> list[dict[str, Any]]:
    """At most ten thousand entries, newest first; the filters are the page's own."""
    wanted = LogFilter.parse(asked())
    with unit_of_work() as unit:
        actor = current_actor(unit)
        found = queries.log(unit, actor, wanted, most=MOST_ROWS)
        audit.record(unit, actor.id, "moderation.log_exported", "log", rows=len(found.lines))
    return _entries(found)


def _entries(found: queries.LogPage) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "at": wire(one.at),
            "actor": found.names.get(one.actor_id or ""),
            "verb": one.verb,
            "subject": one.subject,
            "detail": dict(one.detail),
        }
        for one in found.lines
    ]


def _harmless(cell: object) -> str:
    """No cell may be read as a formula by the program that opens the table."""
    words = "" if cell is None else str(cell)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _file(content: str, kind: str, ending: str) -> Response:
    answer = Response(content, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="log.{ending}"'
    return answer
