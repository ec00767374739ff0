"""Other rules went live while a draft was open: its changes are moved onto those in force."""

from typing import Any

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict
from support.db.unit import Unit
from support.moderation.models import RuleSet
from support.moderation.queries import ruling as queries
from support.moderation.rules.overlay import Overlay, rule_in, version_of
from support.moderation.rules.written import carried_over

_STANDS = "This draft stands on the rules in force already."


def move_draft(unit: Unit, actor: Actor) -> str:
    """Lay what the draft changes on the rules in force; it has to be tried again."""
    draft = queries.draft_for(unit, actor)
    live = queries.live_for_change(unit)
    if live is None or draft.parent_id in (None, live.id):
        raise Conflict(_STANDS)
    parent = unit.session.get_one(RuleSet, draft.parent_id)
    is_release = draft.base != parent.base
    base = draft.base if is_release else live.base
    draft.overlay = _moved(unit, draft, parent.overlay, base, live.overlay)
    draft.base, draft.parent_id = base, live.id
    draft.version = version_of(base, draft.overlay)
    draft.rehearsal = draft.rehearsed_version = draft.rehearsed_at = draft.rehearsed_by = None
    audit.record(unit, actor.id, "moderation.rules_moved", f"rules:{draft.version}")
    return draft.version


def _moved(
    unit: Unit, draft: RuleSet, began_with: Overlay, base: str, live: Overlay
) -> dict[str, Any]:
    """What is changed in force, with the draft's own changes over it, field by field."""
    old, new = queries.documents(unit, draft.base), queries.documents(unit, base)
    laid = {rule_id: dict(raw) for rule_id, raw in live.items()}
    for rule_id, mine in draft.overlay.items():
        if began_with.get(rule_id) != mine:
            was = rule_in(old, began_with, rule_id)
            laid[rule_id] = carried_over(was, mine, rule_in(new, live, rule_id))
    return laid
