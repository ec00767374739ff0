"""Whole months that are over, and which counts may be shown to everybody."""

from collections.abc import Iterator
from datetime import UTC, datetime

SMALLEST = 5
MONTHS = 6
_YEAR = 12


def shown(count: int) -> int | None:
    """A count as everybody may see it: nought, five or more; what is between is not told."""
    return None if 0 < count < SMALLEST else count


def whole_months(now: datetime, most: int = MONTHS) -> Iterator[tuple[str, datetime, datetime]]:
    """The months before this one, the newest first: name, start, end; in UTC."""
    at = now.astimezone(UTC).year * _YEAR + now.astimezone(UTC).month - 1
    for number in range(at - 1, at - 1 - most, -1):
        start = _first(number)
        yield f"{start:%Y-%m}", start, _first(number + 1)


def _first(number: int) -> datetime:
    return datetime(number // _YEAR, number % _YEAR + 1, 1, tzinfo=UTC)
