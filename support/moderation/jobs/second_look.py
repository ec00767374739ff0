"""The second look: after the commit, in a thread beside the loop, bounded, and nobody waits."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import gevent
from gevent import get_hub
from gevent.event import Event
from prometheus_client import Counter, Gauge, Histogram

from support.base.ids import new_id
from support.db.unit import Database, is_outage
from support.moderation import actions, ports
from support.moderation.rules import screen_words
from support.moderation.rules.lanes import Lanes, Waiting
from support.moderation.rules.live import live
from support.moderation.rules.meaning.words import (
    Line,
    Look,
    Looking,
    NoModel,
    Words,
    shared_judge,
)

log = logging.getLogger("handrail.second_look")
AT_ONCE = 4
MOST_AFTER_RESTART = 400
LOOK_BACK = timedelta(hours=1)
MARGIN = timedelta(seconds=5)
PROMISED = 0.25
MOST_FAILURES = 3
PAUSE = 1.0

COUNTED = Counter("handrail_second_look", "Second looks at messages, by what came of them", ["was"])
WAITING = Gauge("handrail_second_look_waiting", "Messages that wait for a second look")
TOOK = Histogram(
    "handrail_second_look_seconds",
    "From the commit to the end of the second look",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


class SecondLook:
    """One process's second look: two lanes, one greenlet, one thread at a time."""

    def __init__(self, database: Database, load: Callable[[], Looking] = shared_judge) -> None:
        """Take the database, and how the judge is loaded."""
        self.process = new_id()
        self.lanes = Lanes()
        self._database = database
        self._load = load
        self._judge: Looking | None = None
        self._failures = 0
        self._broken = False
        self._busy: tuple[Waiting, ...] = ()
        self._acting: set[str] = set()
        self._something = Event()

    def start(self) -> "SecondLook":
        """Load the judge beside everything else, then look for as long as the process lives."""
        self._greenlet = gevent.spawn(self._run)
        return self

    def state(self) -> str:
        """One word for /readyz."""
        if self._broken or self._failures >= MOST_FAILURES:
            return "failing"
        return "ok"

    def hear(self, message_id: str, *, flagged: bool = False) -> None:
        """A message was stored or reworded; what the second look did itself is not news to it."""
        if self._broken or message_id in self._acting:
            return
        gone = self.lanes.add(message_id, self._database.clock.now(), first=flagged)
        if gone:
            COUNTED.labels("skipped").inc(gone)
        WAITING.set(len(self.lanes))
        self._something.set()

    def beat(self) -> None:
        """Write down how far this process has come, and take over what an ended one left."""
        if self._broken:
            return
        now = self._database.clock.now()
        waiting = [each.since for each in self._busy]
        oldest = min([now, *waiting, self.lanes.oldest() or now])
        with self._database.unit() as unit:
            alone = self._database.is_sqlite
            left = actions.take_over_looks(unit, self.process, alone=alone)
            actions.mark_looked(unit, self.process, oldest - MARGIN)
        if left is None:
            return
        with self._database.read() as unit:
            found = ports.looking().since(unit, max(left, now - LOOK_BACK), MOST_AFTER_RESTART)
        for message_id in found:
            self.hear(message_id)
        COUNTED.labels("after_restart").inc(len(found))

    def _run(self) -> None:
        try:
            self._judge = get_hub().threadpool.apply(self._load)
        except NoModel as missing:
            self._broken = True
            log.error("no second look reason=%s", missing)
            return
        log.info("second look ready version=%s", self._judge.version)
        while True:
            self._something.wait()
            self._something.clear()
            while self.lanes:
                self.look_at_some(self._judge)

    def look_at_some(self, judge: Looking) -> None:
        """Look at the next few; one that fails is counted and let go, tier 1 has judged it."""
        self._busy = tuple(self.lanes.take(AT_ONCE))
        started = time.monotonic()
        try:
            self._look(judge, self._busy)
        except Exception as error:
            self._failed(error)
        else:
            self._failures = 0
            self._told(started)
        finally:
            self._busy = ()
            WAITING.set(len(self.lanes))

    def _look(self, judge: Looking, waiting: Sequence[Waiting]) -> None:
        with self._database.read() as unit:
            talks = ports.looking().talks(unit, [each.id for each in waiting])
        looks: list[Look] = get_hub().threadpool.apply(looked, (judge, talks))
        for talk, look in zip(talks, looks, strict=True):
            if look.screening.findings:
                self._act(talk, look)

    def _act(self, talk: ports.Talk, look: Look) -> None:
        self._acting.add(talk.id)
        try:
            did = self._database.batched(
                lambda unit: ports.looking().act(unit, talk, look.screening)
            )
        finally:
            self._acting.discard(talk.id)
        if did:
            COUNTED.labels("held" if look.screening.holds else "raised").inc()

    def _told(self, started: float) -> None:
        now = self._database.clock.now()
        spent = time.monotonic() - started
        for each in self._busy:
            took = max((now - each.since).total_seconds(), spent)
            TOOK.observe(took)
            COUNTED.labels("judged").inc()
            if took > PROMISED:
                COUNTED.labels("late").inc()

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        COUNTED.labels("failed").inc(len(self._busy))
        if self._failures == MOST_FAILURES:
            log.error("second look fails kind=%s", type(error).__name__)
        if is_outage(error):
            for each in self._busy:
                self.lanes.add(each.id, each.since, first=False)
        gevent.sleep(PAUSE)


def looked(judge: Looking, talks: Sequence[ports.Talk]) -> list[Look]:
    """What is done in the thread: tier 1's flags, then the judge."""
    return judge.look(
        [
            Words(
                talk.text,
                frozenset(screen_words(talk.text, live()).labels),
                tuple(Line(each.text, each.is_own) for each in talk.before),
            )
            for talk in talks
        ]
    )


class _Joined:
    """The one second look of this process, if it has one."""

    now: SecondLook | None = None


joined = _Joined()


def start(database: Database) -> SecondLook:
    """Begin to look; called where a process begins to serve."""
    joined.now = SecondLook(database).start()
    return joined.now


def hear(message_id: str, *, flagged: bool = False) -> None:
    """Tell the second look of this process, if there is one."""
    if joined.now is not None:
        joined.now.hear(message_id, flagged=flagged)


def beat(_database: Database) -> None:
    """Every few seconds."""
    if joined.now is not None:
        joined.now.beat()
