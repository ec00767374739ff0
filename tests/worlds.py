"""Worlds that many tests start from, put into a database once a test process."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from support.web.work import workshop
from tests.clocks import FrozenClock
from tests.databases import World
from tests.desk_world import staff_it
from tests.house import make_app, settings_of
from tests.lines import gather
from tests.people import make_people


@contextmanager
def house_while_filled(url: str) -> Iterator[Flask]:
    """The whole app while a world is put into its database, on the evening all tests play on."""
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(settings_of(Path(folder), url), FrozenClock())
        yield app
        workshop(app).database.dispose()


def the_people(url: str) -> None:
    """The cast, and nothing more."""
    with house_while_filled(url) as app, workshop(app).database.unit() as unit:
        make_people(unit)


def the_cast(url: str) -> None:
    """The cast and their group, founded in a whole house: a group opens its lounge."""
    with house_while_filled(url) as app:
        database = workshop(app).database
        with database.unit() as unit:
            people = make_people(unit)
        gather(database, people)


def the_desk(url: str) -> None:
    """The cast, their group with one more in it, and two moderators on the rota."""
    with house_while_filled(url) as app, workshop(app).database.unit() as unit:
        make_people(unit)
        staff_it(unit)


WORLDS: dict[str, World] = {"cast": the_cast, "desk": the_desk, "people": the_people}


def world_for(fixtures: Collection[str]) -> World | None:
    """The world in which a test with these fixtures begins."""
    return next((world for name, world in WORLDS.items() if name in fixtures), None)
