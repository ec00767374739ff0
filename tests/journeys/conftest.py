"""Fixtures of the journeys: real windows of a real browser, and rooms on a real server.

`seat` opens a new window, with nothing in its cache. `stay` gives the same window of a person again
and again in one module: what it has loaded and who is logged in stays, which saves seconds a test.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

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
        return _log_in(house, handle, window(house.origin, size, **options))

    return sit_down


@pytest.fixture(scope="module")
def left_open(house: Site) -> Iterator[dict[tuple[str, bool], Window]]:
    """The windows of a module's people, by name and whether they have script."""
    windows: dict[tuple[str, bool], Window] = {}
    yield windows
    for each in windows.values():
        each.close()


@pytest.fixture
def stay(
    house: Site, chromium: Browser, left_open: dict[tuple[str, bool], Window]
) -> Iterator[Callable[..., Window]]:
    """The window that this person has in this module, in the size that is wanted now."""
    used: dict[tuple[str, bool], Window] = {}

    def sit_down(
        handle: str, size: dict[str, int] = DESK, *, java_script_enabled: bool = True
    ) -> Window:
        key = (handle, java_script_enabled)
        if key not in left_open:
            script = {"java_script_enabled": java_script_enabled}
            left_open[key] = _log_in(house, handle, Window(chromium, house.origin, size, script))
        used[key] = left_open[key]
        used[key].page.set_viewport_size(size)  # type: ignore[arg-type]  # it has both
        return used[key]

    yield sit_down
    wrongs = [wrong for each in used.values() for wrong in each.let_go()]
    assert not wrongs, wrongs


def _log_in(house: Site, handle: str, here: Window) -> Window:
    for one in house.member(handle).cookies:
        kept = {"name": one.name, "value": one.value or "", "url": house.origin}
        here.context.add_cookies([{**kept, "httpOnly": True, "sameSite": "Lax"}])
    return here
