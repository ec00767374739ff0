"""The desk and the rooms together, over real lines: held, reported, decided, told, cut off."""

import json

import pytest

from support.accounts import actions as accounts

SELLING = "cheap zopiclone online, no prescription, dm me"
DECISION = {"decision": "allow", "reason": "It is fine.", "rule": "safety"}


@pytest.fixture
def joined(socket, cast):
    """A line that hears the lounge."""

    def join(handle):
        line = socket(handle)
        assert line.ask("room:join", room=cast.lounge)["ok"], handle
        line.heard()
        return line

    return join


@pytest.fixture
def watching(socket):
    """A line that watches the queue."""

    def watch(handle):
        line = socket(handle)
        assert line.ask("queue:watch")["ok"], handle
        line.heard()
        return line

    return watch


@pytest.fixture
def desk(browser):
    """A moderator's browser, with short ways to the queue and to a decision."""

    def decide(handle, item, **sent):
        return browser(handle).send(f"/moderation/items/{item}/decide", **{**DECISION, **sent})

    return decide


def waiting(browser, handle="mo"):
    return browser(handle).ask("/moderation").json["items"]


def held(line, room, body=SELLING, client_id="s1"):
    answer = line.says(room, body, client_id)
    assert answer["message"]["state"] == "held", answer
    return answer["message"]["id"]


def bodies(line):
    return [event["message"].get("body") for event in line.heard("room:event")]


# ------------------------------------------------------------------ watching


def test_members_do_not_watch_the_queue(socket, cast):
    for handle in ("mina", "otto"):
        assert socket(handle).ask("queue:watch")["error"]["code"] == "forbidden"


def test_a_mentor_on_the_rota_watches_cases_but_hears_nothing_of_the_queue(
    database, socket, joined, cast
):
    with database.unit() as unit:
        accounts.set_on_rota(unit, cast["paul"], True)
    paul = socket("paul")
    answer = paul.ask("queue:watch")
    assert answer == {"ok": True}
    held(joined("mina"), cast.lounge)
    assert paul.heard("queue:changed") == []


def test_watching_takes_nothing_with_it(socket, cast):
    assert socket("mo").ask("queue:watch", all=True)["error"]["code"] == "bad_request"


def test_a_moderator_hears_at_once_that_something_waits(watching, joined, cast):
    mo, ada = watching("mo"), watching("ada")
    held(joined("mina"), cast.lounge)
    for line in (mo, ada):
        news = line.heard("queue:changed")
        assert news[-1]["open"] == 1
        assert news[-1]["oldest_at"].endswith("Z")
        assert news[-1]["item"]


def test_watching_says_how_much_waits_already(socket, joined, cast):
    held(joined("mina"), cast.lounge)
    answer = socket("mo").ask("queue:watch")
    assert (answer["ok"], answer["open"]) == (True, 1)


def test_who_does_not_watch_hears_nothing_of_the_queue(socket, joined, watching, cast):
    quiet, mina = socket("mo"), joined("mina")
    watching("rae")
    held(mina, cast.lounge)
    assert quiet.heard("queue:changed") == []
    assert mina.heard("queue:changed") == []


def test_a_moderator_never_hears_of_an_item_about_themselves(watching, joined, browser, cast):
    mo, rae = watching("mo"), watching("rae")
    held(joined("mo"), cast.lounge)
    assert rae.heard("queue:changed")[-1]["open"] == 1
    for news in mo.heard("queue:changed"):
        assert (news["open"], news["oldest_at"]) == (0, None)
        assert "item" not in news
    assert waiting(browser, "mo") == []


# ------------------------------------------------------------------ held words


def test_held_words_are_let_through_and_their_author_is_told(joined, browser, desk, cast):
    mina, paul = joined("mina"), joined("paul")
    message = held(mina, cast.lounge)
    assert paul.heard("room:event") == []
    line = waiting(browser)[0]
    assert (line["target"], line["author"], line["labels"]) == (message, "mina", ["sourcing"])
    assert desk("mo", line["id"]).status_code == 200
    (event,) = paul.heard("room:event")
    assert (event["kind"], event["seq"], event["message"]["body"]) == ("message", 1, SELLING)
    notice = mina.heard("notice")[-1]
    assert (notice["message"], notice["room"]) == (message, cast.lounge)


def test_kept_words_never_reach_anybody(joined, browser, desk, cast):
    mina, paul = joined("mina"), joined("paul")
    held(mina, cast.lounge)
    assert desk("mo", waiting(browser)[0]["id"], decision="keep").status_code == 200
    assert paul.heard("room:event") == []
    page = browser("paul").ask(f"/rooms/{cast.lounge}?after=0").text
    assert "zopiclone" not in page
    assert mina.heard("notice")


def test_words_said_in_another_way_leave_the_queue(joined, browser, cast):
    mina, paul = joined("mina"), joined("paul")
    message = held(mina, cast.lounge, "You should drop to 2 mg tomorrow.")
    assert len(waiting(browser)) == 1
    answer = mina.ask("message:edit", message=message, body="Going down slowly helped me.")
    assert answer["ok"], answer
    assert waiting(browser) == []
    assert bodies(paul)[-1] == "Going down slowly helped me."


def test_words_their_author_took_back_leave_the_queue(joined, browser, cast):
    mina = joined("mina")
    message = held(mina, cast.lounge)
    assert mina.ask("message:withdraw", message=message)["ok"]
    assert waiting(browser) == []


def test_the_moderator_sees_the_match_in_the_words(joined, browser, cast):
    paul, mina = joined("paul"), joined("mina")
    paul.says(cast.lounge, "Good evening all.", "p1")
    held(mina, cast.lounge)
    found = browser("mo").ask(f"/moderation/items/{waiting(browser)[0]['id']}").json
    assert found["words"]["body"] == SELLING
    assert [one["body"] for one in found["before"]] == ["Good evening all."]
    finding = found["findings"][0]
    assert SELLING[finding["start"] : finding["end"]].strip()
    assert finding["version"]


# ------------------------------------------------------------------ reports


def shown(line, room, body="paul talks too much here", client_id="c1"):
    answer = line.says(room, body, client_id)
    assert answer["message"]["state"] == "visible", answer
    return answer["message"]["id"]


def test_a_report_from_the_room_reaches_the_desk(joined, watching, browser, cast):
    mina, paul, mo = joined("mina"), joined("paul"), watching("mo")
    message = shown(mina, cast.lounge)
    first = paul.ask("message:report", message=message, reason="harassment")
    again = paul.ask("message:report", message=message, reason="other", details="Please look.")
    assert first["ok"]
    assert again["report"] == first["report"]
    assert mo.heard("queue:changed")[-1]["open"] == 1
    (line,) = waiting(browser)
    assert (line["target"], line["reports"], line["labels"]) == (message, 1, ["harassment"])


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"reason": "because"},
        {"reason": "spam", "details": "x" * 501},
        {"reason": "spam", "more": 1},
        {"reason": ["spam"]},
    ],
)
def test_a_malformed_report_is_a_bad_request(joined, cast, sent):
    message = shown(joined("mina"), cast.lounge)
    answer = joined("paul").ask("message:report", message=message, **sent)
    assert answer["error"]["code"] == "bad_request"


def test_an_outsider_cannot_report_what_they_cannot_see(joined, socket, cast):
    message = shown(joined("mina"), cast.lounge)
    answer = socket("otto").ask("message:report", message=message, reason="spam")
    assert answer["error"]["code"] == "not_found"


def test_held_words_cannot_be_reported_by_members(joined, cast):
    message = held(joined("mina"), cast.lounge)
    answer = joined("paul").ask("message:report", message=message, reason="spam")
    assert answer["error"]["code"] == "not_found"


def test_ones_own_words_cannot_be_reported(joined, cast):
    mina = joined("mina")
    message = shown(mina, cast.lounge)
    answer = mina.ask("message:report", message=message, reason="spam")
    assert answer["error"]["code"] == "forbidden"


def test_a_report_of_danger_opens_a_case_for_the_author(joined, browser, cast):
    mina, paul = joined("mina"), joined("paul")
    message = shown(mina, cast.lounge, "it is very dark tonight", "d1")
    assert paul.ask("message:report", message=message, reason="crisis")["ok"]
    cases = browser("mo").ask("/crisis/cases").json["cases"]
    assert [(one["state"], one["severity"]) for one in cases] == [("open", "urgent")]
    assert waiting(browser)[0]["severity"] == "urgent"


def test_removed_words_go_for_everybody_and_each_side_is_told(joined, browser, desk, cast):
    mina, paul = joined("mina"), joined("paul")
    message = shown(mina, cast.lounge)
    paul.ask("message:report", message=message, reason="harassment")
    paul.heard()
    decided = desk("mo", waiting(browser)[0]["id"], decision="remove", rule="no_harassment")
    assert decided.status_code == 200
    packets = paul.heard()
    assert [each for each in packets if each.get("kind") == "removed"]
    notices = [each for each in packets if "text" in each]
    assert len(notices) == 1
    assert "mina" not in json.dumps(notices)
    assert "paul talks too much here" not in browser("paul").ask(f"/rooms/{cast.lounge}").text
    told = mina.heard("notice")
    assert "paul" not in json.dumps(told)
    assert told[-1]["message"] == message
    page = browser("mina").get("/account/decisions").text
    assert "paul talks too much here" in page
    assert "We do not hurt each other." in page


def test_the_reported_words_outlive_their_author_taking_them_back(joined, browser, cast):
    mina, paul = joined("mina"), joined("paul")
    message = shown(mina, cast.lounge)
    paul.ask("message:report", message=message, reason="harassment")
    assert mina.ask("message:withdraw", message=message)["ok"]
    (line,) = waiting(browser)
    found = browser("mo").ask(f"/moderation/items/{line['id']}").json
    assert found["changed_since"]
    assert len(found["sealed"]) == 1
    assert "paul talks too much here" not in str(found)
    assert not found["words"]["body"]


def test_undo_shows_the_words_again(joined, browser, desk, cast):
    mina, paul = joined("mina"), joined("paul")
    message = shown(mina, cast.lounge)
    paul.ask("message:report", message=message, reason="other")
    (line,) = waiting(browser)
    desk("mo", line["id"], decision="remove")
    paul.heard()
    assert browser("mo").send(f"/moderation/items/{line['id']}/undo").status_code == 200
    (event,) = [one for one in paul.heard("room:event")]
    assert (event["kind"], event["message"]["body"]) == ("edited", "paul talks too much here")


# ------------------------------------------------------------------ sanctions in the room


def test_a_muted_person_reads_but_does_not_write(joined, browser, desk, cast):
    mina = joined("mina")
    held(mina, cast.lounge)
    item = waiting(browser)[0]["id"]
    assert desk("mo", item, decision="mute", minutes=10, rule="no_trading").status_code == 200
    assert mina.says(cast.lounge, "hello", "m1")["error"]["code"] == "muted"
    assert mina.ask("room:join", room=cast.lounge)["ok"]
    assert mina.heard("notice")


@pytest.mark.parametrize("decision", ["suspend", "ban"])
def test_a_person_who_is_put_out_is_cut_off_at_once(joined, browser, desk, cast, decision):
    mina = joined("mina")
    held(mina, cast.lounge)
    item = waiting(browser)[0]["id"]
    answer = desk("mo", item, decision=decision, minutes=60, rule="no_trading")
    assert answer.json["sanction"]["state"] == "in_force"
    assert not mina.is_connected
    tried = browser("mina").ask("/account/reports")
    assert tried.status_code == 401


def test_a_person_taken_out_of_the_group_hears_the_room_no_more(joined, browser, desk, cast):
    mina, paul = joined("mina"), joined("paul")
    held(mina, cast.lounge)
    item = waiting(browser)[0]["id"]
    answer = desk("mo", item, decision="remove_from_group", rule="no_trading")
    assert answer.status_code == 200
    mina.heard()
    paul.says(cast.lounge, "Good evening.", "p1")
    assert mina.heard("room:event") == []
    assert mina.says(cast.lounge, "hello", "m1")["error"]["code"] == "not_found"
    assert browser("mina").ask(f"/rooms/{cast.lounge}").status_code == 404
