"""Journey M5 and P7: Mina is in danger, Mo is called, takes the case, and talks with her."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, update

from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.crisis.models import Case, Rest, RotaShift
from tests.browsers import PHONE


@pytest.fixture(autouse=True)
def evening(house):
    """Mo is on call day and night; every case of the test before is closed and nobody rests."""
    with crisis(house) as unit:
        closed = {"state": "closed", "outcome": "safe", "closed_at": unit.now, "held_by_id": None}
        unit.session.execute(update(Case).values(**closed, due_at=None))
        unit.session.execute(delete(Rest))
        unit.session.execute(delete(RotaShift))
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))


@contextmanager
def crisis(house):
    """The desk's tables, for what no journey has to click together."""
    database = house.database()
    with database.unit() as unit:
        yield unit
    database.dispose()


def ask_for_help(here):
    """The help page needs no cookie: that somebody is logged in it knows from a page before."""
    here.open("/")
    here.open("/help")


def is_fine(here):
    assert here.axe() == []
    assert here.sideways() == 0


def test_help_is_one_tap_away_without_log_in_script_or_cookie(house, window):
    here = window(house.origin, PHONE, java_script_enabled=False, locale="pt-PT")
    page = here.page
    here.open("/")
    page.get_by_role("link", name="Help now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Are you safe right now?")
    assert page.locator("a[href^='tel:']").first.get_attribute("href") == "tel:112"
    expect(page.locator("main")).to_contain_text("We guessed this from your browser")
    page.locator("select[name=country]").select_option("GB")
    page.get_by_role("button", name="Show numbers").click()
    page.wait_for_url("**/help/GB")
    assert page.locator("a[href^='tel:']").first.get_attribute("href") == "tel:999"


def test_the_help_pages_are_fine_in_every_light_and_at_320_pixels(house, window):
    here = window(house.origin, {"width": 320, "height": 640})
    for path in ("/help/PT", "/help/AF", "/help/choose"):
        here.open(path)
        is_fine(here)
        assert here.context.cookies() == []


def test_m5_mina_asks_quietly_mo_takes_it_and_she_sees_who_is_reading(stay):
    mina, mo = stay("mina", PHONE), stay("mo", PHONE)
    mo.open("/crisis/cases")
    expect(mo.page.get_by_text("Nobody needs you right now.")).to_be_visible()
    is_fine(mo)

    ask_for_help(mina)
    mina.page.get_by_label("A few words for the moderator").fill("I stopped, my hands jerk")
    mina.page.get_by_role("button", name="Tell a moderator quietly").click()
    mina.page.wait_for_url("**/help/now")
    called = mina.page.locator("#called")
    expect(called).to_contain_text("We have called people.")
    expect(called).to_contain_text("Called: mo")
    is_fine(mina)

    news = mo.page.get_by_text("Something has changed. Look again.")
    expect(news).to_be_visible()
    is_fine(mo)
    news.click()
    mo.page.get_by_role("button", name="I take this").click()
    mo.page.wait_for_url("**/crisis/cases/*")
    expect(mo.page.get_by_text("This is yours now")).to_be_visible()
    expect(mo.page.get_by_text("I stopped, my hands jerk")).to_be_visible()
    is_fine(mo)

    expect(called).to_contain_text("mo is reading this.")
    mina.page.reload()
    mina.page.get_by_role("link", name="Open the side room").click()
    mo.page.get_by_role("link", name="Open the side room").click()
    mina.page.wait_for_url("**/rooms/*")
    assert mina.page.url == mo.page.url


def test_p7_a_case_is_noted_handed_over_and_closed(stay):
    mina, mo, rae = (stay(who, PHONE) for who in ("mina", "mo", "rae"))
    ask_for_help(mina)
    mina.page.get_by_role("button", name="Tell a moderator quietly").click()
    mo.open("/account/notices")
    paged = mo.page.locator("[data-paged]")
    expect(paged).to_be_visible()
    assert mo.page.title().startswith("\u2022")
    is_fine(mo)
    paged.get_by_role("link").click()
    mo.page.get_by_role("button", name="I take this").click()
    expect(paged).to_be_hidden()
    mo.page.get_by_label("What happened").fill("She answers, she is with her sister.")
    mo.page.get_by_role("button", name="Save the note").click()
    expect(mo.page.locator("[data-log]")).to_contain_text("with her sister")
    mo.page.get_by_label("What the next person must know").fill("Sister is there.")
    mo.page.get_by_label("To whom").select_option("rae")
    mo.page.get_by_role("button", name="Hand over").click()
    expect(mo.page.locator("[data-log]")).to_contain_text("handed the case on")

    rae.open("/account/notices")
    rae.page.get_by_role("link", name="A case was handed to you.").click()
    expect(rae.page.get_by_text("This is yours now")).to_be_visible()
    rae.page.get_by_role("button", name="Close the case").click()
    rae.page.wait_for_url("**/crisis/cases")
    expect(rae.page.get_by_text("Nobody needs you right now.")).to_be_visible()
    is_fine(rae)


def test_the_admins_pages_are_fine_on_a_small_phone(stay):
    ada = stay("ada", PHONE)
    for path in (
        "/crisis/rota",
        "/crisis/numbers?country=PT",
        "/crisis/outbox",
        "/account/notices",
    ):
        ada.open(path)
        is_fine(ada)


def test_m5_with_an_empty_rota_otto_is_told_at_once_numbers_first(seat, house):
    with crisis(house) as unit:
        unit.session.execute(delete(RotaShift))
    otto = seat("otto", PHONE, java_script_enabled=False)
    ask_for_help(otto)
    otto.page.get_by_role("button", name="Tell a moderator quietly").click()
    otto.page.wait_for_url("**/help/now")
    page = otto.page.locator("main").inner_text()
    assert re.search(r"Call 112.*Nobody is on duty right now\.", page, re.DOTALL)
