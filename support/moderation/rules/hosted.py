"""What the hosts of a room may decide about words that wait in it: little, and nothing grave."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from support.base.errors import Conflict, Forbidden
from support.base.severity import Severity
from support.moderation.rules.desk import HouseRule, Verdict

LOW_RISK = frozenset({"harassment", "personal_info", "self_promo"})
RULE_OF = {
    "harassment": HouseRule.NO_HARASSMENT,
    "personal_info": HouseRule.PRIVACY,
    "self_promo": HouseRule.NO_PROMOTION,
}


class Choice(StrEnum):
    """Let the words into the room, or ask their author to say them another way."""

    ALLOW = "allow"
    REWORD = "reword"


class Wording(StrEnum):
    """Why, in words that are ready; the author reads them."""

    KIND = "kind"
    PRIVATE = "private"
    LINK = "link"
    SELF = "self"


SENTENCES = {
    Wording.KIND: "Could you say this more gently? Somebody may be hurt by it.",
    Wording.PRIVATE: "Please leave out names, numbers and places. They are safer with you.",
    Wording.LINK: "Please say it in your own words, without the link or the offer.",
    Wording.SELF: "Could you say how it was for you, instead of how it is for others?",
}
LET_THROUGH = "The host of the room has read it and let it through."


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of words that wait."""

    author_id: str
    labels: tuple[str, ...]
    severity: Severity
    is_held: bool
    is_reported: bool


def is_low_risk(waiting: Waiting) -> bool:
    """Held for the room's own rule or for little, never seen, and nobody has complained."""
    if waiting.is_reported or not waiting.is_held:
        return False
    return waiting.severity.rank <= Severity.WATCH.rank and LOW_RISK.issuperset(waiting.labels)


def check_may_decide(actor_id: str, near: Collection[str], waiting: Waiting) -> None:
    """Never what is grave, never one's own words or those of somebody close."""
    if waiting.author_id == actor_id:
        raise Forbidden("You cannot decide about your own words.")
    if waiting.author_id in near:
        raise Forbidden("You stand close to this person. Please leave this to a moderator.")
    if not is_low_risk(waiting):
        raise Conflict("This is for a moderator. They have been told.")


def rule_of(labels: Collection[str]) -> HouseRule:
    """The rule of the house that the decision rests on."""
    return next((RULE_OF[label] for label in labels if label in RULE_OF), HouseRule.SAFETY)


def verdict_of(choice: Choice) -> Verdict:
    """The same in the desk's words."""
    return Verdict(choice.value)
