"""Mentoring over HTTP and in the mentoring room: refusals first, then the way of two people."""

from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.base.actor import Role
from support.base.zones import to_local
from support.chat.jobs import see_who_waits
from support.mentoring.rules.training import QUESTIONS
from tests.people import CHEAP, PASSPHRASE
from tests.unit.test_mentoring_rules import APPLICATION

SEARCH = {"languages": "en", "substances": "diazepam"}
LIMITS = {"languages": "en", "substances": "diazepam", "most": 3}


@pytest.fixture
def asked(browser, people):
    """Mina has asked Paul; the request."""
    assert browser("paul").send("/mentors/limits", **LIMITS).status_code == 200
    assert browser("mina").send("/mentors/search", **SEARCH).status_code == 200
    return browser("mina").send("/mentors/paul/ask").json["ask"]


@pytest.fixture
def paired(browser, asked):
    """Paul said yes: the pairing and its room."""
    return browser("paul").send(f"/mentors/asks/{asked}/accept").json


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("path", ["/mentors", "/mentors/apply", "/mentors/home"])
def test_strangers_log_in_first(stranger, people, path):
    assert stranger.ask(path).status_code == 401
    assert stranger.get(path).status_code == 302


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/mentors/limits", LIMITS),
        ("/mentors/pause", {"on": True}),
        ("/mentors/asks/x/accept", {}),
        ("/mentors/asks/x/decline", {}),
        ("/mentors/applications/x/vote", {"yes": True, "reason": "x"}),
    ],
)
def test_members_do_nothing_of_a_mentors_or_moderators(browser, people, path, sent):
    assert browser("mina").send(path, **sent).status_code == 403


def test_a_moderator_is_no_mentor(browser, people):
    assert browser("mo").ask("/mentors/home").status_code == 409
    assert browser("mo").send("/mentors/limits", **LIMITS).status_code == 409


def test_a_form_shown_again_has_what_was_typed(browser, people):
    page = browser("mina").fill("/mentors/search", languages="en", hours="sometimes at night")
    assert page.status_code == 400
    assert "sometimes at night" in page.text
    assert "Line 1" in page.text


def test_a_wrong_answer_is_explained_and_nothing_is_lost(browser, people):
    page = browser("otto").fill("/mentors/apply", **{**APPLICATION, "q_fit": "0"})
    assert page.status_code == 400
    because = next(each.because for each in QUESTIONS if each.id == "fit")
    assert because in page.text
    assert APPLICATION["why"] in page.text
    assert browser("otto").ask("/mentors/apply").json == {"application": None}


def test_a_cap_that_cannot_be_is_said_beside_its_field(browser, people):
    page = browser("paul").fill("/mentors/limits", **{**LIMITS, "most": "9"})
    assert page.status_code == 400
    assert "from 0 to 6" in page.text


def test_a_vote_needs_a_reason(browser, people):
    application = browser("otto").send("/mentors/apply", **APPLICATION).json["application"]
    page = browser("mo").fill(f"/mentors/applications/{application}/vote", yes="1", reason="")
    assert page.status_code == 400
    assert "otto" in page.text


# ------------------------------------------------------------------ becoming one


def test_a_member_becomes_a_mentor_by_two_moderators(browser, people):
    application = browser("otto").send("/mentors/apply", **APPLICATION).json["application"]
    assert browser("otto").ask("/mentors/home").status_code == 403
    line = browser("mo").ask("/mentors/applications").json["applications"][0]
    assert (line["handle"], line["may_vote"]) == ("otto", True)
    where = f"/mentors/applications/{application}/vote"
    first = browser("mo").send(where, yes=True, reason="I know her.")
    assert first.json["state"] == "open"
    assert "another moderator" in browser("mo").get("/mentors/applications").text.lower()
    assert browser("rae").send(where, yes=True, reason="So do I.").json["state"] == "approved"
    assert browser("otto").ask("/mentors/home").json["most"] == 3


def test_the_page_says_that_an_application_waits(browser, people):
    browser("otto").send("/mentors/apply", **APPLICATION)
    assert "with the moderators" in browser("otto").get("/mentors/apply").text
    assert browser("otto").send("/mentors/apply/withdraw").json == {"state": "withdrawn"}


# ------------------------------------------------------------------ two people


def test_from_the_search_to_the_room_and_out_again(browser, asked):
    page = browser("mina").get("/mentors").text
    assert "They have not answered yet" in page
    assert [one["handle"] for one in browser("paul").ask("/mentors/home").json["asks"]] == ["mina"]
    made = browser("paul").send(f"/mentors/asks/{asked}/accept").json
    found = browser("mina").ask("/mentors").json
    assert (found["mentor"]["handle"], found["mentor"]["room"]) == ("paul", made["room"])
    sent = browser("mina").send(f"/rooms/{made['room']}/messages", body="Hello.", client_id="a")
    assert sent.json["message"]["state"] == "visible"
    heard = browser("paul").ask(f"/rooms/{made['room']}").json
    assert "Hello." in str(heard)
    ended = browser("mina").send(f"/mentors/pairings/{made['pairing']}/end")
    assert ended.json["state"] == "ended"
    for handle in ("mina", "paul"):
        assert browser(handle).ask(f"/rooms/{made['room']}").status_code == 404


@pytest.mark.parametrize("handle", ["otto", "mo", "rae", "ada"])
def test_a_mentoring_room_is_there_for_its_two_alone(browser, socket, paired, handle):
    assert browser(handle).ask(f"/rooms/{paired['room']}").status_code == 404
    answer = socket(handle).ask("room:join", room=paired["room"])
    assert answer["error"]["code"] == "not_found"
    said = socket(handle).says(paired["room"], "hello", "x1")
    assert said["error"]["code"] == "not_found"


def test_words_in_a_mentoring_room_are_reviewed_like_all_others(browser, socket, paired):
    said = socket("paul").says(paired["room"], "you should drop to 2 mg now", "p1")
    assert said["message"]["state"] == "held"
    items = browser("mo").ask("/moderation").json["items"]
    assert [item["author"] for item in items] == ["paul"]


def test_whoever_parted_cannot_write_on_over_an_open_line(socket, browser, paired):
    mina = socket("mina")
    assert mina.ask("room:join", room=paired["room"])["ok"]
    browser("paul").send(f"/mentors/pairings/{paired['pairing']}/end")
    answer = mina.says(paired["room"], "are you there", "m1")
    assert answer["error"]["code"] == "not_found"


def test_whoever_parted_hears_no_words_that_are_let_through_afterwards(socket, browser, paired):
    mina, paul = socket("mina"), socket("paul")
    for line in (mina, paul):
        assert line.ask("room:join", room=paired["room"])["ok"]
    said = paul.says(paired["room"], "you should drop to 2 mg now", "p1")
    assert said["message"]["state"] == "held"
    browser("mina").send(f"/mentors/pairings/{paired['pairing']}/end")
    assert [event["state"] for event in mina.heard("room:event")] == ["ended"]
    (item,) = browser("mo").ask("/moderation").json["items"]
    why = {"decision": "allow", "reason": "quoting a doctor", "rule": "no_dosing"}
    assert browser("mo").send(f"/moderation/items/{item['id']}/claim").status_code == 200
    assert browser("mo").send(f"/moderation/items/{item['id']}/decide", **why).status_code == 200
    assert mina.heard("room:event") == []


def test_nobody_who_fits_means_an_honest_place_in_line(browser, people):
    browser("mina").send("/mentors/search", **SEARCH)
    assert "No mentor who fits" in browser("mina").get("/mentors").text
    assert browser("mina").send("/mentors/wait").json == {"state": "waiting", "place": 1}
    assert "number 1 in line" in browser("mina").get("/mentors").text
    assert browser("mina").send("/mentors/stop-waiting").json == {"state": "none"}


def test_a_pause_is_one_button_and_says_nothing_of_why(browser, paired):
    facts = {"paused": True, "handed_on": 0, "asked": []}
    assert browser("paul").send("/mentors/pause", on=True).json == facts
    assert "on a break" in browser("paul").get("/mentors/home").text
    assert browser("paul").send("/mentors/pause", on=False).json["paused"] is False


def test_taking_a_request_back(browser, asked):
    assert browser("mina").send(f"/mentors/asks/{asked}/withdraw").json["state"] == "withdrawn"
    assert browser("paul").send(f"/mentors/asks/{asked}/accept").status_code == 404


def test_declining_says_no_and_nothing_more(browser, asked):
    assert browser("paul").send(f"/mentors/asks/{asked}/decline").json["state"] == "declined"
    assert browser("mina").ask("/mentors").json["asked"] == []


# ------------------------------------------------------------------ shifts

SHIFT = {"weekday": 1, "start": "20:00", "minutes": 60, "timezone": "UTC"}


def test_members_have_no_page_of_shifts_and_moderators_only_read_it(browser, people):
    assert browser("mina").ask("/mentors/shifts").status_code == 403
    page = browser("mo").get("/mentors/shifts")
    assert "Nobody is on shift now" in page.text
    assert "Sign up" not in page.text
    assert browser("mo").send("/mentors/shifts", **SHIFT).status_code == 409


def test_a_shift_is_signed_up_for_given_back_and_taken_again(browser, people):
    paul = browser("paul")
    shift = paul.send("/mentors/shifts", **SHIFT).json["shift"]
    facts = paul.ask("/mentors/shifts").json
    [weekly] = facts["weekly"]
    first, second = facts["shifts"]
    assert weekly == {"id": shift, **SHIFT}
    assert (first["handle"], first["own"], facts["on_shift"]) == ("paul", True, [])
    assert first["from"] == "2030-01-01T20:00:00.000Z"
    given = paul.send(f"/mentors/watches/{first['id']}/give-back").json
    assert given == {"shift": first["id"], "state": "free", "asked": []}
    assert "Take it" in paul.get("/mentors/shifts").text
    assert paul.send(f"/mentors/watches/{first['id']}/take").json["state"] == "taken"
    assert paul.fill(f"/mentors/shifts/{shift}/remove").status_code == 302
    page = paul.get("/mentors/shifts").text
    assert "No shifts. Rest." in page
    assert paul.send(f"/mentors/watches/{second['id']}/take").status_code == 404


def test_a_shift_over_a_cap_is_refused_and_the_page_says_which(browser, people):
    paul = browser("paul")
    paul.send("/mentors/limits", **LIMITS, week_hours=1, day_shifts=1)
    paul.send("/mentors/shifts", **SHIFT)
    page = paul.fill("/mentors/shifts", **{**SHIFT, "start": "09:00"})
    assert page.status_code == 409
    assert "one more than the 1 shifts a day" in page.text
    wrong = paul.fill("/mentors/shifts", **{**SHIFT, "start": "late"})
    assert wrong.status_code == 400
    assert "Please give a time such as 22:00." in wrong.text


def test_pausing_says_how_many_shifts_were_handed_on(browser, people):
    paul = browser("paul")
    paul.send("/mentors/shifts", **SHIFT)
    assert paul.send("/mentors/pause", on=True).json == {
        "paused": True,
        "handed_on": 2,
        "asked": [],
    }
    paul.send("/mentors/pause", on=False)
    paul.fill("/mentors/pause", on="1")
    assert "It is free now. The team knows." in paul.get("/mentors/home").text


# ------------------------------------------------------------------ a pair, the code, the guide


@pytest.fixture
def nora(database, people):
    """Another mentor, who has room."""
    with database.unit() as unit:
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        kept = CHEAP.hash(PASSPHRASE)
        people["nora"] = accounts.create(unit, "nora", Role.MENTOR, kept, about)
    return "nora"


def test_members_see_no_guide_and_hand_nobody_over(browser, paired):
    mina = browser("mina")
    for path in ("/mentors/guide", "/mentors/code", "/mentors/rest"):
        assert mina.ask(path).status_code == 403
    path = f"/mentors/pairings/{paired['pairing']}/hand-over"
    assert mina.send(path, handle="paul").status_code == 403
    assert mina.send("/mentors/setback").status_code == 403


def test_a_pair_agrees_on_hours_on_its_page(browser, paired):
    path = f"/mentors/pairings/{paired['pairing']}"
    mina, paul = browser("mina"), browser("paul")
    wrong = mina.fill(f"{path}/hours", hours="at night")
    assert wrong.status_code == 400
    assert "at night" in wrong.text
    assert mina.fill(f"{path}/hours", hours="tue 19:00-21:00").status_code == 302
    page = paul.get("/mentors/pair").text
    assert "They propose these" in page
    assert paul.send(f"{path}/agree-hours").json["state"] == "agreed"
    [pair] = mina.ask("/mentors/pair").json["pairs"]
    assert (pair["as"], pair["hours"], pair["hours_state"]) == (
        "member",
        ["tue 19:00-21:00"],
        "agreed",
    )
    assert "tue 19:00-21:00" in paul.get("/mentors/home").text


def test_somebody_is_handed_over_when_all_three_have_said_yes(browser, paired, nora):
    browser(nora).send("/mentors/limits", **LIMITS)
    path = f"/mentors/pairings/{paired['pairing']}/hand-over"
    wrong = browser("paul").fill(path, handle="mina")
    assert (wrong.status_code, "Please name a mentor." in wrong.text) == (400, True)
    asked = browser("paul").send(path, handle=nora).json["hand_over"]
    assert "Take it back" in browser("paul").get("/mentors/home").text
    assert "paul would hand mina over to nora" in browser("mina").get("/mentors/pair").text
    answer = f"/mentors/hand-overs/{asked}/answer"
    assert browser("otto").send(answer, yes=True).status_code == 404
    assert browser("mina").send(answer, yes=True).json["state"] == "open"
    assert "You have said yes." in browser("mina").get("/mentors/pair").text
    assert browser(nora).fill(answer, yes="1").status_code == 302
    assert [one["handle"] for one in browser("mina").ask("/mentors/pair").json["pairs"]] == [nora]
    assert browser("mina").ask(f"/rooms/{paired['room']}").status_code == 404
    assert "You walk with nobody now." in browser("paul").get("/mentors/pair").text


def test_the_code_is_signed_for_another_year(browser, people):
    paul = browser("paul")
    unsigned = paul.fill("/mentors/code")
    assert (unsigned.status_code, "agree to it" in unsigned.text) == (400, True)
    assert paul.send("/mentors/code", agree=True).json == {"version": 1}
    assert paul.ask("/mentors/home").json["renew_on"] == "2031-01-01"
    assert browser("mo").send("/mentors/code", agree=True).status_code == 409


def test_after_a_setback_there_is_a_page_with_somebody_on_it_and_a_pause(browser, people):
    paul = browser("paul")
    assert paul.fill("/mentors/setback").location == "/mentors/rest"
    page = paul.get("/mentors/rest").text
    assert "Tell a moderator quietly" in page
    assert "can cause fits" in page
    assert paul.ask("/mentors/home").json["paused"] is True


def test_the_guide_says_when_each_card_was_changed_and_gives_no_dose(browser, people):
    cards = browser("paul").ask("/mentors/guide").json["cards"]
    page = browser("paul").get("/mentors/guide").text
    assert len(cards) == 7
    assert all(f'id="{card["id"]}"' in page for card in cards)
    assert " mg" not in page


def test_home_says_tonight_and_hours_and_how_many_wait(browser, people):
    paul = browser("paul")
    paul.send("/mentors/limits", **LIMITS)
    paul.send("/mentors/shifts", **SHIFT)
    browser("otto").send("/mentors/search", languages="pt")
    browser("otto").send("/mentors/wait")
    home = paul.ask("/mentors/home").json
    assert [one["what"] for one in home["tonight"]] == ["shift"]
    assert home["hours"] == {
        "week_minutes": 60,
        "most_week_minutes": 360,
        "shifts_today": 1,
        "most_shifts_today": 2,
    }
    assert home["waiting"]["count"] == 1
    page = paul.get("/mentors/home").text
    assert "1 of 6 hours" in page
    assert "1 person waits in line" in page


def test_whoever_reported_a_mentors_words_is_not_brought_to_them(browser, cast):
    paul, mina = browser("paul"), browser("mina")
    paul.send("/mentors/limits", **LIMITS)
    mina.send("/mentors/search", **SEARCH)
    assert [one["handle"] for one in mina.ask("/mentors").json["proposals"]] == ["paul"]
    said = paul.send(f"/rooms/{cast.lounge}/messages", body="Read the rules.", client_id="c1")
    report = {"reason": "harassment"}
    told = mina.send(f"/messages/{said.json['message']['id']}/report", **report)
    assert told.status_code == 200
    assert mina.ask("/mentors").json["proposals"] == []
    assert paul.ask("/mentors/home").json["asks"] == []


# ------------------------------------------------------------------ a newcomer without an answer


def test_a_newcomer_without_an_answer_brings_the_mentor_on_shift_to_the_lounge(
    app, browser, cast, database, clock
):
    """From door to door: the words, the house's own look, the notice, and the room it leads to."""
    paul, fern = browser("paul"), app.test_client()
    now = to_local(clock.now(), "Europe/Lisbon") + timedelta(minutes=10)
    shift = {"weekday": now.weekday(), "start": f"{now:%H:%M}", "minutes": 60, "once": True}
    assert paul.send("/mentors/shifts", **shift).status_code == 200
    about = {"handle": "fern", "password": PASSPHRASE, "country": "PT", "timezone": "Europe/Lisbon"}
    assert fern.fill("/register", **about, adult="1", agree="1").status_code == 302
    assert fern.send(f"/groups/{cast.slug}/join").status_code == 200
    said = {"body": "I am new here and scared.", "client_id": "n1"}
    assert fern.send(f"/rooms/{cast.lounge}/messages", **said).status_code == 200
    for minutes, notices in ((14, 0), (1, 1), (20, 1)):
        clock.forward(minutes=minutes)
        see_who_waits(database)
        told = [each for each in paul.ask("/account/notices").json["notices"] if each["room"]]
        assert len(told) == notices
    assert "scared" not in str(told)
    assert paul.ask(f"/rooms/{told[0]['room']}").json["snapshot"][0]["body"] == said["body"]
