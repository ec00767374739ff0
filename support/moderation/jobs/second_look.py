"""The second look: after the commit, in a thread beside the loop, bounded, and nobody waits."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import gevent
from gevent import get_hub
from gevent.event import Event
from prometheus_client import Counter, Gauge, Histogram

from support.base.ids import new_id
from support.db.unit import Database, is_outage
from support.moderation import actions, ports
from support.moderation.rules import screen_words
from support.moderation.rules.lanes import Lanes, Lately, Waiting
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
MARGIN = timedelta(seconds=10)  # a message may wait so long for its commit
PROMISED = 0.25
MOST_FAILURES = 3
PAUSE, LONGEST_PAUSE = 1.0, 60.0
STUCK = 60.0

COUNTED = Counter("handrail_second_look", "Second looks at messages, by what came of them", ["was"])
WAITING = Gauge("handrail_second_look_waiting", "Messages that wait for a second look")
TOOK = Histogram(
    "handrail_second_look_seconds",
    "From the commit to the end of the second look",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


class SecondLook:
    """One process's second look: two lanes, one greenlet, one thread at a time.

    Each process looks at what it stored itself. How far it has come is a row, so that another looks
    at what a killed one left; whatever is never looked at is counted as skipped or failed.
    """

    def __init__(self, database: Database, load: Callable[[], Looking] = shared_judge) -> None:
        """Take the database, and how the judge is loaded."""
        self.process = new_id()
        self.died: Sequence[str] = ()
        self.lanes = Lanes()
        self._database = database
        self._load = load
        self._judge: Looking | None = None
        self._failures = 0
        self._trouble = ""
        self._busy: tuple[Waiting, ...] = ()
        self._began: float | None = None
        self._owed: datetime | None = None
        self._lately = Lately()
        self._acting: set[str] = set()
        self._something = Event()
        self._greenlet: gevent.Greenlet | None = None

    def start(self) -> "SecondLook":
        """Load the judge beside everything else, then look for as long as the process lives."""
        self._greenlet = gevent.spawn(self._run)
        try:
            self.beat()  # before the first message: what is stored from now on is not lost
        except Exception as error:
            log.warning("second look not written down kind=%s", type(error).__name__)
        return self

    def state(self) -> str:
        """One word for /readyz."""
        is_stuck = self._began is not None and time.monotonic() - self._began > STUCK
        if self._trouble or self._failures >= MOST_FAILURES or is_stuck or self._has_ended():
            return "failing"
        return "ok" if self._judge is None or self._judge.is_whole() else "partly"

    def hear(self, message_id: str, *, flagged: bool = False) -> None:
        """A message was stored or reworded; what the second look did itself is not news to it."""
        if message_id not in self._acting:
            self._wait(message_id, self._database.clock.now(), first=flagged)

    def _wait(self, message_id: str, since: datetime, *, first: bool) -> None:
        gone = self.lanes.add(message_id, since, first=first)
        if gone:
            COUNTED.labels("skipped").inc(gone)
        WAITING.set(len(self.lanes))
        self._something.set()

    def beat(self) -> None:
        """Write down how far this process has come, and take over what an ended one left."""
        if self._has_ended():
            log.error("second look had ended, it begins again")
            self._greenlet = gevent.spawn(self._run)
        now = self._database.clock.now()
        waiting = [each.since for each in self._busy]
        oldest = min([now, *waiting, self.lanes.oldest() or now])
        with self._database.unit() as unit:
            if not self._trouble:  # whoever cannot look leaves it to one who can
                alone = self._database.is_sqlite
                left = actions.take_over_looks(unit, self.process, alone=alone, died=self.died)
                self._owed = min(filter(None, (self._owed, left)), default=None)
            actions.mark_looked(unit, self.process, min(oldest, self._owed or now) - MARGIN)
        if self._owed is not None:
            self._catch_up(self._owed, now)

    def _catch_up(self, since: datetime, now: datetime) -> None:
        """Let wait what an ended process had not looked at; beyond the bounds it is counted."""
        floor = max(since, now - LOOK_BACK)
        with self._database.read() as unit:
            said = ports.looking().since(unit, floor)
            older = ports.looking().count_between(unit, since, floor) if since < floor else 0
        busy = {each.id for each in self._busy}
        left = [one for one in said if one.id not in busy and not self._lately.has(one.id, one.at)]
        over = max(0, len(left) - MOST_AFTER_RESTART)
        for one in left[over:]:
            self._wait(one.id, one.at, first=False)
        COUNTED.labels("skipped").inc(older + over)
        COUNTED.labels("after_restart").inc(len(left) - over)
        self._owed = None

    def _has_ended(self) -> bool:
        return self._greenlet is not None and self._greenlet.dead

    def _run(self) -> None:
        pause = PAUSE
        while True:
            if self.is_ready():
                pause = PAUSE
                self._go_on()
            gevent.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def is_ready(self) -> bool:
        """Whether there is a judge. It is asked for again and again: a file can be mended."""
        if self._judge is not None:
            return True
        self._began = time.monotonic()
        try:
            self._judge = get_hub().threadpool.apply(self._load)
        except Exception as error:
            reason = str(error) if isinstance(error, NoModel) else type(error).__name__
            if reason != self._trouble:
                log.error("no second look reason=%s", reason)
            self._trouble = reason or "unknown"
            return False
        finally:
            self._began = None
        self._trouble = ""
        log.info("second look ready version=%s", self._judge.version)
        return True

    def _go_on(self) -> None:
        try:
            while self._judge is not None:
                while self.lanes:
                    self.look_at_some(self._judge)
                self._something.wait()
                self._something.clear()
        except Exception as error:  # whatever it is, it is told and the next ones are looked at
            self._failures = max(self._failures + 1, MOST_FAILURES)
            log.error("second look broke kind=%s", type(error).__name__)

    def look_at_some(self, judge: Looking) -> None:
        """Look at the next few; one that fails is counted and let go, tier 1 has judged it."""
        self._busy = tuple(self.lanes.take(AT_ONCE))
        try:
            fault = self._try(judge, self._busy)
            if fault is None:
                return
            if len(self._busy) == 1 or is_outage(fault):
                self._failed(fault, self._busy)
            else:  # one of them may be at fault, and shall take no other with it
                for each in self._busy:
                    if alone := self._try(judge, (each,)):
                        self._failed(alone, (each,))
            gevent.sleep(PAUSE)
        finally:
            self._busy = ()
            WAITING.set(len(self.lanes))

    def _try(self, judge: Looking, waiting: Sequence[Waiting]) -> Exception | None:
        self._began = time.monotonic()
        try:
            self._look(judge, waiting)
        except Exception as error:
            return error
        finally:
            self._began = None
        self._failures = 0
        return None

    def _look(self, judge: Looking, waiting: Sequence[Waiting]) -> None:
        started = time.monotonic()
        with self._database.read() as unit:
            talks = ports.looking().talks(unit, [each.id for each in waiting])
            read_at = unit.now
        looks: list[Look] = get_hub().threadpool.apply(looked, (judge, talks))
        for talk, look in zip(talks, looks, strict=True):
            if look.screening.findings:
                self._act(talk, look)
        there = {talk.id for talk in talks}
        for each in waiting:
            if each.id in there:
                self._lately.note(each.id, read_at)
                self._told(each, time.monotonic() - started)

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

    def _told(self, one: Waiting, spent: float) -> None:
        took = max((self._database.clock.now() - one.since).total_seconds(), spent)
        TOOK.observe(took)
        COUNTED.labels("judged").inc()
        if took > PROMISED:
            COUNTED.labels("late").inc()

    def _failed(self, error: Exception, waiting: Sequence[Waiting]) -> None:
        self._failures += 1
        if self._failures == MOST_FAILURES:
            log.error("second look fails kind=%s", type(error).__name__)
        if not is_outage(error):
            COUNTED.labels("failed").inc(len(waiting))
            return
        for each in waiting:
            self._wait(each.id, each.since, first=each.first)


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


def start(database: Database, died: Sequence[str] = ()) -> SecondLook:
    """Begin to look where a process begins to serve; `died`: those whose place it takes."""
    joined.now = SecondLook(database)
    joined.now.process, joined.now.died = database.origin, tuple(died)
    return joined.now.start()


def hear(message_id: str, *, flagged: bool = False) -> None:
    """Tell the second look of this process, if there is one."""
    if joined.now is not None:
        joined.now.hear(message_id, flagged=flagged)


def beat(_database: Database) -> None:
    """Every few seconds."""
    if joined.now is not None:
        joined.now.beat()
