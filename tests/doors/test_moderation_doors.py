"""The desk over HTTP: refusals first, then the queue, an item, people, the log, reports."""

import re

import pytest

from support.accounts import actions as accounts
from support.base.severity import Severity
from support.moderation.rules.desk import Reason
from tests.desk_world import Desk, a_board, open_desk

DECISION = {"decision": "remove", "reason": "It sells pills.", "rule": "no_trading"}
SANCTION = {"kind": "mute", "minutes": 30, "reason": "Shouting.", "rule": "no_harassment"}
STAFF_PAGES = (
    "/moderation",
    "/moderation/items/{item}",
    "/moderation/people/otto",
    "/moderation/sanctions",
    "/moderation/audit",
)
STAFF_DEEDS = (
    ("/moderation/next", {}),
    ("/moderation/items/{item}/claim", {}),
    ("/moderation/items/{item}/release", {}),
    ("/moderation/items/{item}/decide", DECISION),
    ("/moderation/items/{item}/undo", {}),
    ("/moderation/people/otto/sanction", SANCTION),
    ("/moderation/sanctions/{sanction}/cosign", {}),
    ("/moderation/sanctions/{sanction}/end", {"reason": "We spoke."}),
)


@pytest.fixture
def board():
    """A board whose notes stand where a room's messages would."""
    with a_board() as board:
        yield board


@pytest.fixture
def desk(database, people, board):
    """The desk, to be used in a transaction of its own each time: desk(lambda it: …)."""

    def within(act):
        with database.unit() as unit:
            return act(open_again(unit))

    group = []

    def open_again(unit):
        if not group:
            made = open_desk(unit, board)
            group.append(made.group_id)
            return made
        return Desk(unit, board, group[0])

    return within


@pytest.fixture
def item(desk):
    """Otto's held words, waiting."""
    return desk(lambda it: it.held("otto", "sourcing"))


def sanctioned(desk):
    return desk(lambda it: it.sanctions("mo", "otto", "ban")).id


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("path", STAFF_PAGES)
@pytest.mark.parametrize("handle", ["mina", "paul", "otto"])
def test_the_desk_is_closed_to_members_and_mentors(browser, item, path, handle):
    answer = browser(handle).ask(path.format(item=item))
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"
    assert browser(handle).get(path.format(item=item)).status_code == 403


@pytest.mark.parametrize("path", [*STAFF_PAGES, "/account/reports", "/account/decisions"])
def test_a_stranger_is_asked_to_log_in(stranger, item, path):
    path = path.format(item=item)
    assert stranger.ask(path).status_code == 401
    answer = stranger.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/login?next={path}")


@pytest.mark.parametrize("deed", STAFF_DEEDS, ids=lambda deed: deed[0].rsplit("/", 1)[-1])
@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_no_deed_of_the_desk_is_open_to_members_and_mentors(browser, desk, item, deed, handle):
    where = deed[0].format(item=item, sanction=sanctioned(desk))
    assert browser(handle).send(where, **deed[1]).status_code == 403
    assert browser("mo").ask(f"/moderation/items/{item}").json["state"] == "open"


@pytest.mark.parametrize(("path", "sent"), STAFF_DEEDS)
def test_a_deed_without_the_pages_token_is_refused(browser, desk, item, path, sent):
    where = path.format(item=item, sanction=sanctioned(desk))
    assert browser("rae").post(where, data=sent).status_code == 400
    assert browser("rae").ask(f"/moderation/items/{item}").json["state"] == "open"


@pytest.mark.parametrize(
    "path",
    [
        "/moderation/items/{item}",
        "/moderation/items/{item}/claim",
        "/moderation/items/{item}/release",
        "/moderation/items/{item}/decide",
        "/moderation/items/{item}/undo",
    ],
)
def test_an_item_about_oneself_is_not_there(browser, desk, path):
    mine = desk(lambda it: it.held("mo", "dosing_advice"))
    mo, where = browser("mo"), path.format(item=mine)
    if where.endswith(mine):
        assert mo.ask(where).status_code == mo.get(where).status_code == 404
    else:
        sent = DECISION if where.endswith("decide") else {}
        assert mo.send(where, **sent).status_code == 404
        assert mo.fill(where, **sent).status_code == 404
    assert mo.ask("/moderation").json == {"items": []}
    assert [one["id"] for one in browser("rae").ask("/moderation").json["items"]] == [mine]


def test_what_nobody_knows_is_not_found(browser, item):
    mo = browser("mo")
    assert mo.ask("/moderation/items/nothing").status_code == 404
    assert mo.ask("/moderation/people/nobody").status_code == 404
    assert mo.ask("/moderation/people/mo").status_code == 404
    assert mo.send("/moderation/sanctions/nothing/cosign").status_code == 404
    assert mo.send("/moderation/people/nobody/sanction", **SANCTION).status_code == 404


def test_an_unreadable_filter_is_refused(browser):
    assert browser("mo").ask("/moderation?show=everything").status_code == 400
    assert browser("mo").ask("/moderation/audit?before=x").status_code == 400
    assert browser("mo").ask("/moderation/audit?since=yesterday").status_code == 400


# ------------------------------------------------------------------ the queue


def test_the_queue_as_the_contract_says(browser, item):
    answer = browser("mo").ask("/moderation")
    assert answer.status_code == 200
    line = answer.json["items"][0]
    assert line["id"] == item
    assert (line["labels"], line["severity"]) == (["sourcing"], "none")
    assert (line["state"], line["reports"]) == ("open", 0)
    assert line["due_at"].endswith("Z")
    assert "claimed_by" not in line
    assert "next" not in answer.json


def test_an_empty_queue_says_so(browser):
    page = browser("mo").get("/moderation").text
    assert "Nothing waits." in page
    assert "Take next" not in page


def test_the_page_shows_what_waits_and_who_has_it(browser, item):
    browser("mo").send(f"/moderation/items/{item}/claim")
    page = browser("rae").get("/moderation").text
    assert "mo has it" in page
    assert f"/moderation/items/{item}" in page
    assert "Cheap pills" not in page
    assert "data-late" not in page


def test_what_should_have_been_decided_by_now_is_marked(browser, desk, item, clock):
    desk(
        lambda it: it.files(it.says("otto", state="held"), "abrupt_stop", severity=Severity.URGENT)
    )
    clock.forward(minutes=31)
    assert browser("rae").get("/moderation").text.count("data-late") == 1


def test_a_long_queue_has_a_next_page(browser, desk):
    desk(lambda it: [it.held("otto", "sourcing") for _ in range(51)])
    first = browser("mo").ask("/moderation").json
    rest = browser("mo").ask(first["next"]).json
    assert (len(first["items"]), len(rest["items"])) == (50, 1)
    assert "next" not in rest
    assert 'rel="next"' in browser("mo").get("/moderation").text


def test_take_next_claims_and_opens_the_item(browser, item):
    mo, rae = browser("mo"), browser("rae")
    answer = mo.fill("/moderation/next")
    assert answer.headers["Location"] == f"/moderation/items/{item}"
    assert rae.send("/moderation/next").status_code == 404
    assert mo.ask(f"/moderation/items/{item}").json["yours"] is True


# ------------------------------------------------------------------ one item


def test_the_item_has_the_words_veiled_the_reports_and_what_was_found(browser, desk, board):
    def write(it):
        it.says("fern", "Good evening.")
        note = it.says("otto", "Cheap pills, dm me.", state="held")
        item = it.files(note, "sourcing")
        it.says("mina", "Hello.")
        return item

    item = desk(write)
    found = browser("mo").ask(f"/moderation/items/{item}").json
    assert found["words"]["body"] == "Cheap pills, dm me."
    assert [one["body"] for one in found["before"]] == ["Good evening."]
    assert [one["body"] for one in found["after"]] == ["Hello."]
    finding = found["findings"][0]
    assert (finding["rule"], finding["version"], finding["start"], finding["end"]) == (
        "sourcing.1", "v1", 0, 5,
    )  # fmt: skip
    page = browser("mo").get(f"/moderation/items/{item}").text
    veiled = page[page.index("<details data-veil>") : page.index("</section>", page.index("veil"))]
    assert "<mark>Cheap</mark>" in veiled
    assert "Good evening." in veiled
    assert page.count("Cheap") == 1
    assert '<option value="no_trading" selected>' in page
    assert 'list="lengths"' in page


def test_where_nothing_was_seen_the_moderator_chooses_the_rule(browser, desk):
    item = desk(lambda it: it.held("otto"))
    for path in (f"/moderation/items/{item}", "/moderation/people/otto"):
        page = browser("mo").get(path).text
        rule = page[page.index('name="rule"') : page.index("</select>", page.index('name="rule"'))]
        assert "Please choose" in rule
        assert "selected" not in rule.replace('<option value="" selected>', "")


def test_a_record_of_a_colleague_and_the_preview_say_that_it_takes_two(browser, desk):
    mo, item = browser("mo"), desk(lambda it: it.held("rae", "harassment"))
    assert "They are of the team." in mo.get("/moderation/people/rae").text
    assert "They are of the team." not in mo.get("/moderation/people/otto").text
    sent = {"decision": "ban", "reason": "So be it.", "rule": "no_harassment"}
    facts = mo.send(f"/moderation/items/{item}/preview", **sent).json
    assert facts["second"].endswith("Until then they are out for an hour at most.")
    assert "Without end." in mo.fill(f"/moderation/items/{item}/preview", **sent).text
    decided = mo.send(f"/moderation/items/{item}/decide", **sent, minutes=60).json
    assert decided["sanction"]["state"] == "pending"
    assert "It waits for a second moderator." in mo.get(f"/moderation/items/{item}").text
    ada = browser("ada").get("/moderation/signing").text
    assert re.search(r"<h2>Ban: <a [^>]+>rae</a></h2>", ada)
    assert "<strong>Ban</strong>" in browser("ada").get("/moderation/sanctions").text
    assert "/moderation/signing" in browser("ada").get("/account/notices").text


def test_hostile_words_stay_words(browser, desk):
    item = desk(
        lambda it: it.files(it.says("otto", "<script>alert(1)</script>", "held"), "sourcing")
    )
    page = browser("mo").get(f"/moderation/items/{item}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page.replace("<mark>", "").replace("</mark>", "")


def test_the_reporters_name_is_nowhere(browser, desk):
    def write(it):
        note = it.says("otto")
        it.reports("mina", note, "sourcing", "He wrote to me.")
        return note

    desk(write)
    mo = browser("mo")
    line = mo.ask("/moderation").json["items"][0]
    assert line["reports"] == 1
    found = mo.ask(f"/moderation/items/{line['id']}")
    assert found.json["reported"][0]["details"] == "He wrote to me."
    for path in (f"/moderation/items/{line['id']}", "/moderation", "/moderation/audit"):
        assert "mina" not in mo.get(path).text + mo.ask(path).text


def test_a_claim_is_answered_and_another_moderators_is_a_conflict(browser, item):
    mo, rae = browser("mo"), browser("rae")
    claimed = mo.send(f"/moderation/items/{item}/claim")
    assert (claimed.status_code, claimed.json["claimed_by"]) == (200, "mo")
    assert mo.send(f"/moderation/items/{item}/claim").status_code == 200
    assert rae.send(f"/moderation/items/{item}/claim").status_code == 409
    assert rae.send(f"/moderation/items/{item}/decide", **DECISION).status_code == 409
    assert rae.ask(f"/moderation/items/{item}").json["claimed_by"] == "mo"
    assert mo.fill(f"/moderation/items/{item}/release").headers["Location"] == "/moderation"
    assert rae.send(f"/moderation/items/{item}/claim").status_code == 200


def test_who_comes_second_stays_at_the_entry_and_reads_why(browser, desk, item):
    mo, rae = browser("mo"), browser("rae")
    mo.send(f"/moderation/items/{item}/claim")
    late = rae.fill(f"/moderation/items/{item}/claim")
    assert late.status_code == 409
    assert "Another moderator is on this right now." in late.text
    assert "mo has it" in late.text
    none_free = rae.fill("/moderation/next")
    assert none_free.status_code == 404
    assert f"/moderation/items/{item}" in none_free.text
    rae.send("/moderation/pause", minutes=30)
    rests = rae.fill("/moderation/next")
    assert rests.status_code == 409
    assert "You are on a break." in rests.text
    assert rae.send("/moderation/next").status_code == 409


def test_who_signs_second_or_gives_no_reason_stays_at_the_list(browser, desk):
    made = sanctioned(desk)
    rae, ada, path = browser("rae"), browser("ada"), f"/moderation/sanctions/{made}"
    nothing = rae.fill(f"{path}/end", reason="")
    assert nothing.status_code == 400
    assert "I agree and sign" in nothing.text
    assert rae.fill(f"{path}/cosign").status_code == 302
    late = ada.fill(f"{path}/cosign")
    assert late.status_code == 409
    assert "This does not wait for a signature any more." in late.text
    assert f'data-sanction="{made}"' in late.text


def test_a_closed_tab_frees_the_item_in_two_minutes(browser, item, clock):
    browser("mo").send(f"/moderation/items/{item}/claim")
    clock.forward(minutes=2)
    assert browser("rae").send(f"/moderation/items/{item}/claim").status_code == 200


def test_a_decision_is_taken_once(browser, item):
    mo, rae = browser("mo"), browser("rae")
    answer = mo.send(f"/moderation/items/{item}/decide", **DECISION)
    assert answer.json == {"item": item, "state": "decided", "decision": "remove"}
    again = rae.send(f"/moderation/items/{item}/decide", **DECISION)
    assert (again.status_code, again.json["error"]["code"]) == (409, "conflict")
    found = rae.ask(f"/moderation/items/{item}").json
    assert (found["state"], found["decided_by"], found["rule"]) == ("decided", "mo", "no_trading")
    assert mo.ask("/moderation").json == {"items": []}
    assert mo.ask("/moderation?show=decided").json["items"][0]["id"] == item


@pytest.mark.parametrize("missing", ["decision", "reason", "rule"])
def test_a_decision_without_reason_or_rule_shows_the_form_again(browser, item, missing):
    sent = {name: value for name, value in DECISION.items() if name != missing}
    answer = browser("mo").send(f"/moderation/items/{item}/decide", **sent)
    assert answer.status_code == 400
    assert missing in answer.json["error"]["fields"]
    page = browser("mo").fill(f"/moderation/items/{item}/decide", **{**sent, "minutes": ""})
    assert page.status_code == 400
    assert f'href="#f-{missing}"' in page.text
    if missing != "reason":
        assert "It sells pills." in page.text


def test_a_decision_by_form_goes_back_to_the_item_with_undo(browser, item, clock):
    mo = browser("mo")
    answer = mo.fill(f"/moderation/items/{item}/decide", **DECISION)
    assert answer.headers["Location"] == f"/moderation/items/{item}"
    assert 'data-undo="10"' in mo.get(f"/moderation/items/{item}").text
    clock.forward(seconds=11)
    later = mo.get(f"/moderation/items/{item}").text
    assert "data-undo" not in later
    assert 'name="reason"' in later
    assert mo.send(f"/moderation/items/{item}/undo").status_code == 409


def test_an_own_decision_is_undone_within_ten_seconds(browser, item, board):
    mo = browser("mo")
    mo.send(f"/moderation/items/{item}/decide", **DECISION)
    assert browser("rae").send(f"/moderation/items/{item}/undo").status_code == 403
    assert mo.send(f"/moderation/items/{item}/undo").status_code == 200
    assert [note.state for note in board.notes.values()] == ["held"]
    assert mo.ask(f"/moderation/items/{item}").json["yours"] is True


def test_a_grave_decision_tells_that_it_waits(browser, item):
    sent = {**DECISION, "decision": "ban"}
    answer = browser("mo").send(f"/moderation/items/{item}/decide", **sent)
    assert answer.json["sanction"]["state"] == "pending"


# ------------------------------------------------------------------ people


def test_a_sanction_as_the_contract_says(browser, desk, clock):
    desk(lambda it: None)
    answer = browser("mo").send("/moderation/people/otto/sanction", **SANCTION)
    assert answer.status_code == 200
    assert answer.json["state"] == "in_force"
    assert answer.json["until"] == "2030-01-01T00:30:00.000Z"
    assert isinstance(answer.json["sanction"], str)


def test_a_ban_without_end_waits_for_a_second_moderator(browser, desk):
    desk(lambda it: None)
    otto = browser("otto")
    sent = {"kind": "ban", "reason": "Sells.", "rule": "no_trading"}
    answer = browser("mo").send("/moderation/people/otto/sanction", **sent)
    assert (answer.json["state"], answer.json["until"]) == ("pending", "2030-01-02T00:00:00.000Z")
    assert otto.ask("/account/reports").status_code == 401
    where = f"/moderation/sanctions/{answer.json['sanction']}/cosign"
    assert browser("mo").send(where).status_code == 403
    page = browser("rae").get("/moderation/sanctions").text
    assert where in page
    assert "waits for a second moderator" in browser("mo").get("/moderation").text.replace(
        "Some decisions wait for", "waits for"
    )
    signed = browser("rae").send(where)
    assert signed.json == {
        "sanction": answer.json["sanction"], "state": "in_force", "until": None,
    }  # fmt: skip
    assert browser("ada").send(where).status_code == 409


def test_a_wrong_sanction_shows_the_form_again(browser, desk):
    desk(lambda it: None)
    sent = {"kind": "warn", "minutes": "5", "reason": "Shouting.", "rule": "no_harassment"}
    page = browser("mo").fill("/moderation/people/otto/sanction", **sent)
    assert page.status_code == 400
    assert "Shouting." in page.text
    assert browser("mo").send("/moderation/people/otto/sanction", **sent).status_code == 400
    assert browser("mo").send("/moderation/people/mo/sanction", **SANCTION).status_code == 403


def test_a_sanction_is_ended_early_with_a_reason(browser, desk):
    made = desk(lambda it: it.sanctions("mo", "otto", "mute", minutes=5)).id
    mo = browser("mo")
    assert mo.send(f"/moderation/sanctions/{made}/end").status_code == 400
    assert mo.send(f"/moderation/sanctions/{made}/end", reason="We spoke.").status_code == 200
    assert mo.send(f"/moderation/sanctions/{made}/end", reason="Again.").status_code == 409
    assert mo.ask("/moderation/sanctions").json == {"sanctions": []}
    assert "None." in mo.get("/moderation/sanctions").text


def test_a_record_is_read_and_that_is_logged(browser, desk):
    desk(lambda it: it.sanctions("mo", "otto", "warn"))
    page = browser("rae").get("/moderation/people/otto")
    assert "It sells." in page.text
    found = browser("rae").ask("/moderation/people/otto").json
    assert (found["person"]["handle"], found["sanctions"][0]["kind"]) == ("otto", "warn")
    assert found["here_since"] == "2030-01-01T00:00:00.000Z"
    assert "Here since 1 Jan 2030." in page.text
    entries = browser("mo").ask("/moderation/audit?verb=moderation.record").json["entries"]
    assert [one["actor"] for one in entries] == ["rae", "rae"]


# ------------------------------------------------------------------ the log


def test_the_log_is_filtered_by_person_deed_thing_and_time(browser, desk, item, clock):
    browser("mo").send(f"/moderation/items/{item}/claim")
    clock.forward(days=1)
    mo = browser("mo")
    mo.send(f"/moderation/items/{item}/decide", **DECISION)

    def verbs(**query):
        answer = mo.get("/moderation/audit", query_string=query, headers={"Accept":
                        "application/json"})  # fmt: skip
        return [one["verb"] for one in answer.json["entries"]]

    own = ["moderation.item_decided", "moderation.item_claimed"]
    assert verbs(person="mo") == own
    assert verbs(person="nobody") == []
    assert verbs(subject=f"item:{item}") == own
    assert verbs(verb="moderation.item_d") == own[:1]
    assert verbs(verb="moderation.item", since="2030-01-02") == own[:1]
    assert verbs(verb="moderation.item", until="2030-01-02") == own[1:]
    assert verbs(verb="moderation.item%") == []
    page = mo.get("/moderation/audit?person=mo").text
    assert "moderation.item_decided" in page
    assert "decision=remove" in page
    assert "It sells pills." not in page


def test_the_log_leads_to_an_entry_where_an_own_decision_can_be_taken_back_with_a_reason(
    browser, item, clock
):
    mo = browser("mo")
    mo.send(f"/moderation/items/{item}/decide", **DECISION)
    clock.forward(hours=1)
    page = mo.get("/moderation/audit?person=mo").text
    (address,) = set(re.findall(r'href="(/moderation/items/[^"/]+)"', page))
    assert address == f"/moderation/items/{item}"
    assert "It was wrong. Take it back" in mo.get(address).text
    assert mo.send(f"{address}/undo").status_code == 409
    assert mo.send(f"{address}/undo", reason="I misread him.").status_code == 200
    undone = mo.ask("/moderation/audit?verb=moderation.item_reversed").json["entries"]
    assert [(one["actor"], one["subject"]) for one in undone] == [("mo", f"item:{item}")]


def test_a_long_log_has_a_next_page(browser, desk):
    desk(lambda it: [it.held("otto", "x") for _ in range(3)])
    mo = browser("mo")
    for _ in range(60):
        mo.get("/moderation/people/otto")
    first = mo.ask("/moderation/audit?verb=moderation.record").json
    rest = mo.ask(first["next"]).json
    ids = [one["id"] for one in (*first["entries"], *rest["entries"])]
    assert (len(first["entries"]), len(rest["entries"])) == (50, 10)
    assert ids == sorted(ids, reverse=True)


def test_an_empty_log_says_so(browser, desk):
    desk(lambda it: None)
    assert "Nothing fits." in browser("mo").get("/moderation/audit?person=nobody").text


# ------------------------------------------------------------------ reports by members


@pytest.fixture
def note(desk):
    """What Otto says to everybody."""
    return desk(lambda it: it.says("otto"))


def test_a_report_is_two_taps(browser, note):
    mina = browser("mina")
    page = mina.get(f"/messages/{note}/report").text
    for reason in Reason:
        assert f'name="reason" value="{reason}"' in page
    answer = mina.fill(f"/messages/{note}/report", reason="sourcing")
    assert answer.headers["Location"] == "/account/reports?room=lounge"
    page = mina.get(answer.headers["Location"]).text
    assert "We will tell you what we did." in page
    assert 'href="/rooms/lounge"' in page
    assert 'href="/rooms/' not in mina.get('/account/reports?room=//evil.test"').text


def test_a_report_by_a_program_gives_its_id_and_the_same_one_again(browser, note):
    mina = browser("mina")
    first = mina.send(f"/messages/{note}/report", reason="spam", details="Again and again.")
    assert (first.status_code, list(first.json)) == (200, ["report"])
    assert mina.send(f"/messages/{note}/report", reason="other").json == first.json
    assert mina.ask("/account/reports").json["reports"] == [
        {
            "id": first.json["report"],
            "reason": "spam",
            "at": "2030-01-01T00:00:00.000Z",
            "outcome": "waiting",
        }
    ]


def test_a_crisis_report_is_thanked_with_what_happens_now(browser, desk):
    note = desk(lambda it: it.says("fern", "I cannot go on."))
    mina = browser("mina")
    mina.fill(f"/messages/{note}/report", reason="crisis")
    assert "We are calling somebody for them now." in mina.get("/account/reports").text


@pytest.mark.parametrize("handle", ["otto"])
def test_what_one_cannot_see_cannot_be_reported(browser, desk, handle):
    note = desk(lambda it: it.says("mina"))
    someone = browser(handle)
    assert someone.send(f"/messages/{note}/report", reason="spam").status_code == 404
    assert someone.ask(f"/messages/{note}/report").status_code == 404
    assert someone.ask("/messages/nothing/report").status_code == 404


def test_ones_own_words_are_not_reported(browser, desk):
    note = desk(lambda it: it.says("mina"))
    mina = browser("mina")
    assert mina.send(f"/messages/{note}/report", reason="spam").status_code == 403
    assert mina.get(f"/messages/{note}/report").status_code == 403


def test_a_report_without_a_reason_shows_the_form_again(browser, note):
    answer = browser("mina").fill(f"/messages/{note}/report", details="He sells.")
    assert answer.status_code == 400
    assert "He sells." in answer.text
    assert browser("mina").send(f"/messages/{note}/report", reason="x").status_code == 400


def test_a_stranger_reports_nothing(stranger, note):
    assert stranger.send(f"/messages/{note}/report", reason="spam").status_code == 401


def test_reports_are_counted(browser, note, desk):
    mina = browser("mina")
    codes = {mina.send(f"/messages/{note}/report", reason="spam").status_code for _ in range(31)}
    assert codes == {200, 429}


def test_nobody_has_reported_or_been_judged_yet(browser, desk):
    desk(lambda it: None)
    mina = browser("mina")
    assert "You have not reported anything." in mina.get("/account/reports").text
    assert "Nothing was decided about you." in mina.get("/account/decisions").text
    assert mina.ask("/account/decisions").json == {"decisions": []}


def test_the_author_reads_what_why_and_which_words(browser, desk):
    def judge(it):
        note = it.says("fern", "Cheap pills.")
        it.reports("mina", note)

    desk(judge)
    item = browser("mo").ask("/moderation").json["items"][0]["id"]
    sent = {**DECISION, "decision": "mute", "minutes": 60, "reason": "Please do not sell here."}
    browser("mo").send(f"/moderation/items/{item}/decide", **sent)
    with_session = browser_of(browser, desk, "fern")
    page = with_session.get("/account/decisions").text
    for words in ("Please do not sell here.", "Cheap pills.", "We do not buy, sell or swap pills."):
        assert words in page
    assert "mina" not in page
    assert with_session.ask("/account/decisions").json["decisions"][0]["until"] == (
        "2030-01-01T01:00:00.000Z"
    )


def browser_of(browser, desk, handle):
    token = desk(lambda it: accounts.begin_session(it.unit, it.who_id(handle), accounts.Stay()))
    return browser("mina").application.test_client().become(token)


def test_someone_in_danger_is_shown_to_the_crisis_desk_and_no_sanction_is_offered(browser, desk):
    def write(it):
        note = it.says("fern", "I cannot go on.")
        return it.files(note, "crisis_self_harm", severity=Severity.CRITICAL, held=False)

    item = desk(write)
    page = browser("mo").get(f"/moderation/items/{item}").text
    assert "They get help, not a sanction." in page
    assert 'href="/crisis/cases"' in page
    assert 'value="ban"' not in page
    assert "Leave it." in page
    sent = {**DECISION, "decision": "mute"}
    answer = browser("mo").send(f"/moderation/items/{item}/decide", **sent)
    assert answer.status_code == 400
    assert "decision" in answer.json["error"]["fields"]
    shown_again = browser("mo").fill(f"/moderation/items/{item}/decide", **sent)
    assert "They get help, not a sanction." in shown_again.text


def test_the_queue_names_the_group_and_the_account_leads_to_what_was_decided(browser, item):
    assert browser("mo").ask("/moderation").json["items"][0]["group"] == "Night owls"
    assert "Night owls" in browser("mo").get("/moderation").text
    page = browser("mina").get("/account").text
    assert 'href="/account/decisions"' in page
    assert 'href="/account/reports"' in page
