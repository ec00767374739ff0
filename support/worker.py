"""The ticking: every area's jobs, each in a greenlet, beside the server or on their own."""

import logging
import signal
import time
from collections.abc import Sequence

import gevent
from flask import Flask
from gevent.event import Event

from support.app import JOBS
from support.base.ids import new_id
from support.db import lease
from support.db.job import Job
from support.moderation.jobs import second_look
from support.web import health
from support.web.errors import where
from support.web.work import workshop

log = logging.getLogger("handrail.worker")
SLOWEST_BEAT = 10.0
LONGEST_PAUSE = 5.0
PATIENCE_WITH_ONE = 0.25


class Ticker:
    """Runs jobs until told to stop. A job that fails is logged and tried again, never dropped."""

    def __init__(self, app: Flask, jobs: Sequence[Job] = JOBS) -> None:
        self._app = app
        self._jobs = jobs
        self._holder = new_id()
        self._stopping = Event()
        self._beats: dict[str, float] = {}
        self._failing: dict[str, int] = {}
        self._greenlets: list[gevent.Greenlet] = []

    def start(self) -> None:
        """Begin at once: what fell due while nobody ticked is due now.

        Whoever waits to be called is called in this very call, before anything else takes time.
        """
        for job in self._jobs:
            self._beats[job.name] = time.monotonic()
        urgent = [job for job in self._jobs if job.urgent]
        for job in urgent:
            self.run_once(job, by_force=True)
            self._greenlets.append(gevent.spawn(self._loop, job, Event(), is_first=False))
        self._greenlets.append(gevent.spawn(self._begin_others))

    def _begin_others(self) -> None:
        """One after another: all at once they take every line to the database, and all the time."""
        for job in self._jobs:
            if not job.urgent and not self._stopping.is_set():
                went_round = Event()
                self._greenlets.append(gevent.spawn(self._loop, job, went_round))
                went_round.wait(PATIENCE_WITH_ONE)

    def wait(self) -> None:
        """Stay until stopped."""
        gevent.joinall(self._greenlets)

    def stop(self) -> None:
        """Let each job finish what it is at, then end."""
        self._stopping.set()
        gevent.joinall(self._greenlets, timeout=LONGEST_PAUSE)

    def is_well(self) -> bool:
        """Whether every quick job has been round lately, and without failing."""
        quick = [job for job in self._jobs if job.every_seconds <= SLOWEST_BEAT]
        now = time.monotonic()
        return all(now - self._beats.get(job.name, 0) < 2 * SLOWEST_BEAT for job in quick)

    def run_once(self, job: Job, *, by_force: bool = False) -> bool:
        """Run one job if it is this process's turn; False if it was not, or it failed."""
        database = workshop(self._app).database
        try:
            if job.due is not None and not job.due(database):
                self._failing.pop(job.name, None)
                return False
            if job.alone:
                with database.unit() as unit:
                    seconds = 2 * job.every_seconds + 1
                    if not lease.take(unit, job.name, self._holder, seconds, by_force=by_force):
                        return False
            with self._app.app_context():
                job.run(database)
        except Exception as error:
            self._failed(job, error)
            return False
        if self._failing.pop(job.name, 0):
            log.warning("job well again job=%s", job.name)
        return True

    def _loop(self, job: Job, went_round: Event, *, is_first: bool = True) -> None:
        while not self._stopping.is_set():
            # Whoever starts takes every job over: a killed process's leases delay nothing.
            self.run_once(job, by_force=is_first)
            is_first = False
            went_round.set()
            if not self._failing.get(job.name):
                self._beats[job.name] = time.monotonic()
            failures = self._failing.get(job.name, 0)
            self._stopping.wait(min(job.every_seconds * 2 ** min(failures, 10), _most(job)))

    def _failed(self, job: Job, error: Exception) -> None:
        """Said once, not at every tick of a night in which the database is away."""
        self._failing[job.name] = self._failing.get(job.name, 0) + 1
        if self._failing[job.name] == 1:
            kind = type(error).__name__
            log.error("job failed job=%s kind=%s where=%s", job.name, kind, where(error))


def _most(job: Job) -> float:
    return max(job.every_seconds, 1.0)


def start(app: Flask) -> Ticker:
    """Tick beside the server, and say so at /readyz."""
    ticker = Ticker(app)
    ticker.start()
    health.check("ticker", ticker.is_well)
    return ticker


def look_again(app: Flask, died: Sequence[str] = ()) -> None:
    """Begin the second look at messages, if it is wanted; without it the site is up, degraded.

    `died`: the processes whose place this one takes; what they left is looked at without delay.
    """
    house = workshop(app)
    if house.settings.tier2:
        health.spare("second_look", second_look.start(house.database, died).state)
    else:
        health.spare("second_look", lambda: "off")


def run(app: Flask) -> None:
    """Tick in a process of its own until it is told to stop."""
    ticker = Ticker(app)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, ticker.stop)
    ticker.start()
    ticker.wait()
