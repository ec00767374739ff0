"""The network of many people is gone for some seconds while others go on talking.

`python -m tests.load.cuts --clients 100 --seconds 5 --cuts 3` prints a table and JSON,
exit status 1 if anybody's history is not complete, in order, and each word once.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.load.cable import Cable
from tests.load.kills import Figures, Talker, count, handle, talkers, wait_for
from tests.many import QUEUES, Many, many
from tests.wire import Wire

TALKING = 10
PAUSE = 0.5


def person(site: Many, number: int, cable: Cable, stopping: threading.Event) -> Talker:
    """Every tenth talks, the others listen; all of them by the cable."""
    visitor = site.member(handle(number))
    token, cookie = visitor.csrf, visitor.cookie()
    talks = number % TALKING == 0
    return Talker(
        handle(number),
        site.lounge,
        stopping,
        lambda: Wire(cable.port, cookie, origin=site.origin).connect(token),
        at_once=2 if talks else 0,
        pause=PAUSE,
    )


def cut_again_and_again(site: Many, clients: int, seconds: float, cuts: int) -> Figures:
    """Everybody talks or listens, the cable is cut so many times; what came of it."""
    began = time.monotonic()
    cable, stopping = Cable(site.port), threading.Event()
    people = [person(site, number, cable, stopping) for number in range(clients)]
    threads = [threading.Thread(target=each.run, daemon=True) for each in people]
    for thread in threads:
        thread.start()
    for _ in range(cuts):
        wait_for(people, clients // TALKING * 4)
        cable.cut_for(seconds)
    wait_for(people, clients // TALKING * 4)
    stopping.set()
    for thread in threads:
        thread.join(60)
    for each in people:
        each.catch_up_once()
    stuck = sum(thread.is_alive() for thread in threads)
    cable.close()
    spent = time.monotonic() - began
    return count(site, people, [seconds] * cuts, stuck, spent, is_whole=True)


def run(folder: Path, queue: str, clients: int, seconds: float, cuts: int) -> Figures:
    """Serve by two processes, and cut."""
    with many(folder, queue, talkers(clients), rates="off") as site:
        return cut_again_and_again(site, clients, seconds, cuts)


def told(found: Figures, **more: Any) -> None:
    """Print it for people and for programs."""
    print(found.table())
    print(json.dumps(dict(found.rows()) | more))


def main() -> int:
    """Run it as asked; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--cuts", type=int, default=3)
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-cuts-") as folder:
        found = run(Path(folder), asked.queue, asked.clients, asked.seconds, asked.cuts)
    told(found, queue=asked.queue, cut_seconds=asked.seconds)
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
