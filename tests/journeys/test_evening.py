"""Journeys M1, M3 and P4: from the schedule, seen by a visitor, to the last word of a meeting."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browsers import PHONE


@pytest.fixture(scope="module")
def meeting(house):
    """A meeting of tomorrow night, in its own group: Paul hosts, Mina belongs."""
    start = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT22:00")
    slot = {"title": "Slow taper", "start": start, "timezone": "Europe/Lisbon", "minutes": 60}
    group = {
        "slug": "late-hours",
        "name": "Late hours",
        "focus": ["diazepam"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina"],
        "meetings": [{**slot, "rrule": "FREQ=WEEKLY", "seats": 12}],
    }
    path = house.folder / "evening.json"
    path.write_text(json.dumps({"groups": [group]}), encoding="utf-8")
    made = house.command("load", str(path))
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["groups"]["late-hours"]["meetings"][0]


def is_fine(window):
    assert window.axe() == []
    assert window.sideways() == 0


def say(window, words):
    window.page.locator("#say-body").fill(words)
    window.page.get_by_role("button", name="Send", exact=True).click()


def said(window):
    return window.page.locator("[data-list] > .msg .msg__body")


def test_m1_a_visitor_finds_a_meeting_without_an_account(house, meeting, window):
    here = window(house.origin, PHONE)
    page, main = here.page, here.page.locator("main")
    here.open("/")
    is_fine(here)
    here.open("/meetings?tz=America/New_York")
    expect(main).to_contain_text("Slow taper")
    expect(main).to_contain_text("America/New_York")
    is_fine(here)
    here.open("/meetings?tz=America/New_York&stage=finished")
    expect(main).not_to_contain_text("Slow taper")
    here.open("/meetings?stage=tapering")
    page.get_by_role("link", name=re.compile("Slow taper")).first.click()
    for words in ("paul", "7 days", "House rules", "Are you in danger?", "Log in to take a seat"):
        expect(main).to_contain_text(words)
    is_fine(here)
    assert {cookie["name"] for cookie in here.context.cookies()} <= {"handrail", "comfort"}


def test_m3_p4_a_meeting_from_its_lobby_to_its_end(meeting, seat):
    mina, paul = seat("mina", PHONE), seat("paul")
    mina.open(f"/meetings/{meeting['id']}")
    mina.page.get_by_role("button", name="Take a seat").click()
    expect(mina.page.locator("main")).to_contain_text("You have a seat.")
    for window in (mina, paul):
        window.open(f"/rooms/{meeting['room']}")
        window.in_room()
    is_fine(mina)

    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()

    paul.page.locator("[data-host-panel] > summary").click()
    panel = paul.page.locator("[data-host-panel]")
    panel.get_by_role("button", name="Open the doors").click()
    say(paul, "Welcome. You can just read tonight.")
    expect(said(mina)).to_have_text(["Welcome. You can just read tonight."])
    panel.get_by_role("button", name="Start", exact=True).click()
    expect(mina.page.locator("[data-meeting-line]")).to_contain_text("The meeting goes on.")
    is_fine(paul)

    say(mina, "one small thing: I walked to the corner")
    expect(said(paul)).to_have_count(2)
    say(paul, "thank you for telling us")
    for window in (mina, paul):
        expect(said(window)).to_have_text(
            [
                "Welcome. You can just read tonight.",
                "one small thing: I walked to the corner",
                "thank you for telling us",
            ]
        )
    mina.page.reload()
    expect(said(mina)).to_have_count(3)

    panel.get_by_role("button", name="5 minutes more").click()
    panel.get_by_role("button", name="End gently").click()
    expect(mina.page.locator("[data-meeting-line]")).to_contain_text("The meeting is ending.")
    panel.get_by_text("Close the room", exact=True).click()
    panel.get_by_role("button", name="Yes, close it").click()
    expect(mina.page.locator("[data-meeting-line]")).to_contain_text("The meeting is over.")
