"""A meeting that people reload, and a server that dies: are step, clock and turns one for all?

`python -m tests.load.meeting_night --people 30 --reloads 60 --kills 1` prints a table, then JSON;
exit status 1 if anybody saw another state than the host, or a clock a second away from it.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.people import ROLES
from tests.serve import Site, Visitor, person, serving, world
from tests.wire import Wire

Json = dict[str, Any]
ABOUT_MEETING = ("state", "step", "ends_at", "step_ends_at", "paused_at")
ABOUT_TURN = ("holder", "queue", "listening", "ends_at")
HANDS = 10
PATIENCE = 60.0
WIDEST_SECONDS = 1.0


@dataclass
class Figures:
    """What was done, and what went wrong."""

    people: int
    reloads: int = 0
    kills: int = 0
    stops: int = 0
    moves: int = 0
    differences: list[str] = field(default_factory=list)
    spread_seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Everybody in step, and every clock within a second."""
        return not self.differences and self.spread_seconds < WIDEST_SECONDS

    def table(self) -> str:
        """For people."""
        return "\n".join(f"{name:>16}  {value}" for name, value in asdict(self).items())


def night(people: int) -> Json:
    """A world in which so many belong to the group, whose meeting begins in five minutes."""
    names = [f"sleeper-{number}" for number in range(people)]
    document = world()
    group = document["groups"][0]
    start = datetime.now(UTC) + timedelta(minutes=5)
    planned = {"title": "Slow taper", "start": f"{start:%Y-%m-%dT%H:%M}", "timezone": "UTC"}
    group["meetings"] = [{**planned, "minutes": 60}]
    group["members"] = ["mina", *names]
    everybody = [person(handle, role) for handle, role in ROLES.items()]
    return {**document, "people": [*everybody, *(person(name) for name in names)]}


def view(room: Json) -> Json:
    """What a page shows of the meeting and its turns."""
    meeting = {name: room["meeting"][name] for name in ABOUT_MEETING}
    turn = {name: room["turn"][name] for name in ABOUT_TURN}
    return {"meeting": meeting, "turn": turn}


class Sleeper:
    """Somebody with a page open: a room as it was joined, and every event since."""

    def __init__(self, visitor: Visitor, room: str) -> None:
        self.visitor, self.room = visitor, room
        self.cursor, self.skew = 0, 0.0
        self.seen: Json = {}
        self.wire: Wire | None = None

    def load(self) -> None:
        """Open the page: everything anew."""
        self.close()
        self.wire = self.visitor.socket()
        self._take_room(self._timed(lambda wire: wire.join(self.room)))

    def come_back(self) -> None:
        """The line was cut: what was missed is read from the log alone."""
        self.wire = self.visitor.socket()
        answer = self._timed(lambda wire: wire.join(self.room, self.cursor))
        for event in answer["events"]:
            self._take(event)

    def follow(self, cursor: int) -> None:
        """Take in events until this number has come."""
        until = time.monotonic() + PATIENCE
        assert self.wire is not None
        while self.cursor < cursor and time.monotonic() < until:
            self._take(self.wire.hear("room:event", PATIENCE))

    def close(self) -> None:
        """Close the page."""
        if self.wire is not None:
            self.wire.line.close()
        self.wire = None

    def left(self, now: float) -> float:
        """How many seconds of the step its clock shows."""
        end = datetime.fromisoformat(self.seen["meeting"]["step_ends_at"]).timestamp()
        return end - (now + self.skew)

    def _timed(self, ask: Any) -> Json:
        asked = time.time()
        answer: Json = ask(self.wire)
        assert answer["ok"], answer
        now = datetime.fromisoformat(answer["now"]).timestamp()
        self.skew = now - (asked + time.time()) / 2
        return answer

    def _take_room(self, answer: Json) -> None:
        self.cursor, self.seen = answer["seq"], view(answer["room"])

    def _take(self, event: Json) -> None:
        if event["seq"] <= self.cursor:
            return
        assert event["seq"] == self.cursor + 1, (event["seq"], self.cursor)
        self.cursor = event["seq"]
        if event["kind"] == "meeting":
            self.seen["meeting"] = {name: event[name] for name in ABOUT_MEETING}
        elif event["kind"] == "turn":
            self.seen["turn"] = {name: event["turn"][name] for name in ABOUT_TURN}


class Host:
    """Who leads: by plain HTTP, as from a page without script."""

    def __init__(self, visitor: Visitor, room: str) -> None:
        self.visitor, self.path = visitor, f"/rooms/{room}"

    def begin(self) -> None:
        """A script, a time for turns, and open."""
        template = self.visitor.get(f"{self.path}/script?template=sleep").json["script"]
        self._post("script", steps=template["steps"])
        self._post("set", turn_seconds=120)
        self._post("move", to="open")

    def truth(self) -> tuple[int, Json]:
        """The state as the database has it, and its number."""
        found = self.visitor.get(self.path).json
        return found["seq"], view(found["room"])

    def act(self, number: int) -> None:
        """One of the things hosts do, in turn: next step, more time, the floor to the next."""
        _, now = self.truth()
        step, queue = now["meeting"]["step"], now["turn"]["queue"]
        if number % 3 == 0 and step < 4:
            self._post("move", to="step", step=step + 1)
        elif number % 3 == 1:
            self._post("move", to="extend", minutes=5)
        elif queue:
            self._post("turn", do="give", person=queue[0])

    def _post(self, what: str, **fields: Any) -> None:
        answer = self.visitor.post(f"{self.path}/{what}", **fields)
        assert answer.status == 200, answer


def compare(figures: Figures, host: Host, sleepers: list[Sleeper], when: str) -> None:
    """Everybody, once they have heard all, beside what the host's page says."""
    seq, truth = host.truth()
    for number, each in enumerate(sleepers):
        each.follow(seq)
        if each.seen != truth:
            figures.differences.append(f"{when}: person {number} sees {each.seen}, not {truth}")
    now = time.time()
    lefts = [each.left(now) for each in sleepers]
    figures.spread_seconds = max(figures.spread_seconds, max(lefts) - min(lefts))


def run(site: Site, people: int, reloads: int, kills: int, stops: int = 0) -> Figures:
    """Live through the meeting; of the restarts the first are asked for, as an upgrade is."""
    room = site.ids["groups"]["night-owls"]["meetings"][0]["room"]
    host = Host(site.member("paul"), room)
    host.begin()
    sleepers = [Sleeper(site.member(f"sleeper-{number}"), room) for number in range(people)]
    for each in sleepers:
        each.load()
    for each in sleepers[:HANDS]:
        assert each.wire is not None
        assert each.wire.ask("turn:set", room=room, do="raise")["ok"]
    figures = Figures(people)
    ends = kills + stops
    ends_at = {(number + 1) * reloads // (ends + 1): number for number in range(ends)}
    for number in range(reloads):
        if number in ends_at:
            _end(site, host, sleepers, figures, is_asked=ends_at[number] < stops)
        if number % 6 == 0:
            host.act(number // 6)
            figures.moves += 1
        sleepers[number % people].load()
        figures.reloads += 1
        if number % 20 == 19:
            compare(figures, host, sleepers, f"after {number + 1} reloads")
    compare(figures, host, sleepers, "at the end")
    for each in sleepers:
        each.close()
    return figures


def _end(
    site: Site, host: Host, sleepers: list[Sleeper], figures: Figures, *, is_asked: bool
) -> None:
    """The server is asked to stop, or killed, and comes back; people come back by the log alone."""
    before = host.truth()
    if is_asked:
        site.stop()
        figures.stops += 1
    else:
        site.kill()
        figures.kills += 1
    site.restart()
    for each in sleepers:
        each.come_back()
    if host.truth()[1] != before[1]:
        figures.differences.append("the server came back with another state")
    compare(figures, host, sleepers, "after the stop" if is_asked else "after the kill")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--reloads", type=int, default=60)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--stops", type=int, default=1)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), night(asked.people), rates="off") as site,
    ):
        found = run(site, asked.people, asked.reloads, asked.kills, asked.stops)
    print(found.table())
    print(json.dumps(asdict(found)))
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
