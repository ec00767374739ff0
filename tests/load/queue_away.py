"""The queue is lost and comes back while people talk in two processes.

`python -m tests.load.queue_away --queue redis --clients 50 --seconds 10 --times 3` stops Redis and
starts it again; `--queue postgres` ends the LISTEN connections again and again instead. Prints a
table and JSON; exit status 1 if any promise was broken.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests import redisd
from tests.load.kills import Figures, Talker, count, talker, talkers, wait_for
from tests.many import QUEUES, Many, eventually, hang_up_listeners, many
from tests.promises import within

LEVEL_WITHIN = 5.0
MORE_SECONDS = 5.0


@dataclass(frozen=True)
class Absence:
    """One time without the queue."""

    seconds: float
    said_so: bool
    acknowledged: int
    level_after_seconds: float


@contextmanager
def away(site: Many) -> Iterator[None]:
    """Without the queue for a block."""
    if site.queue == "redis":
        redisd.server().stop()
        yield
        redisd.server().start()
        return
    over = threading.Event()

    def hang_up() -> None:
        while not over.is_set():
            hang_up_listeners(site)
            over.wait(0.05)

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def says_so(site: Many) -> bool:
    """Whether a process says that the queue is away."""
    answer = site.visitor().get("/readyz")
    return answer.status == 503 and answer.json["queue"] == "failing"


def one_absence(site: Many, people: list[Talker], seconds: float) -> Absence:
    """Lose the queue, go on, and see how soon everybody is level after its return."""
    wait_for(people, 20)
    before = sum(len(each.acked) for each in people)
    said_so = False

    def acknowledged() -> int:
        return sum(len(each.acked) for each in people) - before

    with away(site):
        began = time.monotonic()
        most = began + within(seconds) + MORE_SECONDS
        # A busy machine may say little in so short a time: long enough to have spoken at all.
        while time.monotonic() < began + seconds or (
            not acknowledged() and time.monotonic() < most
        ):
            said_so = said_so or says_so(site)
            time.sleep(0.1)
        newest = max(m.get("seq", 0) for each in people for m in list(each.acked.values()))
    acked = acknowledged()
    level = eventually(lambda: min(each.cursor for each in people) >= newest, "all are level")
    eventually(lambda: site.visitor().get("/readyz").status == 200, "it is ready again")
    return Absence(seconds, said_so, acked, round(level, 2))


def run(
    folder: Path, queue: str, clients: int, seconds: float, times: int
) -> tuple[Figures, list[Absence]]:
    """Serve by two processes, and lose the queue so many times."""
    with many(folder, queue, talkers(clients), rates="off") as site:
        began, stopping = time.monotonic(), threading.Event()
        people = [talker(site, number, stopping) for number in range(clients)]
        for each in people:
            each.at_once, each.pause = 1, 0.5
        threads = [threading.Thread(target=each.run, daemon=True) for each in people]
        for thread in threads:
            thread.start()
        absences = [one_absence(site, people, seconds) for _ in range(times)]
        stopping.set()
        for thread in threads:
            thread.join(60)
        for each in people:
            each.catch_up_once()
        stuck = sum(thread.is_alive() for thread in threads)
        spent = time.monotonic() - began
        return count(site, people, [seconds] * times, stuck, spent, is_whole=True), absences


def is_kept(found: Figures, absences: list[Absence], queue: str) -> bool:
    """Whether every promise was."""
    told = queue != "redis" or all(each.said_so for each in absences)
    spoke = all(each.acknowledged for each in absences)
    level = all(each.level_after_seconds <= within(LEVEL_WITHIN) for each in absences)
    return told and spoke and level and not found.broken


def main() -> int:
    """Run it as asked; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-away-") as folder:
        found, absences = run(Path(folder), asked.queue, asked.clients, asked.seconds, asked.times)
    print(found.table())
    for each in absences:
        print(each)
    facts = dict(found.rows()) | {"queue": asked.queue}
    print(json.dumps(facts | {"absences": [asdict(each) for each in absences]}))
    return 0 if is_kept(found, absences, asked.queue) else 1


if __name__ == "__main__":
    sys.exit(main())
