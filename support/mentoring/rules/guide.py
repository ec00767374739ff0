"""The mentors' guide: short cards for hard moments, each with the day it was last changed.

They stand on the house's guard rules (no doses, no secrets, a human on a clock) and on the sources
that docs/mentoring.md names. Nothing in them is medical advice.
"""

from dataclasses import dataclass
from datetime import date, timedelta

NEW_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the guide."""

    id: str
    title: str
    lines: tuple[str, ...]
    changed_on: date


GUIDE = (
    Card(
        "first-words",
        "First words",
        (
            "“Hello, I am glad you wrote. I have been there too.”",
            "“You do not have to tell me anything. Just sitting here is fine.”",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "dose",
        "When somebody asks what to take",
        (
            "“I cannot tell you that. Your prescriber decides it with you.”",
            "Say what you lived through, without numbers for them. Ask how they are tonight.",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "stopped",
        "When somebody stopped all at once, or ran out",
        (
            "This is a medical warning. Show the help card: they need medical help today.",
            "Press “Call a moderator”. You are not alone with it.",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "danger",
        "When somebody may be in danger",
        (
            "The emergency number comes first. A responder is called at the same moment.",
            "Stay kind and short. Promise no rescue and no secret.",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "night",
        "When it is three in the morning",
        (
            "Short sentences. No plans tonight, only the next hour: water, light off, breathe out.",
            "If you are tired too, say so and hand on. Nobody asks why.",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "ending",
        "When it is time to part",
        (
            "You may end it at any time, and so may they. Thank them. No reason is needed.",
            "If somebody else would suit better, hand over: all three say yes first.",
        ),
        date(2026, 11, 26),
    ),
    Card(
        "yourself",
        "When you are not well yourself",
        (
            "Press “Pause me”, or “I had a setback”. Your shifts go to others at once.",
            "Your own way is not lost. Somebody is there for you too.",
        ),
        date(2026, 11, 26),
    ),
)


def new_cards(today: date) -> tuple[Card, ...]:
    """What has changed in the last three months."""
    return tuple(card for card in GUIDE if today - card.changed_on <= NEW_FOR)
