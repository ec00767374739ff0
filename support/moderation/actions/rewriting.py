"""A rule as a moderator sent it, laid on the rule as it stands; nothing is replaced unseen."""

from typing import Any

from support.base.errors import Conflict, Invalid
from support.moderation.forms import RuleForm
from support.moderation.queries.rulebook import Written
from support.moderation.rules.builtin import is_built_in
from support.moderation.rules.written import is_same, mark_of

_DRAFT_CHANGED = "Somebody changed the draft meanwhile. Please look again."
_RULE_CHANGED = (
    "Somebody changed this rule meanwhile. What you typed is still here. Please look at both."
)
_TAKEN = "There is a rule of this name. Please open that rule, or take another name."
_BUILT_IN = "This name belongs to a part of review that is built in. Please take another name."
_SAME = "Nothing in this rule is different. Nothing was saved."


def rewritten(form: RuleForm, standing: Written) -> dict[str, Any]:
    """The whole rule with what the form changes in it."""
    before = standing.rule(form.id)
    if is_built_in(form.id):
        raise Invalid("Please check what is marked.", fields={"id": _BUILT_IN})
    if form.is_new and before is not None:
        raise Invalid("Please check what is marked.", fields={"id": _TAKEN})
    if form.version not in ("", standing.version):
        raise Conflict(_DRAFT_CHANGED)
    if form.seen and form.seen != mark_of(before):
        raise Conflict(_RULE_CHANGED)
    raw = form.written(before)
    if before is not None and is_same(before, raw):
        raise Invalid(_SAME)
    return raw
