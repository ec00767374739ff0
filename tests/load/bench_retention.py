"""Whether taking old words stalls people who talk: 100,000 old messages go while somebody writes.

Run from the repository root: `python -m tests.load.bench_retention [--messages 100000]`. Prints a
table and JSON: how long each small write of the talker took, before and during the run.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from support.base.clock import SystemClock
from support.chat.actions import retention
from support.chat.models import Message, RoomEvent
from support.db.unit import Database
from support.db.upgrade import upgrade
from tests.load.bench_log import old_room
from tests.people import make_people
from tests.stores import write

PAUSE_SECONDS = 0.02
BEFORE_SECONDS = 5


class Talker(threading.Thread):
    """Writes a row again and again, each in its own transaction, and keeps how long that took."""

    def __init__(self, database: Database) -> None:
        super().__init__(daemon=True)
        self.database = database
        self.took_ms: list[float] = []
        self.faults = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(PAUSE_SECONDS):
            began = time.perf_counter()
            try:
                with self.database.unit() as unit:
                    write(unit, "talk")
            except Exception:
                self.faults += 1
            self.took_ms.append((time.perf_counter() - began) * 1e3)


def talk_during(database: Database, work: Callable[[], object]) -> dict[str, Any]:
    """What a talker's writes took while this was done."""
    talker = Talker(database)
    talker.start()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    talker.is_over.set()
    talker.join()
    found = sorted(talker.took_ms)
    return {
        "seconds": round(seconds, 2),
        "writes": len(found),
        "faults": talker.faults,
        "median_ms": round(statistics.median(found), 2),
        "p95_ms": round(found[int(0.95 * (len(found) - 1))], 2),
        "longest_ms": round(found[-1], 2),
    }


def measure(url: str, messages: int) -> list[dict[str, Any]]:
    """Before, and while the old words go."""
    database = Database(url, SystemClock())
    upgrade(database.engine)
    with database.unit() as unit:
        people = sorted(make_people(unit).values())
    old_room(database, people, messages)
    with database.unit() as unit:
        then = unit.now - timedelta(days=40)
        unit.session.execute(update(Message).values(at=then))
        unit.session.execute(update(RoomEvent).values(at=then))
    quiet = talk_during(database, lambda: time.sleep(BEFORE_SECONDS))
    gone: list[retention.Gone] = []
    busy = talk_during(database, lambda: gone.append(retention.forget_all(database)))
    database.dispose()
    assert gone[0].messages == messages, gone
    return [{"part": "before", **quiet}, {"part": "while words go", **busy}]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(f"sqlite:///{Path(folder) / 'old.db'}", parser.parse_args().messages)
    for row in rows:
        facts = "  ".join(f"{name}={value}" for name, value in row.items() if name != "part")
        print(f"{row['part']:<16} {facts}")
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
