"""What a form suggests, so that nobody gives a wrong rule in a hurry."""

from collections.abc import Sequence

from support.moderation.rules.desk import HouseRule

_RULE_OF = {
    "sourcing": HouseRule.NO_TRADING,
    "dosing_advice": HouseRule.NO_DOSING,
    "harassment": HouseRule.NO_HARASSMENT,
    "personal_info": HouseRule.PRIVACY,
    "self_promo": HouseRule.NO_PROMOTION,
    "crisis_self_harm": HouseRule.SAFETY,
    "crisis_medical": HouseRule.SAFETY,
    "abrupt_stop": HouseRule.SAFETY,
    "third_party_concern": HouseRule.SAFETY,
}


def rule_for(labels: Sequence[str]) -> HouseRule | None:
    """The rule that what was seen first would break; None where nothing was seen."""
    return next((_RULE_OF[label] for label in labels if label in _RULE_OF), None)
