"""The cast: Mina tapers, Paul hosts, Mo and Rae moderate, Ada runs the site, Otto is outside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from support.app import create_app
from support.db.unit import Database, Unit
from support.settings import Settings
from support.web.work import workshop
from tests.clocks import FrozenClock
from tests.databases import fresh_database


@pytest.fixture
def clock() -> FrozenClock:
    """Time stands still until a test moves it."""
    return FrozenClock()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of a site of its own, with a database of its own."""
    with fresh_database(tmp_path) as url:
        yield Settings(
            data=tmp_path,
            database_url=url,
            public_url="http://localhost",
            secret_key="for tests only, never for a site",
            open=True,
        )


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    """The whole app. No context is held open while tests run: Flask would reuse it."""
    app = create_app(settings, clock)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    workshop(app).database.dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    """The app's own database."""
    return workshop(app).database


@pytest.fixture
def unit(database: Database) -> Iterator[Unit]:
    """One write transaction, committed when the test ends."""
    with database.unit() as unit:
        yield unit
