"""Real browsers for tests: a window a person, and what may never happen in it."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Response, expect, sync_playwright

from tests.parts import program

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
PATIENCE = 15_000  # milliseconds; a busy machine is slow, and no test is about its speed
expect.set_options(timeout=PATIENCE)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
OWN_WORDS = ("data", "blob", "about", "chrome-extension", "devtools")
# Chromium reports every refused request as an error; a test looks at the status itself.
STATUS_LINE = re.compile(r"^Failed to load resource: the server responded with a status of 4")


class Window:
    """One person's browser: a context of its own, its page, and what went wrong in it."""

    def __init__(self, chromium: Browser, origin: str, size: dict[str, int], options: Any) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.forgiven: list[str] = []
        self.context = chromium.new_context(
            base_url=origin, viewport=size, reduced_motion="reduce", **options
        )
        self.context.set_default_timeout(2 * PATIENCE)
        self.context.on("request", self._requested)
        self.context.on("response", self._answered)
        self.context.on("page", self._watch)
        self.page: Page = self.context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", lambda line: line.type == "error" and self._complained(line.text))
        page.on("pageerror", lambda error: self._complained(str(error)))
        page.on("websocket", lambda socket: self._host(socket.url))

    def _complained(self, text: str) -> None:
        if not STATUS_LINE.match(text):
            self.faults.append(f"console: {text}")

    def _requested(self, request: Request) -> None:
        self._host(request.url)

    def _host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in OWN_WORDS and parts.netloc != urlsplit(self.origin).netloc:
            self.faults.append(f"request to another host: {url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and urlsplit(response.url).path.startswith("/static/"):
            self.faults.append(f"{response.status} for {response.url}")

    def open(self, path: str = "/") -> Response | None:
        """Go to a path of the site, as typed into the address bar."""
        return self.page.goto(path, wait_until="load")

    def in_room(self) -> None:
        """The open room's script has joined: its keys, buttons and counts are there to be used."""
        room = self.page.locator("[data-room]")
        expect(room).to_have_attribute("data-link", "live", timeout=3 * PATIENCE)

    def remembers(self, *selectors: str) -> Locator:
        """From now on `data-heard` of what is given back is all that these places have said.

        What is said for ten seconds can so be read after them.
        """
        self._evaluate(
            f"""for (const each of {json.dumps(selectors)}) {{
              const place = document.querySelector(each), kept = document.documentElement.dataset;
              const hear = () => kept.heard = `${{kept.heard ?? ""}}|${{place.textContent.trim()}}`;
              const all = {{ childList: true, characterData: true, subtree: true }};
              new MutationObserver(hear).observe(place, all);
            }}"""
        )
        return self.page.locator("html")

    def forgive(self, pattern: str) -> None:
        """Allow faults that match: those which the test brings about itself."""
        self.forgiven.append(pattern)

    def wrongs(self) -> list[str]:
        """What happened in this window that may never happen."""
        return [
            fault for fault in self.faults if not any(re.search(p, fault) for p in self.forgiven)
        ]

    def let_go(self) -> list[str]:
        """What was wrong in it for one test; the next one begins with a clean slate."""
        wrongs = self.wrongs()
        self.faults.clear()
        self.forgiven.clear()
        return wrongs

    @cached_property
    def _line(self) -> Any:
        return self.context.new_cdp_session(self.page)

    def _evaluate(self, script: str) -> Any:
        """Run a script past the page's own content policy, which must stay strict."""
        answer = self._line.send(
            "Runtime.evaluate",
            {"expression": script, "awaitPromise": True, "returnByValue": True},
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def axe(self, rules: dict[str, Any] | None = None, only: str = "") -> list[str]:
        """What axe-core finds wrong for people with other senses; empty is good."""
        self._evaluate("typeof axe === 'undefined'") and self._evaluate(AXE.read_text() + ";0")
        options: dict[str, Any] = {"resultTypes": ["violations"], "rules": rules or {}}
        if only:
            options["runOnly"] = [only]
        found = json.loads(
            self._evaluate(f"axe.run(document, {json.dumps(options)}).then(r => JSON.stringify(r))")
        )
        return [
            f"{violation['id']} at {node['target'][0]}: {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window; 0 is good."""
        return int(
            self._evaluate(
                "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def close(self) -> None:
        """Close the browser of this person."""
        self.context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run; every window is a context of its own in it."""
    binary = program("Chromium", "chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Window]]:
    """Open windows on an origin; at the end none may have spoken to others or complained."""
    opened: list[Window] = []

    def make(origin: str, size: dict[str, int] = DESK, **options: Any) -> Window:
        opened.append(Window(chromium, origin, size, options))
        return opened[-1]

    yield make
    wrongs = [wrong for each in opened for wrong in each.wrongs()]
    for each in opened:
        each.close()
    assert not wrongs, wrongs
