"""Journeys P7, O3, O4 and guard rule G3: rest, the ladder tried end to end, swaps, two people."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from support.accounts import actions as accounts
from support.accounts import queries
from support.base.actor import Role
from support.crisis import actions
from support.crisis.forms import ShiftForm

PHONE_SMALL = {"width": 320, "height": 640}
SHOTS = os.environ.get("HANDRAIL_SHOTS")


@pytest.fixture(scope="module", autouse=True)
def rota(house):
    """Mo is on call day and night; Rae is an admin too."""
    database = house.database()
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
        rae = accounts_of(unit, "rae")
        accounts.set_role(unit, rae, Role.ADMIN)
    database.dispose()


def accounts_of(unit, handle):
    found = queries.by_handle(unit, handle)
    assert found is not None
    return found.id


def is_fine(here, name=""):
    assert here.axe() == []
    assert here.sideways() == 0
    if SHOTS and name:
        here.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def press(here, name, scope="main"):
    here.page.locator(scope).get_by_role("button", name=name, exact=True).first.click()


def test_o3_the_ladder_is_tried_end_to_end_and_a_number_is_changed_by_two(stay):
    ada, rae, mo = stay("ada", PHONE_SMALL), stay("rae"), stay("mo")
    ada.open("/crisis/ladder")
    is_fine(ada, "ladder-320")
    press(ada, "Send a test page")
    ada.page.wait_for_url("**/crisis/ladder?test=*")
    table = ada.page.locator("[data-test]")
    expect(table).to_contain_text("arrived")
    expect(table).to_contain_text("mo")
    mo.open("/account/notices")
    expect(mo.page.locator("[data-notices]")).to_contain_text("only a test")

    ada.open("/crisis/numbers?country=PT")
    card = ada.page.locator(".card--urgent").first
    card.get_by_text("The number has changed").click()
    card.get_by_label("New number").fill("115")
    card.get_by_label("Page where it can be read").fill("https://example.org/numbers")
    card.get_by_role("button", name="Save the change").click()
    expect(ada.page.get_by_text("ada says it is now 115.")).to_be_visible()
    assert ada.page.get_by_role("button", name="I looked it up too: it is right").count() == 0
    is_fine(ada, "numbers-320")
    rae.open("/crisis/numbers?country=PT")
    press(rae, "I looked it up too: it is right")
    expect(rae.page.get_by_text("The team's own number: 115")).to_be_visible()
    mo.open("/help/PT")
    assert mo.page.locator("a[href^='tel:']").first.get_attribute("href") == "tel:115"


def test_o4_a_swap_is_asked_and_accepted_and_a_gap_is_seen(stay, house):
    mo, rae = stay("mo", PHONE_SMALL), stay("rae")
    mo.open("/crisis/rota")
    day = _tomorrow(house)
    mo.page.get_by_text("Ask somebody to take a shift of yours").click()
    form = mo.page.locator("form[action='/crisis/rota/swaps']")
    form.get_by_label("From").fill(f"{day}T22:00")
    form.get_by_label("To", exact=True).fill(f"{day}T23:30")
    form.get_by_label("Whom").fill("rae")
    form.get_by_role("button", name="Ask").click()
    expect(mo.page.get_by_text("You ask rae")).to_be_visible()
    is_fine(mo, "rota-320")
    rae.open("/crisis/rota")
    expect(rae.page.get_by_text("mo asks you")).to_be_visible()
    press(rae, "I take it")
    expect(rae.page.get_by_text("rae covers")).to_be_visible()
    expect(rae.page.get_by_text("None. Somebody is always on call.")).to_be_visible()
    is_fine(rae, "rota-1280")
    mo.open("/crisis/rota")
    expect(mo.page.get_by_text("mo is off")).to_be_visible()
    mo.page.get_by_role("button", name="Take back").first.click()
    mo.page.get_by_text("Be off, or cover for a while").click()
    away = mo.page.locator("form[action='/crisis/rota/changes']")
    away.get_by_label("From").fill(f"{day}T01:00")
    away.get_by_label("To", exact=True).fill(f"{day}T02:00")
    away.get_by_role("button", name="Save").click()
    expect(mo.page.locator(".card--warn")).to_contain_text("to")


def _tomorrow(house):
    database = house.database()
    with database.read() as unit:
        day = (unit.now + timedelta(days=2)).date().isoformat()
    database.dispose()
    return day


# Counts instead of sounding: a test has no ears.
LOUDSPEAKER = """
window.chimes = 0;
window.AudioContext = class {
  currentTime = 0;
  destination = {};
  createGain() {
    return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {} }, connect() {} };
  }
  createOscillator() {
    const start = () => { window.chimes += 1; };
    return { frequency: {}, connect: (next) => next, start, stop() {}, addEventListener() {} };
  }
};
"""


def test_p7_and_g3_a_case_is_worked_through_and_a_ban_does_not_close_it(stay, house, window):
    mina, mo = stay("mina", PHONE_SMALL), stay("mo")
    mo.page.add_init_script(LOUDSPEAKER)
    mo.open("/crisis/ladder")
    press(mo, "A soft sound when I am called, in this browser")
    mina.open("/")
    mina.open("/help")
    mina.page.get_by_role("link", name="My plan").click()
    mina.page.locator("#helps").get_by_text("Add a line").click()
    mina.page.locator("#helps").get_by_label("Words").fill("Cold water on my hands.")
    mina.page.locator("#helps").get_by_role("button", name="Add it").click()
    expect(mina.page.locator("#helps li")).to_contain_text("Cold water on my hands.")
    is_fine(mina, "plan-320")
    mina.page.get_by_role("link", name="Help now").last.click()
    press(mina, "Tell a moderator quietly")
    mina.page.wait_for_url("**/help/now")
    expect(mina.page.locator("#called")).to_contain_text("Called: mo")
    expect(mina.page.locator("#plan")).to_contain_text("Cold water on my hands.")
    is_fine(mina, "asked-320")

    mo.open("/account/notices")
    paged = mo.page.locator("[data-paged]")
    expect(paged).to_be_visible()
    assert mo.page.evaluate("window.chimes") == 1
    paged.get_by_role("link").click()
    press(mo, "I take this")
    press(mo, "Say this")
    expect(mo.page.get_by_text("I am here and I am reading.").first).to_be_visible()
    mo.page.go_back()
    press(mo, "Ask whether I may see it")
    expect(mo.page.get_by_text("There is no answer yet.")).to_be_visible()
    is_fine(mo, "case-1280")
    mina.open("/help/now")
    press(mina, "Yes, show it")
    expect(mina.page.get_by_text("You said yes to showing your plan.")).to_be_visible()
    mo.page.reload()
    expect(mo.page.get_by_text("Cold water on my hands.")).to_be_visible()
    is_fine(mo, "plan-1280")

    mina.forgive("WebSocket connection")
    mina.forgive("401")
    done = house.command("user", "ban", "--handle", "mina", "--reason", "We will talk about it.")
    assert done.returncode == 0, done.stderr
    expect(mina.page.get_by_role("link", name="Your side room is still open.")).to_be_visible()
    out = window(house.origin, PHONE_SMALL)
    out.forgive("403")
    out.open("/login")
    out.page.locator("main [name=handle]").fill("mina")
    out.page.locator("main [name=password]").fill("four plain words here")
    press(out, "Log in")
    out.page.get_by_role("link", name="Go to your side room").click()
    expect(out.page.get_by_text("mo is reading this.")).to_be_visible()
    out.page.get_by_label("Write").fill("I am still here.")
    press(out, "Send")
    expect(out.page.locator("[data-said]")).to_contain_text("I am still here.")
    is_fine(out, "side-room-320")

    mo.page.get_by_role("link", name="Open the side room").click()
    expect(mo.page.get_by_text("I am still here.")).to_be_visible()
    mo.page.go_back()
    mo.page.get_by_label("What happened").fill("She is with her sister now.")
    press(mo, "Save the note")
    press(mo, "Close the case")
    mo.page.wait_for_url("**/crisis/cases")
    mo.open("/crisis/rota")
    expect(mo.page.get_by_role("button", name="I am ready again")).to_be_visible()
    mo.open("/crisis/figures")
    is_fine(mo, "figures-1280")
    out.forgive("409")
    out.page.get_by_role("link", name="Look again").click()
    expect(out.page.locator("main")).to_contain_text("This talk has ended.")
