"""The database is locked, full or away: 503 and a calm word, help goes on, and then all is well."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.databases import KIND
from tests.postgres import cluster, hang_up
from tests.promises import within
from tests.serve import Site, Visitor
from tests.wire import Wire

Trouble = Callable[[Site], object]
CALM = within(2)


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Another process writes and does not let go."""
    line = sqlite3.connect(str(Path(site.folder, "handrail.db")), isolation_level=None)
    line.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        line.rollback()
        line.close()


# Bytes. SQLite's log is longer from the start, and soon comes to write beyond it.
FULL = 100_000


@contextmanager
def full(site: Site) -> Iterator[None]:
    """No file of the process may grow any more, as on a full disk."""
    before = resource.prlimit(site.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (FULL, before[1]))
    try:
        yield
    finally:
        resource.prlimit(site.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def away(site: Site) -> Iterator[None]:
    """The database server lets nobody in and hangs up on those who are."""
    url = site.database_url.replace("+psycopg", "")
    name = make_url(url).database
    cluster().command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    hang_up(url)
    try:
        yield
    finally:
        cluster().command(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


TROUBLES = {"sqlite": [locked, full], "postgres": [away]}[KIND]


@pytest.fixture(scope="module")
def mina(site: Site) -> Visitor:
    return site.member("mina")


@pytest.fixture
def line(site: Site, mina: Visitor) -> Iterator[Wire]:
    line = mina.socket()
    line.join(site.lounge)
    yield line
    line.close()


def fill(line: Wire, room: str, name: str) -> dict:
    """Say something long, several times: what a full disk cannot take."""
    for number in range(40):
        answer = line.says(room, "x" * 2000, f"{name}.{number}")
        if not answer["ok"]:
            return answer
    raise AssertionError("everything was taken")


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
def test_who_writes_is_told_to_try_again_and_help_goes_on(
    trouble: Trouble, site: Site, mina: Visitor, line: Wire
) -> None:
    assert mina.csrf  # asked for while the database is there
    with trouble(site):
        refused = fill(line, site.lounge, trouble.__name__)
        assert refused["error"]["code"] == "server_error"
        began = time.monotonic()
        for path in ("/help", "/help/PT", "/healthz"):
            assert site.visitor().get(path, "text/html").status == 200
        assert time.monotonic() - began < CALM
        sent = mina.post(f"/rooms/{site.lounge}/messages", body="x", client_id="p")
        assert sent.status == 503, sent
        assert sent.json["error"]["code"] == "server_error"
        assert sent.headers["Retry-After"] == "5"
    said = line.says(site.lounge, "after the trouble", f"{trouble.__name__}.after")
    assert said["ok"], said
    assert "Traceback" not in site.log()


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: each.__name__)
def test_nothing_is_half_written_and_the_numbers_go_on(
    trouble: Trouble, site: Site, mina: Visitor, line: Wire
) -> None:
    before = line.says(site.lounge, "before", f"{trouble.__name__}.b")["message"]["seq"]
    with trouble(site):
        refused = fill(line, site.lounge, f"{trouble.__name__}.again")
        assert not refused["ok"]
    after = line.says(site.lounge, "after", f"{trouble.__name__}.a")["message"]["seq"]
    events = line.join(site.lounge, after=before)["events"]
    assert [event["seq"] for event in events] == list(range(before + 1, after + 1))
    assert events[-1]["message"]["body"] == "after"


def test_readiness_says_whether_the_database_answers(site: Site) -> None:
    assert site.visitor().get("/readyz").json["database"] == "ok"
    if KIND == "postgres":
        with away(site):
            found = site.visitor().get("/readyz")
            assert (found.status, found.json["database"]) == (503, "failing")
        assert site.visitor().get("/readyz").json["database"] == "ok"
