"""Worlds that many tests start from, put into a database once a test process."""

from tests.databases import World, filling
from tests.lines import gather
from tests.people import make_people


def the_people(url: str) -> None:
    """The cast, and nothing more."""
    with filling(url) as database, database.unit() as unit:
        make_people(unit)


def the_cast(url: str) -> None:
    """The cast and their group."""
    with filling(url) as database:
        with database.unit() as unit:
            people = make_people(unit)
        gather(database, people)


WORLDS: dict[str, World] = {"cast": the_cast, "people": the_people}


def world_for(fixtures: list[str]) -> World | None:
    """The world in which a test with these fixtures begins."""
    return next((world for name, world in WORLDS.items() if name in fixtures), None)
