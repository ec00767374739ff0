"""What the desk's pages say as JSON: the same facts as the page, in the contract's words."""

from datetime import datetime
from typing import Any

from support.base.clock import wire
from support.moderation.actions import (
    AppealReading,
    Decided,
    Imposed,
    PersonReading,
    Reading,
    Said,
    Unsealed,
)
from support.moderation.forms import DecideForm
from support.moderation.queries import (
    Line,
    OwnAppeal,
    OwnDecision,
    Page,
    Ready,
    Record,
    SanctionLine,
    Shift,
    StepLine,
)
from support.moderation.rules.desk import SanctionState
from support.moderation.rules.effects import Effects


def line(one: Line) -> dict[str, Any]:
    """One entry of the queue."""
    facts = {
        "id": one.id,
        "target": one.target_id,
        "kind": one.kind,
        "room": one.room_id,
        "group": one.group,
        "author": one.author,
        "labels": list(one.labels),
        "severity": one.severity,
        "state": one.state.value,
        "held": one.is_held,
        "opened_at": wire(one.opened_at),
        "due_at": wire(one.due_at),
        "reports": len(one.reports),
        "claimed_by": one.claimed_by,
        "claimed_until": _maybe(one.claimed_until),
        "decision": one.decision,
        "decided_by": one.decided_by,
        "decided_at": _maybe(one.decided_at),
    }
    return {name: value for name, value in facts.items() if value is not None}


def page(found: Page, onward: str | None) -> dict[str, Any]:
    """A stretch of the queue."""
    facts: dict[str, Any] = {"items": [line(one) for one in found.lines]}
    return {**facts, "next": onward} if onward else facts


def item(one: Reading) -> dict[str, Any]:
    """One entry with all that is needed to judge it."""
    return {
        **line(one.line),
        "words": said(one.words) if one.words else None,
        "sealed": [{"at": wire(each.at), "messages": each.messages} for each in one.seals],
        "changed_since": one.has_changed,
        "steps": [step(each) for each in one.steps],
        "before": [said(each) for each in one.before],
        "after": [said(each) for each in one.after],
        "reported": [
            {"reason": each.reason, "details": each.details, "at": wire(each.at)}
            for each in one.line.reports
        ],
        "findings": [
            {
                "label": each.label,
                "severity": each.severity,
                "rule": each.rule_id,
                "version": each.rules_version,
                "start": each.start,
                "end": each.end,
            }
            for each in one.findings
        ],
        "links": list(one.links),
        "circumstances": [each.name for each in one.circumstances],
        "counts": {each.name: each.count for each in one.circumstances if each.count is not None},
        "record": record(one.record),
        "reason": one.reason,
        "rule": one.rule,
        "yours": one.is_mine,
        "can_undo": one.can_undo,
    }


def said(one: Said) -> dict[str, Any]:
    """Words and who said them."""
    return {
        "author": one.author,
        "body": one.body,
        "at": wire(one.at),
        "visible": one.is_visible,
    }


def record(one: Record) -> dict[str, Any]:
    """What the desk knows of a person."""
    return {
        "decisions": one.verdicts,
        "sanctions": [sanction(each) for each in one.sanctions],
    }


def person(one: PersonReading) -> dict[str, Any]:
    """A person's record under their name."""
    return {
        "person": {"id": one.person.id, "handle": one.person.handle, "role": one.person.role},
        "here_since": wire(one.here_since),
        **record(one.record),
    }


def sanction(one: SanctionLine) -> dict[str, Any]:
    """One sanction."""
    return {
        "id": one.id,
        "person": one.person,
        "kind": one.kind,
        "state": one.state,
        "by": one.by,
        "cosigned_by": one.cosigned_by,
        "reason": one.reason,
        "rule": one.rule,
        "at": wire(one.at),
        "until": _maybe(one.until),
        "sign_by": _maybe(one.sign_by),
    }


def step(one: StepLine) -> dict[str, Any]:
    """A grave step that takes two people."""
    return {
        "id": one.id,
        "step": one.kind,
        "item": one.item_id,
        "person": one.person,
        "by": one.by,
        "reason": one.reason,
        "at": wire(one.at),
        "sign_by": wire(one.sign_by),
        "state": one.state,
        "cosigned_by": one.cosigned_by,
        "open_until": _maybe(one.open_until),
    }


def unsealed(one: Unsealed) -> dict[str, Any]:
    """One message that two people agreed to open."""
    return {
        "place": one.place,
        "author": one.author,
        "at": wire(one.at),
        "body": one.body,
        "visible": one.was_shown,
    }


def imposed(one: Imposed) -> dict[str, Any]:
    """What became of a sanction that was asked for."""
    return {"sanction": one.id, "state": one.state.value, "until": _maybe(one.until)}


def decided(one: Decided) -> dict[str, Any]:
    """What became of a decision."""
    facts: dict[str, Any] = {"item": one.item_id, "state": "decided", "decision": one.verdict}
    return {**facts, "sanction": imposed(one.imposed)} if one.imposed else facts


def own_decisions(found: tuple[OwnDecision, ...]) -> dict[str, Any]:
    """What moderators decided about the person who asks."""
    return {
        "decisions": [
            {
                "id": one.id,
                "what": one.what,
                "at": wire(one.at),
                "reason": one.reason,
                "rule": one.rule,
                "words": one.words,
                "until": _maybe(one.until),
                "state": one.state,
                "can_appeal": one.can_appeal,
                "appeal": own_appeal(one.appeal) if one.appeal else None,
            }
            for one in found
        ]
    }


def at_the_door(one: OwnDecision) -> dict[str, Any]:
    """What keeps somebody out, as they read it before the door."""
    by = "operator" if one.by_operator else "moderator"
    facts = {"by": by, "at": wire(one.at), "rule": one.rule, "words": one.words}
    return {**facts, "pending": one.state == SanctionState.PENDING}


def own_appeal(one: OwnAppeal) -> dict[str, Any]:
    """How an appeal stands, as the person who made it reads it."""
    return {
        "at": wire(one.at),
        "due_at": wire(one.due_at),
        "outcome": one.outcome,
        "reply": one.reply,
        "answered_at": _maybe(one.answered_at),
    }


def appeal(one: AppealReading) -> dict[str, Any]:
    """An appeal with all that is needed to answer it."""
    return {
        **line(one.line),
        "text": one.text,
        "action": one.what,
        "reason": one.reason,
        "rule": one.rule,
        "by": one.by,
        "cosigned_by": one.second,
        "at": wire(one.at),
        "until": _maybe(one.until),
        "standing": one.state,
        "record": record(one.record),
        "yours": one.is_mine,
        "outcome": one.outcome,
        "reply": one.reply,
    }


def effects(one: Effects, form: DecideForm) -> dict[str, Any]:
    """What a decision would do."""
    return {
        "decision": form.decision.value,
        "words": one.words,
        "person": one.person,
        "until": _maybe(one.until),
        "second": one.second,
        "author_reads": {"reason": form.reason, "rule": form.rule.value},
        "author_news": one.author_news,
        "reporter_news": one.reporter_news,
    }


def shift(one: Shift) -> dict[str, Any]:
    """The start of a shift."""
    return {
        "notes": [{"by": each.by, "at": wire(each.at), "text": each.text} for each in one.notes],
        "load": {
            "mine": one.load.mine,
            "team": one.load.team,
            "people": one.load.people,
            "in_hand": one.load.in_hand,
            "taken_back": one.load.taken_back,
        },
        "hard": one.hard,
        "wants_break": one.wants_break,
        "paused_until": _maybe(one.paused_until),
        "on_break": list(one.on_break),
    }


def ready(one: Ready) -> dict[str, Any]:
    """Words kept ready."""
    return {"id": one.id, "title": one.title, "text": one.text, "rule": one.rule}


def _maybe(moment: datetime | None) -> str | None:
    return wire(moment) if moment else None
