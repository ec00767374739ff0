"""M4, M5 and M8 in the room: live and held words, danger, a dropped line, hosts, no script."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from support.accounts.models import Account
from support.chat.models import RoomSeen
from tests.browsers import PHONE

GUIDE = Path(__file__).parents[2] / "docs/client.md"
NARROW = {"width": 320, "height": 740}
ADVICE = "you should drop to 2 mg tonight"
OWN = "I am down to 5 mg myself, shaky"
DANGER = "I stopped cold turkey yesterday and my hands keep jerking"


def said(window):
    return window.page.locator("[data-list] > .msg:not(.msg--held) .msg__body")


def say(window, words):
    window.page.locator("#say-body").fill(words)
    window.page.get_by_role("button", name="Send", exact=True).click()


def tool(window, name):
    window.page.locator(".msg__more").last.click()
    window.page.locator("[data-menu]").get_by_role("button", name=name).click()


def enter(window, lounge):
    window.open(lounge)
    window.in_room()
    return window


def how_far_read(house, lounge, handle):
    """The seq up to which this person's page has told the server to have read the room."""
    database = house.database()
    with database.read() as unit:
        seen = select(RoomSeen.seq).join(Account, Account.id == RoomSeen.account_id)
        here = RoomSeen.room_id == lounge.rsplit("/", 1)[1]
        found = unit.session.scalar(seen.where(here, Account.handle == handle))
    database.dispose()
    return found


def kept(window):
    """How many unsent messages lie on the device."""
    return window._evaluate("""(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      if (!names.includes("handrail")) return 0;
      const opened = indexedDB.open("handrail");
      await new Promise((resolve) => { opened.onsuccess = resolve; });
      if (!opened.result.objectStoreNames.contains("outbox")) return 0;
      const asked = opened.result.transaction("outbox").objectStore("outbox").getAll();
      await new Promise((resolve) => { asked.onsuccess = resolve; });
      opened.result.close();
      return asked.result.length;
    })()""")


@pytest.fixture
def mina(stay, lounge):
    return enter(stay("mina", PHONE), lounge)


@pytest.fixture
def paul(stay, lounge):
    return enter(stay("paul"), lounge)


@pytest.fixture
def logged_out(left_open):
    """After this test Mina's window is of no more use."""
    yield
    left_open.pop(("mina", True)).close()


def test_words_come_to_everybody_at_once_and_the_room_is_fit_to_read(mina, paul):
    say(mina, "Bad night. Light hurts.")
    say(paul, "I hear you.")
    for window in (mina, paul):
        expect(said(window)).to_have_text(["Bad night. Light hurts.", "I hear you."])
        assert window.sideways() == 0
    expect(mina.page.locator(".msg__role")).to_contain_text(["", "mentor"])
    assert mina.axe() == []
    paul.page.locator(".msg__more").first.click()
    paul.page.locator("[data-host-panel] > summary").click()
    assert paul.axe() == []


def test_m4_advice_is_held_said_another_way_and_only_then_seen(mina, paul, stay, lounge):
    say(mina, OWN)
    expect(said(paul)).to_have_text([OWN])
    say(mina, ADVICE)
    held = mina.page.locator(".msg--held")
    expect(held).to_contain_text("You have done nothing wrong.")
    expect(held).to_contain_text("We leave doses to doctors.")
    assert mina.axe() == []
    mina.page.reload()
    expect(held).to_contain_text("We leave doses to doctors.")
    mo = enter(stay("mo"), lounge)
    for other in (paul, mo):
        assert ADVICE not in other.page.content()
    held.get_by_role("link", name="Say it another way").click()
    mina.page.locator("[data-menu] textarea").fill("Two was hard for me too")
    mina.page.locator("[data-menu]").get_by_role("button", name="Save").click()
    expect(held).to_have_count(0)
    for window in (mina, paul, mo):
        expect(said(window)).to_have_text([OWN, "Two was hard for me too"])


def test_held_words_can_be_taken_back(mina, paul):
    say(mina, ADVICE)
    held = mina.page.locator(".msg--held")
    held.get_by_role("link", name="Take it back").click()
    expect(held).to_have_count(0)
    mina.page.reload()
    expect(held).to_have_count(0)
    expect(said(paul)).to_have_count(0)


def test_m5_danger_brings_numbers_first_to_the_author_alone(mina, paul, house):
    say(mina, DANGER)
    card = mina.page.locator("[data-notices] .card")
    expect(card).to_contain_text("Stopping fast can cause a fit.")
    expect(card.get_by_role("link").first).to_have_attribute("href", "tel:112")
    expect(said(paul)).to_have_text([DANGER])
    # Paul hosts: he is called, in words that name nobody; the card with the numbers is hers alone.
    expect(paul.page.locator("[data-notices] a[href^='tel:']")).to_have_count(0)
    expect(paul.page.locator("[data-notices]")).not_to_contain_text("Stopping fast")
    assert mina.axe() == []
    assert mina.sideways() == 0
    expect(card).to_contain_text("Someone was called at")
    mo = house.member("mo")
    (case,) = mo.get("/crisis/cases").json["cases"]
    assert mo.post(f"/crisis/cases/{case['id']}/ack").status == 200
    expect(card).to_contain_text("mo is reading this.")
    mina.page.reload()
    expect(card.get_by_role("link").first).to_have_attribute("href", "tel:112")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    # Nobody is on the rota, and the host himself is in danger: said at once, after the numbers.
    say(paul, DANGER)
    alone = paul.page.locator("[data-notices] .card--urgent")
    expect(alone.get_by_role("link").first).to_have_attribute("href", "tel:112")
    expect(alone).to_contain_text("Nobody is on duty right now.")


def test_words_said_while_the_line_is_down_are_kept_and_said_once(mina, paul):
    mina.forgive("INTERNET_DISCONNECTED|WebSocket")
    mina.context.set_offline(True)
    say(mina, "are you there")
    expect(mina.page.locator(".msg--unsent")).to_contain_text("Not sent yet.")
    say(paul, "one")
    say(paul, "two")
    expect(said(paul)).to_have_text(["one", "two"])
    mina.context.set_offline(False)
    expect(said(mina)).to_have_text(["one", "two", "are you there"], timeout=30_000)
    expect(said(paul)).to_have_text(["one", "two", "are you there"])
    expect(mina.page.locator(".msg--unsent")).to_have_count(0)


def test_m8_a_report_is_two_taps_and_hiding_two_more(mina, paul):
    say(mina, "anything at all")
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("button", name="Sells or swaps pills").click()
    expect(paul.page.locator("[data-line]")).to_contain_text("A moderator will look.")
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("button", name="Hide this person's words").click()
    expect(paul.page.locator(".msg__fold")).to_contain_text("Words of someone you hide.")
    expect(paul.page.locator(".msg__body")).not_to_be_visible()
    tool(paul, "Show this person's words again")
    # What one has reported stays folded, and opens when one asks for it.
    paul.page.get_by_text("You reported these words.").click()
    expect(paul.page.locator(".msg__body")).to_be_visible()
    assert "report" not in mina.page.locator("[data-list]").inner_text().lower()


def test_signs_answers_and_careful_notes_reach_the_others(mina, paul):
    say(mina, "bad night")
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("button", name="with you").click()
    expect(mina.page.locator(".msg__reactions").first).to_have_text("with you 1")
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("link", name="Answer").click()
    paul.page.locator(".composer__warn > summary").click()
    paul.page.locator("#say-warning").fill("a hard memory")
    say(paul, "I had such nights")
    answer = mina.page.locator("[data-list] > .msg").nth(1)
    expect(answer.locator(".msg__reply")).to_contain_text("mina: bad night")
    expect(answer.locator(".msg__body")).not_to_be_visible()
    answer.locator("summary").click()
    expect(answer.locator(".msg__body")).to_have_text("I had such nights")


def test_a_host_slows_the_room_and_a_refusal_gives_the_words_back(mina, paul):
    paul.page.locator("[data-host-panel] > summary").click()
    paul.page.locator("#host-slow").select_option("60")
    expect(mina.page.locator("[data-meeting-line]")).to_contain_text("one message in 60 seconds")
    say(mina, "first")
    expect(said(paul)).to_have_text(["first"])
    say(mina, "second, too soon")
    expect(mina.page.locator("[data-problem]")).to_contain_text("You can write again in")
    expect(mina.page.locator("#say-body")).to_have_value("second, too soon")
    expect(said(paul)).to_have_text(["first"])


def test_a_host_locks_and_opens_the_room_again(mina, paul):
    paul.page.locator("[data-host-panel] > summary").click()
    paul.page.locator("#host-locked").select_option("1")
    expect(mina.page.locator("[data-problem]")).to_contain_text("The hosts have paused writing.")
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    paul.page.locator("#host-locked").select_option("0")
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_enabled()


def test_a_host_quietens_somebody_and_takes_it_back(mina, paul):
    heard = mina.remembers("[data-notices]")
    say(mina, "and another thing")
    tool(paul, "Pause their words")
    paul.page.get_by_role("button", name="Undo").click()
    both = re.compile("This was not to shame you.*A host has taken that back.", re.S)
    expect(heard).to_have_attribute("data-heard", both)
    card = mina.page.locator("[data-notices] .card")
    expect(card).to_have_count(1)
    say(mina, "may I")
    expect(said(paul)).to_have_text(["and another thing", "may I"])
    tool(paul, "Pause their words")
    expect(paul.page.locator("[data-line]")).to_contain_text("mina cannot write for 10 minutes.")
    expect(card).to_contain_text("This was not to shame you.")
    say(mina, "one more")
    expect(mina.page.locator("[data-problem]")).to_contain_text("You can write again in")
    expect(mina.page.locator("#say-body")).to_have_value("one more")


def test_somebody_taken_out_hears_no_more_until_it_is_taken_back(mina, paul):
    heard = mina.remembers("[data-notices]")
    say(mina, "one thing")
    tool(paul, "Out of the room")
    paul.page.get_by_role("button", name="Undo").click()
    both = re.compile("Help is still here.*A host has taken that back.", re.S)
    expect(heard).to_have_attribute("data-heard", both)
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    say(paul, "we go on")
    expect(said(mina)).to_have_text(["one thing", "we go on"])
    paul.page.locator(".msg__more").first.click()
    paul.page.locator("[data-menu]").get_by_role("button", name="Out of the room").click()
    expect(mina.page.locator("[data-notices] .card")).to_contain_text("Help is still here.")
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    say(paul, "without mina")
    expect(said(paul)).to_have_count(3)
    expect(said(mina)).to_have_count(2)


def test_what_came_while_somebody_was_away_is_marked(house, mina, paul, lounge):
    say(paul, "before")
    expect(said(mina)).to_have_text(["before"])
    for _ in range(100):  # how far one has read is told every few seconds
        if how_far_read(house, lounge, "mina"):
            break
        mina.page.wait_for_timeout(200)
    mina.open("/")
    say(paul, "meanwhile")
    expect(said(paul)).to_have_text(["before", "meanwhile"])
    mina.open(lounge)
    expect(mina.page.locator(".msg-mark")).to_have_text("New since you looked away")
    expect(mina.page.locator(".msg-mark + .msg .msg__body")).to_have_text("meanwhile")


def test_the_client_runs_without_our_page_as_its_guide_prints_it(stay, lounge):
    """The example of docs/client.md, on a page that has no room: what it prints is what happens."""
    window = stay("paul")
    window.open("/account")
    app = window.page.locator('script[type="module"][src*="/js/app.js"]').get_attribute("src")
    code = GUIDE.read_text().split("```js\n")[1].split("```")[0]
    code = re.sub(r"import (\{.*?\}) from (.*?);", r"const \1 = await import(\2);", code)
    code = code.replace("/static/<version>", app.removesuffix("/js/app.js"))
    code = code.replace("room id", lounge.rsplit("/", 1)[1])
    printed = window._evaluate(
        "(async () => { const lines = []; const console = { log: (...all) => lines.push(all) };"
        + code
        + """
        const has = (words) => lines.some(([one, two]) => one === words || two === words);
        const all = () => ["live", "stored as", "message"].every(has);
        for (let looks = 0; looks < 3000 && !all(); looks += 1) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        client.stop();
        return lines.map((line) => line.map(String).join(" "));
        })()"""
    )
    words = "I am here, just listening."
    assert f"{words} pending" in printed
    assert "live" in printed
    assert [line for line in printed if line.endswith(f" message {words}")]
    assert [line for line in printed if re.fullmatch(r"stored as \S+ visible", line)]


def test_catch_me_up_says_what_was_missed_and_leads_there_by_keyboard(house, stay, lounge):
    room = lounge.rsplit("/", 1)[1]
    paul, mina_there = house.member("paul").socket(), house.member("mina").socket()
    ids = [
        paul.says(room, f"Line {number}.", f"c{number}")["message"]["id"] for number in range(90)
    ]
    assert mina_there.ask("room:seen", room=room, seq=5)["ok"]
    paul.ask("host:set", room=room, pinned=ids[70])
    mina = enter(stay("mina", NARROW), lounge)
    page = mina.page
    expect(page.locator("[data-missed]")).not_to_have_attribute("open", "")
    page.locator("[data-missed] > summary").focus()
    page.keyboard.press("Enter")
    words = page.locator("[data-missed-words]")
    expect(words).to_contain_text("85 messages while you were away.")
    expect(words).to_contain_text("Who wrote: paul (85).")
    expect(words).to_contain_text("Pinned: paul: Line 70.")
    assert mina.axe() == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    focused = page.locator(".msg:focus")
    expect(focused).to_contain_text("Line 5.")
    expect(focused).to_be_in_viewport()
    paul.says(room, "and one more", "last")
    expect(page.locator("[data-new]")).to_have_text("1 new message")
    expect(focused).to_be_in_viewport()
    log = page.locator("[data-log]")
    log.evaluate("log => { log.scrollTop = 0; }")
    expect(page.locator(".msg__body", has_text="Line 0.")).to_have_count(1)
    assert page.locator("[data-list] > [data-message]").count() <= 150
    for theme in ("soft", "dim", "night", "contrast"):
        page.locator("html").evaluate("(root, theme) => { root.dataset.theme = theme; }", theme)
        assert mina.sideways() == 0
        assert mina.axe(only="wcag2aa") == [], theme
    page.locator("[data-new]").click()
    expect(said(mina).last).to_have_text("and one more")


def test_words_that_wait_on_a_shared_phone_are_gone_when_it_asks_to_log_in(mina, logged_out):
    mina.forgive("INTERNET_DISCONNECTED|WebSocket|ERR_")
    mina.context.set_offline(True)
    say(mina, "for this room alone")
    expect(mina.page.locator(".msg--unsent")).to_have_count(1)
    assert kept(mina) == 1
    mina.context.clear_cookies()
    mina.context.set_offline(False)
    mina.open("/login")
    expect(mina.page.locator("main [name=handle]")).to_be_visible()
    assert kept(mina) == 0


def test_a_draft_survives_a_reload_and_nothing_scrolls_by_itself(mina, paul):
    for number in range(9):
        say(paul, f"Line {number}.")
    expect(said(mina)).to_have_count(9)
    log = mina.page.locator("[data-log]")
    log.evaluate("log => { log.scrollTop = 0; }")
    mina.page.locator("#say-body").fill("half a thought")
    say(paul, "something new")
    fresh = mina.page.locator("[data-new]")
    expect(fresh).to_have_text("1 new message")
    assert log.evaluate("log => log.scrollTop") == 0
    fresh.click()
    expect(fresh).to_be_hidden()
    assert log.evaluate("log => log.scrollTop") > 0
    mina.page.reload()
    expect(mina.page.locator("#say-body")).to_have_value("half a thought")


def test_without_script_the_room_is_read_and_answered_by_forms(stay, lounge, paul):
    mina = stay("mina", PHONE, java_script_enabled=False)
    mina.open(lounge)
    say(mina, "no script here")
    expect(said(mina)).to_have_text(["no script here"])
    expect(said(paul)).to_have_text(["no script here"])
    say(paul, "I see you")
    expect(said(paul)).to_have_text(["no script here", "I see you"])
    mina.page.get_by_role("link", name="See new words").click()
    expect(said(mina)).to_have_text(["no script here", "I see you"])
    mina.page.locator(".msg__more").last.click()
    mina.page.get_by_role("button", name="thank you").click()
    expect(paul.page.locator(".msg__reactions").last).to_have_text("thank you 1")
    say(mina, ADVICE)
    expect(mina.page.locator(".msg--held")).to_contain_text("We leave doses to doctors.")
    say(mina, DANGER)
    card = mina.page.locator("[data-notices] .card")
    expect(card.get_by_role("link").first).to_have_attribute("href", "tel:112")
    mina.page.locator("[data-leave] button").click()
    mina.page.wait_for_url("**/blank")


def test_an_ended_session_empties_the_open_page(mina, house, logged_out):
    mina.forgive("WebSocket|ERR_")
    house.member("mina").post("/account/sessions/end-others")
    expect(mina.page.locator("[data-line]")).to_contain_text("You are logged out here.")
    expect(mina.page.locator("[data-line]").get_by_role("link")).to_have_attribute("href", "/login")
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    expect(said(mina)).to_have_count(0)
