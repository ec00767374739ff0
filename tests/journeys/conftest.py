"""Fixtures of the journeys: real windows of a real browser, and rooms on a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browsers import DESK, Window, chromium, window
from tests.databases import fresh_database
from tests.serve import Site
from tests.worlds import the_people

__all__ = ["chromium", "window"]

CIRCLES = 24


def _circle(number: int) -> dict[str, Any]:
    return {
        "slug": f"night-owls-{number}",
        "name": "Night owls",
        "focus": ["diazepam"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina"],
    }


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One real server for a whole module, without rate limits: a start costs seconds."""
    folder = tmp_path_factory.mktemp("house")
    with fresh_database(folder, the_people) as url:
        site = Site(folder, database_url=url, rates="off")
        yield site.start()
        site.kill()


@pytest.fixture(scope="module")
def circles(house: Site) -> Iterator[dict[str, Any]]:
    """Groups enough for every test of the module: Paul hosts, Mina belongs."""
    world = house.folder / "world.json"
    groups = [_circle(number) for number in range(CIRCLES)]
    world.write_text(json.dumps({"groups": groups}), encoding="utf-8")
    made = house.command("load", str(world))
    assert made.returncode == 0, made.stderr
    return iter(json.loads(made.stdout)["groups"].values())


@pytest.fixture
def lounge(circles: Iterator[dict[str, Any]]) -> str:
    """The path of a lounge that nobody has written in."""
    return f"/rooms/{next(circles)['lounge']}"


@pytest.fixture
def seat(house: Site, window: Callable[..., Window]) -> Callable[..., Window]:
    """A window of one of the cast, who has logged in; no page is open in it yet."""

    def sit_down(handle: str, size: dict[str, int] = DESK, **options: Any) -> Window:
        here = window(house.origin, size, **options)
        for one in house.member(handle).cookies:
            kept = {"name": one.name, "value": one.value or "", "url": house.origin}
            here.context.add_cookies([{**kept, "httpOnly": True, "sameSite": "Lax"}])
        return here

    return sit_down
