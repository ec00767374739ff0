"""One rule as the files write it: what it says in effect, and what somebody changes of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from support.base.severity import Severity
from support.base.text import clean
from support.moderation.rules.rulebook import HOLDING

Raw = Mapping[str, Any]
OFF = "off"
LINES = ("say", "hit", "miss")
NAMES = ("when", "unless", "needs")
RAISED = (Severity.URGENT, Severity.CRITICAL)


def in_effect(raw: Raw) -> dict[str, Any]:
    """The rule with all that it leaves unsaid: most rules hold because of their label alone."""
    said = {name: list(raw.get(name, ())) for name in (*LINES, *NAMES)}
    raised = {to: list(when) for to, when in raw.get("raise", {}).items() if when}
    return {
        **raw,
        **said,
        "severity": str(raw.get("severity") or Severity.WATCH),
        "raise": raised,
        "holds": bool(raw.get("holds", raw.get("label") in HOLDING)),
        "newcomers": bool(raw.get("newcomers", False)),
        OFF: bool(raw.get(OFF)),
    }


def is_same(one: Raw, other: Raw) -> bool:
    """Whether two ways to write a rule do the same."""
    return in_effect(one) == in_effect(other)


def mark_of(raw: Raw | None) -> str:
    """A short mark of what a page showed, so that a change on top of another is noticed."""
    if raw is None:
        return ""
    told = json.dumps(in_effect(raw), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def as_typed(typed: Sequence[str], before: Sequence[str]) -> list[str]:
    """Lines out of a form; one that the form only tidied is written as it was."""
    known = {clean(line).strip(): line for line in before}
    return [known.get(line, line) for line in typed]


def carried_over(was: Raw | None, mine: Raw, now: Raw | None) -> dict[str, Any]:
    """A rule as a draft changed it, on top of one that changed meanwhile: field by field.

    `was` is the rule that the draft began with, `now` the one in force. Of a field that both
    changed, the draft has the last word: its approver sees what it replaces.
    """
    if was is None or now is None:
        return dict(mine)
    before, wanted, standing = in_effect(was), in_effect(mine), in_effect(now)
    changed = {name for name in {*before, *wanted} if before.get(name) != wanted.get(name)}
    carried = {name: value for name, value in standing.items() if name not in changed}
    carried |= {name: wanted[name] for name in changed if name in wanted}
    if not carried[OFF]:
        del carried[OFF]
    return carried
