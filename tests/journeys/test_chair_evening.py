"""Journeys P5 and P10: the host's line is lost, the stand-by leads, the host is back; afterwards.

The twenty seconds are rows. So no test waits for them: it moves the rows back, as time would have.
"""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from support.chat.models import Chair, ChairOffer, HostLine, Room
from tests.browsers import PHONE

NARROW = {"width": 320, "height": 640}
PATIENCE = 60.0


@pytest.fixture(scope="module")
def meeting(house):
    """A meeting that begins now: Paul hosts, Mina belongs."""
    start = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    slot = {"title": "Slow taper", "start": start, "timezone": "UTC", "minutes": 60}
    group = {
        "slug": "still-here",
        "name": "Still here",
        "focus": ["diazepam"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina"],
        "meetings": [slot],
    }
    path = house.folder / "chair.json"
    path.write_text(json.dumps({"groups": [group]}), encoding="utf-8")
    made = house.command("load", str(path))
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["groups"]["still-here"]["meetings"][0]


class Rows:
    """The rows of one meeting, seen and moved from outside."""

    def __init__(self, database, room):
        self.database, self.room = database, room

    def one(self, statement):
        with self.database.read() as unit:
            return unit.session.scalar(statement)

    def until(self, statement, is_so):
        """Look again until it is so; whatever the machine does, at most a minute."""
        end = time.monotonic() + PATIENCE
        while not is_so(found := self.one(statement)):
            assert time.monotonic() < end, found
            time.sleep(0.05)

    def is_here(self):
        """The host's line has been written down."""
        self.until(select(func.count()).select_from(HostLine), lambda found: found > 0)

    def is_lost_for(self, seconds):
        """Every line has ended; then it is as if that had been so long ago."""
        latest = select(func.max(HostLine.until)).where(HostLine.room_id == self.room)
        self.until(latest, lambda found: found <= datetime.now(UTC))
        past = datetime.now(UTC) - timedelta(seconds=seconds)
        with self.database.unit() as unit:
            unit.session.execute(update(Chair).values(since=past))
            unit.session.execute(update(HostLine).values(until=past))

    def is_offered(self):
        asked = select(func.count()).where(ChairOffer.state == "open", ChairOffer.why == "lost")
        self.until(asked, lambda found: found == 1)

    def waited(self, seconds):
        """Whoever was asked was asked so long ago."""
        past = datetime.now(UTC) - timedelta(seconds=seconds)
        with self.database.unit() as unit:
            unit.session.execute(update(Chair).values(offered_at=past))

    def state(self):
        return self.one(select(Room.state).where(Room.id == self.room))


@pytest.fixture
def rows(house, meeting):
    database = house.database()
    yield Rows(database, meeting["room"])
    database.dispose()


def is_fine(window):
    assert window.axe() == []
    assert window.sideways() == 0


def leads(window, words):
    line = window.page.locator("[data-chair-line]")
    expect(line).to_have_text(re.compile(words), timeout=PATIENCE * 1000)


def enter(window, meeting):
    window.open(f"/rooms/{meeting['room']}")
    window.in_room()


def tool(window, name):
    panel = window.page.locator("[data-host-panel]")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    panel.get_by_role("button", name=name, exact=True).click()


def test_p5_the_host_drops_out_the_stand_by_leads_and_the_host_is_back(meeting, rows, seat):
    mina, paul, rae = seat("mina", NARROW), seat("paul"), seat("rae", PHONE)
    rae.open(f"/meetings/{meeting['id']}")
    stand_by = rae.page.get_by_role("button", name="Stand by for this meeting")
    stand_by.focus()
    rae.page.keyboard.press("Enter")
    expect(rae.page.get_by_role("button", name="Leave the list")).to_be_visible()
    is_fine(rae)

    enter(paul, meeting)
    enter(mina, meeting)
    tool(paul, "Start")
    leads(mina, "^paul leads")
    rows.is_here()
    paul.context.close()
    rows.is_lost_for(20)
    rows.is_offered()

    rae.open("/chair")
    expect(rae.page.locator("main")).to_contain_text("Its host has lost the line.")
    is_fine(rae)
    rae.page.get_by_role("button", name="Take the chair").focus()
    rae.page.keyboard.press("Enter")
    rae.page.wait_for_url(f"**/rooms/{meeting['room']}")
    leads(mina, "^rae leads")
    assert rows.state() == "open"

    back = seat("paul")
    enter(back, meeting)
    leads(back, "^rae leads")
    back.page.get_by_role("button", name="Take my chair back").click()
    back.page.wait_for_url(f"**/rooms/{meeting['room']}")
    leads(mina, "^paul leads. rae sits beside.$")
    rae.context.close()
    back.context.close()
    rows.is_lost_for(20)
    waits = mina.page.locator("[data-chair-waits]")
    rows.until(select(Chair.offered_at), lambda found: found is not None)
    expect(waits).to_be_hidden()
    rows.waited(30)
    expect(waits).to_be_visible(timeout=PATIENCE * 1000)
    expect(waits.get_by_role("link", name="Numbers to call")).to_be_visible()
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    assert rows.state() == "paused"
    is_fine(mina)


def test_p10_a_number_and_no_names_a_worry_and_kind_words(meeting, rows, seat):
    paul = seat("paul")
    enter(paul, meeting)
    tool(paul, "Go on")
    leads(paul, "^paul leads")
    paul.page.locator("[data-host-panel] summary", has_text="Close the room").click()
    tool(paul, "Yes, close it")
    rows.until(select(Chair.over_at), lambda found: found is not None)

    mina = seat("mina", NARROW)
    mina.open(f"/rooms/{meeting['room']}")
    mina.page.get_by_role("link", name="Tell the hosts how it was").click()
    mina.page.get_by_label("How was it for you?").fill("It helped that nobody hurried.")
    mina.page.get_by_role("button", name="Send it", exact=True).click()
    expect(mina.page.locator("main")).to_contain_text("Your name is not shown to them.")
    is_fine(mina)

    paul.open("/chair")
    paul.page.get_by_role("link", name="Slow taper").first.click()
    main = paul.page.locator("main")
    expect(main).to_contain_text("It helped that nobody hurried.")
    expect(main.locator("dd").first).to_have_text("3")
    expect(main).not_to_contain_text("mina")
    paul.page.get_by_label("What went well?").fill("People stayed calm while we waited.")
    paul.page.get_by_label("Tell the moderators").fill("Somebody was very low at the end.")
    is_fine(paul)
    paul.page.get_by_role("button", name="Keep it").click()
    expect(paul.page.locator("body")).to_contain_text("The moderators have your worry.")

    mo = seat("mo", PHONE)
    mo.open("/moderation")
    mo.page.get_by_role("link", name="paul").first.click()
    expect(mo.page.locator("main")).to_contain_text("A host is worried after a meeting")
    is_fine(mo)
