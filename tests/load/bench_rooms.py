"""What rooms cost: rooms of 10, 200 and 1,000, all coming back at once, a slow reader, a soak.

`python -m tests.load.bench_rooms` (or some of `rooms10 rooms200 rooms1000 storm slow soak`) prints
a table and JSON. Costs are processor time of the server, so a busy machine changes them less than
latencies, which are true only on a quiet one.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.load.crowd import Crowd, people_of
from tests.serve import Site, serving, world

SECONDS = 6.0


@dataclass
class Found:
    """The figures of one scenario."""

    scenario: str
    members: int = 0
    sent: int = 0
    delivered: int = 0
    lost: int = 0
    out_of_order: int = 0
    cpu_us_a_delivery: float = 0.0
    cpu_us_a_message: float = 0.0
    cpu_us_a_connect: float = 0.0
    p95_ms: float = 0.0
    ack_p95_ms: float = 0.0
    notes: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        """One row of the table."""
        return (
            f"{self.scenario:12}{self.members:8}{self.sent:8}{self.delivered:10}{self.lost:6}"
            f"{self.cpu_us_a_delivery:10.1f}{self.cpu_us_a_message:10.0f}"
            f"{self.cpu_us_a_connect:10.0f}{self.p95_ms:9.2f}{self.ack_p95_ms:9.2f}  {self.notes}"
        )


HEAD = (
    f"{'scenario':12}{'members':>8}{'sent':>8}{'delivered':>10}{'lost':>6}{'us/deliv':>10}"
    f"{'us/msg':>10}{'us/conn':>10}{'p95 ms':>9}{'ack95':>9}"
)


def p95(values: list[float]) -> float:
    """The value that all but one in twenty stay under."""
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0


def cpu(site: Site) -> float:
    """Processor seconds of the server so far, as the scheduler counts them."""
    tasks = Path(f"/proc/{site.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def memory(site: Site) -> float:
    """MiB that the server holds."""
    status = Path(f"/proc/{site.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def talk(site: Site, members: int, room_of: int, rate: float, seconds: float) -> Found:
    """Members in rooms of a size, and so many messages a second over all of them."""
    found = Found(f"rooms{room_of}", members)
    with Crowd(site, people_of(site, members, room_of)) as crowd:
        before = cpu(site)
        crowd.connect()
        found.cpu_us_a_connect = (cpu(site) - before) / members * 1e6
        crowd.run(0.5)
        crowd.forget()
        before, started = cpu(site), time.monotonic()
        while time.monotonic() - started < seconds:
            crowd.say()
            crowd.run(1 / rate - (time.monotonic() - started) % (1 / rate))
        crowd.settle()
        spent = cpu(site) - before
        found.sent, found.delivered = crowd.sent, crowd.delivered
        found.lost = crowd.expected - crowd.delivered
        found.out_of_order = crowd.out_of_order
        found.cpu_us_a_delivery = spent / max(1, crowd.delivered) * 1e6
        found.cpu_us_a_message = spent / max(1, crowd.sent) * 1e6
        found.p95_ms, found.ack_p95_ms = p95(crowd.latencies), p95(crowd.answers)
    return found


def storm(site: Site, members: int, said: int = 20) -> Found:
    """Every line falls, words are said meanwhile, and everybody comes back at once."""
    found = Found("storm", members)
    with Crowd(site, people_of(site, members + 1, members + 1)) as crowd:
        crowd.connect()
        crowd.drop(crowd.lines[1:])
        for _ in range(said):
            crowd.say(crowd.lines[0])
        crowd.settle()
        before, started = cpu(site), time.monotonic()
        crowd.connect(crowd.lines[1:], after=0)
        found.notes = {"seconds": round(time.monotonic() - started, 2)}
        found.cpu_us_a_connect = (cpu(site) - before) / members * 1e6
        found.sent = said
        found.lost = sum(line.caught_up != said for line in crowd.lines[1:])
    return found


def slow(site: Site, members: int, seconds: float) -> Found:
    """One does not read; the others must not notice, and the server must not swell."""
    found = Found("slow", members)
    with Crowd(site, people_of(site, members, members)) as crowd:
        crowd.connect()
        crowd.lines[-1].is_reading = False
        held, started = memory(site), time.monotonic()
        while time.monotonic() - started < seconds:
            crowd.say(crowd.lines[0], words="\U0001f6b6" * 1900)
            crowd.run(0.002)
        crowd.settle(but=1)
        found.sent, found.delivered = crowd.sent, crowd.delivered
        found.p95_ms = p95(crowd.latencies)
        found.notes = {"MiB more": round(memory(site) - held, 1)}
    return found


def soak(site: Site, members: int, seconds: float) -> Found:
    """Talk for long; the server's memory must stand still."""
    found = Found("soak", members)
    with Crowd(site, people_of(site, members, 20)) as crowd:
        crowd.connect()
        crowd.run(2)
        readings, started = [memory(site)], time.monotonic()
        while time.monotonic() - started < seconds:
            crowd.say()
            crowd.run(0.05)
            readings.append(memory(site))
        crowd.settle()
        tenth = max(1, len(readings) // 10)
        first, last = statistics.mean(readings[:tenth]), statistics.mean(readings[-tenth:])
        found.sent, found.delivered = crowd.sent, crowd.delivered
        found.lost = crowd.expected - crowd.delivered
        found.notes = {"growth %": round((last / first - 1) * 100, 2), "MiB": round(last, 1)}
    return found


def scenarios(scale: float, seconds: float) -> dict[str, Callable[[Site], Found]]:
    """All of them, at full size or a part of it."""

    def people(number: int) -> int:
        return max(10, int(number * scale))

    return {
        "rooms10": lambda site: talk(site, people(1000), 10, 200 * scale, seconds),
        "rooms200": lambda site: talk(site, people(200), people(200), 20, seconds),
        "rooms1000": lambda site: talk(site, people(1000), people(1000), 5, seconds),
        "storm": lambda site: storm(site, people(1000)),
        "slow": lambda site: slow(site, people(50), seconds),
        "soak": lambda site: soak(site, people(300), seconds * 300 * scale),
    }


def run(names: list[str], scale: float = 1.0, seconds: float = SECONDS) -> list[Found]:
    """Each scenario on a fresh site of its own."""
    known, found = scenarios(scale, seconds), []
    for name in names or list(known):
        with (
            tempfile.TemporaryDirectory() as folder,
            serving(Path(folder), world(), rates="off", cold=True) as site,
        ):
            found.append(known[name](site))
    return found


def main() -> None:
    """Print the table, then the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    found = run(asked.scenarios, asked.scale, asked.seconds)
    as_json: list[dict[str, Any]] = [asdict(each) for each in found]
    sys.stdout.write("\n".join([HEAD, *(each.line() for each in found)]) + "\n")
    sys.stdout.write(json.dumps(as_json, indent=1) + "\n")


if __name__ == "__main__":
    main()
