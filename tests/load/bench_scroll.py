"""A room of 10,000 messages on a slow phone: Chromium with its processor slowed down six times.

Run from the repository root: `python -m tests.load.bench_scroll [--messages 10000] [--slower 6]`.
Prints a table and JSON. A real server, a real log-in, the real page at 360 × 740.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, expect, sync_playwright
from sqlalchemy import delete, insert, update

from support.base.ids import new_id
from support.chat.models import Message, Room, RoomEvent
from tests.browsers import FLAGS, PHONE
from tests.load.bench_log import WORDS
from tests.parts import program
from tests.people import PASSPHRASE
from tests.serve import Site, serving, world

SLOWER = 6
MESSAGES = 10_000
WATCH = """() => {
  window.frames_ = [];
  let last = performance.now();
  const look = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
FRAMES = """() => {
  const found = window.frames_.splice(0).sort((one, other) => one - other);
  const at = (share) => found[Math.min(found.length - 1, Math.floor(share * found.length))] ?? 0;
  return { frames: found.length, over_50_ms: found.filter((each) => each > 50).length,
    over_100_ms: found.filter((each) => each > 100).length,
    p50_ms: Math.round(at(0.5)), p95_ms: Math.round(at(0.95)), longest_ms: Math.round(at(1)) };
}"""
NODES = """() => ({ nodes: document.querySelectorAll("*").length,
  messages: document.querySelectorAll("[data-list] > [data-message]").length })"""
PAINT = """() => Math.round(
  performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1)"""
LOG = "[data-log]"


def fill(site: Site, room: str, author: str, count: int) -> None:
    """So many messages in the room, of several lengths, none too old to be kept."""
    database = site.database()
    with database.unit() as unit:
        unit.session.execute(delete(RoomEvent).where(RoomEvent.room_id == room))
        unit.session.execute(delete(Message).where(Message.room_id == room))
        unit.session.execute(update(Room).where(Room.id == room).values(seq=count))
        now = unit.now
        said = [
            {
                "id": new_id(),
                "room_id": room,
                "seq": number,
                "author_id": author,
                "client_id": f"c{number}",
                "body": f"{number}. " + WORDS * (1 + number % 4),
                "state": "visible",
                "at": now,
            }
            for number in range(1, count + 1)
        ]
        unit.session.execute(insert(Message), said)
        unit.session.execute(
            insert(RoomEvent),
            [
                {"room_id": room, "seq": one["seq"], "kind": "message", "at": now}
                | {"message_id": one["id"], "body": {}}
                for one in said
            ],
        )
    database.dispose()


def log_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/login")
    page.fill("main [name=handle]", "mina")
    page.fill("main [name=password]", PASSPHRASE)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{origin}/")


def run(line: CDPSession, script: str) -> Any:
    """Run a script past the page's own content policy, which must stay strict."""
    asked = {"expression": f"({script})()", "returnByValue": True}
    return line.send("Runtime.evaluate", asked)["result"].get("value")


def busy(line: CDPSession, before: dict[str, float] | None = None) -> dict[str, float]:
    """Seconds the page has spent since `before`: on script, style, layout and all together."""
    names = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration")
    found = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    now = {name.removesuffix("Duration").lower() + "_s": found[name] for name in names}
    return {name: round(value - (before or {}).get(name, 0), 2) for name, value in now.items()}


def first_number(page: Page) -> int:
    """The number in the first message that is drawn."""
    text = page.locator("[data-list] > [data-message] .msg__body").first.inner_text()
    return int(text.split(".", 1)[0])


def scroll_up(page: Page, seconds: float, goal: int = 1) -> None:
    """As a thumb does it: quick strokes upwards, until the time is over or the goal is drawn."""
    page.hover(LOG)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and first_number(page) > goal:
        for _ in range(8):
            page.mouse.wheel(0, -300)
            page.wait_for_timeout(16)


def measure(site: Site, room: str, slower: int, far: float) -> list[dict[str, Any]]:
    """Open, stand still, scroll up, receive, and go back to the end."""
    rows: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        binary = program("Chromium", "chromium", "chromium-browser", "google-chrome")
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        page = browser.new_page(viewport=PHONE, reduced_motion="reduce")
        log_in(page, site.origin)
        line = page.context.new_cdp_session(page)
        line.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        line.send("Performance.enable")
        began = time.monotonic()
        page.goto(f"{site.origin}/rooms/{room}", wait_until="load")
        expect(page.locator("[data-people-count]")).not_to_have_text("0", timeout=60_000)
        live = round((time.monotonic() - began) * 1000)
        rows.append({"part": "open", "first_paint_ms": run(line, PAINT), "live_ms": live})
        run(line, WATCH)
        page.wait_for_timeout(3000)
        rows.append({"part": "stand still, 3 s", **run(line, FRAMES)})
        before = busy(line)
        scroll_up(page, 20)
        rows.append({"part": "scroll up, 20 s", **run(line, FRAMES), **busy(line, before)})
        rows[-1] |= {"reached": first_number(page)}
        before = busy(line)
        scroll_up(page, far)
        rows.append({"part": "scroll on", **run(line, FRAMES), **busy(line, before)})
        rows[-1] |= {"reached": first_number(page), **run(line, NODES)}
        page.locator("[data-later]").dispatch_event("click")
        run(line, "() => { window.frames_ = []; }")
        _receive(site, room, 60)
        page.wait_for_timeout(500)
        news = page.locator("[data-new]").inner_text()
        rows.append({"part": "60 come, read above", **run(line, FRAMES), "button": news})
        page.click("[data-new]")
        page.wait_for_timeout(500)
        run(line, "() => { window.frames_ = []; }")
        before = busy(line)
        _receive(site, room, 60)
        page.wait_for_timeout(500)
        rows.append({"part": "60 come, at the end", **run(line, FRAMES), **busy(line, before)})
        rows[-1] |= run(line, NODES)
        browser.close()
    return rows


def _receive(site: Site, room: str, count: int) -> None:
    """Somebody else says so many things, about twenty a second."""
    wire = site.member("paul").socket()
    for number in range(count):
        assert wire.says(room, f"{number}. {WORDS}", new_id())["ok"]
        time.sleep(0.05)


def table(rows: list[dict[str, Any]]) -> str:
    """The rows for people: what each part has."""
    return "\n".join(
        f"{row['part']:<22} "
        + "  ".join(f"{name}={value}" for name, value in row.items() if name != "part")
        for row in rows
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--slower", type=int, default=SLOWER)
    parser.add_argument("--far", type=float, default=600, help="seconds to scroll on and on")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), world(), rates="off") as site,
    ):
        fill(site, site.lounge, site.ids["people"]["paul"], asked.messages)
        rows = measure(site, site.lounge, asked.slower, asked.far)
    print(table(rows))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
