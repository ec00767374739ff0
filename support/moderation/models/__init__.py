"""Tables of moderation: the desk's own."""

from support.moderation.models.desk import (
    Decision,
    Evidence,
    FoundLabel,
    Report,
    ReviewItem,
    Sanction,
)

__all__ = [
    "Decision",
    "Evidence",
    "FoundLabel",
    "Report",
    "ReviewItem",
    "Sanction",
]
