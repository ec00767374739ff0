"""How grave a finding or a case is, in the contract's four words."""

from collections.abc import Iterable
from enum import StrEnum


class Severity(StrEnum):
    """From nothing to somebody who may die tonight."""

    NONE = "none"
    WATCH = "watch"
    URGENT = "urgent"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Where it stands in the order, for sorting and comparing (the words sort by spelling)."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def gravest(severities: Iterable[Severity]) -> Severity:
    """The highest of several; none where there are none."""
    return max(severities, key=lambda severity: severity.rank, default=Severity.NONE)
