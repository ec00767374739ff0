"""Q2, Q3 and M8 in real windows: reported, claimed, judged, told; two moderators; no script."""

import pytest
from playwright.sync_api import expect

from tests.browsers import PHONE
from tests.journeys.test_room_live import enter, said, say

SELLING = "cheap zopiclone online, no prescription, dm me"
NARROW = {"width": 320, "height": 640}
DESK_PAGES = ("/moderation", "/moderation/sanctions", "/moderation/audit", "/account/reports")


@pytest.fixture
def mina(stay, lounge):
    return enter(stay("mina", PHONE), lounge)


@pytest.fixture
def mo(stay):
    """Mo at the desk, which this module's other evenings have left empty."""
    window = stay("mo")
    window.open("/moderation")
    return window


def waiting(window):
    return window.page.locator("[data-items] > li")


def take_next(window):
    """Take what is next, as soon as it is there: what was just said or reported is on its way."""
    window.open("/moderation")
    take = window.page.get_by_role("button", name="Take next")
    for _ in range(100):
        if take.count():
            break
        window.page.wait_for_timeout(200)
        window.open("/moderation")
    take.click()
    window.page.wait_for_url("**/moderation/items/*")
    return window.page.url


class LiveLines:
    """The live lines of a window, from now on, and which of them have had an answer."""

    def __init__(self, window):
        self.page, self.answered = window.page, []
        self.page.on("websocket", self.watch)

    def watch(self, line):
        line.on("framereceived", lambda words: words[:2] == "43" and self.answered.append(line))

    def wait(self):
        """Until the page that is open now has one: then its end will be heard."""
        for _ in range(600):
            if any(not line.is_closed() for line in self.answered):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("no live line")


def decide(window, what, rule="no_trading", why="We do not sell here.", minutes=""):
    page = window.page
    page.locator(f"[name=decision][value={what}]").check()
    page.locator("[name=minutes]").fill(minutes)
    page.locator("[name=rule]").select_option(rule)
    page.locator("form[data-decide] [name=reason]").fill(why)
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()


def clear(window):
    """Judge whatever is left, so that the next evening starts with an empty queue."""
    window.open("/moderation")
    while window.page.get_by_role("button", name="Take next").count():
        take_next(window)
        decide(window, "keep")
        window.open("/moderation")


def test_q3_a_moderator_judges_held_words_and_each_side_is_told(mina, mo, stay, lounge):
    paul = enter(stay("paul"), lounge)
    news = mo.page.locator("[data-queue-news]")
    expect(mo.page.get_by_text("Nothing waits.")).to_be_visible()
    say(paul, "Good evening all.")
    expect(said(mina)).to_have_count(1)
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    expect(mo.page.locator("[data-queue-open]")).to_have_text("1")
    expect(news).to_be_visible()
    news.get_by_role("link").click()
    expect(waiting(mo)).to_have_count(1)
    assert SELLING not in mo.page.content()
    assert mo.axe() == []
    take_next(mo)
    words = mo.page.locator("[data-veil]")
    expect(words.get_by_text("zopiclone")).to_be_hidden()
    words.locator("summary").first.click()
    expect(words.locator("mark").first).to_be_visible()
    words.get_by_text("1 message before").click()
    expect(words.get_by_text("Good evening all.")).to_be_visible()
    assert mo.axe() == []
    decide(mo, "keep")
    expect(mo.page.get_by_role("button", name="Undo")).to_be_visible()
    expect(said(paul)).to_have_text(["Good evening all."])
    mina.open("/account/decisions")
    mina.page.get_by_text("Which words").first.click()
    expect(mina.page.get_by_text(SELLING).first).to_be_visible()
    assert mina.axe() == []
    assert mina.sideways() == 0


def test_q2_an_item_is_in_one_pair_of_hands_and_a_closed_tab_frees_it(mina, stay, seat):
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    mo = seat("mo")
    lines = LiveLines(mo)
    address = take_next(mo)
    rae = stay("rae")
    rae.open(address)
    expect(rae.page.locator("[data-claim]")).to_have_text("mo has it")
    expect(rae.page.locator("form[data-decide]")).to_have_count(0)
    lines.wait()
    mo.page.close(run_before_unload=False)
    free = rae.page.get_by_role("button", name="I take this")
    for _ in range(60):
        rae.page.wait_for_timeout(500)
        rae.open(address)
        if free.count():
            break
    free.click()
    expect(rae.page.locator("[data-claim]")).to_contain_text("You have it until")
    decide(rae, "keep")


def test_a_look_at_the_record_keeps_the_claim(mina, mo, stay):
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    address = take_next(mo)
    mo.page.get_by_role("link", name="All of it").click()
    mo.page.wait_for_url("**/moderation/people/mina")
    rae = stay("rae")
    rae.open(address)
    expect(rae.page.locator("[data-claim]")).to_have_text("mo has it")
    mo.page.go_back()
    decide(mo, "keep")


def test_of_two_who_decide_the_second_is_told(mina, mo, stay):
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    mo.open("/moderation")
    mo.page.locator("[data-items] a").first.click()
    rae = stay("rae")
    rae.open(mo.page.url)
    decide(mo, "keep")
    expect(rae.page.locator("[data-lost]")).to_be_visible()
    page = rae.page
    rae.forgive("WebSocket connection")
    rae.context.set_offline(True)
    expect(page.locator("[data-line-down]")).to_be_visible()
    rae.context.set_offline(False)
    expect(page.locator("[data-line-down]")).to_be_hidden()
    page.locator("[name=decision][value=allow]").check()
    page.locator("[name=rule]").select_option("safety")
    page.locator("form[data-decide] [name=reason]").fill("It is fine.")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody has decided this already.")
    assert rae.axe() == []


def test_undo_gives_the_item_back(mina, mo):
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    take_next(mo)
    decide(mo, "allow", rule="safety")
    mo.page.get_by_role("button", name="Undo").click()
    expect(mo.page.get_by_text("Taken back. The entry is yours again.")).to_be_visible()
    expect(said(mina).filter(has_text="zopiclone")).to_have_count(0)
    decide(mo, "keep")


def test_m8_the_reporter_hears_back_and_is_never_named(mina, stay, mo, lounge):
    paul = enter(stay("paul"), lounge)
    say(mina, "paul talks too much here")
    expect(said(paul)).to_have_count(1)
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("button", name="Hurts or bullies").click()
    folded = paul.page.locator("[data-list] .msg__fold:visible")
    expect(folded).to_contain_text("You reported these words.")
    expect(folded.locator(".msg__body")).to_be_hidden()
    expect(mina.page.locator("[data-list] .msg__fold:visible")).to_have_count(0)
    paul.page.reload()
    expect(folded).to_contain_text("You reported these words.")
    take_next(mo)
    assert "paul" not in mo.page.locator("main").inner_text().replace("paul talks", "")
    decide(mo, "remove", rule="no_harassment", why="Please be kind.")
    expect(said(paul)).to_have_text(["These words were taken away."])
    paul.open("/account/reports")
    expect(paul.page.locator("main")).to_contain_text("did something about it")
    assert paul.axe() == []
    mina.open("/account/decisions")
    assert "paul" not in mina.page.locator("main").inner_text().replace("paul talks", "")


def test_q4_a_ban_waits_for_a_second_and_a_day_out_holds_meanwhile(seat, stay, mo):
    ada = stay("ada")
    otto = seat("otto")
    mo.open("/moderation/people/otto")
    assert mo.axe() == []
    mo.page.locator("main [name=kind]").select_option("ban")
    mo.page.locator("main [name=rule]").select_option("no_trading")
    mo.page.locator("#f-reason").fill("He sells.")
    mo.page.get_by_role("button", name="Do it").click()
    expect(mo.page.get_by_text("Done.")).to_be_visible()
    otto.forgive("401")
    otto.open("/account")
    assert "/login" in otto.page.url
    mo.open("/moderation/sanctions")
    expect(mo.page.get_by_text("A second moderator has to agree.")).to_be_visible()
    ada.open("/moderation/sanctions")
    assert ada.axe() == []
    ada.page.get_by_role("button", name="I agree and sign").click()
    expect(ada.page.locator("[data-sanction]").first).to_contain_text("mo, ada")
    ada.page.get_by_text("End it early").first.click()
    ada.page.locator("[data-sanction] [name=reason]").first.fill("We spoke.")
    ada.page.get_by_role("button", name="End it", exact=True).first.click()
    expect(ada.page.get_by_text("None.")).to_be_visible()


def test_the_desk_fits_a_small_phone_with_large_text(stay, mina):
    say(mina, SELLING)
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    mo = stay("mo", NARROW)
    for path in (*DESK_PAGES, "/moderation/people/mina"):
        mo.open(path)
        assert mo.sideways() == 0, path
        assert mo.axe() == [], path
    take_next(mo)
    mo.page.locator("[data-veil] summary").first.click()
    assert mo.sideways() == 0
    clear(mo)


def test_the_desk_and_a_report_work_without_script(stay, mina, lounge):
    say(mina, "paul talks too much here")
    sent = mina.page.locator("[data-list] > .msg[data-seq='1']")
    expect(sent).to_have_count(1)
    message = sent.get_attribute("id")
    paul = stay("paul", java_script_enabled=False)
    paul.open(f"/messages/{message.removeprefix('m-')}/report")
    paul.page.get_by_role("button", name="Hurts or bullies").click()
    paul.open("/account/reports")
    expect(paul.page.locator("main li").first).to_contain_text("A moderator will look.")
    mo = stay("mo", java_script_enabled=False)
    take_next(mo)
    mo.page.locator("[data-veil] summary").first.click()
    expect(mo.page.locator("[data-veil] .words").first).to_contain_text("talks too much")
    mo.page.get_by_role("button", name="Decide", exact=True).click()
    assert "/decide" not in mo.page.url
    decide(mo, "remove", rule="no_harassment", why="Please be kind.")
