"""How sure review is of each label, from nought to one: one half and more where it is given."""

from collections.abc import Collection, Mapping

from support.base.severity import Severity
from support.moderation.rules.rulebook import LABELS
from support.moderation.rules.screening import Screening

GIVEN, NOT_GIVEN = 0.5, 0.4999
BY_SEVERITY = {Severity.WATCH: 0.6, Severity.URGENT: 0.8, Severity.CRITICAL: 0.95}


def scores_of(screening: Screening) -> dict[str, float]:
    """What a screening is worth where nothing but its findings is known: by the gravest of each.

    The rules do not weigh, they find: what they have not found is nought.
    """
    found = dict.fromkeys(LABELS, 0.0)
    for each in screening.findings:
        found[each.label] = max(found[each.label], BY_SEVERITY.get(each.severity, GIVEN))
    return found


def agreeing(scores: Mapping[str, float], given: Collection[str]) -> dict[str, float]:
    """The same numbers, none of which says the contrary of the labels that are given.

    A farewell is given though little of it says so; contempt that somebody quotes is not.
    """
    return {
        label: max(score, GIVEN) if label in given else min(score, NOT_GIVEN)
        for label, score in scores.items()
    }


def higher(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The surer of two for each label."""
    return {label: max(one.get(label, 0.0), other.get(label, 0.0)) for label in LABELS}
