"""A random one of two serving processes is killed, again and again, under people who talk.

`python -m tests.load.many_kills --kills 100 --clients 50 --queue redis` (or `postgres`) prints a
table and JSON, exit status 1 if any promise was broken.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.load.kills import SEED, Figures, run, talkers
from tests.many import QUEUES, Many, eventually, many
from tests.serve import Site


def kill_one_of(chance: random.Random) -> Callable[[Site], None]:
    """What ends a random process, and waits until its place is filled again."""

    def kill(site: Site) -> None:
        assert isinstance(site, Many)
        pid = chance.choice(site.children())
        site.kill_one(pid)
        eventually(lambda: pid not in site.children(), "it is gone")
        site.all_serve()

    return kill


def kills(folder: Path, queue: str, times: int, clients: int) -> Figures:
    """Serve by two processes and kill one of them so many times."""
    with many(folder, queue, talkers(clients), rates="off") as site:
        return run(site, times, clients, kill_one_of(random.Random(SEED)))


def main() -> int:
    """Run it as asked; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-kills-") as folder:
        found = kills(Path(folder), asked.queue, asked.kills, asked.clients)
    print(found.table())
    print(json.dumps(dict(found.rows()) | {"queue": asked.queue}))
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
