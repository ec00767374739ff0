"""Cases are due, processes are killed and started again: each rung once, and none late.

For figures: HANDRAIL_KILLS=50 HANDRAIL_CASES=1000 pytest -s tests/load/test_ladder_kill.py, and the
same with HANDRAIL_TEST_DATABASE=postgres, where two processes sweep.
"""

import os
import random
import statistics
import time

import pytest
from sqlalchemy import func, select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import ShiftForm
from support.crisis.models import CaseRung
from support.crisis.ports import joined
from support.notify.models import Notice, Outbox
from tests.databases import KIND, fresh_database
from tests.people import CHEAP, PASSPHRASE, make_people
from tests.promises import within
from tests.serve import Site

KILLS = int(os.environ.get("HANDRAIL_KILLS", "3"))
CASES = int(os.environ.get("HANDRAIL_CASES", "20"))
WAITS = (0, 3, 6)
AT_ONCE = 50
LATEST = within(2)
FAR = 60.0
PATIENCE, LINGER = 120.0, 1.0


class House(Site):
    """A site whose process is killed and started again, and who knows when that was."""

    def __init__(self, folder, **settings):
        super().__init__(folder, **settings)
        self.ready_at, self.killed_at = [], []

    def up(self):
        self.start()
        self.ready_at.append(time.time())

    def cut(self):
        """The power goes."""
        self.killed_at.append(time.time())
        self.kill()

    @property
    def lived(self):
        """From when to when it was ready."""
        return list(zip(self.ready_at, [*self.killed_at, time.time() + FAR], strict=False))


@pytest.fixture
def houses(tmp_path):
    """One process on SQLite, two on PostgreSQL; all on the same data, with a quick ladder."""
    with fresh_database(tmp_path) as url:
        seconds = ",".join(map(str, WAITS))
        said = {"database_url": url, "ladder_seconds": seconds, "rates": "off"}
        folders = [tmp_path / str(number) for number in range(2 if KIND == "postgres" else 1)]
        for folder in folders:
            folder.mkdir()
        houses = [House(folder, secret_key="k" * 40, **said) for folder in folders]
        yield houses
        for house in houses:
            house.kill()


@pytest.fixture
def database(houses):
    """The site's database, seen from outside."""
    database = houses[0].database()
    queries.climb_after(WAITS)
    joined.side_rooms, joined.room_hosts = None, None
    with database.unit() as unit:
        make_people(unit)
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    yield database
    queries.climb_after(None)
    database.dispose()


def open_cases(database, count):
    """So many people in danger within seconds, as chat would tell of them: since when each is seen.

    Some at once, not all: a thousand in one transaction would be unseen until their first calls
    were long due.
    """
    seen = {}
    for first in range(0, count, AT_ONCE):
        with database.unit() as unit:
            some = range(first, min(count, first + AT_ONCE))
            case_ids = [open_case(unit, f"person{number}") for number in some]
        seen |= dict.fromkeys(case_ids, time.time())
    return seen


def open_case(unit, handle):
    person = accounts.create(unit, handle, Role.MEMBER, "no log-in")
    signal = {"labels": ("abrupt_stop",), "room_id": None, "host_ids": [], "source": "test"}
    return actions.raise_signal(unit, person, severity=Severity.URGENT, **signal).id


def rungs_of(database, case_ids):
    with database.read() as unit:
        rows = unit.session.scalars(select(CaseRung).where(CaseRung.case_id.in_(case_ids)))
        found = {case_id: [] for case_id in case_ids}
        for row in rows:
            found[row.case_id].append(row)
    return {case_id: sorted(rows, key=lambda row: row.rung) for case_id, rows in found.items()}


def wait_for_rungs(database, case_ids, least):
    """Until each case has climbed so far; one that comes twice is found by what follows."""
    end = time.monotonic() + PATIENCE
    while any(len(rows) < least for rows in rungs_of(database, case_ids).values()):
        assert time.monotonic() < end, "a rung is missing"
        time.sleep(0.2)
    time.sleep(LINGER)


def times_served(houses):
    """The stretches in which at least one process was ready, without overlaps."""
    found = []
    for ready, killed in sorted(span for house in houses for span in house.lived):
        if found and ready <= found[-1][1]:
            found[-1][1] = max(killed, found[-1][1])
        else:
            found.append([ready, killed])
    return found


def lateness(served, seen_at, row):
    """Seconds after the rung was due, the case was there to be seen, or somebody was ready."""
    due, at = row.due_at.timestamp(), row.at.timestamp()
    for ready, killed in served:
        if at < killed:
            return max(0.0, at - max(due, ready, seen_at))
    raise AssertionError("went out while nothing was running")


def check(houses, database, seen):
    """Each rung once and in order, one page a person and rung, and nothing missing."""
    late, served = [], times_served(houses)
    for case_id, rows in rungs_of(database, seen).items():
        numbers = [row.rung for row in rows]
        assert numbers == list(range(len(numbers))), (case_id, numbers)
        assert len(numbers) >= len(WAITS), (case_id, numbers)
        late += [lateness(served, seen[case_id], row) for row in rows if row.rung > 0]
    with database.read() as unit:
        keys = list(unit.session.scalars(select(Outbox.key)))
        pages = select(func.count()).where(Outbox.channel == "page")
        notices = select(func.count()).select_from(Notice)
        assert unit.session.scalar(notices) == unit.session.scalar(pages)
    assert len(keys) == len(set(keys))
    late.sort()
    p95 = late[int(len(late) * 0.95)]
    print(
        f"\n{KIND}, {len(houses)} processes, {len(seen)} cases, "
        f"{sum(len(house.killed_at) for house in houses)} kills, {len(late)} rungs after the first:"
        f" late p50 {statistics.median(late):.2f} s, p95 {p95:.2f} s, most {late[-1]:.2f} s"
    )
    return late


def test_each_rung_once_and_none_late_however_often_processes_are_killed(houses, database):
    chance = random.Random(7)
    for house in houses:
        house.up()
    seen = open_cases(database, CASES)
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 4.0))
        struck = chance.sample(houses, chance.randint(1, len(houses)))
        for house in struck:
            house.cut()
        time.sleep(chance.uniform(0.0, 1.5))
        for house in struck:
            house.up()
    wait_for_rungs(database, seen, len(WAITS))
    late = check(houses, database, seen)
    most = late[-1] if CASES <= 100 else late[int(len(late) * 0.95)]
    assert most <= LATEST


def test_a_case_whose_answer_was_given_outlives_the_kill_right_after_it(houses, database):
    with database.unit() as unit:
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        accounts.create(unit, "nora", Role.MEMBER, CHEAP.hash(PASSPHRASE), about)
    house = houses[0]
    house.up()
    nora = house.member("nora")
    asked = nora.post("/help/now").json
    house.cut()
    assert asked["responders"]["on_call"] == 1
    time.sleep(WAITS[1])
    house.up()
    wait_for_rungs(database, [asked["case"]], 2)
    (rows,) = rungs_of(database, [asked["case"]]).values()
    assert [row.rung for row in rows][:2] == [0, 1]
    assert rows[1].at.timestamp() - max(rows[1].due_at.timestamp(), house.ready_at[-1]) <= LATEST
    found = house.member("mo").get(f"/crisis/cases/{asked['case']}").json
    assert found["rungs"][0]["reached"] == ["mo"]
    assert set(found["rungs"][1]["reached"]) == {"mo", "rae", "ada"}
