"""Journeys M2 and M10: joining under a made-up name, coming back, and leaving without a trace."""

import pytest
from playwright.sync_api import expect

from tests.browsers import PHONE

NARROW = {"width": 320, "height": 640}
PASSPHRASE = "four plain words here"


def is_fine(window):
    """Nothing for axe to say, and nothing to scroll sideways."""
    assert window.axe() == []
    assert window.sideways() == 0


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)


def send(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def log_in(page, handle):
    page.goto("/login")
    fill(page, handle=handle, password=PASSPHRASE)
    send(page, "Log in")
    page.wait_for_url("**/")


@pytest.mark.parametrize("script", [True, False])
def test_m2_wren_joins_by_a_made_up_name_and_sees_the_code_once(house, window, script):
    here = window(house.origin, PHONE, java_script_enabled=script, locale="pt-PT")
    page = here.page
    here.open("/register")
    if script:
        is_fine(here)
    expect(page.get_by_text("do not use your real name")).to_be_visible()
    expect(page.locator("[name=country]")).to_have_value("PT")

    fill(page, handle="wren@example.org", password=PASSPHRASE)
    page.get_by_label("I am 18 or over.").check()
    page.get_by_label("I have read the house rules and I agree.").check()
    send(page, "Join")
    expect(page.locator(".field__error")).to_contain_text("looks like an e-mail address")
    expect(page.locator("[name=handle]")).to_have_value("wren@example.org")
    expect(page.locator("[name=password]")).to_have_value("")
    if script:
        is_fine(here)

    fill(page, handle="m0derator", password=PASSPHRASE)
    send(page, "Join")
    expect(page.locator(".field__error")).to_contain_text("not free")
    offers = page.locator("main .notice li strong")
    expect(offers).to_have_count(3)
    chosen = offers.first.inner_text()

    fill(page, handle=chosen, password=PASSPHRASE)
    send(page, "Join")
    page.wait_for_url("**/account/recovery-code")
    code = page.locator("[data-recovery-code]").inner_text()
    assert len(code) == 29
    if script:
        is_fine(here)
    page.reload()
    assert code not in page.content()
    page.goto("/account")
    expect(page.locator("main")).to_contain_text(chosen)

    other = window(house.origin, PHONE, java_script_enabled=script)
    other.open("/recover")
    fill(other.page, handle=chosen, code=code.lower(), password="a quite different phrase")
    send(other.page, "Set the new passphrase")
    other.page.wait_for_url("**/account/recovery-code")
    page.goto("/account")
    page.wait_for_url("**/login?next=/account")


def test_m10_three_escapes_leave_and_back_does_not_return(house, window):
    here = window(house.origin, PHONE)
    page = here.page
    log_in(page, "mina")
    page.goto("/account")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/blank")
    assert "Handrail" not in page.content()
    page.go_back()
    assert "mina" not in page.locator("body").inner_text()
    here.open("/account")
    page.wait_for_url("**/login?next=/account")


def test_m10_the_button_leaves_without_script_too(house, window):
    here = window(house.origin, PHONE, java_script_enabled=False)
    page = here.page
    log_in(page, "mina")
    page.goto("/account")
    page.get_by_role("button", name="Leave fast").click()
    page.wait_for_url("**/blank")
    page.go_back()
    assert "mina" not in page.locator("main").inner_text()


def test_m10_otto_erases_himself_and_cannot_come_back(house, window):
    here = window(house.origin, PHONE)
    page = here.page
    log_in(page, "otto")
    page.goto("/account/delete")
    is_fine(here)
    fill(page, password="not this one")
    send(page, "Erase my account")
    expect(page.locator(".field__error")).to_contain_text("not your passphrase")
    fill(page, password=PASSPHRASE)
    send(page, "Erase my account")
    page.wait_for_url("**/")
    page.goto("/login")
    fill(page, handle="otto", password=PASSPHRASE)
    send(page, "Log in")
    expect(page.get_by_text("does not fit")).to_be_visible()


def test_every_page_of_the_account_is_fit_for_a_small_phone_and_a_screen_reader(house, window):
    here = window(house.origin, NARROW)
    paths = ["/login", "/recover", "/register", "/rules"]
    own = ["/account", "/account/sessions", "/account/recovery-code", "/account/delete", "/rules"]
    for path in paths:
        here.open(path)
        is_fine(here)
    log_in(here.page, "rae")
    for path in own:
        here.open(path)
        is_fine(here)
    here.open("/account/recovery-code")
    is_fine(here)

    done = house.command("user", "ban", "rae", "--reason", "You offered pills twice.")
    assert done.returncode == 0, done.stderr
    here.open("/login")
    fill(here.page, handle="rae", password=PASSPHRASE)
    send(here.page, "Log in")
    expect(here.page.get_by_text("You offered pills twice.")).to_be_visible()
    is_fine(here)


def test_a_session_is_ended_from_another_device_by_keyboard_alone(house, window):
    phone, desk = window(house.origin, PHONE), window(house.origin)
    log_in(phone.page, "paul")
    log_in(desk.page, "paul")
    desk.open("/account/sessions")
    buttons = desk.page.get_by_role("button", name="Log out of Chrome")
    expect(buttons).to_have_count(1)
    buttons.focus()
    desk.page.keyboard.press("Enter")
    expect(buttons).to_have_count(0)
    phone.open("/account")
    phone.page.wait_for_url("**/login?next=/account")
