"""Every page is fit for tired eyes: four themes, 320 pixels, large text, keyboard, offline help."""

import gzip
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browsers import PHONE

THEMES = ("soft", "dim", "night", "contrast")
SMALL = {"width": 320, "height": 640}
MOST_BYTES = 30 * 1024
OPEN_TO_ALL = [
    "/",
    "/groups",
    "/groups/night-owls-0",
    "/meetings",
    "/help",
    "/help/pt",
    "/login",
    "/register",
    "/recover",
    "/comfort",
    "/offline",
    "/not/here",
]
OF_MINA = [
    "/",
    "/help",
    "/account",
    "/account/notices",
    "/account/reports",
    "/rules",
    "/mentors",
    "/mentors/apply",
]
OF_STAFF = [
    "/moderation",
    "/moderation/audit",
    "/moderation/sanctions",
    "/moderation/rules",
    "/moderation/rules/new",
    "/mentors/applications",
    "/crisis/cases",
    "/crisis/rota",
    "/crisis/numbers",
    "/crisis/outbox",
    "/backup",
]
WEAR = "([name, value]) => { document.documentElement.dataset[name] = value; }"


def looks_right(window, path):
    """In every theme nothing for axe to say; nothing to scroll sideways at any text size."""
    window.open(path)
    assert window.axe() == [], path
    for theme in THEMES:
        window.page.evaluate(WEAR, ["theme", theme])
        assert window.axe(only="color-contrast") == [], (path, theme)
    for size in "1234":
        window.page.evaluate(WEAR, ["text", size])
        assert window.sideways() == 0, (path, size)
    window.page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    assert window.sideways() == 0, (path, "rtl")


def test_the_pages_open_to_all_are_fit_in_every_theme(house, circles, window):
    otto = window(house.origin, SMALL)
    for path in OPEN_TO_ALL:
        looks_right(otto, path)


def test_the_pages_of_a_member_are_fit_in_every_theme(seat, circles):
    mina = seat("mina", SMALL)
    for path in OF_MINA:
        looks_right(mina, path)


def test_the_pages_of_the_desk_are_fit_in_every_theme(seat, circles):
    ada = seat("ada", SMALL)
    for path in OF_STAFF:
        looks_right(ada, path)


def test_the_home_of_a_mentor_is_fit_in_every_theme(seat, circles):
    looks_right(seat("paul", SMALL), "/mentors/home")


def test_the_room_is_fit_in_every_theme_and_with_very_large_text(seat, lounge):
    paul = seat("paul", SMALL)
    looks_right(paul, f"{lounge}/holds")
    looks_right(paul, lounge)
    paul.page.set_viewport_size({"width": 320, "height": 480})
    paul.page.locator("#say-body").scroll_into_view_if_needed()
    expect(paul.page.locator("#say-body")).to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False])
def test_comfort_is_kept_with_and_without_script(house, window, script):
    here = window(house.origin, PHONE, java_script_enabled=script)
    here.open("/login")
    page = here.page
    html = page.locator("html")
    page.get_by_text("Comfort", exact=True).click()
    page.get_by_label("Light").select_option("night")
    page.get_by_label("Text size").select_option("4")
    if script:
        expect(html).to_have_attribute("data-theme", "night")
        assert page.locator("body").evaluate("b => getComputedStyle(b).fontSize") == "30.6px"
    page.locator(".comfort").get_by_role("button", name="Save").click()
    page.wait_for_url("**/login")
    expect(html).to_have_attribute("data-theme", "night")
    here.open("/help")
    expect(html).to_have_attribute("data-theme", "night")
    expect(html).to_have_attribute("data-text", "4")


def test_nothing_moves_unless_it_was_asked_for(house, window):
    here = window(house.origin)
    here.open("/")
    still = "b => getComputedStyle(b).transitionDuration + getComputedStyle(b).animationName"
    assert here.page.locator(".btn").first.evaluate(still) == "0snone"
    expect(here.page.locator("html")).to_have_attribute("data-motion", "off")


def test_help_is_there_without_a_line_and_says_nothing_of_the_person(seat, circles):
    mina = seat("mina", PHONE)
    mina.forgive("INTERNET_DISCONNECTED|WebSocket")
    page = mina.page
    mina.open("/help")
    ready = "async () => { await navigator.serviceWorker.ready; "
    kept = (
        ready + "return (await (await caches.open((await caches.keys())[0])).keys()).length > 2; }"
    )
    page.wait_for_function(kept)
    mina.context.set_offline(True)
    mina.open("/help")
    expect(page.get_by_role("link", name="Call 112")).to_be_visible()
    assert page.locator("form[action='/help/now'], form[action='/leave']").count() == 0
    assert page.locator("meta[name=csrf-token]").count() == 0
    assert (
        page.evaluate("() => getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )
    mina.open("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no connection")
    page.get_by_role("link", name="Help now").click()
    expect(page.get_by_role("link", name="Call 112")).to_be_visible()


def test_everything_is_reached_by_keyboard_and_help_is_one_step_away(house, circles, window):
    here = window(house.origin, PHONE)
    here.open("/meetings")
    here.page.keyboard.press("Tab")
    expect(here.page.get_by_role("link", name="Skip to the page")).to_be_focused()
    here.page.keyboard.press("Enter")
    expect(here.page.locator("main")).to_be_focused()
    seen = set()
    for _ in range(60):
        here.page.keyboard.press("Tab")
        seen.add(here.page.evaluate("() => document.activeElement.textContent.trim()"))
        assert here.page.evaluate(
            "() => { const box = document.activeElement.getBoundingClientRect();"
            " return box.bottom > 0 && box.top < innerHeight; }"
        )
        if "Leave fast" in seen:
            break
    assert {"Help now", "Leave fast"} <= seen
    here.page.get_by_role("link", name="Help now").press("Enter")
    here.page.wait_for_url("**/help")


def test_the_first_page_and_its_looks_are_small(house, circles, lounge):
    visitor = house.member("mina")
    for path in ("/", "/help/pt", "/meetings", lounge):
        page = visitor.get(path, "text/html").text
        sheets = [part.split('"')[0] for part in page.split('rel="stylesheet" href="')[1:]]
        assert sheets
        total = len(gzip.compress(page.encode()))
        for sheet in sheets:
            with urllib.request.urlopen(house.origin + sheet) as answer:
                total += len(gzip.compress(answer.read()))
        assert total <= MOST_BYTES, (path, total)


def test_the_blank_page_says_nothing_of_us(house, window):
    here = window(house.origin)
    here.open("/blank")
    assert "handrail" not in here.page.content().lower()
    assert here.axe() == []


def test_m1_times_are_in_the_zone_of_the_device_and_it_is_named(house, circles, window):
    here = window(house.origin, PHONE, timezone_id="America/Bogota")
    here.open("/meetings")
    here.page.wait_for_url("**/meetings?tz=America%2FBogota")
    expect(here.page.locator("main")).to_contain_text("Times use America/Bogota.")
