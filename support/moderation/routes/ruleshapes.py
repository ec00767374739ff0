"""What the rule desk's pages say as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from support.base.clock import wire
from support.moderation.actions.drafts import DraftPage
from support.moderation.actions.rulepage import RuleReading
from support.moderation.models import RuleSet
from support.moderation.queries.learning import Tally
from support.moderation.queries.rulebook import Names, Shelf
from support.moderation.rules.around import Named
from support.moderation.rules.builtin import BUILT_IN_IDS
from support.moderation.rules.comparing import Change, counted
from support.moderation.rules.explaining import Look
from support.moderation.rules.rehearsal import Rehearsal
from support.moderation.rules.screening import Screening


def shelf(found: Shelf) -> dict[str, Any]:
    """Every rule with its month, every label with its weeks, every version."""
    return {
        "version": found.live_version,
        "rules": [
            {
                "id": one["id"],
                "label": one["label"],
                "changed": one["id"] in found.changed,
                **tally(found.tallies.get(one["id"], Tally(0, 0, 0))),
            }
            for one in found.rules
        ],
        "built_in": [
            {"id": each, "label": label, **tally(found.tallies.get(each, Tally(0, 0, 0)))}
            for each, label in BUILT_IN_IDS.items()
        ],
        "labels": {name: [tally(week) for week in weeks] for name, weeks in found.weeks.items()},
        "versions": [version(one, found.names) for one in found.versions],
    }


def tally(one: Tally) -> dict[str, Any]:
    """How often, and how often rightly."""
    return {"found": one.found, "agreed": one.agreed, "overturned": one.overturned}


def version(one: RuleSet, names: Any) -> dict[str, Any]:
    """One version of the rules."""
    return {
        "id": one.id,
        "version": one.version,
        "state": one.state,
        "release": one.base,
        "made_by": names.get(one.made_by),
        "made_at": wire(one.made_at),
        "approved_by": names.get(one.approved_by),
        "live_at": _maybe(one.live_at),
    }


def rule(opened: RuleReading) -> dict[str, Any]:
    """One rule as it is written, and what it found."""
    found = opened.page
    return {
        "rule": dict(found.rule),
        "off": found.is_off,
        "changed": found.is_changed,
        "built_in": found.is_built_in,
        "draft": found.version or None,
        "seen": found.mark or None,
        "periods": [{"days": days, **tally(one)} for days, one in found.tallies],
        "hits": [
            {
                "item": hit.item_id,
                "at": wire(hit.at),
                "severity": hit.severity,
                "version": hit.version,
                "decision": hit.decision,
                "outcome": hit.outcome,
                "words": "".join(piece.text for piece in opened.words.get(hit.id, ())) or None,
            }
            for hit in found.hits
        ],
        "since_release": change(found.since_release) if found.since_release else None,
        "contexts": [_named(one) for one in found.around.contexts],
        "lists": [_named(one) for one in (*found.around.lists, *found.around.medicines)],
    }


def _named(one: Named) -> dict[str, Any]:
    return {
        "name": one.name,
        "about": one.about,
        "where": one.where,
        "unless": list(one.unless),
        "lines": list(one.lines),
    }


def explanation(screening: Screening, looks: Sequence[Look]) -> dict[str, Any]:
    """What both the whole review and each rule say of some words."""
    return {
        "labels": list(screening.labels),
        "severity": screening.severity.value,
        "holds": screening.holds,
        "version": screening.rules_version,
        "rules": [
            {
                "rule": one.rule_id,
                "label": one.label,
                "severity": one.severity.value,
                "outcome": one.outcome,
                "newcomers": one.newcomers,
                "start": one.start,
                "end": one.end,
                "excused": list(one.excused),
                "lacking": list(one.lacking),
            }
            for one in looks
        ],
    }


def names(found: Names) -> dict[str, Any]:
    """What a rule may name, with how many there are in all."""
    return {
        "contexts": [_named(one) for one in found.contexts],
        "lists": [_named(one) for one in found.lists],
        "all": {"contexts": found.all_contexts, "lists": found.all_lists},
    }


def draft(found: DraftPage) -> dict[str, Any]:
    """The draft and what trying it showed."""
    return {
        "draft": version(found.draft, found.names),
        "edits": [
            {
                "rule": one.rule_id,
                "by": found.names.get(one.by_id),
                "at": wire(one.at),
                "note": one.note,
            }
            for one in found.edits
        ],
        "rehearsed_at": _maybe(found.draft.rehearsed_at),
        "changes": [change(one) for one in found.changes],
        "counts": counted(tuple(found.changes)),
        "rehearsal": {**found.draft.rehearsal, **found.visible} if found.draft.rehearsal else None,
        "began_on": found.began_on,
        "on_live": found.is_on_live,
        "may_approve": found.may_approve,
    }


def change(one: Change) -> dict[str, Any]:
    """What would be different in one rule, context or list."""
    return {
        "kind": one.kind,
        "name": one.name,
        "how": one.how.value,
        "looser": list(one.looser),
        "fields": [
            {"name": each.name, "before": list(each.before), "after": list(each.after)}
            for each in one.fields
        ],
    }


def rehearsal(outcome: Rehearsal, tried: str) -> dict[str, Any]:
    """What would be different, as counts and ids."""
    return {
        "version": tried,
        "tried": outcome.tried,
        "unchanged": outcome.unchanged,
        "still_held": outcome.still_held,
        "newly_held": list(outcome.newly_held),
        "newly_released": list(outcome.newly_released),
        "newly_noticed": list(outcome.newly_noticed),
        "no_longer_noticed": list(outcome.no_longer_noticed),
        "broken": [{"rule": rule_id, "example": text} for rule_id, text in outcome.broken],
        "weaker": [asdict(one) for one in outcome.weaker],
        "louder": [asdict(one) for one in outcome.louder],
        "louder_in_all": outcome.louder_in_all,
    }


def _maybe(moment: datetime | None) -> str | None:
    return wire(moment) if moment else None
