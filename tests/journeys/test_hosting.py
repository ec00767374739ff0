"""P4, M3 and P6: a meeting hosted from lobby to goodbye, its turns, its tools, on four screens."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import expect

from tests.browsers import PATIENCE, PHONE

NARROW = {"width": 320, "height": 640}
WRONG_CLOCK = "const right = Date.now; Date.now = () => right() + 7 * 60000;"
NUMBERS = count(1)


@pytest.fixture
def meeting(house):
    """The path of the room of a meeting that begins in ten minutes; its lobby opens by itself."""
    number = next(NUMBERS)
    start = datetime.now(UTC) + timedelta(minutes=10)
    planned = {
        "title": "Slow taper",
        "start": f"{start:%Y-%m-%dT%H:%M}",
        "timezone": "UTC",
        "minutes": 60,
        "seats": 12,
    }
    group = {
        "slug": f"quiet-hour-{number}",
        "name": "Quiet hour",
        "focus": ["diazepam"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina", "otto"],
        "meetings": [planned],
    }
    world = house.folder / f"quiet-hour-{number}.json"
    world.write_text(json.dumps({"groups": [group]}), encoding="utf-8")
    made = house.command("load", str(world))
    assert made.returncode == 0, made.stderr
    return f"/rooms/{json.loads(made.stdout)['groups'][group['slug']]['meetings'][0]['room']}"


def enter(window, path):
    window.open(path)
    window.in_room()
    return window


def press(window, name):
    window.page.get_by_role("button", name=name, exact=True).click()


def step(window):
    return window.page.locator("[data-step-name]")


def turn(window):
    return window.page.locator("[data-turn-now]")


def tools(window):
    panel = window.page.locator("[data-host-panel]")
    if panel.get_attribute("open") is None:
        panel.locator(":scope > summary").click()
    return panel


def clocks(*windows):
    """When the step ends, as each of them counts it down."""
    return {
        window.page.locator("[data-step-clock]").get_attribute("data-ends") for window in windows
    }


def test_p4_and_m3_a_meeting_from_lobby_to_goodbye_with_everybody_in_step(
    house, stay, window, meeting
):
    mina = stay("mina", NARROW)
    mina.context.add_init_script(WRONG_CLOCK)
    enter(mina, meeting)
    line = mina.page.locator("[data-meeting-line]")
    expect(line).to_contain_text("The doors are open.", timeout=30_000)
    expect(line).to_contain_text(" min.")
    expect(mina.page.locator("[data-stage] a[href='tel:112']")).to_be_visible()
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    assert mina.axe() == []
    assert mina.sideways() == 0

    paul = enter(stay("paul"), meeting)
    tools(paul).get_by_role("link", name="Script").click()
    paul.page.get_by_role("link", name="Sleep night").click()
    expect(paul.page.get_by_label("Steps")).to_have_value(re.compile("5 Arrive"))
    assert paul.axe() == []
    press(paul, "Keep the script")
    paul.page.wait_for_url(f"**{meeting}")
    paul.in_room()
    tools(paul)
    press(paul, "Start")
    mo = enter(stay("mo"), meeting)
    plain = stay("otto", PHONE, java_script_enabled=False)
    plain.open(meeting)
    for each in (paul, mina, mo, plain):
        expect(step(each)).to_have_text("Step 1 of 5: Arrive")
    # Mina's phone is seven minutes wrong: she reads the same minutes as everybody.
    for each in (paul, mina):
        expect(each.page.locator("[data-step-clock]")).to_have_text(re.compile("^[1-5] min left"))
    assert len(clocks(paul, mina, mo, plain)) == 1

    mina.page.get_by_role("button", name="Raise my hand").press("Enter")
    expect(turn(mina)).to_have_text("Your hand is up. You are number 1.")
    press(plain, "Raise my hand")
    expect(turn(plain)).to_have_text("Your hand is up. You are number 2.")
    expect(mo.page.locator("[data-turn-names]")).to_have_text("1 mina, 2 otto")
    press(paul, "Give the floor to mina")
    expect(turn(mina)).to_have_text("It is your turn.")
    for each in (paul, mo):
        expect(turn(each)).to_have_text("mina has the floor.")
    mina.page.reload()
    mina.in_room()
    expect(turn(mina)).to_have_text("It is your turn.")
    mina.page.locator("#say-body").fill("I slept three hours, and I am here.")
    press(mina, "Send")
    press(mina, "I am done")
    for each in (mina, paul, mo):
        expect(turn(each)).not_to_contain_text("turn")
        expect(each.page.locator(".msg__body")).to_have_text("I slept three hours, and I am here.")
    expect(paul.page.get_by_role("button", name="Give the floor to otto")).to_be_visible()

    press(paul, "Next step")
    for each in (paul, mina, mo):
        expect(step(each)).to_have_text("Step 2 of 5: How was the night")
    before = clocks(paul)
    press(paul, "5 minutes more")
    expect(paul.page.locator("[data-step-clock]")).not_to_have_attribute("data-ends", *before)
    for each in (mina, mo):
        expect(each.page.locator("[data-step-clock]")).to_have_attribute("data-ends", *clocks(paul))

    for each in (paul, mina, mo, plain):
        each.forgive("WebSocket|ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE")
    house.kill()
    for each in (paul, mina, mo):
        expect(each.page.locator("[data-room]")).not_to_have_attribute("data-link", "live")
    house.restart()
    for each in (paul, mina, mo):
        each.in_room()
    press(paul, "Next step")
    expect(step(paul)).to_have_text("Step 3 of 5: What is gentle", timeout=40_000)
    plain.open(meeting)
    for each in (paul, mina, mo, plain):
        expect(step(each)).to_have_text("Step 3 of 5: What is gentle", timeout=40_000)
        expect(each.page.locator("[data-turn-names]")).to_have_text("1 otto")
    assert len(clocks(paul, mina, mo, plain)) == 1

    for number in (4, 5):
        press(paul, "Next step")
        for each in (paul, mina, mo):
            expect(step(each)).to_contain_text(f"Step {number} of 5")
    press(paul, "End gently")
    for each in (paul, mina, mo):
        expect(each.page.locator("[data-step-words]")).to_contain_text("feet on the floor")
    assert mina.axe() == []
    assert mina.sideways() == 0
    assert paul.axe() == []
    tools(paul).locator("summary", has_text="Close the room").click()
    press(paul, "Yes, close it")
    for each in (mina, mo):
        line = each.page.locator("[data-meeting-line]")
        expect(line).to_have_text("The meeting is over. Thank you for being here.")
    expect(mina.page.locator("[data-turn-names]")).to_have_text("")


def test_p3_a_series_over_the_change_of_clocks_is_planned_moved_cancelled_and_told_truly(
    house, stay, window
):
    group = {
        "slug": "tuesdays",
        "name": "Tuesdays",
        "focus": ["sleep"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina"],
    }
    world = house.folder / "tuesdays.json"
    world.write_text(json.dumps({"groups": [group]}), encoding="utf-8")
    assert house.command("load", str(world)).returncode == 0
    paul = stay("paul", NARROW)
    page = paul.page
    paul.open("/groups/tuesdays")
    page.get_by_role("link", name="Plan meetings").click()
    expect(page.locator("main")).to_contain_text("Nothing is planned yet.")
    assert (paul.axe(), paul.sideways()) == ([], 0)
    page.get_by_role("link", name="Plan a new one").first.click()
    tuesday = datetime.now(UTC) + timedelta(days=1)
    tuesday += timedelta(days=(1 - tuesday.weekday()) % 7)
    page.get_by_label("What it is called").fill("Every other Tuesday")
    page.get_by_label("First date and time").fill(f"{tuesday:%Y-%m-%d}T19:00")
    page.get_by_label("By the clock of").fill("London")
    page.get_by_label("How often").select_option("fortnightly")
    page.get_by_label("Script to begin with").select_option("sleep")
    paul.forgive("INTERNET_DISCONNECTED")
    no_link = page.get_by_text("What you typed stays here.")
    paul.context.set_offline(True)
    expect(no_link).to_be_visible()
    press(paul, "Plan it")
    expect(no_link).to_be_visible()
    paul.context.set_offline(False)
    expect(no_link).to_have_count(0)
    expect(page.get_by_label("What it is called")).to_have_value("Every other Tuesday")
    press(paul, "Plan it")
    expect(page.get_by_role("alert")).to_contain_text("such as Europe/Lisbon")
    expect(page.get_by_label("How often")).to_have_value("fortnightly")
    assert (paul.axe(), paul.sideways()) == ([], 0)
    page.get_by_label("By the clock of").fill("Europe/London")
    press(paul, "Plan it")
    main = page.locator("main")
    expect(main).to_contain_text("Every other week. 60 minutes, by the clock of Europe/London.")
    expect(main).to_contain_text("With a script of 5 steps.")
    expect(main.get_by_role("link", name=re.compile("^Tue .*19:00$"))).to_have_count(5)
    assert (paul.axe(), paul.sideways()) == ([], 0)

    page.get_by_role("link", name="Move or cancel").nth(1).click()
    moved = tuesday + timedelta(days=15)
    page.get_by_label("New date and time").fill(f"{moved:%Y-%m-%d}T20:00")
    press(paul, "Move it")
    page.wait_for_url("**/meetings/*")
    paul.open("/groups/tuesdays/series")
    page.get_by_role("link", name="Move or cancel").nth(2).click()
    page.locator("summary", has_text="Cancel this date").click()
    expect(page.locator("main")).to_contain_text("We are sorry.")
    assert paul.axe() == []
    press(paul, "Yes, call this one off")
    page.wait_for_url("**/meetings/*")
    paul.open("/groups/tuesdays/series")
    dates = page.locator("main section li")
    expect(dates.nth(1)).to_contain_text("Wed")
    expect(dates.nth(1)).to_contain_text("moved")
    expect(dates.nth(2)).to_contain_text("Cancelled")

    feed = house.visitor().get("/groups/tuesdays/calendar.ics", "text/calendar").text
    off = tuesday + timedelta(days=28)
    assert "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" in feed
    assert f"EXDATE;TZID=Europe/London:{off:%Y%m%d}T190000" in feed
    assert f"DTSTART;TZID=Europe/London:{moved:%Y%m%d}T200000" in feed
    listed = house.visitor().get("/feeds/meetings.json").json
    assert [one["name"] for one in listed if "Every other" in one["name"]] == []
    mina = stay("mina", NARROW)
    mina.open("/account/notices")
    expect(mina.page.locator("main")).to_contain_text("A meeting is off this time. We are sorry.")

    page.get_by_role("link", name="Change or end").click()
    expect(page.get_by_label("Script to begin with")).to_have_value("keep")
    assert (paul.axe(), paul.sideways()) == ([], 0)
    page.locator("summary", has_text="End this series").click()
    press(paul, "Yes, end it")
    expect(page.locator("main")).to_contain_text("Nothing is planned yet.")


def test_p6_and_p8_heat_is_met_in_two_keys_and_little_things_are_decided_in_the_room(stay, lounge):
    mina, paul = enter(stay("mina", NARROW), lounge), enter(stay("paul"), lounge)
    page, keys = paul.page, paul.page.keyboard
    heard = mina.remembers("[data-meeting-line]", "[data-notices]")
    # Alt and H, then a letter: the focus is on the tool and nothing has happened yet.
    keys.press("Alt+h")
    expect(page.locator("[data-host-panel] > summary")).to_be_focused()
    keys.press("b")
    expect(page.get_by_text("Call a moderator", exact=True)).to_be_focused()
    keys.press("s")
    slow = page.get_by_label("Slow down")
    expect(slow).to_be_focused()
    slow.select_option("30")
    keys.press("Alt+h")
    answer = page.locator("[data-host-answer]")
    undo = answer.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    keys.press("z")
    expect(undo).to_be_focused()
    keys.press("Enter")
    # Ten seconds are short: it is undone at once, and then looked at what Mina has seen.
    expect(slow).to_have_value("0")
    both = re.compile(r"\|Slow: one message in 30 seconds\.\|$")
    expect(heard).to_have_attribute("data-heard", both)

    page.get_by_label("Between turns").select_option("reactions")
    expect(mina.page.locator("[data-problem]")).to_contain_text("One speaks at a time now.")
    expect(mina.page.locator("[data-turns]")).to_be_visible()
    assert mina.axe() == []
    page.get_by_label("Between turns").select_option("on")
    page.get_by_label("A moderator reads first").select_option("all")
    expect(mina.page.locator("[data-meeting-line]")).to_have_text(
        "A moderator or host reads first what is written."
    )
    expect(mina.page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    mina.page.locator("#say-body").fill("A plain word.")
    press(mina, "Send")
    expect(mina.page.locator(".msg--held")).to_contain_text("A plain word.")

    # The box looks how much waits when it is opened, and every few seconds.
    for _ in range(2):
        page.locator("[data-host-panel] > summary").click()
    expect(page.locator("[data-holds]")).to_have_text("1", timeout=3 * PATIENCE)
    assert paul.axe() == []
    page.get_by_role("link", name=re.compile("Words that wait")).click()
    page.wait_for_url(f"**{lounge}/holds")
    assert paul.axe() == []
    page.get_by_text("Let it through", exact=True).click()
    press(paul, "Yes, show it to the room")
    expect(page.locator("main")).to_contain_text("Nothing waits for you.")
    expect(mina.page.locator(".msg--held")).to_have_count(0)

    enter(paul, lounge)
    page.locator(".msg__more").last.click()
    menu = page.locator("[data-menu]")
    menu.get_by_label("Why").first.select_option("Please be gentle with others.")
    menu.get_by_role("button", name="Pause their words").click()
    page.get_by_role("button", name="Undo").click()
    told = (
        "You cannot write here for 10 minutes.",
        "Please be gentle with others.",
        "A host has taken that back.",
    )
    expect(heard).to_have_attribute("data-heard", re.compile(".*".join(map(re.escape, told)), re.S))

    page.locator(".msg__more").last.click()
    menu.get_by_role("button", name="Out of sight until a moderator has read it").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-line]")).to_have_text("Done.")
    expect(page.locator("[data-list] .msg__body")).to_have_text("A plain word.")

    tools(paul)
    page.get_by_text("Call a moderator", exact=True).click()
    page.get_by_label("What do you need?").fill("Two people get loud.")
    press(paul, "Call now")
    expect(answer).to_have_text("A moderator was called.")
    mo = stay("mo")
    mo.open("/backup")
    assert mo.axe() == []
    mo.page.get_by_role("link", name="Night owls").first.click()
    expect(mo.page.locator("main")).to_contain_text("Two people get loud.")
    expect(mo.page.locator(".msg__body")).to_have_text("A plain word.")
    expect(page.locator("[data-notices]")).to_contain_text("A moderator is looking")
    mo.open("/moderation/audit")
    for verb in (
        "room_set",
        "hold_decided",
        "muted",
        "undone",
        "hidden_undone",
        "backup_called",
        "backup_seen",
    ):
        expect(mo.page.locator("main")).to_contain_text(verb)
