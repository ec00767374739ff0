"""What one set of rules changes against another: rule by rule, field by field, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from support.base.severity import Severity
from support.moderation.rules.overlay import Documents, Overlay, rule_in, rules_in
from support.moderation.rules.written import OFF, in_effect

RULE, CONTEXT, LIST, OTHER = "rule", "context", "list", "other"
KINDS = (RULE, CONTEXT, LIST, OTHER)
_FIRST = ("label", "severity", "holds", "newcomers", OFF, "raise", "say", "when", "unless", "needs")
_PARTS = {RULE, CONTEXT, LIST}


class How(StrEnum):
    """What happened to a thing between two sets of rules."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a thing as it is and as it would be, as lines."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """Lines that would be gone."""
        return tuple(line for line in self.before if line not in set(self.after))

    @property
    def added(self) -> tuple[str, ...]:
        """Lines that would be new."""
        return tuple(line for line in self.after if line not in set(self.before))

    @property
    def kept(self) -> tuple[str, ...]:
        """Lines that stay."""
        return tuple(line for line in self.before if line in set(self.after))


@dataclass(frozen=True, slots=True)
class Change:
    """One rule, context or list that would be another; `looser`: in what it guards less."""

    kind: str
    name: str
    how: How
    fields: tuple[Field, ...]
    looser: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """The files of a release and what is laid over them."""

    documents: Documents
    overlay: Overlay


def changes(now: RuleFiles, then: RuleFiles) -> tuple[Change, ...]:
    """Everything that is different: rules first, then the contexts and lists that rules use."""
    found = [
        change for kind in KINDS for change in _among(kind, _things(kind, now), _things(kind, then))
    ]
    return tuple(found)


def changed_here(documents: Documents, overlay: Overlay, rule_id: str) -> Change | None:
    """What moderators made another in one rule since it came with a release, if they did."""
    came, is_now = rules_in(documents).get(rule_id), rule_in(documents, overlay, rule_id)
    if came is None or is_now is None:
        return None
    found = _among(RULE, {rule_id: in_effect(came)}, {rule_id: in_effect(is_now)})
    return found[0] if found else None


def counted(found: tuple[Change, ...]) -> dict[str, dict[str, int]]:
    """How many of each kind were added, removed and changed."""
    return {
        kind: {how.value: sum(one.kind == kind and one.how is how for one in found) for how in How}
        for kind in KINDS
    }


def _among(
    kind: str, now: Mapping[str, Mapping[str, Any]], then: Mapping[str, Mapping[str, Any]]
) -> list[Change]:
    found = []
    for name in [*now, *(each for each in then if each not in now)]:
        before, after = now.get(name), then.get(name)
        if before == after:
            continue
        fields = _fields(before or {}, after or {})
        how = How.ADDED if before is None else How.REMOVED if after is None else How.CHANGED
        looser = _looser(before, after) if kind == RULE else ()
        if fields or how is not How.CHANGED:
            found.append(Change(kind, name, how, fields, looser))
    return found


def _things(kind: str, files: RuleFiles) -> dict[str, dict[str, Any]]:
    """Every rule, context or list of a set by its name; a list has one field."""
    if kind == RULE:
        own = {each: rule_in(files.documents, files.overlay, each) for each in files.overlay}
        rules = rules_in(files.documents) | {each: raw for each, raw in own.items() if raw}
        return {rule_id: in_effect(raw) for rule_id, raw in rules.items()}
    if kind == OTHER:
        parts = [each for document in files.documents.values() for each in document.items()]
        return {name: dict(part) for name, part in parts if name not in _PARTS}
    found: dict[str, dict[str, Any]] = {}
    for document in files.documents.values():
        for name, part in document.get(kind, {}).items():
            found[name] = dict(part) if kind == CONTEXT else {"entries": part}
    return found


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    names = dict.fromkeys((*_FIRST, *before, *after))
    fields = (Field(name, _lines(before.get(name)), _lines(after.get(name))) for name in names)
    return tuple(one for one in fields if one.name != "id" and one.before != one.after)


def _lines(value: Any) -> tuple[str, ...]:
    """Whatever a field holds, as lines; yes and no are words of the files."""
    if value is None:
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, Mapping):
        return tuple(f"{key}: {', '.join(_lines(each))}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(str, value))
    return (str(value),)


def _looser(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[str, ...]:
    """In what a rule would guard less than now; shown before anybody agrees."""
    if before is None or before[OFF]:
        return ()
    if after is None or after[OFF]:
        return (OFF,)
    told = {
        "holds": before["holds"] and not after["holds"],
        "severity": Severity(after["severity"]).rank < Severity(before["severity"]).rank,
        "newcomers": after["newcomers"] and not before["newcomers"],
        "label": before["label"] != after["label"],
        "raise": any(
            not set(when) <= set(after["raise"].get(to, ())) for to, when in before["raise"].items()
        ),
        "say": not set(before["say"]) <= set(after["say"]),
        "unless": not set(after["unless"]) <= set(before["unless"]),
        "needs": not set(after["needs"]) <= set(before["needs"]),
        "hit": not set(before["hit"]) <= set(after["hit"]),
    }
    return tuple(name for name, is_so in told.items() if is_so)
