"""Ten thousand malformed frames by people who are logged in, while others talk.

`python -m tests.load.malformed --frames 10000` prints a table and JSON; exit status 1 if the server
went down, somebody's words waited more than 1.5 times as long, or memory grew by over 50 MiB.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Self

from websocket import WebSocketException

from tests.load.kills import SEED, handle, talkers
from tests.many import QUEUES, Many, many
from tests.wire import Ended, Wire

CLIENTS = 12
TALK_EVERY = 0.05
MOST_REFUSED = 200  # in a row: then something is wrong that coming again does not mend
MOST_MIB = 50
MOST_SLOWER = 1.5
FLOOR_SECONDS = 0.02  # under this, a wait is the machine's own noise
GONE = (Ended, OSError, TimeoutError, WebSocketException)

TEXTS = (
    "",
    "4",
    "42",
    "42[",
    "42[]",
    "42[7]",
    '42["room:join"]',
    '42["room:join",7]',
    '42["room:join",{"room":7}]',
    '42["room:join",{"room":"x","after":-1}]',
    '42["no:such",{}]',
    '421["message:send",{"room":"x"}]',
    '421["message:send",{"room":"x","body":"y","client_id":"\\u0000"}]',
    '42["message:send",' + "[" * 150 + "]" * 150 + "]",
    "42" + "[" * 5000,
    '459999999999-["x",{"_placeholder":true,"num":0}]',
    '451-["x",{"_placeholder":true,"num":0}]',
    "43[]",
    "4399999999999[]",
    "41",
    "9",
    "b4AAAA",
    "\x1e\x1e",
    '42["typing",' + "9" * 5000 + "]",
    '42["typing",{"room":"' + "x" * 60000 + '"}]',
)
RAW = (
    b"\x82\x81\x00\x00\x00\x00x",  # binary
    b"\x81\x01x",  # without a mask
    b"\xf1\x80\x00\x00\x00\x00",  # reserved bits
    b"\x83\x80\x00\x00\x00\x00",  # a kind that is none
    b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",  # without end
    b"\x89\xfe\x01\x00\x00\x00\x00\x00",  # a long ping
    b"\x80\x81\x00\x00\x00\x00x",  # goes on with nothing
    b"\x81\x82\x00\x00\x00\x00\xff\xfe",  # no text
    b"\x08\x80\x00\x00\x00\x00",  # half a goodbye
)


@dataclass(frozen=True)
class Found:
    """What came of it."""

    frames: int
    connections: int
    seconds: float
    p95_before_ms: float
    p95_meanwhile_ms: float
    memory_before_mib: float
    memory_after_mib: float
    restarts: int
    answers_after: bool

    @property
    def broken(self) -> list[str]:
        """Which promises."""
        limit = max(MOST_SLOWER * self.p95_before_ms, 1000 * FLOOR_SECONDS)
        found = {
            "others waited too long": self.p95_meanwhile_ms > limit,
            "memory grew": self.memory_after_mib - self.memory_before_mib > MOST_MIB,
            "a process ended": self.restarts > 0,
            "nobody answers": not self.answers_after,
        }
        return [name for name, is_so in found.items() if is_so]


class Voice:
    """Somebody who says something twenty times a second, and how long each waited."""

    def __init__(self, line: Wire, room: str) -> None:
        self.line, self.room = line, room
        self.waits: list[float] = []
        self.said = 0

    def talk(self, until: Callable[[], bool]) -> list[float]:
        """Talk until it is over; the waits of this time."""
        waits: list[float] = []
        while not until():
            began = time.monotonic()
            self.said += 1
            assert self.line.says(self.room, "still here", f"v{self.said}")["ok"]
            waits.append(time.monotonic() - began)
            self.line.arrived.clear()
            time.sleep(TALK_EVERY)
        return waits


@dataclass(frozen=True)
class Login:
    """By which door, and as whom, somebody comes in."""

    number: int
    port: int
    cookie: str
    token: str

    @classmethod
    def of(cls, site: Many, number: int) -> Self:
        """Log somebody in."""
        visitor = site.member(handle(number))
        token = visitor.csrf  # first: asking for it may renew the cookie
        return cls(number, site.port, visitor.cookie(), token)


class Hostile:
    """Sends what no client of ours would, and comes again whenever it is thrown out."""

    def __init__(self, login: Login, frames: int) -> None:
        self.open = lambda: Wire(login.port, login.cookie).connect(login.token)
        number = login.number
        self.chance = random.Random(SEED + number)
        self.frames, self.sent, self.connections = frames, 0, 0

    def run(self) -> None:
        """Until all is sent."""
        refused = 0
        while self.sent < self.frames and refused < MOST_REFUSED:
            before = self.connections
            with suppress(*GONE):
                self._one_line()
            refused = 0 if self.connections > before else refused + 1

    def _one_line(self) -> None:
        line = self.open()
        self.connections += 1
        try:
            while self.sent < self.frames:
                self._send(line)
                self.sent += 1
                line.line.settimeout(0.001)
                with suppress(TimeoutError):
                    line.listen(0.001)
        finally:
            line.drop()

    def _send(self, line: Wire) -> None:
        kind = self.chance.random()
        if kind < 0.3:
            line.line.sock.sendall(self.chance.choice(RAW))
        elif kind < 0.4:
            line.line.sock.sendall(self.chance.randbytes(self.chance.randint(1, 200)))
        else:
            line.line.send(self.chance.choice(TEXTS))


def attack(logins: list[Login], frames: int) -> tuple[int, int]:
    """All of them at once; how many frames were sent, by how many connections."""
    hostile = [Hostile(login, frames) for login in logins]
    threads = [threading.Thread(target=each.run) for each in hostile]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(each.sent for each in hostile), sum(each.connections for each in hostile)


def run(folder: Path, queue: str, frames: int, calm_seconds: float) -> Found:
    """Serve by two processes; measure calm, then measure under fire.

    Those who attack are in a process of their own: whoever measures must not wait for them here.
    """
    elsewhere = ProcessPoolExecutor(1, get_context("spawn"))
    with elsewhere, many(folder, queue, talkers(CLIENTS), rates="off") as site:
        line = site.member("mina").socket()
        line.join(site.lounge)
        voice = Voice(line, site.lounge)
        voice.talk(_after(2))
        before = voice.talk(_after(calm_seconds))
        memory, children = site.memory() / 1024, site.children()
        logins = [Login.of(site, number) for number in range(CLIENTS)]
        elsewhere.submit(int).result()
        began = time.monotonic()
        attacking = elsewhere.submit(attack, logins, frames // CLIENTS)
        meanwhile = voice.talk(attacking.done)
        sent, connections = attacking.result()
        spent = time.monotonic() - began
        time.sleep(2)
        return Found(
            frames=sent,
            connections=connections,
            seconds=round(spent, 1),
            p95_before_ms=_p95(before),
            p95_meanwhile_ms=_p95(meanwhile),
            memory_before_mib=round(memory, 1),
            memory_after_mib=round(site.memory() / 1024, 1),
            restarts=len(set(children) - set(site.children())),
            answers_after=site.visitor().get("/readyz").status == 200,
        )


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def _p95(waits: list[float]) -> float:
    return round(1000 * statistics.quantiles(waits, n=20)[-1], 1)


def main() -> int:
    """Run it as asked; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--calm", type=float, default=20)
    parser.add_argument("--queue", choices=QUEUES, default="redis")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handrail-frames-") as folder:
        found = run(Path(folder), asked.queue, asked.frames, asked.calm)
    for name, value in asdict(found).items():
        print(f"{name.replace('_', ' '):>24}  {value}")
    print(json.dumps(asdict(found) | {"broken": found.broken}))
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
