"""The rules that this process reviews with: the shipped ones, until others take their place."""

from support.moderation.rules.rulebook import RuleBook, shipped

_LIVE: list[RuleBook] = []


def live() -> RuleBook:
    """The rules in force here and now."""
    return _LIVE[0] if _LIVE else shipped()


def go_live(book: RuleBook | None) -> None:
    """Review with these from the next message on; None: with the shipped ones."""
    _LIVE[:] = [book] if book is not None else []
