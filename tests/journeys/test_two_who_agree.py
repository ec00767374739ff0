"""M7, P1 and Q10 in real windows: a mentor is made, found and met; a rule is changed by two."""

from playwright.sync_api import expect

from support.mentoring.rules.training import QUESTIONS
from tests.browsers import PHONE
from tests.journeys.test_room_live import enter, said, say

WORDS = "does anybody want a moonlight parcel"


def press(window, name):
    window.page.locator("main").get_by_role("button", name=name).first.click()


def answer(window, wrong=()):
    for each in QUESTIONS:
        pick = (each.right + 1) % 3 if each.id in wrong else each.right
        window.page.locator(f"[name=q_{each.id}][value='{pick}']").check()


def test_m7_and_p1_a_mentor_is_made_found_and_met(stay):
    otto, mina = stay("otto", PHONE), stay("mina", PHONE)
    otto.open("/mentors/apply")
    page = otto.page
    page.get_by_label("The day you took your last dose").fill("2024-03-01")
    page.get_by_label("Medicines you know from your own way").fill("diazepam")
    page.get_by_label("Languages").fill("en")
    page.get_by_label("What you do not take on").fill("alcohol")
    page.get_by_label("Why you would like to").fill("Somebody did it for me.")
    answer(otto, wrong=("fit",))
    page.get_by_label("I agree to this code").check()
    press(otto, "Send my application")
    expect(page.get_by_text("Nothing in the mouth, do not hold down").first).to_be_visible()
    expect(page.get_by_label("Why you would like to")).to_have_value("Somebody did it for me.")
    answer(otto)
    press(otto, "Send my application")
    expect(page.get_by_text("with the moderators")).to_be_visible()
    assert otto.open("/mentors/home").status == 403

    mina.open("/mentors")
    mina.page.get_by_label("What you take, or took").fill("diazepam")
    press(mina, "Look for somebody")
    expect(mina.page.get_by_text("No mentor who fits")).to_be_visible()
    press(mina, "Wait in line")
    expect(mina.page.get_by_text("You are number 1 in line.")).to_be_visible()

    for handle in ("mo", "rae"):
        judge = stay(handle)
        judge.open("/mentors/applications")
        expect(judge.page.locator("main")).to_contain_text("alcohol")
        judge.page.get_by_label("Why").fill("I know them.")
        press(judge, "Yes")
    otto.open("/mentors/home")
    expect(page.get_by_text("Nobody asks now.")).to_be_visible()

    mina.open("/mentors")
    expect(mina.page.get_by_text("knows diazepam from their own way")).to_be_visible()
    press(mina, "Ask otto")
    otto.open("/mentors/home")
    press(otto, "Yes, I walk with them")
    otto.page.wait_for_url("**/rooms/*")
    enter(otto, otto.page.url)
    mina.open("/mentors")
    mina.page.get_by_role("link", name="Open your room").click()
    mina.page.wait_for_url("**/rooms/*")
    enter(mina, mina.page.url)
    say(mina, "Hello, I am glad you are here.")
    expect(said(otto).last).to_contain_text("Hello, I am glad you are here.")
    assert mina.sideways() == 0

    mina.open("/mentors")
    mina.page.get_by_text("End it", exact=True).first.click()
    mina.page.locator("main").get_by_role("button", name="End it").click()
    expect(mina.page.get_by_text("It has ended.")).to_be_visible()


def test_q10_a_rule_is_changed_tried_and_approved_by_another(stay, lounge):
    mina, mo, rae = enter(stay("mina", PHONE), lounge), stay("mo"), stay("rae")
    say(mina, WORDS)
    mo.open("/moderation/rules/new")
    page = mo.page
    page.get_by_label("Name").fill("sourcing.moonlight")
    page.get_by_label("Kind").select_option("sourcing")
    page.get_by_label("What to look for, one a line").fill("moonlight (parcel")
    page.get_by_label("Examples it must find, one a line").fill("a moonlight parcel")
    page.get_by_label("Examples it must leave alone, one a line").fill("kind moonlight")
    page.get_by_label("What happens to the words").select_option("1")
    page.get_by_label("Why").fill("A seller's word.")
    press(mo, "Put it in the draft")
    expect(page.get_by_text("Line 1: the bracket ( is not closed").first).to_be_visible()
    page.get_by_label("What to look for, one a line").fill("moonlight parcel")
    press(mo, "Put it in the draft")
    page.wait_for_url("**/rules/draft")
    press(mo, "Try it")
    expect(page.get_by_role("heading", name="Newly held: 1")).to_be_visible()
    expect(page.get_by_text("A second moderator has to approve it.")).to_be_visible()

    rae.open("/moderation/rules/draft")
    rae.page.get_by_text("Show the words").click()
    expect(rae.page.get_by_text(WORDS)).to_be_visible()
    press(rae, "I agree. Put it in force")
    expect(rae.page.get_by_text("in force within seconds")).to_be_visible()

    held = mina.page.locator(".msg--held")
    for _ in range(60):
        say(mina, WORDS)
        mina.page.wait_for_timeout(700)
        if held.count():
            break
    expect(held.first).to_contain_text(WORDS)
