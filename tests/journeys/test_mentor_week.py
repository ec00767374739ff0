"""P2, P9 and a hand-over in real windows: a mentor's own limits hold, a pause is kind to all."""

from playwright.sync_api import expect

from support.accounts import actions as accounts
from support.base.actor import Role
from tests.browsers import DESK, PHONE
from tests.journeys.test_two_who_agree import press
from tests.people import CHEAP, PASSPHRASE

PAGES = ("home", "shifts", "pair", "guide", "code", "rest")


def nora_comes(house):
    """One more mentor, made as an admin makes one."""
    database = house.database()
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    with database.unit() as unit:
        accounts.create(unit, "nora", Role.MENTOR, CHEAP.hash(PASSPHRASE), about)
    database.dispose()


def sign_up(window, start, minutes):
    window.page.get_by_label("Day", exact=True).select_option("1")
    window.page.get_by_label("From").fill(start)
    window.page.get_by_label("How many minutes").fill(minutes)
    press(window, "Sign up")


def test_p2_p9_limits_hold_a_pause_is_kind_and_somebody_is_handed_over(house, seat):
    nora_comes(house)
    paul, mina, nora = seat("paul", PHONE), seat("mina", PHONE), seat("nora", DESK)
    for here in (paul, nora):
        here.open("/mentors/home")
        expect(here.page.get_by_text("Nobody asks now. Rest.")).to_be_visible()
        here.page.get_by_label("Languages").fill("en")
        here.page.get_by_label("Medicines you know from your own way").fill("diazepam")
        here.page.get_by_label("Shifts a day at most").fill("1")
        press(here, "Keep my limits")
        expect(here.page.get_by_text("Kept.")).to_be_visible()

    paul.open("/mentors/shifts")
    expect(paul.page.get_by_text("No shifts. Rest.")).to_be_visible()
    sign_up(paul, "20:00", "90")
    expect(paul.page.get_by_text("Thank you. It is in your shifts.")).to_be_visible()
    sign_up(paul, "09:00", "60")
    expect(paul.page.get_by_text("one more than the 1 shifts a day").first).to_be_visible()
    expect(paul.page.get_by_label("From")).to_have_value("09:00")

    mina.open("/mentors")
    mina.page.get_by_label("What you take, or took").fill("diazepam")
    press(mina, "Look for somebody")
    press(mina, "Ask paul")
    expect(mina.page.get_by_text("They have not answered yet.")).to_be_visible()
    paul.open("/mentors/home")
    press(paul, "Yes, I walk with them")
    paul.page.wait_for_url("**/rooms/*")

    for path in PAGES:
        paul.open(f"/mentors/{path}")
        assert (paul.sideways(), paul.axe()) == (0, []), path

    paul.open("/mentors/home")
    press(paul, "Pause me")
    expect(paul.page.get_by_text("We asked: nora.")).to_be_visible()
    expect(paul.page.get_by_text("You are on a break.")).to_be_visible()
    mina.open("/account/notices")
    expect(mina.page.get_by_text("Your mentor takes a break. It is not about you.")).to_be_visible()
    nora.open("/mentors/shifts")
    expect(nora.page.get_by_role("button", name="Take it")).to_have_count(2)
    press(nora, "Take it")
    expect(nora.page.get_by_role("button", name="Take it")).to_have_count(1)
    press(paul, "I am back")
    expect(paul.page.get_by_role("button", name="Pause me")).to_be_visible()
    paul.open("/mentors/shifts")
    expect(paul.page.get_by_role("button", name="Give it back")).to_have_count(1)

    paul.open("/mentors/pair")
    paul.page.get_by_text("Hand over to another mentor").click()
    paul.page.get_by_label("Name of the other mentor").fill("nora")
    press(paul, "Ask both")
    expect(paul.page.get_by_role("button", name="Take it back")).to_be_visible()
    for here, then in ((mina, "You have said yes."), (nora, "Hours that suit us both")):
        here.open("/mentors/pair")
        expect(here.page.get_by_text("paul would hand mina over to nora.")).to_be_visible()
        press(here, "Yes")
        expect(here.page.get_by_text(then)).to_be_visible()
    expect(nora.page.get_by_role("heading", name="mina")).to_be_visible()
    mina.open("/mentors")
    expect(mina.page.get_by_role("heading", name="nora")).to_be_visible()
    mina.page.get_by_role("link", name="Open your room").click()
    mina.page.wait_for_url("**/rooms/*")
