"""What moderators changed in the rules: laid over the files that are shipped, never into them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from support.moderation.rules.rulebook import BadRules, RuleBook, shipped
from support.moderation.rules.written import OFF

Documents = Mapping[str, Mapping[str, Any]]
Overlay = Mapping[str, Mapping[str, Any]]
OWN = "own"
_MOST_READY = 2
_READY: dict[str, RuleBook] = {}


def version_of(base: str, overlay: Overlay) -> str:
    """The version that findings carry: the shipped one, or one that tells these changes apart."""
    if not overlay:
        return base
    told = json.dumps(overlay, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(f"{base}\n{told}".encode()).hexdigest()[:12]


def laid_over(documents: Documents, overlay: Overlay) -> dict[str, dict[str, Any]]:
    """The files with the changes in them; a rule they do not have stands in a file of its own."""
    left = {rule_id: raw for rule_id, raw in overlay.items() if not raw.get(OFF)}
    laid: dict[str, dict[str, Any]] = {}
    for name, document in documents.items():
        kept = []
        for raw in document.get("rule", []):
            if raw["id"] not in overlay:
                kept.append(raw)
            elif raw["id"] in left:
                kept.append(left.pop(raw["id"]))
        laid[name] = {**document, "rule": kept} if "rule" in document else dict(document)
    if left:
        laid[OWN] = {"rule": list(left.values())}
    return laid


def rules_in(documents: Documents) -> dict[str, dict[str, Any]]:
    """Every rule as it is written, by id."""
    return {raw["id"]: dict(raw) for each in documents.values() for raw in each.get("rule", [])}


def rule_in(documents: Documents, overlay: Overlay, rule_id: str) -> dict[str, Any] | None:
    """One rule as it is written, also one that is switched off; None if there never was one."""
    own = overlay.get(rule_id)
    if own is None or "say" not in own:  # of old, switching off kept nothing of the rule
        shipped_one = rules_in(documents).get(rule_id)
        return shipped_one if own is None or shipped_one is None else {**shipped_one, **own}
    return dict(own)


def contexts_in(documents: Documents) -> dict[str, dict[str, Any]]:
    """Every context that a rule may name, as it is written, by name."""
    found: dict[str, dict[str, Any]] = {}
    for document in documents.values():
        found.update({name: dict(raw) for name, raw in document.get("context", {}).items()})
    return found


def book_of(documents: Documents, base: str, overlay: Overlay) -> RuleBook:
    """The rules ready to be asked; BadRules names the rule and what is wrong with it.

    Making them takes a moment, and a draft is needed when it is saved, tried and put in force.
    """
    version = version_of(base, overlay)
    if version == shipped().version:
        return shipped()
    book = _READY.get(version)
    if book is None:
        nearest = next(reversed(_READY.values()), None) or shipped()
        book = RuleBook(laid_over(documents, overlay), version, like=nearest)
    if not book.rules:
        raise BadRules("no rule is left")
    _READY[version] = book
    while len(_READY) > _MOST_READY:
        del _READY[next(iter(_READY))]
    return book
