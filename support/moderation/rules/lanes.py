"""Who waits for a second look, in which order, and who is let go when it is too many."""

from dataclasses import dataclass
from datetime import datetime

MOST = 400


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits, since when, and whether tier 1 flagged it."""

    id: str
    since: datetime
    first: bool = False


class Lanes:
    """Two bounded lanes: what tier 1 flagged goes first; each gives its oldest first."""

    def __init__(self, most: int = MOST) -> None:
        """At most so many wait in all."""
        self._most = most
        self._first: dict[str, Waiting] = {}
        self._rest: dict[str, Waiting] = {}

    def __len__(self) -> int:
        """How many wait."""
        return len(self._first) + len(self._rest)

    def add(self, message_id: str, now: datetime, *, first: bool) -> int:
        """Let a message wait, once; how many were let go for it, the new one among them."""
        known = self._rest.pop(message_id, None) or self._first.get(message_id)
        since = known.since if known else now
        if first or message_id in self._first:
            self._first[message_id] = Waiting(message_id, since, first=True)
        else:
            self._rest[message_id] = Waiting(message_id, since)
        return self._let_go()

    def take(self, count: int) -> list[Waiting]:
        """The next ones, flagged ones before all others."""
        taken: list[Waiting] = []
        for lane in (self._first, self._rest):
            for message_id in list(lane)[: count - len(taken)]:
                taken.append(lane.pop(message_id))
        return taken

    def oldest(self) -> datetime | None:
        """Since when the one that waits longest has waited."""
        waiting = (*self._first.values(), *self._rest.values())
        return min((each.since for each in waiting), default=None)

    def _let_go(self) -> int:
        """The oldest that nobody flagged goes; of flagged ones alone, the newest."""
        gone = 0
        while len(self) > self._most:
            if self._rest:
                del self._rest[next(iter(self._rest))]
            else:
                self._first.popitem()
            gone += 1
        return gone


class Lately:
    """The newest messages that were looked at, and when: nobody looks twice after another's end."""

    def __init__(self, most: int = 4 * MOST) -> None:
        """Remember so many."""
        self._most = most
        self._at: dict[str, datetime] = {}

    def note(self, message_id: str, now: datetime) -> None:
        """It was looked at."""
        self._at.pop(message_id, None)
        self._at[message_id] = now
        if len(self._at) > self._most:
            del self._at[next(iter(self._at))]

    def has(self, message_id: str, said_at: datetime) -> bool:
        """Whether it was looked at as it stands since then."""
        at = self._at.get(message_id)
        return at is not None and at >= said_at
