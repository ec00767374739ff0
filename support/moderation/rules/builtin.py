"""What finds things without a rule in the files: the second look, links, contact details."""

from support.moderation.rules.rulebook import LABELS

SECOND_LOOK = "second_look."
LINK = "link.unlisted"
CONTACT = ("personal.phone", "personal.email")
BUILT_IN_IDS = {
    LINK: "self_promo",
    **dict.fromkeys(CONTACT, "personal_info"),
    **{f"{SECOND_LOOK}{label}": label for label in LABELS},
}
"""Every such id with the label it gives."""


def is_built_in(rule_id: str) -> bool:
    """Whether no rule may take this name."""
    return rule_id in BUILT_IN_IDS or rule_id.startswith(SECOND_LOOK)
