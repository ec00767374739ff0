"""Several serving processes on one port, with PostgreSQL and a queue, to be killed one by one."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import fresh_postgres
from tests.redisd import fresh_redis_url
from tests.serve import Site, Visitor
from tests.wire import Wire

QUEUES = ("redis", "postgres")
PATIENCE = 60
LISTENING = "0A"


def eventually(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Wait until it is so; how long that took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - began


class Many(Site):
    """A site of several processes."""

    queue: str = ""

    def children(self) -> list[int]:
        """The serving processes."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in found]

    def doors(self) -> int:
        """How many processes listen on the port."""
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        wanted = f":{self.port:04X}"
        rows = [line.split() for line in lines]
        return sum(row[1].endswith(wanted) and row[3] == LISTENING for row in rows)

    def all_serve(self, workers: int = 2) -> "Many":
        """Wait until every process listens."""
        eventually(lambda: self.doors() == workers, "every process listens")
        return self

    def holder_of(self, line: Wire) -> int:
        """Which process has the other end of this socket."""
        mine = line.line.sock.getsockname()[1]
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ends = (f":{self.port:04X}", f":{mine:04X}")
        (inode,) = [r[9] for r in rows if r[1].endswith(ends[0]) and r[2].endswith(ends[1])]
        for pid in self.children():
            for link in Path(f"/proc/{pid}/fd").iterdir():
                try:
                    if os.readlink(link) == f"socket:[{inode}]":
                        return pid
                except FileNotFoundError:
                    continue
        raise AssertionError("nobody holds this socket")

    def by_each(self, visitor: Visitor) -> dict[int, Wire]:
        """One socket of this person in every process."""
        found: dict[int, Wire] = {}
        for _ in range(100):
            line = visitor.socket()
            pid = self.holder_of(line)
            if pid in found:
                line.drop()
            found.setdefault(pid, line)
            if len(found) == len(self.children()):
                return found
        raise AssertionError("the kernel gives every socket to one process")

    def kill_one(self, pid: int) -> None:
        """End one serving process without a word."""
        os.kill(pid, signal.SIGKILL)

    def memory(self) -> int:
        """KiB that the serving processes hold for themselves or share, by their share."""
        return sum(_pss(pid) for pid in self.children())


def _pss(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


@contextmanager
def many(
    folder: Path, queue: str, document: dict[str, Any] | None = None, **settings: str
) -> Iterator[Many]:
    """A loaded site of two processes (or `workers`) on PostgreSQL, for a block."""
    with ExitStack() as stack:
        url = stack.enter_context(fresh_postgres())
        queue_url = fresh_redis_url() if queue == "redis" else "postgres"
        asked = {"database_url": url, "queue_url": queue_url, "workers": "2", **settings}
        site = Many(folder, **asked)
        site.queue = queue
        site.load(document)
        try:
            site.start()
            yield site.all_serve(int(asked["workers"]))
        finally:
            site.stop()


def hang_up_listeners(site: Many) -> int:
    """End every LISTEN connection, as a restart of PostgreSQL or a cut network would."""
    url = site.database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as line:
        rows = line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'handrail queue'"
        ).fetchall()
    return len(rows)
