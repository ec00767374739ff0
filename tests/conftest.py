"""The cast: Mina tapers, Paul hosts, Mo and Rae moderate, Ada runs the site, Otto is outside."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings as trials

from support.db.unit import Database, Unit
from support.settings import Settings
from support.web.work import workshop
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.house import make_app, settings_of, signed_in
from tests.lines import Cast, Line, gathered
from tests.people import Browser, people_of
from tests.serve import Site, serving
from tests.worlds import the_desk, the_people, world_for

trials.register_profile("calm", deadline=None)  # a machine ten times slower is no mistake
trials.load_profile("calm")

SELDOM = (100_000, 50, 100)  # an app is some ten thousand objects: looked through far too often


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector neither looks through it nor runs at every app."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


@pytest.fixture
def clock() -> FrozenClock:
    """Time stands still until a test moves it."""
    return FrozenClock()


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a site of its own, with a database of its own: with the cast, if it is needed."""
    with fresh_database(tmp_path, world_for(request.fixturenames)) as url:
        yield settings_of(tmp_path, url)


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    """The whole app. No context is held open while tests run: Flask would reuse it."""
    app = make_app(settings, clock)
    yield app
    workshop(app).database.dispose()


class Undo(Exception):
    """A trial is over: nothing of it is kept."""


@pytest.fixture(scope="module")
def lasting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One app with the cast for all tests of a module; those that write take `trial`."""
    folder = tmp_path_factory.mktemp("lasting")
    world = the_desk if hasattr(request.module, "desk") else the_people
    with fresh_database(folder, world) as url:
        app = make_app(settings_of(folder, url), FrozenClock())
        yield app
        workshop(app).database.dispose()


@pytest.fixture
def trial(lasting: Flask) -> Iterator[Unit]:
    """One write transaction in the lasting app, undone when the test ends: fast and apart."""
    with suppress(Undo), workshop(lasting).database.unit() as unit:
        yield unit
        raise Undo


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's own database."""
    return workshop(app).database


@pytest.fixture
def unit(database: Database) -> Iterator[Unit]:
    """One write transaction, committed when the test ends."""
    with database.unit() as unit:
        yield unit


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Site]:
    """A real server process on a real port, with the cast in its database."""
    with fresh_database(tmp_path, the_people) as url:
        site = Site(tmp_path, database_url=url)
        yield site.start()
        site.kill()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real process with the cast and their group, shared by one module; limits are off."""
    with serving(tmp_path_factory.mktemp("site"), rates="off") as site:
        yield site


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start a real process with settings of one's own, to be killed; ended with the test."""
    with ExitStack() as stack:
        yield lambda *world, **settings: stack.enter_context(serving(tmp_path, *world, **settings))


@pytest.fixture
def people(database: Database) -> dict[str, str]:
    """The accounts of the cast: ids by handle."""
    with database.unit() as unit:
        return people_of(unit)


@pytest.fixture
def browser(app: Flask, people: dict[str, str]) -> Callable[[str], Browser]:
    """Sit somebody down at a browser of their own, signed in."""

    def sit_down(handle: str) -> Browser:
        return signed_in(app, people[handle])

    return sit_down


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser nobody is signed in at."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def cast(database: Database, people: dict[str, str]) -> Cast:
    """Everybody, and their group with its lounge."""
    return gathered(database, people)


@pytest.fixture
def socket(app: Flask, browser: Callable[[str], Browser]) -> Callable[[str], Line]:
    """A live line of one of the cast."""
    return lambda handle: Line(app, browser(handle))
