"""What moderation decides: automatic review of what people write."""

from support.moderation.rules.screening import Finding, Screening, screen, screen_words

__all__ = ["Finding", "Screening", "screen", "screen_words"]
