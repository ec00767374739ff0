"""What moderation decides: automatic review of what people write."""

from support.moderation.rules.links import hosts_in
from support.moderation.rules.screening import Finding, Screening, screen, screen_words

DANGER = frozenset({"crisis_self_harm", "crisis_medical", "abrupt_stop", "third_party_concern"})

__all__ = ["DANGER", "Finding", "Screening", "hosts_in", "screen", "screen_words"]
