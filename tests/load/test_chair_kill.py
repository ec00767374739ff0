"""The host is lost and the process is killed: the chair is offered once, and in time, all the same.

The short form moves the rows back by twenty seconds instead of waiting for them. In real time, and
for figures: HANDRAIL_KILLS=5 pytest -s tests/load/test_chair_kill.py, and the same with
HANDRAIL_TEST_DATABASE=postgres, where two processes sweep.
"""

import json
import os
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from support.chat.models import Chair, ChairOffer, HostLine, Room
from support.notify.models import Notice
from tests.databases import KIND, fresh_database
from tests.people import make_people
from tests.promises import within
from tests.serve import Site

KILLS = int(os.environ.get("HANDRAIL_KILLS", "0"))
GONE, SWEPT = 20.0, 10.0
SETTLES = 10.0


@pytest.fixture
def houses(tmp_path):
    """One process on SQLite, two on PostgreSQL, on the same data."""
    with fresh_database(tmp_path) as url:
        folders = [tmp_path / str(number) for number in range(2 if KIND == "postgres" else 1)]
        for folder in folders:
            folder.mkdir()
        said = {"database_url": url, "rates": "off", "secret_key": "k" * 40}
        houses = [Site(folder, **said) for folder in folders]
        database = houses[0].database()
        with database.unit() as unit:
            make_people(unit)
        database.dispose()
        yield houses
        for house in houses:
            house.kill()


@pytest.fixture
def room(houses):
    """The room of a meeting that begins now; Rae stands by."""
    start = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    slot = {"title": "Slow taper", "start": start, "timezone": "UTC", "minutes": 120}
    about = {"focus": ["diazepam"], "stage": "tapering", "language": "en", "policy": "open"}
    group = {"slug": "owls", "name": "Owls", "hosts": ["paul"], "members": ["mina"], **about}
    path = houses[0].folder / "world.json"
    path.write_text(json.dumps({"groups": [{**group, "meetings": [slot]}]}), encoding="utf-8")
    made = houses[0].command("load", str(path))
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["groups"]["owls"]["meetings"][0]


def until(database, statement, is_so, seconds=60.0):
    """Look again until it is so."""
    end = time.monotonic() + seconds
    while True:
        with database.read() as unit:
            found = unit.session.scalar(statement)
        if is_so(found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.05)


def move_back(database, seconds):
    """Every line ended so long ago, and who leads has led for longer."""
    with database.unit() as unit:
        for row in unit.session.scalars(select(HostLine)):
            row.until -= timedelta(seconds=seconds)
        for row in unit.session.scalars(select(Chair)):
            row.since -= timedelta(minutes=5)


def test_a_lost_host_and_killed_processes_and_the_chair_is_offered_once_and_in_time(houses, room):
    chance = random.Random(6)
    for house in houses:
        house.start()
    paul, rae, database = houses[0].member("paul"), houses[0].member("rae"), houses[0].database()
    assert rae.post(f"/meetings/{room['id']}/stand-by").status == 200
    line = paul.socket()
    assert line.join(room["room"])["ok"]
    assert line.ask("meeting:move", room=room["room"], to="open")["ok"]
    until(database, select(func.count()).select_from(HostLine), lambda found: found > 0)
    lost_at = time.time()
    line.drop()
    for _ in range(KILLS or 1):
        struck = chance.choice(houses)
        struck.kill()
        struck.start()
    ready_at = time.time()
    if not KILLS:
        lost_at -= GONE
        move_back(database, GONE)
    asked = select(ChairOffer.at).where(ChairOffer.why == "lost")
    at = until(database, asked, lambda found: found is not None).timestamp()
    print(f"\n{KIND}, {len(houses)} processes, {KILLS} kills: offered after {at - lost_at:.1f} s")
    assert at - lost_at >= GONE
    assert at - max(lost_at + GONE, ready_at + SETTLES) <= within(SWEPT)
    given = rae.post(f"/rooms/{room['room']}/chair", do="accept")
    assert (given.status, given.json["seat"]) == (200, "chair")
    with database.read() as unit:
        told = select(func.count()).where(Notice.kind == "chair_offered")
        assert unit.session.scalar(told) == 1
        assert unit.session.get_one(Room, room["room"]).state == "open"
        assert unit.session.get_one(Chair, room["room"]).paused_at is None
    database.dispose()
