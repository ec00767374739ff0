"""What one process says to the others and hears of them; deafness is noticed and mended.

Nothing here must arrive. Rooms are read from their log, kept facts from their rows; a number that
is missing in what a process says only tells the others to look there now instead of soon.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any, Protocol

import gevent
from gevent.event import Event
from prometheus_client import Counter

from support.db.crossing import CROSSINGS
from support.db.queue.envelope import Envelope, encoded, is_small, opened, sealed
from support.db.queue.line import Line, QueueAway

log = logging.getLogger("handrail.queue")
BEAT_SECONDS = 5.0
DEAF_SECONDS = 15.0
SILENT_SECONDS = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
MOST_WAITING = 20_000
BEAT, HELLO, BYE, NEWS, AGAIN = "~beat", "~hello", "~bye", "~news", "~again"
SAID = Counter("handrail_queue_sent", "Texts this process put on the queue")
HEARD = Counter("handrail_queue_heard", "Texts of other processes this one heard")
BREAKS = Counter("handrail_queue_breaks", "How often this process lost the queue")


class Ears(Protocol):
    """Who listens to the bus in this process."""

    def heard(self, origin: str, name: str, body: dict[str, Any]) -> None:
        """A fact of another process."""

    def news(self) -> None:
        """There are kept facts to be read."""

    def missed(self) -> None:
        """Something was not heard: look at the facts and at the rooms now."""

    def asked(self) -> None:
        """Somebody wants to know what only this process knows: tell it all again."""

    def lost(self, origin: str) -> None:
        """A process has ended, or fallen silent."""


class Bus:
    """One process's end of the queue."""

    def __init__(self, origin: str, line: Line, ears: Ears) -> None:
        self.origin = origin
        self._line = line
        self._ears = ears
        self._waiting: list[str] = []
        self._something = Event()
        self._number = 0
        self._numbers: dict[str, int] = {}
        self._seen: dict[str, float] = {}
        self._own_beat = 0.0
        self._is_open = False
        self._is_stopping = False
        self._ended: list[str] = []
        self._breaks = 0
        self._listener: gevent.Greenlet | None = None
        self._greenlets: list[gevent.Greenlet] = []

    # -- saying -------------------------------------------------------------------

    def told(self, facts: Sequence[object]) -> None:
        """What this process has just announced."""
        for fact in facts:
            crossing = CROSSINGS.get(type(fact))
            if crossing is None:
                continue
            if crossing.kept:
                self.say(NEWS)
                continue
            item = encoded(crossing.name, crossing.pack(fact))
            if crossing.small and not is_small(item, self._line.most_bytes, self.origin):
                item = encoded(crossing.name, crossing.small(fact))
            self._put(item)

    def say(self, name: str, body: Any = None) -> None:
        """Put one item on the queue, with whatever else is said now."""
        self._put(encoded(name, body))

    def _put(self, item: str) -> None:
        if self._is_open and len(self._waiting) < MOST_WAITING:
            self._waiting.append(item)
            self._something.set()

    def _send(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            waiting, self._waiting = self._waiting, []
            try:
                self._send_now(waiting)
            except QueueAway:
                self._again()
            except Exception as error:  # what no line carries must not end all saying
                log.error("unsaid items=%d kind=%s", len(waiting), type(error).__name__)

    def _send_now(self, items: Sequence[str]) -> None:
        texts = list(sealed(self.origin, self._number + 1, items, self._line.most_bytes))
        self._number += len(texts)
        self._line.send(texts)
        SAID.inc(len(texts))

    # -- hearing ------------------------------------------------------------------

    def _listen(self) -> None:
        pause = FIRST_PAUSE
        while not self._is_stopping:
            try:
                self._line.open()
                self._opened()
                pause = FIRST_PAUSE
                for text in self._line.heard():
                    self._hear(opened(text))
            except QueueAway:
                self._close()
            gevent.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _opened(self) -> None:
        if self._breaks:
            log.warning("queue well again")
        self._own_beat = time.monotonic()
        self._is_open = True
        self.say(HELLO)
        while self._ended:
            self.say(BYE, self._ended.pop())
        self._ears.missed()
        self._ears.asked()

    def _close(self) -> None:
        if self._is_open:
            BREAKS.inc()
            self._breaks += 1
            log.warning("queue lost: telling this process alone; the others read the log")
        self._is_open = False
        self._waiting.clear()
        self._line.close()

    def _again(self) -> None:
        """Let go of both ends, whoever waits on them, and connect anew."""
        if self._listener is not None:
            self._listener.kill()
        self._close()
        self._listener = gevent.spawn(self._listen)

    def _hear(self, told: Envelope | None) -> None:
        if told is None:
            return
        if told.origin == self.origin:
            self._own_beat = time.monotonic()
            return
        HEARD.inc()
        self._seen[told.origin] = time.monotonic()
        expected = self._numbers.get(told.origin, told.number - 1) + 1
        if told.number > expected:
            self._missed(told.origin)
        self._numbers[told.origin] = told.number
        for name, body in told.items:
            self._one(told.origin, name, body)

    def _missed(self, origin: str) -> None:
        self._ears.missed()
        self.say(AGAIN, origin)

    def _one(self, origin: str, name: str, body: Any) -> None:
        if name == NEWS:
            self._ears.news()
        elif name == HELLO or (name == AGAIN and body == self.origin):
            self._ears.asked()
        elif name == BYE:
            self._forget(str(body or origin))
        elif isinstance(body, dict):
            try:
                self._ears.heard(origin, name, body)
            except Exception as error:
                log.error("unheard name=%s kind=%s", name, type(error).__name__)

    def _forget(self, origin: str) -> None:
        self._seen.pop(origin, None)
        self._numbers.pop(origin, None)
        self._ears.lost(origin)

    # -- keeping it well ------------------------------------------------------------

    @property
    def is_well(self) -> bool:
        """Whether this process is heard, and hears: its own voice came back lately."""
        return self._is_open and time.monotonic() - self._own_beat < DEAF_SECONDS

    def look_after(self) -> None:
        """One beat: say that we live, notice who does not, and reconnect when deaf."""
        now = time.monotonic()
        if self._is_open and now - self._own_beat >= DEAF_SECONDS:
            log.warning("queue deaf")
            self._again()
        self.say(BEAT)
        for origin, seen in list(self._seen.items()):
            if now - seen >= SILENT_SECONDS:
                self._forget(origin)

    def _beat(self) -> None:
        while True:
            self.look_after()
            gevent.sleep(BEAT_SECONDS)

    def start(self, died: Sequence[str] = ()) -> None:
        """Connect, and go on for ever; `died`: processes that are known to be no more."""
        self._ended = list(died)
        self._greenlets = [gevent.spawn(self._send), gevent.spawn(self._beat)]
        self._listener = gevent.spawn(self._listen)

    def stop(self) -> None:
        """Say goodbye, so that nobody waits for us, and let go."""
        self._is_stopping = True
        self.say(BYE)
        gevent.sleep(0.05)
        gevent.killall([each for each in (self._listener, *self._greenlets) if each])
        self._is_open = False
        self._line.close()
