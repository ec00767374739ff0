"""Mail, push and webhook are away while processes are killed: nothing is lost, all of it retried.

One process on SQLite, two on PostgreSQL (HANDRAIL_TEST_DATABASE=postgres). An hour is made of its
tries: what waits for the next one is tried at once. The whole hour by the clock:
HANDRAIL_OUTAGE_SECONDS=3600 pytest -s --timeout=4000 tests/load/test_outside_away.py
"""

import os
import time
from collections import Counter

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from support.accounts.models import Account
from support.crisis import actions as crisis
from support.crisis.forms import ShiftForm
from support.notify import actions
from support.notify.models import Outbox
from support.notify.rules.sealing import CURVE, Device, encode, public_bytes
from tests.databases import KIND, fresh_database
from tests.far_ends import mail_server, web_address
from tests.people import actor, make_people
from tests.serve import Site

SECONDS = float(os.environ.get("HANDRAIL_OUTAGE_SECONDS", "0"))
TRIES = int(os.environ.get("HANDRAIL_TRIES", "2"))
MESSAGES = int(os.environ.get("HANDRAIL_LETTERS", "5"))
PATIENCE = 400.0 if SECONDS else 120.0
WAYS = ("email", "push", "webhook")


@pytest.fixture
def post():
    with mail_server() as post:
        yield post


@pytest.fixture
def push():
    with web_address() as push:
        yield push


@pytest.fixture
def hook():
    with web_address() as hook:
        yield hook


@pytest.fixture
def houses(tmp_path, post, hook):
    """Processes on the same data, with each way outside set up."""
    with fresh_database(tmp_path) as url:
        ways = {"smtp_url": post.url, "mail_from": "house@example.org", "webhook_url": hook.url}
        folders = [tmp_path / str(number) for number in range(2 if KIND == "postgres" else 1)]
        for folder in folders:
            folder.mkdir()
        said = {"secret_key": "k" * 40, "database_url": url, **ways}
        houses = [Site(folder, **said) for folder in folders]
        yield houses
        for house in houses:
            house.kill()


@pytest.fixture
def database(houses, push):
    """The site's database, seen from outside: Ada has an address, and a browser to be woken."""
    database = houses[0].database()
    key = encode(public_bytes(ec.generate_private_key(CURVE)))
    with database.unit() as unit:
        ada = make_people(unit)["ada"]
        address = update(Account).where(Account.id == ada).values(email="ada@example.org")
        unit.session.execute(address)
        device = Device(push.url, key, encode(b"a" * 16))
        actions.add_device(unit, actor(unit, "ada"), device, is_loopback=True)
        crisis.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    yield database
    database.dispose()


def call(database):
    """So many cases climb to the rung that calls by every way."""
    with database.unit() as unit:
        ada = actor(unit, "ada").id
        news = {"kind": "case_page_outside", "recipients": [ada], "payload": {"case": "c1"}}
        keys = [f"case:{number}:1:2" for number in range(MESSAGES)]
        actions.put_all(unit, [actions.Message(key=key, **news) for key in keys])


def until(found, what):
    """As soon as it is so; a slow machine takes longer, and that is no fault."""
    patience = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < patience, what
        time.sleep(0.05)


def waiting(database):
    with database.read() as unit:
        wanted = select(Outbox).where(Outbox.channel != "page", Outbox.done_at.is_(None))
        return list(unit.session.scalars(wanted))


def tried(database, times):
    """Whether each was tried so often, and the last try is over."""
    return all(row.attempts >= times and row.last_error for row in waiting(database))


def a_while_passes(database):
    """The next try of each is due now, and is known by the fault it leaves."""
    due = {"claimed_until": None, "last_error": None}
    with database.unit() as unit:
        unit.session.execute(update(Outbox).where(Outbox.done_at.is_(None)).values(due))


def health(house):
    told = house.visitor().get("/readyz").json
    return {way: told.get(f"outside_{way}") for way in WAYS}


def outage(houses, database):
    """Tries fail, again and again; one process is killed in between and comes back."""
    until(lambda: tried(database, 1), "nothing was tried")
    until(lambda: all(health(h) == dict.fromkeys(WAYS, "late") for h in houses), "not seen")
    houses[-1].kill()
    ends = time.monotonic() + SECONDS
    for times in range(2, 1 + TRIES):
        if SECONDS == 0:
            a_while_passes(database)
        if len(houses) > 1 or times == TRIES:
            houses[-1].start()
        until(lambda times=times: tried(database, times), "not tried again")
    while time.monotonic() < ends:
        time.sleep(1)


def test_an_hour_without_the_outside_loses_nothing_and_is_seen_in_health(
    houses, database, post, push, hook
):
    post.is_down, push.status, hook.status = True, 500, 500
    for house in houses:
        house.start()
    call(database)
    outage(houses, database)
    rows = waiting(database)
    assert Counter(row.channel for row in rows) == dict.fromkeys(WAYS, MESSAGES)
    assert not [row for row in rows if row.dead_at is not None]
    assert post.letters == []
    before = len(push.calls), len(hook.calls)

    post.is_down, push.status, hook.status = False, 201, 204
    if SECONDS == 0:
        a_while_passes(database)
    until(lambda: waiting(database) == [], "not carried")
    ids = [letter.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for letter in post.letters]
    assert (len(ids), len(set(ids))) == (MESSAGES, MESSAGES)
    assert (len(push.calls), len(hook.calls)) == (before[0] + MESSAGES, before[1] + MESSAGES)
    keys = Counter(headers["Idempotency-Key"] for headers, _ in hook.calls)
    assert len(keys) == MESSAGES
    until(lambda: all(health(h) == dict.fromkeys(WAYS, "ok") for h in houses), "not well again")
    if SECONDS:
        print(f"\n{KIND}, {SECONDS:.0f} s away: {before} calls in vain, all of them carried after")
