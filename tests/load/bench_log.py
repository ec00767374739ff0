"""What a room's age costs: joining, catching up and history in rooms of 10³, 10⁵ and 10⁶ messages.

Run from the repository root: `python -m tests.load.bench_log [--sizes 1000,100000,1000000]
[--database postgres]`. Prints a table and JSON. Times are medians of processor and wall time of one
call in this process; the database lies on the disk that the temporary folder is on.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, text

from support.base.clock import SystemClock
from support.base.ids import new_id
from support.chat.forms import MOST_EVENTS
from support.chat.models import Message, MessageReaction, Room, RoomEvent
from support.chat.queries.log import events_after, history, oldest_event, snapshot
from support.db.unit import Database, Unit
from support.db.upgrade import upgrade
from tests.people import make_people
from tests.postgres import fresh_postgres

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 30
CHUNK = 10_000
SIGNED_EVERY = 20
WORDS = "down to five, slept four hours, the kettle is on and the dog is asleep on my feet"
Work = Callable[[Unit], object]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that is sent while the block runs."""
    sent: list[str] = []

    def note(_line: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def old_room(database: Database, people: list[str], size: int) -> str:
    """A room in which so much was said, by these people in turn, some of it signed."""
    start = database.clock.now() - timedelta(seconds=size)
    with database.unit() as unit:
        room = Room(kind="lounge", name="Old", keeps_days=30, turns={}, created_at=start, seq=size)
        unit.session.add(room)
        unit.session.flush()
        room_id = room.id
    for first in range(1, size + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, size + 1))
        with database.unit() as unit:
            _say(unit, room_id, people, start, numbers)
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
    return room_id


def _say(unit: Unit, room_id: str, people: list[str], start: Any, numbers: range) -> None:
    said = [
        {
            "id": new_id(),
            "room_id": room_id,
            "seq": number,
            "author_id": people[number % len(people)],
            "client_id": f"c{number}",
            "body": WORDS,
            "state": "visible",
            "at": start + timedelta(seconds=number),
        }
        for number in numbers
    ]
    lines = [
        {"room_id": room_id, "seq": one["seq"], "kind": "message", "message_id": one["id"]}
        | {"body": {}, "at": one["at"]}
        for one in said
    ]
    signs = [
        {"message_id": one["id"], "account_id": people[0], "reaction": "thanks", "at": one["at"]}
        for one in said[::SIGNED_EVERY]
    ]
    unit.session.execute(insert(Message), said)
    unit.session.execute(insert(RoomEvent), lines)
    unit.session.execute(insert(MessageReaction), signs)


def looks(room: str, size: int) -> dict[str, Work]:
    """What people's clients ask of a room."""
    return {
        "snapshot": lambda unit: snapshot(unit, room),
        "after, 10 missed": lambda unit: events_after(unit, room, size - 10),
        "after, 500 missed": lambda unit: events_after(unit, room, size - MOST_EVENTS),
        "history, middle": lambda unit: history(unit, room, size // 2, 50),
        "oldest kept": lambda unit: oldest_event(unit, room),
    }


def timed(database: Database, work: Work, rounds: int) -> dict[str, float]:
    """Medians of one look, in milliseconds, after two that warm up; and its statements."""
    processor, wall = [], []
    for number in range(rounds + 2):
        with database.read() as unit:
            began, began_wall = time.process_time(), time.perf_counter()
            work(unit)
            ended, ended_wall = time.process_time(), time.perf_counter()
        if number > 1:
            processor.append((ended - began) * 1e3)
            wall.append((ended_wall - began_wall) * 1e3)
    with database.read() as unit, statements(database) as sent:
        work(unit)
    return {
        "processor_ms": round(statistics.median(processor), 3),
        "wall_ms": round(statistics.median(wall), 3),
        "statements": len([one for one in sent if one.lstrip().startswith("SELECT")]),
    }


def measure(url: str, sizes: tuple[int, ...], rounds: int) -> list[dict[str, Any]]:
    """One row a size and look; all rooms lie in the same database, the largest last."""
    database = Database(url, SystemClock())
    upgrade(database.engine)
    with database.unit() as unit:
        people = sorted(make_people(unit).values())
    found = []
    for size in sizes:
        room = old_room(database, people, size)
        for name, work in looks(room, size).items():
            found.append({"messages": size, "look": name, **timed(database, work, rounds)})
    database.dispose()
    return found


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for people."""
    head = f"{'messages':>9}  {'look':<18} {'processor ms':>12} {'wall ms':>8} {'statements':>10}"
    lines = [
        f"{row['messages']:>9}  {row['look']:<18} {row['processor_ms']:>12.3f}"
        f" {row['wall_ms']:>8.3f} {row['statements']:>10}"
        for row in rows
    ]
    return "\n".join([head, *lines])


def main() -> None:
    """Measure, print, and say by the exit status whether age costs anything that counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(str(size) for size in SIZES))
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    sizes = tuple(int(size) for size in asked.sizes.split(","))
    with tempfile.TemporaryDirectory() as folder:
        if asked.database == "postgres":
            with fresh_postgres() as url:
                address = url.replace("postgresql://", "postgresql+psycopg://")
                rows = measure(address, sizes, asked.rounds)
        else:
            rows = measure(f"sqlite:///{Path(folder) / 'log.db'}", sizes, asked.rounds)
    print(table(rows))
    print(json.dumps(rows))
    by_look: dict[str, list[float]] = {}
    for row in rows:
        by_look.setdefault(row["look"], []).append(row["processor_ms"])
    sys.exit(any(costs[-1] > 3 * costs[0] + 0.5 for costs in by_look.values()))


if __name__ == "__main__":
    main()
