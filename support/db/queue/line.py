"""What the bus needs of whatever carries its texts from process to process."""

from collections.abc import Iterator, Sequence
from typing import Protocol


class QueueAway(Exception):
    """The other end does not answer."""


class Line(Protocol):
    """One process's connection: what it sends is heard by all, itself too, in order."""

    most_bytes: int

    def open(self) -> None:
        """Connect and listen; raise QueueAway where nobody answers."""

    def heard(self) -> Iterator[str]:
        """Every text from now on; ends by QueueAway."""

    def send(self, texts: Sequence[str]) -> None:
        """Say these, in this order; raise QueueAway if they may not have arrived."""

    def close(self) -> None:
        """Let go of whatever is open; never fails."""
