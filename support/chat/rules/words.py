"""What an author is told about their own words: kind, at once, and what to do."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A label, a sentence, and whether the numbers are shown with it."""

    label: str
    text: str
    shows_help: bool = False


HELD = "Your message is waiting for a moderator. Only you can see it. You have done nothing wrong."
WHY_HELD = {
    "dosing_advice": (
        "This looks like it names a dose for somebody else. We leave doses to doctors. "
        "Do you want to say how it was for you instead? Only you can see it until a moderator "
        "has looked."
    ),
    "sourcing": (
        "This looks like getting pills, or talking outside this room. We do not buy, sell or swap "
        "pills, and we stay in the room. A moderator will look. Only you can see it."
    ),
    "personal_info": (
        "This looks like a way to reach somebody. Please keep real names, phones and addresses "
        "private. A moderator will look. Only you can see it."
    ),
    "harassment": (
        "This may hurt somebody here. Do you want to say it another way? A moderator will look. "
        "Only you can see it until then."
    ),
    "self_promo": (
        "This looks like a link or an offer that we do not know. A moderator will look. "
        "Only you can see it until then."
    ),
    "crisis_self_harm": (
        "The part that says how is kept private, to keep others safe. Only you can see it."
    ),
}
DANGER = {
    "crisis_self_harm": "Are you safe right now? You can get help from here with one tap.",
    "third_party_concern": (
        "You are worried about somebody. If they may be in danger now, call the emergency number. "
        "Here is help for them, and for you."
    ),
    "crisis_medical": "This can be a medical emergency. Please call for help now.",
    "abrupt_stop": (
        "Did you stop all at once, or run out? Get medical help today. "
        "Stopping fast can cause a fit."
    ),
}


def notice_for(labels: Collection[str], hold_label: str | None, *, waits: bool) -> Words | None:
    """The one thing to tell the author: danger first, then why their words wait."""
    for label, text in DANGER.items():
        if label in labels:
            why = WHY_HELD.get(hold_label or "", HELD) if hold_label or waits else ""
            return Words(label, f"{text} {why}".strip(), shows_help=True)
    if hold_label:
        return Words(hold_label, WHY_HELD.get(hold_label, HELD))
    return Words("room_hold", HELD) if waits else None


TAKEN_BACK = (
    "After a second look we took this message out of the room. You have done nothing wrong."
)


def taken_back(labels: Collection[str], hold_label: str | None) -> Words | None:
    """What the author is told when words that were shown are held after all."""
    words = notice_for(labels, hold_label, waits=False)
    if words is None:
        return None
    return Words(words.label, f"{TAKEN_BACK} {words.text}", shows_help=words.shows_help)


def told_after(labels: Collection[str], told: str | None) -> Words | None:
    """The card for danger that only a second look saw; what was told already is not told again."""
    if told in labels and told in DANGER:
        return None
    label = next((label for label in DANGER if label in labels), None)
    return Words(label, DANGER[label], shows_help=True) if label else None
