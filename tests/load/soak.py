"""Many people in rooms for a long time: does memory stand still?

`python -m tests.load.soak --clients 300 --minutes 30` prints a line a minute, then JSON; exit
status 1 if memory grew by 5 % or more after the first tenth of the time, or words were lost.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.load.cuts import PAUSE
from tests.load.kills import Figures, Talker, count, talker, talkers
from tests.many import QUEUES, Many, many

TALKING = 30
MOST_GROWTH = 0.05


def settled(samples: list[float]) -> float:
    """How much memory grew from the first tenth to the last, as a share."""
    tenth = max(1, len(samples) // 10)
    first, last = samples[tenth : 2 * tenth] or samples[:1], samples[-tenth:]
    return sum(last) / len(last) / (sum(first) / len(first)) - 1


def people_of(site: Many, clients: int, stopping: threading.Event) -> list[Talker]:
    """One in thirty talks; the others listen."""
    people = [talker(site, number, stopping) for number in range(clients)]
    for number, each in enumerate(people):
        each.at_once, each.pause = (1 if number % TALKING == 0 else 0), 2 * PAUSE
    return people


def watch(site: Many, people: list[Talker], seconds: float) -> list[float]:
    """Look at memory again and again."""
    until, samples = time.monotonic() + seconds, []
    every = max(1.0, seconds / 60)
    while time.monotonic() < until:
        samples.append(site.memory() / 1024)
        print(f"{len(samples):>4}  {samples[-1]:.1f} MiB  {sum(len(p.acked) for p in people)} said")
        time.sleep(every)
    return samples


def run(folder: Path, queue: str, clients: int, seconds: float) -> tuple[Figures, list[float]]:
    """Serve by two processes for so long."""
    with many(folder, queue, talkers(clients), rates="off") as site:
        began, stopping = time.monotonic(), threading.Event()
        people = people_of(site, clients, stopping)
        threads = [threading.Thread(target=each.run, daemon=True) for each in people]
        for thread in threads:
            thread.start()
        samples = watch(site, people, seconds)
        stopping.set()
        for thread in threads:
            thread.join(60)
        for each in people:
            each.catch_up_once()
        stuck = sum(thread.is_alive() for thread in threads)
        spent = time.monotonic() - began
        return count(site, people, [0.0], stuck, spent, is_whole=True), samples


def main() -> int:
    """Run it as asked; 0 if memory stood still and nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as folder:
        found, samples = run(Path(folder), asked.queue, asked.clients, 60 * asked.minutes)
    growth = settled(samples)
    print(found.table())
    facts: dict[str, Any] = dict(found.rows()) | {"queue": asked.queue, "growth": round(growth, 4)}
    print(json.dumps(facts | {"memory_mib": [round(each, 1) for each in samples]}))
    return 1 if found.broken or growth >= MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
