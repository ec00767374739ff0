"""The ticker: starts at once, survives a failing job, and shares work by leases."""

import gevent
import pytest
from gevent.event import Event
from sqlalchemy.exc import OperationalError

from support import worker
from support.db import lease
from support.db.job import Job
from support.db.upgrade import is_newest, upgrade
from support.web.work import workshop
from support.worker import Ticker


class Round:
    """A job that counts its rounds and fails when told to."""

    def __init__(self):
        self.count = 0
        self.fails = False

    def __call__(self, database):
        self.count += 1
        if self.fails:
            raise OperationalError("SELECT secret words", {}, Exception("away"))


@pytest.fixture
def job():
    return Round()


def test_a_lease_is_held_by_one_until_it_ends(database, clock):
    with database.unit() as unit:
        assert lease.take(unit, "tidy", "one", 10)
        assert not lease.take(unit, "tidy", "two", 10)
        assert lease.take(unit, "tidy", "one", 10)
        assert lease.held_until(unit, "tidy") is not None
        assert lease.held_until(unit, "other") is None
    clock.forward(seconds=10)
    with database.unit() as unit:
        assert lease.held_until(unit, "tidy") is None
        assert lease.take(unit, "tidy", "two", 10)
        assert not lease.take(unit, "tidy", "one", 10)


def test_a_lease_given_back_is_free_at_once(database):
    with database.unit() as unit:
        assert lease.take(unit, "tidy", "one", 10)
        lease.give_back(unit, "tidy", "two")
        assert not lease.take(unit, "tidy", "two", 10)
        lease.give_back(unit, "tidy", "one")
        assert lease.take(unit, "tidy", "two", 10)


def test_two_tickers_do_a_lonely_job_once_and_a_shared_one_twice(app, job):
    lonely, shared = Job("lonely", 1, job), Job("shared", 1, job, alone=False)
    one, two = Ticker(app, [lonely, shared]), Ticker(app, [lonely, shared])
    assert [one.run_once(lonely), two.run_once(lonely)] == [True, False]
    assert job.count == 1
    assert [one.run_once(shared), two.run_once(shared)] == [True, True]
    assert job.count == 3


def test_a_job_that_has_nothing_to_do_takes_no_lease_and_is_well(app, job):
    is_due = []
    doors = Job("doors", 5, job, due=lambda _: bool(is_due))
    ticker, database = Ticker(app, [doors]), workshop(app).database
    assert not ticker.run_once(doors, by_force=True)
    with database.read() as unit:
        assert lease.held_until(unit, "doors") is None
    is_due.append("a lobby")
    assert ticker.run_once(doors)
    assert job.count == 1


def test_a_job_that_failed_and_has_nothing_to_do_any_more_fails_no_longer(app, job):
    is_due = ["a lobby"]
    doors = Job("doors", 5, job, due=lambda _: bool(is_due))
    ticker, job.fails = Ticker(app, [doors]), True
    ticker.run_once(doors)
    assert ticker._failing == {"doors": 1}
    is_due.clear()
    ticker.run_once(doors)
    assert ticker._failing == {}


def test_when_a_ticker_dies_another_takes_its_job_over(app, job, clock):
    lonely = Job("lonely", 60, job)
    assert Ticker(app, [lonely]).run_once(lonely)
    assert not Ticker(app, [lonely]).run_once(lonely)
    clock.forward(minutes=3)
    assert Ticker(app, [lonely]).run_once(lonely)


def test_a_ticker_that_starts_waits_for_no_dead_ones_lease(app, job):
    lonely = Job("lonely", 3600, job)
    dead, fresh = Ticker(app, [lonely]), Ticker(app, [lonely])
    assert dead.run_once(lonely)
    assert fresh.run_once(lonely, by_force=True)
    assert not dead.run_once(lonely)
    assert fresh.run_once(lonely)


def test_jobs_begin_at_once_and_stop_when_told(app, job):
    ticker = Ticker(app, [Job("quick", 0.01, job, alone=False)])
    ticker.start()
    gevent.sleep(0.3)
    assert job.count > 3
    assert ticker.is_well()
    ticker.stop()
    stopped = job.count
    gevent.sleep(0.1)
    assert job.count == stopped


def poll(is_so):
    with gevent.Timeout(60):
        while not is_so():
            gevent.sleep(0.005)


def started(app, jobs):
    ticker = Ticker(app, jobs)
    ticker.start()
    return ticker


def test_whoever_waits_to_be_called_is_called_before_anything_else_begins(app, job):
    ladder = Round()
    jobs = [Job("tidy", 60, job), Job("ladder", 60, ladder, alone=False, urgent=True)]
    ticker = started(app, jobs)
    assert (ladder.count, job.count) == (1, 0)
    poll(lambda: job.count == 1)
    ticker.stop()


def test_a_ladder_that_fails_at_the_start_keeps_nobody_waiting(app, job):
    ladder = Round()
    ladder.fails = True
    jobs = [Job("ladder", 0.01, ladder, alone=False, urgent=True), Job("tidy", 60, job)]
    ticker = started(app, jobs)
    assert ticker._failing == {"ladder": 1}
    poll(lambda: job.count == 1)
    ladder.fails = False
    poll(lambda: not ticker._failing)
    ticker.stop()


def test_jobs_begin_one_after_another(app, monkeypatch):
    monkeypatch.setattr(worker, "PATIENCE_WITH_ONE", None)
    at_it, most, done = [], [], []

    def run(_database):
        at_it.append(1)
        most.append(len(at_it))
        gevent.sleep(0.01)
        at_it.pop()
        done.append(1)

    ticker = started(app, [Job(f"job {n}", 60, run, alone=False) for n in range(5)])
    poll(lambda: len(done) == 5)
    ticker.stop()
    assert max(most) == 1


def test_a_job_that_hangs_holds_the_next_one_up_for_a_moment_only(app, job, monkeypatch):
    monkeypatch.setattr(worker, "PATIENCE_WITH_ONE", 0.0)
    mended = Event()
    hangs = Job("mail", 60, lambda _: mended.wait(), alone=False)
    ticker = started(app, [hangs, Job("tidy", 60, job, alone=False)])
    poll(lambda: job.count == 1)
    mended.set()
    ticker.stop()


def test_who_is_told_to_stop_at_once_begins_nothing_more(app, job):
    ticker = started(app, [Job("tidy", 60, job, alone=False)])
    ticker.stop()
    assert job.count == 0


def test_the_ladder_is_what_a_process_does_first():
    assert [job.name for job in worker.JOBS if job.urgent] == ["crisis.climb"]


def test_a_failing_job_is_said_once_without_its_words_and_tried_again(app, job, caplog):
    job.fails = True
    quick = Job("quick", 1, job, alone=False)
    ticker = Ticker(app, [quick])
    assert not ticker.run_once(quick)
    assert not ticker.run_once(quick)
    assert caplog.text.count("job failed job=quick kind=OperationalError") == 1
    assert "secret words" not in caplog.text
    job.fails = False
    assert ticker.run_once(quick)
    assert "job well again job=quick" in caplog.text


def test_a_job_that_never_gets_round_is_seen_in_health(app, job, monkeypatch):
    ticker = Ticker(app, [Job("quick", 1, job, alone=False), Job("slow", 3600, job)])
    assert not ticker.is_well()
    ticker._beats["quick"] = 1e12
    assert ticker.is_well()


def test_a_process_that_starts_beside_a_server_holds_nobody_up(database):
    with database.unit() as unit:
        lease.take(unit, "writing", "server", 10)
        upgrade(database.engine)
        assert is_newest(database.engine)


def test_a_job_finds_the_settings_of_its_house(app):
    found = []

    def look(database):
        found.append(workshop().settings.public_url)

    job = Job("look", 1, look, alone=False)
    assert Ticker(app, [job]).run_once(job)
    assert found == ["http://localhost"]
