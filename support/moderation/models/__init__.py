"""Tables of the desk: items, what they rest on, what was decided, and how the desk works."""

from support.moderation.models.appeals import Appeal
from support.moderation.models.desk import Decision, FoundLabel, Report, ReviewItem, Sanction
from support.moderation.models.evidence import Evidence, EvidenceLine, Signing
from support.moderation.models.looks import LookMark
from support.moderation.models.ruling import RuleEdit, RuleSet, RuleText
from support.moderation.models.team import DomainRule, Look, Pause, ReadyWords, ShiftNote, Skip

__all__ = [
    "Appeal",
    "Decision",
    "DomainRule",
    "Evidence",
    "EvidenceLine",
    "FoundLabel",
    "Look",
    "LookMark",
    "Pause",
    "ReadyWords",
    "Report",
    "ReviewItem",
    "RuleEdit",
    "RuleSet",
    "RuleText",
    "Sanction",
    "ShiftNote",
    "Signing",
    "Skip",
]
