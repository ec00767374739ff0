"""A room's events reach the sockets of this process once, in order, and without a hole.

They come from this process's own commits and, by the queue, from others'. Whatever comes early
waits a moment for what is before it, which is then read from the log; what was told is not told
again. So the queue may lose, double or delay what it likes.
"""

import logging
from collections.abc import Iterable
from typing import Any

import gevent
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from support.chat.actions.facts import RoomEventLogged, RoomGrew
from support.chat.queries.log import events_after, seqs_of
from support.db.crossing import Looking
from support.db.unit import Unit
from support.web.sockets import put_in, room_channel, tell

log = logging.getLogger("handrail.chat")
EARLY_SECONDS = 0.05
AGAIN_SECONDS = 1.0
FILLED = Counter("handrail_room_gaps_filled", "Events read from the log because none told them")


class Stream:
    """How far each room that somebody here listens in has been told."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._early: dict[str, dict[int, dict[str, Any]]] = {}
        self._known: dict[str, int] = {}
        self._due: set[str] = set()
        self._looking: Looking | None = None
        self.times_out = 0

    def begin(self, looking: Looking) -> None:
        """Start with an empty house; `looking` opens a reading unit where something is missing."""
        self._looking = looking
        self._last.clear()
        self._early.clear()
        self._known.clear()
        self._due.clear()

    # -- what is told ----------------------------------------------------------------

    def logged(self, fact: RoomEventLogged) -> None:
        """An event of a room, from here or from elsewhere."""
        room_id, seq = fact.room_id, fact.event["seq"]
        last = self._last.get(room_id)
        if last is None or seq <= last:
            return
        if seq > last + 1:
            self._early.setdefault(room_id, {})[seq] = fact.event
            self._is_missing(room_id, seq, EARLY_SECONDS)
            return
        self._tell(room_id, fact.event)
        if room_id in self._early:
            self._tell_early(room_id)

    def grew(self, fact: RoomGrew) -> None:
        """An event that was too big for the queue: its words are in the log."""
        if fact.seq > self._last.get(fact.room_id, fact.seq):
            self._is_missing(fact.room_id, fact.seq, 0)

    def _tell(self, room_id: str, event: dict[str, Any]) -> None:
        self._last[room_id] = event["seq"]
        tell(room_channel(room_id), "room:event", event)

    def _tell_early(self, room_id: str) -> None:
        """Whatever waited for what has just been told."""
        waiting = self._early[room_id]
        while (event := waiting.pop(self._last[room_id] + 1, None)) is not None:
            self._tell(room_id, event)
        last = self._last[room_id]
        left = {seq: event for seq, event in waiting.items() if seq > last}
        if left:
            self._early[room_id] = left
        else:
            del self._early[room_id]

    # -- what is missing ---------------------------------------------------------------

    def _is_missing(self, room_id: str, seq: int, seconds: float) -> None:
        self._known[room_id] = max(seq, self._known.get(room_id, seq))
        self._fill_soon(room_id, seconds)

    def _fill_soon(self, room_id: str, seconds: float) -> None:
        if room_id not in self._due:
            self._due.add(room_id)
            gevent.spawn_later(seconds, self._fill, room_id)

    def _fill(self, room_id: str) -> None:
        """Read what is missing, unless it came by the queue in the meantime."""
        self._due.discard(room_id)
        known = self._known.pop(room_id, 0)
        if self._looking is None or known <= self._last.get(room_id, known):
            return
        try:
            with self._looking() as unit:
                self.fill(unit, room_id)
        except SQLAlchemyError:
            self._is_missing(room_id, known, AGAIN_SECONDS)

    def fill(self, unit: Unit, room_id: str) -> None:
        """Tell what the log has beyond what was told."""
        more = True
        while more and (last := self._last.get(room_id)) is not None:
            events, more = events_after(unit, room_id, last)
            self._take(room_id, events)

    def _take(self, room_id: str, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            if event["seq"] > self._last.get(room_id, event["seq"]):
                FILLED.inc()
                self._tell(room_id, event)
        if room_id in self._early and room_id in self._last:
            self._tell_early(room_id)

    def sweep(self) -> None:
        """Look whether any room went on without a word of it coming here."""
        if self._looking is None or not self._last:
            return
        with self._looking() as unit:
            for room_id, seq in seqs_of(unit, list(self._last)):
                if seq > self._last.get(room_id, seq):
                    self.fill(unit, room_id)

    # -- who listens -------------------------------------------------------------------

    def is_followed(self, room_id: str) -> bool:
        """Whether everything that is told of this room is counted here."""
        return room_id in self._last

    def follow(self, room_id: str, seq: int) -> None:
        """Somebody will listen here: from now on nothing of this room passes by unseen."""
        self._last.setdefault(room_id, seq)

    def let_in(self, unit: Unit, sid: str, room_id: str, seq: int) -> bool:
        """Let a socket hear a room from `seq` on; False if more was told already: read again.

        Nothing is given twice and nothing is left out: those who listened before are told
        everything up to `seq` first, and from the last look to the entry nobody else has a turn.
        """
        if self._last.get(room_id, seq) < seq:
            self.fill(unit, room_id)
        if self._last.get(room_id) != seq:
            self.follow(room_id, seq)
            return False
        put_in(sid, room_channel(room_id))
        return True

    def forget(self, room_id: str) -> None:
        """Nobody here listens in this room any more."""
        self._last.pop(room_id, None)
        self._early.pop(room_id, None)


STREAM = Stream()
