"""A host plans a series of their group, and with it the script that its meetings begin with."""

from collections.abc import Mapping
from typing import Any

from support.audit import actions as audit
from support.base.actor import Actor
from support.chat.forms import PlanForm, ScriptChoice
from support.chat.models import SeriesScript
from support.chat.rules.scripts import NO_SCRIPT, TEMPLATES, Template, fitted
from support.db.unit import Unit
from support.groups import actions as groups


def plan(unit: Unit, actor: Actor, slug: str, form: PlanForm) -> str:
    """A new series and its script; its id."""
    series_id = groups.plan_series(unit, actor, slug, form.slot)
    _keep_script(unit, actor, series_id, form)
    return series_id


def change(unit: Unit, actor: Actor, series_id: str, data: Mapping[str, Any]) -> None:
    """The series as a host wants it from now on."""
    form = PlanForm.parse(data, lambda rest: groups.read_plan(unit, actor, series_id, rest))
    groups.change_series(unit, actor, series_id, form.slot)
    _keep_script(unit, actor, series_id, form)


def _keep_script(unit: Unit, actor: Actor, series_id: str, form: PlanForm) -> None:
    """One of ours, in the time of these meetings; a script of their own stays as it is."""
    if form.script is ScriptChoice.KEEP:
        return
    kept = unit.session.get(SeriesScript, series_id)
    if kept is None:
        if form.script is ScriptChoice.NONE:
            return
        kept = SeriesScript(series_id=series_id)
        unit.session.add(kept)
    script = NO_SCRIPT
    if form.script is not ScriptChoice.NONE:
        script = fitted(TEMPLATES[Template(form.script.value)], form.slot.minutes)
    kept.script, kept.by_id, kept.at = script.kept(), actor.id, unit.now
    audit.record(unit, actor.id, "chat.script_set", f"series:{series_id}", what="series")
