"""What the desk did, in counts that point at nobody, for everybody to read."""

from flask import current_app
from flask.typing import ResponseReturnValue

from support.moderation import queries
from support.moderation.routes.blueprint import bp
from support.moderation.rules.months import whole_months
from support.web.access import EVERYONE, allow
from support.web.answers import show
from support.web.work import reading

_KEPT = "handrail.transparency"


@bp.get("/transparency")
@allow(EVERYONE)
def transparency() -> ResponseReturnValue:
    """The last months that are over; a count under five is not told."""
    found = _months()
    facts = {"months": [{"month": one.name, "counts": one.counts} for one in found]}
    return show("moderation/transparency.html", facts, found=found)


def _months() -> list[queries.Month]:
    """A month that is over changes no more, so it is counted once in each process."""
    kept: dict[str, queries.Month] = current_app.extensions.setdefault(_KEPT, {})
    with reading() as unit:
        for name, start, end in whole_months(unit.now):
            if name not in kept:
                kept[name] = queries.month(unit, name, start, end)
        return [kept[name] for name, _, _ in whole_months(unit.now)]
