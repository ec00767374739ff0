"""The promise that no acknowledged word is lost, tried by killing the server while people talk.

`python -m tests.load.kills --kills 100 --clients 20` prints a table and JSON, exit status 1 if any
promise was broken.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from websocket import WebSocketException

from tests.serve import Site, Visitor, person, serving, world
from tests.wire import Ended, Wire

AT_ONCE = 2
PAUSE_SECONDS = 0.03
RETRY_SECONDS = 0.1
LAST_PATIENCE = 30
PATIENCE_SECONDS = 170
LEAST_BETWEEN, MOST_BETWEEN = 5, 60
SEED = 20261123
Json = dict[str, Any]


def handle(number: int) -> str:
    """The name of one of the people who talk."""
    return f"talker-{number:02d}"


def talkers(clients: int) -> Json:
    """A world whose group holds everybody who talks."""
    document = world()
    names = [handle(number) for number in range(clients)]
    document["people"] += [person(name) for name in names]
    document["groups"][0]["members"] = [*document["groups"][0]["members"], *names]
    return document


@dataclass
class Talker:
    """Somebody who says one thing after another, and says again what was not acknowledged."""

    name: str
    room: str
    stopping: threading.Event
    open_line: Callable[[], Wire]
    acked: dict[str, Json] = field(default_factory=dict)
    heard: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    cursor: int = 0
    said: int = 0
    resent: int = 0
    connects: int = 0
    busy: int = 0
    turned_away: int = 0
    at_once: int = AT_ONCE
    pause: float = PAUSE_SECONDS
    away: list[float] = field(default_factory=list)
    _lost_at: float = 0.0
    _tries: int = 0
    _waiting: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Talk until told to stop, and then until everything said is acknowledged."""
        while not self.stopping.is_set() or self._waiting:
            try:
                self._talk()
            except (Ended, TimeoutError, OSError, WebSocketException):
                self._lost_at = self._lost_at or time.monotonic()
                self._tries += 1
                time.sleep(random.uniform(0.5, 1) * min(RETRY_SECONDS * 2**self._tries, 2))

    def _talk(self) -> None:
        line = self.open_line()
        self.connects += 1
        try:
            self._catch_up(line)
            if self._lost_at:
                self.away.append(time.monotonic() - self._lost_at)
                self._lost_at = 0.0
            self._tries = 0
            self.resent += len(self._waiting)
            while True:
                if not self._waiting:
                    if self.stopping.is_set():
                        return
                    self._waiting = [self._next() for _ in range(self.at_once)]
                self._deliver(line)
                self._rest(line)
        finally:
            line.drop()

    def _rest(self, line: Wire) -> None:
        """Listen for a while before the next words."""
        if self.pause > PAUSE_SECONDS:
            line.listen(self.pause)
            self._hear(line)
        else:
            time.sleep(self.pause)

    def catch_up_once(self) -> None:
        """At the very end: whatever was said after this person stopped listening.

        A server that has just started, or is out of breath, may turn somebody away for a moment,
        and every client of ours comes again. How often that was is counted and shown.
        """
        patience = time.monotonic() + LAST_PATIENCE
        while True:
            try:
                line = self.open_line()
                self._catch_up(line)
            except (Ended, TimeoutError, OSError, WebSocketException):
                self.turned_away += 1
                if time.monotonic() > patience:
                    raise
                time.sleep(RETRY_SECONDS)
            else:
                line.close()
                return

    def _next(self) -> str:
        self.said += 1
        return f"{self.name}.{self.said}"

    def _deliver(self, line: Wire) -> None:
        """Send what waits, in order, and take the answers; what is answered waits no more."""
        numbers = {
            client_id: line.emit("message:send", self._message(client_id))
            for client_id in self._waiting
        }
        for client_id, number in numbers.items():
            answer = line.answer(number)
            if not answer.get("ok"):
                self._refused(client_id, answer)
            self.acked[client_id] = answer["message"]
            self._waiting.remove(client_id)
        self._hear(line)

    def _refused(self, what: str, answer: Json) -> None:
        """A server under water may say so: then one tries again. Anything else is a fault."""
        if answer["error"]["code"] == "server_error":
            self.busy += 1
        else:
            self.faults.append(f"{what}: {answer}")
        raise Ended("refused")

    def _message(self, client_id: str) -> Json:
        return {"room": self.room, "client_id": client_id, "body": f"still here, {client_id}"}

    def _catch_up(self, line: Wire) -> None:
        """Join with the cursor; live events that came meanwhile are known by their number."""
        answer = line.join(self.room, after=self.cursor)
        if not answer.get("ok"):
            self._refused("join", answer)
        for event in answer["events"]:
            self._take(event["seq"])
        self._hear(line)

    def _hear(self, line: Wire) -> None:
        for name, data in line.arrived:
            if name == "room:event" and data["seq"] > self.cursor:
                self._take(data["seq"])
        line.arrived.clear()

    def _take(self, seq: int) -> None:
        self.heard.append(seq)
        self.cursor = seq


@dataclass(frozen=True)
class Figures:
    """What was found; every count of broken promises must be 0."""

    kills: int
    clients: int
    database: str
    said: int
    acknowledged: int
    sent_again: int
    told_to_try_again: int
    turned_away_at_the_end: int
    logged: int
    missing: int
    doubled: int
    out_of_order: int
    gaps_in_seq: int
    heard_gaps_or_doubles: int
    wrong_answers: int
    never_acknowledged: int
    tracebacks: int
    start_median_seconds: float
    start_worst_seconds: float
    away_median_seconds: float
    away_worst_seconds: float
    seconds: float

    @property
    def broken(self) -> int:
        """How many promises were broken."""
        return sum(
            (
                self.missing,
                self.doubled,
                self.out_of_order,
                self.gaps_in_seq,
                self.heard_gaps_or_doubles,
                self.wrong_answers,
                self.never_acknowledged,
                self.tracebacks,
            )
        )

    def table(self) -> str:
        """For people."""
        return "\n".join(f"{name.replace('_', ' '):>24}  {value}" for name, value in self.rows())

    def rows(self) -> list[tuple[str, Any]]:
        """Name and value of each figure."""
        return list(asdict(self).items())


def run(
    site: Site, kills: int, clients: int, kill: Callable[[Site], None] | None = None
) -> Figures:
    """Let everybody talk on a served site, kill it (or a part) again and again, and count."""
    began = time.monotonic()
    stopping = threading.Event()
    people = [talker(site, number, stopping) for number in range(clients)]
    threads = [threading.Thread(target=each.run, daemon=True) for each in people]
    for thread in threads:
        thread.start()
    starts = [_kill_once(site, people, chance, kill) for chance in _chances(kills)]
    wait_for(people, MOST_BETWEEN)
    stopping.set()
    for thread in threads:
        thread.join(60)
    stuck = sum(thread.is_alive() for thread in threads)
    return count(site, people, starts, stuck, time.monotonic() - began)


def _chances(kills: int) -> list[int]:
    """How many words are acknowledged before each kill."""
    chance = random.Random(SEED)
    return [chance.randint(LEAST_BETWEEN, MOST_BETWEEN) for _ in range(kills)]


def talker(site: Site, number: int, stopping: threading.Event) -> Talker:
    visitor: Visitor = site.member(handle(number))
    token = visitor.csrf
    cookie = visitor.cookie()
    return Talker(
        handle(number),
        site.lounge,
        stopping,
        lambda: Wire(site.port, cookie).connect(token),
    )


def wait_for(people: list[Talker], words: int) -> None:
    """Until so many more words are acknowledged."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    wanted = sum(len(each.acked) for each in people) + words
    while sum(len(each.acked) for each in people) < wanted:
        if time.monotonic() > deadline:
            raise AssertionError(f"nobody is heard: {[each.faults for each in people]}")
        time.sleep(0.005)


def _kill_once(
    site: Site, people: list[Talker], words: int, kill: Callable[[Site], None] | None
) -> float:
    """Kill while they talk; how long it took to be ready again."""
    wait_for(people, words)
    began = time.monotonic()
    if kill is not None:
        kill(site)
    else:
        site.kill()
        site.restart()
    return time.monotonic() - began


def count(
    site: Site,
    people: list[Talker],
    starts: list[float],
    stuck: int,
    seconds: float,
    is_whole: bool = False,
) -> Figures:
    """What came of it; `is_whole`: everybody has listened to the very end."""
    reader = site.member("paul").socket()
    events = reader.join(site.lounge, after=0)["events"]
    reader.close()
    seqs = [event["seq"] for event in events]
    logged = [event["message"]["body"].split(", ")[1] for event in events]
    at = {client_id: number for number, client_id in enumerate(logged)}
    acked = {client_id: message for each in people for client_id, message in each.acked.items()}
    ids = {name: event["message"]["id"] for name, event in zip(logged, events, strict=True)}
    return Figures(
        kills=len(starts),
        clients=len(people),
        database="sqlite" if site.database_url.startswith("sqlite") else "postgres",
        said=sum(each.said for each in people),
        acknowledged=len(acked),
        sent_again=sum(each.resent for each in people),
        told_to_try_again=sum(each.busy for each in people),
        turned_away_at_the_end=sum(each.turned_away for each in people),
        logged=len(logged),
        missing=sum(client_id not in at for client_id in acked),
        doubled=sum(count - 1 for count in Counter(logged).values()),
        out_of_order=sum(_inversions(each, at) for each in people),
        gaps_in_seq=sum(seq != number for number, seq in enumerate(seqs, start=1)),
        heard_gaps_or_doubles=sum(
            later != earlier + 1 for each in people for earlier, later in pairwise([0, *each.heard])
        )
        + (sum(each.cursor != len(seqs) for each in people) if is_whole else 0),
        wrong_answers=sum(
            client_id in at
            and (message["id"], message.get("seq")) != (ids[client_id], seqs[at[client_id]])
            for client_id, message in acked.items()
        )
        + sum(len(each.faults) for each in people),
        never_acknowledged=stuck + sum(each.said - len(each.acked) for each in people),
        tracebacks=site.log().count("Traceback"),
        start_median_seconds=round(statistics.median(starts), 2),
        start_worst_seconds=round(max(starts), 2),
        away_median_seconds=_median(people),
        away_worst_seconds=round(max((each for one in people for each in one.away), default=0), 2),
        seconds=round(seconds, 1),
    )


def _median(people: list[Talker]) -> float:
    away = [each for one in people for each in one.away]
    return round(statistics.median(away), 2) if away else 0.0


def _inversions(talker: Talker, at: dict[str, int]) -> int:
    """How often something said later stands before something said earlier."""
    places = [
        at[name]
        for number in range(1, talker.said + 1)
        if (name := f"{talker.name}.{number}") in at
    ]
    return sum(later < earlier for earlier, later in pairwise(places))


def main() -> int:
    """Run it as asked; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--clients", type=int, default=20)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="handrail-kills-") as folder,
        serving(Path(folder), talkers(asked.clients), rates="off") as site,
    ):
        found = run(site, asked.kills, asked.clients)
    print(found.table())
    print(json.dumps(dict(found.rows())))
    return 1 if found.broken else 0


if __name__ == "__main__":
    sys.exit(main())
