"""A clock that tests move by hand."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Stands at New Year 2030, UTC, until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2030, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The time that the test has set."""
        return self.time

    def forward(self, **span: float) -> None:
        """Let time pass: forward(minutes=5)."""
        self.time += timedelta(**span)
