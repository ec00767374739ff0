"""A case is opened, the process killed, started again: each rung once, and none late.

For figures: HANDRAIL_KILLS=50 HANDRAIL_CASES=1000 pytest -s tests/load/test_ladder_kill.py
"""

import os
import random
import statistics
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.crisis.models import CaseRung
from support.crisis.ports import joined
from support.notify.models import Outbox
from tests.databases import fresh_database
from tests.parts import die_with_parent
from tests.people import CHEAP, PASSPHRASE, make_people
from tests.serve import Site

KILLS = int(os.environ.get("HANDRAIL_KILLS", "3"))
CASES = int(os.environ.get("HANDRAIL_CASES", "20"))
WAITS = (0, 3, 6)
LATEST = 2.0


class House(Site):
    """A site whose processes are killed and started again, and who knows when that was."""

    def __init__(self, folder, **settings):
        super().__init__(folder, **settings)
        self.ready_at, self.killed_at, self.worker = [], [], None
        self.opened_at = 0.0

    def up(self):
        self.start()
        self.ready_at.append(time.time())

    def tick(self):
        """Start a worker beside the server."""
        words = [sys.executable, "-m", "support", "worker"]
        self.worker = subprocess.Popen(
            words, cwd=self.folder, env=self._env, preexec_fn=die_with_parent()
        )

    def cut(self):
        """The power goes."""
        self.killed_at.append(time.time())
        self.kill()
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()


@pytest.fixture
def house(tmp_path):
    """A site with the cast in it, Mo on call, and a quick ladder."""
    with fresh_database(tmp_path) as url:
        seconds = ",".join(map(str, WAITS))
        house = House(tmp_path, database_url=url, ladder_seconds=seconds, rates="off")
        yield house
        house.cut()


@pytest.fixture
def database(house):
    """The site's database, seen from outside."""
    database = house.database()
    joined.waits, joined.side_rooms, joined.room_hosts = WAITS, None, None
    with database.unit() as unit:
        make_people(unit)
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    yield database
    joined.waits = (0, 120, 300)
    database.dispose()


def open_cases(database, count):
    """So many people in danger at once, as chat would tell of them."""
    with database.unit() as unit:
        found = []
        for number in range(count):
            person = accounts.create(unit, f"person{number}", Role.MEMBER, "no log-in")
            case = actions.raise_signal(
                unit,
                person,
                severity=Severity.URGENT,
                labels=("abrupt_stop",),
                room_id=None,
                host_ids=[],
                source="test",
            )
            found.append(case.id)
    return found


def rungs_of(database, case_ids):
    with database.read() as unit:
        rows = unit.session.scalars(select(CaseRung).where(CaseRung.case_id.in_(case_ids)))
        found = {case_id: [] for case_id in case_ids}
        for row in rows:
            found[row.case_id].append(row)
    return {case_id: sorted(rows, key=lambda row: row.rung) for case_id, rows in found.items()}


def lateness(house, row):
    """Seconds after the rung was due, the cases were there to be seen, or the site was ready."""
    due, at = row.due_at.timestamp(), row.at.timestamp()
    lived = zip(house.ready_at, [*house.killed_at, time.time() + 60], strict=False)
    for ready, killed in lived:
        if due < killed and at < killed:
            return max(0.0, at - max(due, ready, house.opened_at))
    raise AssertionError("went out while nothing was running")


def check(house, database, case_ids):
    """Each rung once and in order, one page a person and rung, and nothing late."""
    late = []
    for case_id, rows in rungs_of(database, case_ids).items():
        numbers = [row.rung for row in rows]
        assert numbers == list(range(len(numbers))), (case_id, numbers)
        assert len(numbers) >= len(WAITS), (case_id, numbers)
        late += [lateness(house, row) for row in rows if row.rung > 0]
    with database.read() as unit:
        keys = list(unit.session.scalars(select(Outbox.key)))
    assert len(keys) == len(set(keys))
    late.sort()
    p95 = late[int(len(late) * 0.95)]
    print(
        f"\n{len(case_ids)} cases, {KILLS} kills, {len(late)} rungs after the first: late "
        f"p50 {statistics.median(late):.2f} s, p95 {p95:.2f} s, most {late[-1]:.2f} s"
    )
    return late


def test_each_rung_once_and_none_late_however_often_the_process_is_killed(house, database):
    chance = random.Random(7)
    house.up()
    case_ids = open_cases(database, CASES)
    house.opened_at = time.time()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.3, 4.0))
        house.cut()
        time.sleep(chance.uniform(0.0, 1.5))
        house.up()
    time.sleep(WAITS[-1] + LATEST)
    late = check(house, database, case_ids)
    most = late[-1] if CASES <= 100 else late[int(len(late) * 0.95)]
    assert most <= LATEST


def test_two_processes_that_tick_call_once(house, database):
    house.up()
    house.tick()
    case_ids = open_cases(database, CASES)
    house.opened_at = time.time()
    time.sleep(WAITS[-1] + LATEST)
    assert check(house, database, case_ids)[-1] <= LATEST


def test_a_case_whose_answer_was_given_outlives_the_kill_right_after_it(house, database):
    with database.unit() as unit:
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        accounts.create(unit, "nora", Role.MEMBER, CHEAP.hash(PASSPHRASE), about)
    house.up()
    nora = house.member("nora")
    asked = nora.post("/help/now").json
    house.cut()
    assert asked["responders"]["on_call"] == 1
    time.sleep(WAITS[1])
    house.up()
    time.sleep(LATEST)
    (rows,) = rungs_of(database, [asked["case"]]).values()
    assert [row.rung for row in rows][:2] == [0, 1]
    assert rows[1].at.timestamp() - max(rows[1].due_at.timestamp(), house.ready_at[-1]) <= LATEST
    found = house.member("mo").get(f"/crisis/cases/{asked['case']}").json
    assert found["rungs"][0]["reached"] == ["mo"]
    assert set(found["rungs"][1]["reached"]) == {"mo", "rae", "ada"}
