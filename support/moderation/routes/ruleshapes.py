"""What the rule desk's pages say as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from support.base.clock import wire
from support.moderation.actions.drafts import DraftPage
from support.moderation.models import RuleSet
from support.moderation.queries.learning import Tally
from support.moderation.queries.rulebook import RulePage, Shelf
from support.moderation.rules.rehearsal import Rehearsal


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


def rule(found: RulePage) -> dict[str, Any]:
    """One rule as it is written, and what it found."""
    return {
        "rule": dict(found.rule),
        "off": found.is_off,
        "changed": found.is_changed,
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
            }
            for hit in found.hits
        ],
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
        "rehearsal": found.draft.rehearsal,
        "on_live": found.is_on_live,
        "may_approve": found.may_approve,
    }


def rehearsal(outcome: Rehearsal, tried: str) -> dict[str, Any]:
    """What would be different, as counts and ids."""
    return {
        "version": tried,
        "tried": outcome.tried,
        "unchanged": outcome.unchanged,
        "newly_held": list(outcome.newly_held),
        "newly_released": list(outcome.newly_released),
        "newly_noticed": list(outcome.newly_noticed),
        "no_longer_noticed": list(outcome.no_longer_noticed),
        "broken": [{"rule": rule_id, "example": text} for rule_id, text in outcome.broken],
        "weaker": [asdict(one) for one in outcome.weaker],
    }


def _maybe(moment: datetime | None) -> str | None:
    return wire(moment) if moment else None
