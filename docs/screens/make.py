"""Makes the pictures of the README from the real thing: a demo site, an evening, two windows.

From the repository's root: PYTHONPATH=. .venv/bin/python docs/screens/make.py
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from support.demo.filling import demo_world
from tests.browsers import DESK, FLAGS, PHONE
from tests.parts import free_port, program

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]


def command(folder: str, origin: str, *words: str) -> "subprocess.Popen[bytes]":
    """Start a command of Handrail in a folder of its own."""
    own = {
        "HANDRAIL_BIND": origin.removeprefix("http://"),
        "HANDRAIL_DATA": folder,
        "PYTHONPATH": str(HOME),
    }
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "support", *words],
        cwd=folder,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
    )


def wait_for(origin: str) -> None:
    """Until the site answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(origin + "/readyz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The site did not start.")


def sign_in(browser: Browser, origin: str, handle: str, size: dict[str, int]) -> Page:
    """A window of one of the demo's people."""
    passphrases = {each.handle: each.password for each in demo_world().people}
    page = browser.new_context(
        base_url=origin, viewport=size, device_scale_factor=2, color_scheme="light"
    ).new_page()
    page.goto("/login")
    page.fill("[name=handle]", handle)
    page.fill("[name=password]", passphrases[handle])
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    return page


def room(page: Page) -> None:
    """The lounge of Night owls, with the newest words in view."""
    page.goto("/groups/night-owls")
    page.click("a[href^='/rooms/']")
    page.wait_for_url(re.compile("/rooms/"))
    page.wait_for_timeout(1500)


def take(browser: Browser, origin: str) -> None:
    """Each picture of the README."""
    page = sign_in(browser, origin, "mina", PHONE)
    room(page)
    page.screenshot(path=HERE / "room-360.png")
    page.goto("/help/PT")
    page.screenshot(path=HERE / "help-360.png")
    page = sign_in(browser, origin, "rae", DESK)
    page.goto("/moderation")
    page.screenshot(path=HERE / "queue-1280.png")


def main() -> None:
    """Start a demo site, play an evening in it, take the pictures, stop it."""
    origin = f"http://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = command(folder, origin, "up", "--demo")
        try:
            wait_for(origin)
            if command(folder, origin, "demo", "--play", "--pace", "0.3").wait():
                raise SystemExit("The evening could not be played.")
            binary = program("Chromium", "chromium", "chromium-browser", "google-chrome")
            browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
            take(browser, origin)
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
