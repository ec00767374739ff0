"""Two processes on one PostgreSQL, everybody at once: one case a person, one holder a case."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.crisis.models import Case, CaseRung
from support.notify.models import Notice, Outbox
from tests.people import CHEAP, PASSPHRASE, make_people
from tests.postgres import fresh_postgres
from tests.serve import Site

CASES = 12
PRESSES = 8


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """Two processes that serve the same people."""
    with fresh_postgres() as url:
        folders = [tmp_path_factory.mktemp("site") for _ in range(2)]
        both = [
            Site(folder, database_url=url, secret_key="k" * 40, rates="off") for folder in folders
        ]
        database = both[0].database()
        with database.unit() as unit:
            make_people(unit)
            accounts.create(unit, "kit", Role.MODERATOR, CHEAP.hash(PASSPHRASE), settled())
            actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
        for site in both:
            site.start()
        yield both
        for site in both:
            site.kill()
        database.dispose()


@pytest.fixture
def database(sites):
    database = sites[0].database()
    yield database
    database.dispose()


def settled():
    return accounts.About("PT", "Europe/Lisbon", settled=True)


def at_once(*calls):
    """Run them in threads of their own, and give their answers."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def counted(database, what, *conditions):
    with database.read() as unit:
        return unit.session.scalar(select(func.count()).select_from(what).where(*conditions))


def open_cases(database, prefix, count=CASES):
    with database.unit() as unit:
        people = [
            accounts.create(unit, f"{prefix}{number}", Role.MEMBER, "no log-in")
            for number in range(count)
        ]
        return [
            actions.raise_signal(
                unit,
                person,
                severity=Severity.URGENT,
                labels=("abrupt_stop",),
                room_id=None,
                host_ids=[],
                source="test",
            ).id
            for person in people
        ]


def test_a_person_who_presses_everywhere_at_once_has_one_case_and_one_page_goes_out(
    sites, database
):
    lines = [sites[number % 2].member("mina") for number in range(PRESSES)]
    answers = at_once(*(lambda line=line: line.post("/help/now") for line in lines))
    assert {answer.status for answer in answers} == {200}
    (case,) = {answer.json["case"] for answer in answers}
    assert counted(database, CaseRung, CaseRung.case_id == case, CaseRung.rung == 0) == 1
    assert counted(database, Outbox, Outbox.about == f"case:{case}:1:0") == 1
    with database.read() as unit:
        mo = unit.session.scalar(select(Outbox.recipient_id).where(Outbox.about.like("case:%:0")))
    assert counted(database, Notice, Notice.account_id == mo, Notice.case_id == case) == 1


def test_of_responders_in_two_processes_exactly_one_takes_each_case(sites, database):
    ids = open_cases(database, "racer")
    lines = [
        sites[number % 2].member(handle)
        for number, handle in enumerate(("mo", "rae", "ada", "kit"))
    ]
    for case in ids:
        path = f"/crisis/cases/{case}/ack"
        answers = at_once(*(lambda line=line, path=path: line.post(path) for line in lines))
        assert Counter(answer.status for answer in answers) == {200: 1, 409: 3}
        winner = next(answer for answer in answers if answer.status == 200)
        held = lines[0].get(f"/crisis/cases/{case}").json
        assert held["acknowledged_by"] == winner.json["acknowledged_by"]
        assert held["room"] == winner.json["room"]
    assert counted(database, Case, Case.id.in_(ids), Case.state == "acknowledged") == len(ids)


def test_closing_and_handing_over_at_once_leave_the_case_in_one_state(sites, database):
    ids = open_cases(database, "closer", 6)
    first, second = sites[0].member("mo"), sites[1].member("mo")
    for case in ids:
        assert first.post(f"/crisis/cases/{case}/ack").status == 200
        over, closed = at_once(
            lambda case=case: first.post(f"/crisis/cases/{case}/hand-over", body="x", to="rae"),
            lambda case=case: second.post(f"/crisis/cases/{case}/close", outcome="safe"),
        )
        assert sorted((over.status, closed.status)) == [200, 409]
        found = first.get(f"/crisis/cases/{case}").json
        if closed.status == 200:
            assert (found["state"], found["outcome"]) == ("closed", "safe")
        else:
            assert (found["state"], found["acknowledged_by"]) == ("acknowledged", "rae")


def test_the_log_of_two_processes_is_one_unbroken_chain(sites):
    found = sites[0].command("audit", "verify")
    assert found.returncode == 0, found.stdout + found.stderr
