"""Appeals over HTTP: from inside, from before the door, and the answer at the desk."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from support.accounts import actions as accounts
from support.base.clock import wire
from support.moderation import actions, queries
from support.moderation.rules.desk import HouseRule
from tests.desk_world import Desk, a_board, open_desk
from tests.people import PASSPHRASE

LISBON = ZoneInfo("Europe/Lisbon")
WHY = "I was joking with a friend, who knows me."
ANSWER = {"outcome": "shorten", "minutes": 30, "reply": "We read it again. Half an hour will do."}


@pytest.fixture
def desk(database, people):
    """The desk, to be used in a transaction of its own each time: desk(lambda it: …)."""
    with a_board() as board:
        with database.unit() as unit:
            group_id = open_desk(unit, board).group_id

        def within(act):
            with database.unit() as unit:
                return act(Desk(unit, board, group_id))

        yield within


def sanctioned(desk, kind, who="mo", **more):
    return desk(lambda it: it.sanctions(who, "otto", kind, **more)).id


def log_in(stranger, password=PASSPHRASE):
    return stranger.send("/login", handle="otto", password=password)


def way_of(answer):
    return answer.json["error"]["ways"]["appeal"]


def entry(browser, who="rae"):
    (item,) = browser(who).ask("/moderation?show=appeals").json["items"]
    return item["id"]


# ------------------------------------------------------------------ from before the door


def test_a_kept_out_person_is_given_one_appeal_and_no_session(stranger, desk, browser):
    sanctioned(desk, "ban")
    refused = log_in(stranger)
    assert refused.status_code == 403
    assert refused.json["error"]["reason"] == "It sells."
    way = way_of(refused)
    sent = stranger.send(way["url"], token=way["token"], text=WHY)
    assert sent.status_code == 200
    assert sent.json["state"] == "waiting"
    assert stranger.ask("/account").status_code == 401
    again = stranger.send(way["url"], token=way["token"], text=WHY)
    assert again.status_code == 409
    assert "already" in again.json["error"]["message"]
    item = entry(browser)
    assert browser("rae").ask(f"/moderation/items/{item}").json["text"] == WHY


def test_who_was_banned_by_a_command_reads_what_why_by_whom_until_when_and_appeals(
    stranger, desk, browser, clock
):
    until = clock.now() + timedelta(days=30)
    otto = desk(lambda it: it.who("otto").id)
    reason, rule = "We asked you twice.", HouseRule.NO_TRADING
    desk(lambda it: actions.ban_by_operator(it.unit, otto, reason, rule, until))
    refused = log_in(stranger)
    told = refused.json["error"]
    assert (refused.status_code, told["kind"], told["reason"]) == (403, "ban", reason)
    assert (told["rule"], told["until"]) == ("no_trading", wire(until))
    decided = way_of(refused)["decided"]
    at = wire(clock.now())
    told_at_the_door = {"by": "operator", "at": at, "rule": rule, "words": None, "pending": False}
    assert decided == told_at_the_door
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    for line in (
        f"Your account is closed until {until.astimezone(LISBON):%a}",
        "(Europe/Lisbon).",
        "We asked you twice.",
        "We do not buy, sell or swap pills.",
        "Decided by the people who run this place,",
        "A moderator will look at it.",
        "Numbers to call",
    ):
        assert line in page
    assert "not the one who decided" not in page
    way = way_of(refused)
    assert stranger.send(way["url"], token=way["token"], text=WHY).status_code == 200
    assert browser("rae").ask(f"/moderation/items/{entry(browser)}").json["text"] == WHY


def test_a_ban_by_command_without_an_end_says_so(stranger, desk):
    otto = desk(lambda it: it.who("otto").id)
    desk(lambda it: actions.ban_by_operator(it.unit, otto, "", HouseRule.SAFETY, None))
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    assert "There is no end date." in page
    assert "We keep each other safe." in page


def test_who_is_out_for_words_reads_which_words_and_nobody_elses(stranger, desk):
    desk(lambda it: it.reports("fern", it.says("otto", "Cheap pills, write to me")))

    def out(it):
        item = queries.next_free(it.unit, it.who("mo"))
        it.decides("mo", item, "suspend", minutes=600)

    desk(out)
    decided = way_of(log_in(stranger))["decided"]
    assert (decided["by"], decided["words"]) == ("moderator", "Cheap pills, write to me")
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    assert "Cheap pills, write to me" in page
    assert "not the one who decided" in page
    desk(lambda it: it.board.notes.clear())
    assert way_of(log_in(stranger))["decided"]["words"] is None


def test_who_waits_for_a_second_signature_is_told_that_it_may_last_longer(stranger, desk, browser):
    made = sanctioned(desk, "ban")
    longer = "A second moderator is asked whether it should last longer."
    assert way_of(log_in(stranger))["decided"]["pending"] is True
    assert longer in stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    assert browser("rae").send(f"/moderation/sanctions/{made}/cosign").status_code == 200
    assert way_of(log_in(stranger))["decided"]["pending"] is False
    assert longer not in stranger.fill("/login", handle="otto", password=PASSPHRASE).text


def test_who_comes_second_to_an_appeal_stays_at_it(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=1440)
    browser("otto").send(f"/account/decisions/{sanction}/appeal", text=WHY)
    item = entry(browser)
    browser("ada").send(f"/moderation/items/{item}/claim")
    late = browser("rae").fill(f"/moderation/items/{item}/claim")
    assert late.status_code == 409
    assert WHY in late.text
    assert "ada has it" in late.text


def test_not_me_goes_for_an_appeal_too(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=1440)
    browser("otto").send(f"/account/decisions/{sanction}/appeal", text=WHY)
    rae, ada, item = browser("rae"), browser("ada"), entry(browser)
    assert f"/moderation/items/{item}/skip" in rae.get(f"/moderation/items/{item}").text
    assert rae.fill(f"/moderation/items/{item}/skip").status_code == 302
    assert rae.ask(f"/moderation/items/{item}").status_code == 404
    assert ada.ask(f"/moderation/items/{item}").json["text"] == WHY


def test_the_page_says_it_in_a_form_that_needs_no_script(stranger, desk):
    sanctioned(desk, "suspend", minutes=600)
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    assert "You can do it once." in page
    assert "/help" in page
    sent = stranger.fill("/appeal", token=token[1], text=WHY)
    assert sent.status_code == 200
    assert "Your appeal is on its way" in sent.text
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    assert "You have appealed." in page
    assert 'name="token"' not in page


def test_the_answer_stands_where_the_person_reads_it(stranger, desk, browser):
    sanctioned(desk, "suspend", minutes=600)
    way = way_of(log_in(stranger))
    stranger.send("/appeal", token=way["token"], text=WHY)
    item = entry(browser)
    answered = browser("rae").send(f"/moderation/items/{item}/answer", outcome="keep", reply="No.")
    assert answered.json["outcome"] == "keep"
    assert (way_of(log_in(stranger))["outcome"], way_of(log_in(stranger))["reply"]) == (
        "keep",
        "No.",
    )
    assert "The decision stays." in (
        stranger.fill("/login", handle="otto", password=PASSPHRASE).text
    )


def test_a_wrong_passphrase_gets_no_pass(stranger, desk):
    sanctioned(desk, "ban")
    refused = log_in(stranger, "some other plain words")
    assert refused.status_code == 401
    assert "ways" not in refused.json["error"]


def test_a_ban_by_the_command_line_has_no_appeal_here_but_says_whom_to_ask(
    stranger, database, people
):
    with database.unit() as unit:
        accounts.ban(unit, people["otto"], "By hand.", "safety")
    refused = log_in(stranger)
    assert refused.json["error"]["ways"] == {}
    assert refused.json["error"]["appeal"]
    assert "You can appeal." in stranger.fill("/login", handle="otto", password=PASSPHRASE).text


@pytest.mark.parametrize("spoil", [lambda token: "x" + token, lambda _: "made.up.pass"])
def test_a_forged_pass_is_refused(stranger, desk, spoil):
    sanctioned(desk, "ban")
    token = spoil(way_of(log_in(stranger))["token"])
    refused = stranger.send("/appeal", token=token, text=WHY)
    assert refused.status_code == 400
    assert "too old" in refused.json["error"]["message"]


def test_a_pass_is_for_the_sanction_it_was_given_for(stranger, desk, clock):
    sanctioned(desk, "suspend", minutes=5)
    token = way_of(log_in(stranger))["token"]
    clock.forward(minutes=6)
    sanctioned(desk, "ban")
    assert stranger.send("/appeal", token=token, text=WHY).status_code == 404


def test_a_pass_opens_nothing_else(stranger, desk):
    sanctioned(desk, "ban")
    token = way_of(log_in(stranger))["token"]
    for path in ("/account", "/account/decisions", "/api/v1/me", "/moderation"):
        assert stranger.ask(f"{path}?token={token}").status_code == 401


def test_tries_are_counted(stranger, desk):
    sanctioned(desk, "ban")
    token = way_of(log_in(stranger))["token"]
    found = [stranger.send("/appeal", token=token, text=WHY).status_code for _ in range(7)]
    assert found[0] == 200
    assert found[-1] == 429


def test_an_appeal_without_words_is_refused(stranger, desk):
    sanctioned(desk, "ban")
    token = way_of(log_in(stranger))["token"]
    assert stranger.send("/appeal", token=token).status_code == 400
    assert stranger.send("/appeal", text=WHY).status_code == 400


# ------------------------------------------------------------------ from inside


def test_m9_a_mute_is_appealed_and_shortened_by_somebody_else(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=1440)
    otto = browser("otto")
    (told,) = otto.ask("/account/decisions").json["decisions"]
    assert (told["id"], told["reason"], told["rule"]) == (sanction, "It sells.", "no_trading")
    assert told["can_appeal"]
    assert "Appeal" in otto.get("/account/decisions").text
    sent = otto.send(f"/account/decisions/{sanction}/appeal", text=WHY)
    assert sent.json["state"] == "waiting"
    item = entry(browser)
    mo = browser("mo")
    assert mo.ask("/moderation").json["items"] == []
    assert mo.ask(f"/moderation/items/{item}").status_code == 404
    assert mo.send(f"/moderation/items/{item}/answer", **ANSWER).status_code == 404
    answered = browser("rae").send(f"/moderation/items/{item}/answer", **ANSWER)
    (told,) = otto.ask("/account/decisions").json["decisions"]
    assert told["appeal"]["reply"] == ANSWER["reply"]
    assert told["until"] == answered.json["until"]
    again = otto.send(f"/account/decisions/{sanction}/appeal", text=WHY)
    assert again.status_code == 409
    assert "rae" not in otto.get("/account/decisions").text


def test_a_second_appeal_by_form_shows_the_page_with_what_went_wrong(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=60)
    otto = browser("otto")
    assert otto.fill(f"/account/decisions/{sanction}/appeal", text=WHY).status_code == 302
    again = otto.fill(f"/account/decisions/{sanction}/appeal", text=WHY)
    assert again.status_code == 409
    assert "You have appealed this already." in again.text


def test_nobody_appeals_for_somebody_else(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=60)
    for handle in ("mina", "mo"):
        refused = browser(handle).send(f"/account/decisions/{sanction}/appeal", text=WHY)
        assert refused.status_code == 404


def test_the_desk_page_shows_both_sides_and_asks_for_an_answer(browser, desk):
    sanction = sanctioned(desk, "mute", minutes=1440)
    browser("otto").send(f"/account/decisions/{sanction}/appeal", text="<b>Please</b> look.")
    rae = browser("rae")
    page = rae.get(f"/moderation/items/{entry(browser)}").text
    assert "&lt;b&gt;Please&lt;/b&gt; look." in page
    assert "It sells." in page
    assert "Make it shorter." in page
    wrong = rae.fill(f"/moderation/items/{entry(browser)}/answer", outcome="shorten", reply="Hm.")
    assert wrong.status_code == 400
    assert "For how long?" in wrong.text
    sent = rae.fill(f"/moderation/items/{entry(browser)}/answer", outcome="lift", reply="Yes.")
    assert sent.status_code == 302
    assert "The decision is lifted." in rae.get(sent.headers["Location"]).text


def test_an_answer_is_refused_to_others_and_for_what_is_no_appeal(browser, desk):
    item = desk(lambda it: it.held("otto", "sourcing"))
    assert browser("mo").send(f"/moderation/items/{item}/answer", **ANSWER).status_code == 404
    assert browser("mina").send(f"/moderation/items/{item}/answer", **ANSWER).status_code == 403
