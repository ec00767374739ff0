"""Q4 to Q9, G3 and M9 in real windows: two and three people at one desk, each with a part."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from support.base.ids import new_id
from support.moderation.models import Look, ReviewItem
from support.moderation.rules.team import HARD_AT_MOST
from tests.browsers import PHONE
from tests.groups_world import found_group, person
from tests.journeys.test_desk_evening import decide, take_next, waiting
from tests.journeys.test_room_live import enter, said, say
from tests.people import PASSPHRASE

NARROW = {"width": 320, "height": 640}
HURTS = "paul talks too much here"
SHOP = "good ones at https://pill-house.example"
PATTERN = {
    "id": "dosing.moonlight",
    "say": "moonlight shave",
    "hit": "we call it the moonlight shave",
    "miss": "the moonlight is kind tonight",
    "note": "They say it for cutting pills.",
}
WHY = "I was joking with a friend, who knows me."


@pytest.fixture
def mina(stay, lounge):
    return enter(stay("mina", PHONE), lounge)


def sanction(window, handle, kind, minutes, why="Please be kind."):
    window.open(f"/moderation/people/{handle}")
    page = window.page
    page.locator("main [name=kind]").select_option(kind)
    page.locator("main [name=minutes]").fill(minutes)
    page.locator("main [name=rule]").select_option("no_harassment")
    page.locator("form[action$=sanction] [name=reason]").fill(why)
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Done.")).to_be_visible()


def answer(window, outcome, reply, minutes=""):
    page = window.page
    page.locator(f"[name=outcome][value={outcome}]").check()
    if minutes:
        page.locator("[name=minutes]").fill(minutes)
    page.locator("[name=reply]").fill(reply)
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def has_an_entry(window):
    """Look at the desk until something waits there."""
    for _ in range(40):
        window.open("/moderation")
        if window.page.get_by_role("button", name="Take next").count():
            return
        window.page.wait_for_timeout(250)
    raise AssertionError("nothing came to the desk")


def test_m9_q7_a_mute_is_appealed_and_somebody_else_makes_it_shorter(stay, mina):
    mo, rae = stay("mo"), stay("rae")
    sanction(mo, "mina", "mute", "1440", "Shouting.")
    mina.open("/account/decisions")
    card = mina.page.locator("main li", has_text="Shouting.").first
    card.get_by_text("Do you think this is wrong? Appeal").click()
    assert mina.axe() == []
    assert mina.sideways() == 0
    card.locator("[name=text]").fill(WHY)
    card.get_by_role("button", name="Send the appeal").click()
    expect(mina.page.locator("[data-appeal]")).to_contain_text("Somebody else will look")
    mo.open("/moderation")
    expect(mo.page.get_by_text("Nothing waits.")).to_be_visible()
    address = take_next(rae)
    mo.open(address)
    expect(mo.page.get_by_text(WHY)).to_have_count(0)
    expect(rae.page.get_by_text(WHY)).to_be_visible()
    assert rae.axe() == []
    answer(rae, "lift", "You were right.")
    rae.page.get_by_role("button", name="Undo").click()
    expect(rae.page.get_by_text("Taken back. The entry is yours again.")).to_be_visible()
    answer(rae, "shorten", "Half an hour will do.", "30")
    mina.open("/account/decisions")
    expect(mina.page.locator("[data-appeal]")).to_contain_text("Half an hour will do.")
    expect(card).to_contain_text("Half an hour will do.")
    expect(card.locator("[data-can-appeal]")).to_have_count(0)
    rae.open("/moderation/sanctions")
    rae.page.get_by_text("End it early").first.click()
    rae.page.locator("[data-sanction] [name=reason]").first.fill("We spoke.")
    rae.page.get_by_role("button", name="End it", exact=True).first.click()


def test_q5_words_taken_back_after_a_report_open_for_two(stay, mina, lounge):
    paul = enter(stay("paul"), lounge)
    say(mina, HURTS)
    expect(said(paul)).to_have_count(1)
    paul.page.locator(".msg__more").first.click()
    paul.page.get_by_role("button", name="Hurts or bullies").click()
    mina.page.locator(".msg__more").last.click()
    mina.page.locator("[data-menu]").get_by_role("button", name="Take it back").click()
    expect(said(paul)).not_to_have_text([HURTS])
    mo, rae = stay("mo"), stay("rae", NARROW)
    has_an_entry(mo)
    address = take_next(mo)
    seal = mo.page.locator("[data-seals]")
    expect(seal).to_contain_text("They have changed since, or are gone.")
    assert HURTS not in mo.page.content()
    seal.get_by_text("Ask to open it").first.click()
    seal.locator("#why-unseal").fill("She took it back.")
    seal.get_by_role("button", name="Ask to open it").click()
    rae.open("/moderation/signing")
    assert rae.axe() == []
    assert rae.sideways() == 0
    rae.page.get_by_role("button", name="I agree and sign").click()
    expect(rae.page.get_by_text(HURTS)).to_be_visible()
    assert rae.sideways() == 0
    mo.open(address)
    mo.page.get_by_role("link", name="Read the sealed words").click()
    expect(mo.page.get_by_text(HURTS)).to_be_visible()
    assert mo.axe() == []
    mo.open(address)
    decide(mo, "warn", rule="no_harassment", why="Please be kind.")


def test_q8_q9_not_me_goes_to_rae_who_looks_before_she_decides_and_takes_it_back(stay, mina, house):
    say(mina, "cheap zopiclone online, no prescription, dm me")
    expect(mina.page.locator(".msg--held")).to_have_count(1)
    mo = stay("mo", NARROW, java_script_enabled=False)
    address = take_next(mo)
    mo.page.get_by_role("button", name="Not me").click()
    expect(mo.page.get_by_text("Nobody counts this.")).to_be_visible()
    expect(mo.page.get_by_text("Nothing waits.")).to_be_visible()
    assert mo.open(address).status == 404
    mo.open("/moderation/shift")
    assert mo.sideways() == 0
    mo.page.locator("#f-note").fill("Mina may need a kind word.")
    mo.page.get_by_role("button", name="Leave a note").click()
    mo.page.get_by_role("button", name="Half an hour").click()
    expect(mo.page.get_by_text("You are on a break until")).to_be_visible()
    mo.page.get_by_role("button", name="I am back").click()
    has_read_hard_things(house, "rae")
    rae = stay("rae")
    rae.open("/moderation/shift")
    expect(rae.page.get_by_text("Mina may need a kind word.")).to_be_visible()
    expect(rae.page.locator("[data-break]")).to_contain_text("A break helps.")
    assert rae.axe() == []
    take_next(rae)
    page = rae.page
    page.locator("[name=decision][value=ban]").check()
    page.locator("[name=rule]").select_option("no_trading")
    page.locator("form[data-decide] [name=reason]").fill("We do not sell here.")
    page.get_by_role("button", name="Show what happens first").click()
    expect(page.locator("[data-preview]")).to_contain_text("A second moderator has to agree.")
    expect(page.locator("[data-preview]")).to_contain_text("nobody reported it.")
    assert rae.axe() == []
    decide(rae, "keep")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back. The entry is yours again.")).to_be_visible()
    decide(rae, "keep")
    expect(waiting(rae)).to_have_count(0)


def test_somebody_kept_out_appeals_at_the_door_and_comes_back(stay, window, house):
    mo, ada = stay("mo"), stay("ada")
    sanction(mo, "otto", "suspend", "600")
    otto = window(house.origin, NARROW, java_script_enabled=False)

    def knock():
        otto.open("/login")
        otto.page.locator("main [name=handle]").fill("otto")
        otto.page.locator("main [name=password]").fill(PASSPHRASE)
        otto.page.locator("main").get_by_role("button", name="Log in", exact=True).click()

    otto.forgive("403")
    knock()
    expect(otto.page.get_by_text("Please be kind.")).to_be_visible()
    assert otto.sideways() == 0
    otto.page.locator("#appeal-text").fill(WHY)
    otto.page.get_by_role("button", name="Send the appeal").click()
    expect(otto.page.get_by_role("heading", name="Your appeal is on its way")).to_be_visible()
    knock()
    expect(otto.page.get_by_text("You have appealed.")).to_be_visible()
    take_next(ada)
    answer(ada, "lift", "You were right.")
    knock()
    otto.page.wait_for_url("**/")
    otto.open("/account/decisions")
    expect(otto.page.get_by_text("You were right.")).to_be_visible()


def test_q4_a_sellers_link_is_blocked_from_the_entry_and_who_else_gave_it_is_seen(stay, lounge):
    sellers = [enter(stay(handle), lounge) for handle in ("mina", "paul")]
    for number, seller in enumerate(sellers):
        say(seller, "I slept five hours.")
        say(seller, f"{SHOP}/{number}")
        held = seller.page.locator(".msg--held", has_text=f"{SHOP}/{number}")
        expect(held).to_have_count(1)
    rae = stay("rae", NARROW)
    take_next(rae)
    page = rae.page
    page.get_by_text("Show the words").click()
    assert rae.axe() == []
    assert rae.sideways() == 0
    page.get_by_role("link", name="Others with the same link").click()
    expect(page.get_by_role("heading", name="Others with the same link")).to_be_visible()
    expect(page.locator("main li")).to_have_count(1)
    other_words = page.locator("main li .words")
    page.get_by_text("Show the words").click()
    expect(other_words).to_contain_text(SHOP)
    assert rae.axe() == []
    assert rae.sideways() == 0
    page.get_by_role("link", name="Back to the entry").click()
    page.get_by_text("Show the words").click()
    page.get_by_role("link", name="Similar words of the same person").click()
    page.get_by_role("link", name="All their last words").click()
    expect(page.get_by_text("It is logged that you look.")).to_be_visible()
    page.get_by_text("Show the words").click()
    expect(page.locator("main li .words").first).to_have_text("I slept five hours.")
    assert rae.axe() == []
    assert rae.sideways() == 0
    page.get_by_role("link", name="Back to the entry").click()
    page.get_by_text("Show the words").click()
    page.get_by_role("button", name="Always hold links to pill-house.example").click()
    expect(page.get_by_text("Saved. It counts from the next message on.")).to_be_visible()
    decide(rae, "keep")
    take_next(rae)
    decide(rae, "keep")
    rae.open("/moderation/domains")
    expect(page.locator("main")).to_contain_text("pill-house.example")


def test_q6_a_report_about_a_moderator_is_not_for_them_nor_for_who_hosts_with_them(
    stay, mina, lounge, house
):
    """With Rae and Ada both close to Mo nobody is left: so it goes to Ada, who runs the site."""
    host_together(house, "mo", "rae", "ada")
    mo = enter(stay("mo"), lounge)
    say(mo, "you never listen to anybody")
    words = mina.page.locator("[data-list] > .msg", has_text="you never listen to anybody")
    words.locator(".msg__more").click()
    mina.page.get_by_role("button", name="Hurts or bullies").click()
    rae, ada = stay("rae"), stay("ada")
    has_an_entry(ada)
    address = take_next(ada)
    for close in (mo, rae):
        close.open("/moderation")
        expect(close.page.get_by_text("Nothing waits.")).to_be_visible()
        close.forgive("404")
        assert close.open(address).status == 404
    decide(ada, "allow", rule="no_harassment", why="Sharp, and no more.")
    mina.open("/account/reports")
    expect(mina.page.locator("main li")).not_to_have_count(0)
    assert "ada" not in mina.page.locator("main").inner_text()


def host_together(house, *handles):
    """They host a group with each other: close enough to leave judging to somebody else."""
    with desk_of(house) as unit:
        found_group(unit, hosts=[person(unit, each) for each in handles], slug="three")


@contextmanager
def desk_of(house):
    """The site's tables, for what no journey has to click together."""
    database = house.database()
    with database.unit() as unit:
        yield unit
    database.dispose()


def has_read_hard_things(house, handle):
    """As if they had had in hand, today, as many hard things as are enough for one day."""
    with desk_of(house) as unit:
        mina, reader = person(unit, "mina"), person(unit, handle)
        for _ in range(HARD_AT_MOST):
            judged = {"state": "decided", "decision": "keep", "decided_at": unit.now}
            item = ReviewItem(
                target_kind="message", target_id=new_id(), author_id=mina.id, severity="none",
                rank=30, opened_at=unit.now, due_at=unit.now, **judged,
            )  # fmt: skip
            unit.session.add(item)
            unit.session.flush()
            unit.session.add(Look(item_id=item.id, account_id=reader.id, at=unit.now, is_hard=True))


def test_q10_a_rule_is_written_tried_approved_by_another_and_live_at_once(stay, mina):
    mo, rae = stay("mo", NARROW, java_script_enabled=False), stay("rae")
    mo.open("/moderation/rules/new")
    form = mo.page.locator("form[action='/moderation/rules']")
    for name, words in PATTERN.items():
        form.locator(f"[name={name}]").fill(words)
    form.locator("[name=label]").select_option("dosing_advice")
    form.locator("[name=holds]").select_option("1")
    assert mo.sideways() == 0
    form.get_by_role("button", name="Put it in the draft").click()
    mo.open("/moderation/rules/draft")
    mo.page.get_by_role("button", name="Try it").click()
    expect(mo.page.get_by_role("status")).to_contain_text("Tried on")
    expect(mo.page.get_by_role("heading", name="Newly held")).to_be_visible()
    expect(mo.page.get_by_text("All examples come out right.")).to_be_visible()
    expect(mo.page.get_by_text("A second moderator has to approve it.")).to_be_visible()
    assert mo.sideways() == 0
    rae.open("/moderation/rules/draft")
    assert rae.axe() == []
    rae.page.get_by_role("button", name="I agree. Put it in force").click()
    version = rae.page.locator("main strong").first
    expect(version).to_be_visible()
    told = version.inner_text()
    held_at_once(mina)
    rae.open("/moderation/audit?verb=moderation.rules")
    expect(rae.page.locator("table.log")).to_contain_text(told)
    take_next(rae)
    expect(rae.page.locator("main")).to_contain_text("dosing.moonlight")
    decide(rae, "keep", rule="no_dosing", why="We give no doses.")


def held_at_once(window):
    """As soon as the process looks at its rules, which is every two seconds."""
    held = window.page.locator(".msg--held")
    for number in range(100):
        say(window, f"has anybody heard of the moonlight shave? {number}")
        expect(window.page.locator(".msg__sending:visible")).to_have_count(0)
        if held.count():
            return
        window.page.wait_for_timeout(200)
    raise AssertionError("the rule is not live")
