"""The rule desk over HTTP: refusals first, then a rule from its draft to the words it holds."""

import re
from html import unescape

import pytest

from support.moderation.jobs import refresh_rules
from support.moderation.models import RuleSet
from support.moderation.queries import ruling as queries
from support.moderation.rules.builtin import BUILT_IN_IDS
from support.moderation.rules.live import go_live, live
from support.moderation.rules.rulebook import shipped
from support.web.work import workshop
from tests.house import signed_in
from tests.people import people_of

RULE = {
    "id": "sourcing.moonlight",
    "label": "sourcing",
    "severity": "watch",
    "say": "moonlight parcel\nsend (my|the) moonlight",
    "hit": "who wants a moonlight parcel",
    "miss": "the moonlight is kind tonight",
    "holds": "1",
    "note": "A seller calls his wares so.",
}
WORDS = "does anybody want a moonlight parcel this week"
PAGES = ("/moderation/rules", "/moderation/rules/new", "/moderation/rules/dosing.tells",
         "/moderation/rules/draft", "/moderation/rules/why", "/moderation/rules/names")  # fmt: skip
DEEDS = (
    ("/moderation/rules", RULE),
    ("/moderation/rules/why", {"words": "x"}),
    ("/moderation/rules/draft/rehearse", {}),
    ("/moderation/rules/draft/approve", {"version": "x"}),
    ("/moderation/rules/draft/drop", {}),
    ("/moderation/rules/draft/move", {}),
    ("/moderation/rules/versions/nothing/back", {}),
)


@pytest.fixture(autouse=True)
def shipped_rules_again():
    yield
    go_live(None)


@pytest.fixture
def refresh(app, database):
    """What every process does every two seconds."""

    def look():
        refresh_rules(workshop(app).database)
        return live().version

    return look


@pytest.fixture
def sit(lasting):
    """Somebody at a browser of a house that refusals leave as it is; nobody: a stranger."""
    with workshop(lasting).database.read() as unit:
        people = people_of(unit)
    return lambda handle="": signed_in(lasting, people[handle]) if handle else lasting.test_client()


@pytest.fixture
def drafted(browser):
    """Mo has put the new rule in a draft; its version."""

    def draft(handle="mo", **changed):
        return browser(handle).send("/moderation/rules", **{**RULE, **changed})

    return draft


@pytest.fixture
def approved(browser, drafted, refresh):
    """A rule that went all the way."""

    def go(**changed):
        refresh()
        drafted(**changed)
        tried = browser("mo").send("/moderation/rules/draft/rehearse").json
        answer = browser("rae").send("/moderation/rules/draft/approve", version=tried["version"])
        assert answer.status_code == 200, answer.json
        assert refresh() == answer.json["version"]
        return answer.json["version"]

    return go


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_the_rules_are_read_by_moderators_alone(sit, handle):
    somebody = sit(handle)
    for path in PAGES:
        assert somebody.ask(path).status_code == 403, path
        assert somebody.get(path).status_code == 403, path


def test_the_rules_are_changed_by_moderators_alone(sit):
    paul, stranger = sit("paul"), sit()
    for path, sent in DEEDS:
        assert paul.send(path, **sent).status_code == 403, path
        assert stranger.send(path, **sent).status_code == 401, path


@pytest.mark.parametrize(
    ("changed", "field", "complaint"),
    [
        ({"say": "moonlight (parcel"}, "say", "Line 1: the bracket ( is not closed"),
        ({"say": "moonlight parcel\nsend <nothing>"}, "say", "Line 2: no word list is called"),
        ({"say": "moonlight ~1001 parcel"}, "say", "Line 1"),
        ({"say": "(" * 5_000}, "say", "Line 1: more than 4000 signs"),
        ({"say": f"moonlight parcel\n{'(a ' * 900}"}, "say", "Line 2: more than 12 brackets"),
        ({"needs": "midnight"}, "needs", "No context is called midnight"),
        ({"raise_critical": "noon"}, "raise_critical", "No context is called noon"),
        ({"id": "dosing.imperative", "new": "1"}, "id", "There is a rule of this name"),
        ({"id": "link.unlisted"}, "id", "built in"),
        ({"say": ""}, "say", "at least one line"),
        ({"hit": "a parcel of socks"}, "hit", "Line 1: is not found by this rule"),
        ({"miss": "a moonlight parcel\nthe moon"}, "miss", "Line 1: is found by this rule"),
        ({"unless": "midnight"}, "unless", "No context is called midnight"),
        ({"when": "quoted, noon"}, "when", "No context is called noon"),
        ({"label": "rudeness"}, "label", "pick one"),
        ({"id": "Drop Table"}, "id", "small letters"),
        ({"note": ""}, "note", "fill this in"),
        ({"colour": "red"}, "colour", "not known"),
    ],
)
def test_a_broken_rule_is_not_saved_and_the_line_is_named(sit, changed, field, complaint):
    mo = sit("mo")
    answer = mo.send("/moderation/rules", **{**RULE, **changed})
    assert answer.status_code == 400
    assert complaint in answer.json["error"]["fields"][field]
    assert mo.ask("/moderation/rules/draft").status_code == 404


def test_what_was_typed_is_still_there(sit):
    page = sit("mo").fill("/moderation/rules", **{**RULE, "say": "moonlight (parcel"})
    assert page.status_code == 400
    assert "moonlight (parcel" in page.text
    assert "who wants a moonlight parcel" in page.text
    assert "Line 1: the bracket ( is not closed" in page.text


def test_a_shipped_rule_shown_again_keeps_what_was_typed(sit):
    rule = shipped().rules[0]
    sent = {**RULE, "id": rule.id, "say": "half ( a line"}
    page = sit("mo").fill("/moderation/rules", **sent)
    assert page.status_code == 400
    assert "half ( a line" in page.text


def test_a_change_on_top_of_one_that_was_not_seen_is_refused_and_still_there(browser, drafted):
    drafted()
    late = {**RULE, "say": "moonlight box", "hit": "a moonlight box", "seen": "another"}
    page = browser("rae").fill("/moderation/rules", **late)
    assert page.status_code == 409
    assert "moonlight box" in page.text
    assert browser("rae").send("/moderation/rules", **RULE).status_code == 400  # nothing different


def test_what_a_rule_does_is_shown_as_it_is_and_stays_so_when_a_line_is_added(browser, people):
    mo = browser("mo")
    held = mo.ask("/moderation/rules/dosing.imperative").json["rule"]
    assert held["holds"] is True
    page = mo.get("/moderation/rules/dosing.directed").text
    assert '<option value="1" selected>held until somebody has looked' in page
    assert "about_medicine</textarea>" in page
    graver = mo.get("/moderation/rules/medical.chest").text
    assert 'name="raise_critical" aria' in graver
    assert 'value="into_arm"' in graver
    sent = {"id": "dosing.directed", "label": "dosing_advice", "note": "One more."}
    before = mo.ask("/moderation/rules/dosing.directed").json["rule"]
    sent["miss"] = "\n".join([*before["miss"], "a quiet night"])
    assert mo.send("/moderation/rules", **sent).status_code == 200
    after = mo.ask("/moderation/rules/dosing.directed").json["rule"]
    assert after == {**before, "miss": [*before["miss"], "a quiet night"]}


def as_its_page_sends_it(page):
    """The fields of a rule's form as a browser would send them, untouched."""
    form = page[page.index('<form method="post" action="/moderation/rules">') :]
    form = form[: form.index("</form>")]
    boxes = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    inputs = re.findall(r'<input type="(?:hidden|text)"[^>]*name="(\w+)"[^>]*value="(.*?)"', form)
    selects = re.findall(r'<select[^>]* name="(\w+)"(.*?)</select>', form, re.DOTALL)
    chosen = [(name, re.findall(r'"(\w+)" selected', options)[0]) for name, options in selects]
    sent = {name: unescape(value) for name, value in (*boxes, *inputs, *chosen)}
    return {name: value for name, value in sent.items() if name != "csrf_token"}


@pytest.mark.parametrize(
    "rule_id", ["dosing.imperative", "dosing.directed", "medical.chest", "self_harm.plan"]
)
def test_a_rules_page_sent_back_untouched_is_the_same_rule(sit, rule_id):
    mo = sit("mo")
    sent = as_its_page_sends_it(mo.get(f"/moderation/rules/{rule_id}").text)
    assert {"holds", "needs", "raise_critical", "unless", "severity", "seen"} <= set(sent)
    refused = mo.send("/moderation/rules", **{**sent, "note": "The same."})
    assert refused.status_code == 400
    assert "Nothing in this rule is different" in refused.json["error"]["message"]


def test_a_draft_that_was_not_tried_is_not_approved(browser, drafted):
    version = drafted().json["draft"]
    answer = browser("rae").send("/moderation/rules/draft/approve", version=version)
    assert answer.status_code == 409


def test_nobody_approves_a_draft_they_wrote_in(browser, drafted):
    drafted("mo")
    drafted("rae", say=f"{RULE['say']}\nmoonlight box", note="And boxes.")
    version = browser("mo").send("/moderation/rules/draft/rehearse").json["version"]
    for handle in ("mo", "rae"):
        answer = browser(handle).send("/moderation/rules/draft/approve", version=version)
        assert answer.status_code == 403, handle
    approved = browser("ada").send("/moderation/rules/draft/approve", version=version)
    assert approved.status_code == 200


def test_a_change_after_trying_has_to_be_tried_again(browser, drafted):
    drafted()
    tried = browser("mo").send("/moderation/rules/draft/rehearse").json["version"]
    changed = drafted(say=f"{RULE['say']}\nmoonlight box").json["draft"]
    for version in (tried, changed):
        answer = browser("rae").send("/moderation/rules/draft/approve", version=version)
        assert answer.status_code == 409


def test_two_who_write_at_once_are_told(drafted):
    first = drafted().json["draft"]
    drafted("rae", say="moonlight parcel\nmoonlight box", version=first)
    late = drafted("mo", say="moonlight parcel", version=first)
    assert late.status_code == 409


def test_there_is_no_going_back_to_what_never_was(browser, refresh, people):
    refresh()
    known = browser("mo").ask("/moderation/rules").json["versions"]
    assert [one["state"] for one in known] == ["live"]
    where = "/moderation/rules/versions/{}/back"
    assert browser("mo").send(where.format(known[0]["id"])).status_code == 409
    assert browser("mo").send(where.format("nothing")).status_code == 404


# ------------------------------------------------------------------ the way of a rule


def test_a_new_database_starts_with_the_shipped_rules(browser, refresh, people):
    assert refresh() == shipped().version
    shelf = browser("mo").ask("/moderation/rules").json
    assert shelf["version"] == shipped().version
    assert {one["id"] for one in shelf["rules"]} == {rule.id for rule in shipped().rules}
    assert {one["id"] for one in shelf["built_in"]} == set(BUILT_IN_IDS)


def test_a_rule_holds_words_once_a_second_moderator_agreed(cast, socket, browser, approved):
    mina = socket("mina")
    assert mina.says(cast.lounge, WORDS, "m1")["message"]["state"] == "visible"
    version = approved()
    assert mina.says(cast.lounge, WORDS, "m2")["message"]["state"] == "held"
    [item] = browser("mo").ask("/moderation").json["items"]
    [finding] = browser("mo").ask(f"/moderation/items/{item['id']}").json["findings"]
    assert (finding["rule"], finding["version"]) == (RULE["id"], version)


def test_one_click_brings_the_earlier_rules_back(cast, socket, browser, approved, refresh):
    approved()
    versions = browser("mo").ask("/moderation/rules").json["versions"]
    [before] = [one for one in versions if one["state"] == "retired"]
    assert browser("mo").send(f"/moderation/rules/versions/{before['id']}/back").status_code == 200
    assert refresh() == shipped().version
    assert socket("mina").says(cast.lounge, WORDS, "m3")["message"]["state"] == "visible"


def test_a_rule_can_be_switched_off(cast, socket, browser, approved):
    words = "cheap zopiclone online, no prescription, dm me"
    mina = socket("mina")
    assert mina.says(cast.lounge, words, "m1")["message"]["state"] == "held"
    [item] = browser("mo").ask("/moderation").json["items"]
    found = browser("mo").ask(f"/moderation/items/{item['id']}").json["findings"]
    rule = next(one["rule"] for one in found if one["label"] == "sourcing")
    approved(id=rule, off="1")
    shelf = browser("mo").ask("/moderation/rules").json
    assert rule not in {one["id"] for one in shelf["rules"]}
    assert browser("mo").ask(f"/moderation/rules/{rule}").json["off"] is True


def test_trying_shows_what_would_be_held_and_changes_nothing(cast, socket, browser, drafted):
    mina = socket("mina")
    mina.says(cast.lounge, WORDS, "m1")
    mina.says(cast.lounge, "a quiet night, tea helps", "m2")
    drafted()
    tried = browser("mo").send("/moderation/rules/draft/rehearse").json
    assert (tried["tried"], tried["unchanged"]) == (2, 1)
    assert len(tried["newly_held"]) == 1
    assert tried["broken"] == []
    page = browser("rae").get("/moderation/rules/draft").text
    assert WORDS in page
    assert RULE["note"] in page
    assert live().version == shipped().version
    assert mina.says(cast.lounge, WORDS, "m3")["message"]["state"] == "visible"


def test_a_judged_hold_that_would_be_let_go_is_shown_with_its_decision(
    cast, socket, browser, drafted, approved
):
    approved()
    socket("mina").says(cast.lounge, WORDS, "m1")
    [item] = browser("mo").ask("/moderation").json["items"]
    sent = {"decision": "allow", "reason": "A poem.", "rule": "no_trading"}
    assert browser("mo").send(f"/moderation/items/{item['id']}/decide", **sent).status_code == 200
    drafted(say="send (my|the) moonlight", hit="send the moonlight")
    tried = browser("mo").send("/moderation/rules/draft/rehearse").json
    assert tried["newly_released"] == [item["id"]]
    assert f"/moderation/items/{item['id']}" in browser("rae").get("/moderation/rules/draft").text
    # Mina's words are hers: were she a moderator, she would not find them here.
    assert WORDS in browser("rae").get("/moderation/rules/draft").text


def test_held_words_nobody_judged_yet_are_tried_and_shown_before_they_are_let_go(
    cast, socket, browser, drafted
):
    words = "drop to 2 now"
    assert socket("mina").says(cast.lounge, words, "m1")["message"]["state"] == "held"
    [item] = browser("mo").ask("/moderation").json["items"]
    [found] = browser("mo").ask(f"/moderation/items/{item['id']}").json["findings"]
    rule = {"id": found["rule"], "label": found["label"], "holds": "0", "note": "Try."}
    assert browser("mo").send("/moderation/rules", **rule).status_code == 200
    tried = browser("mo").send("/moderation/rules/draft/rehearse").json
    assert (tried["newly_released"], tried["broken"]) == ([item["id"]], [])
    let_go = {one["rule"] for one in tried["weaker"] if one["was_held"] and not one["is_held"]}
    assert found["rule"] in let_go
    [hit] = browser("rae").ask(f"/moderation/rules/{found['rule']}").json["hits"]
    assert (hit["item"], hit["decision"], hit["words"]) == (item["id"], None, words)
    assert "nobody has decided yet" in browser("rae").get(f"/moderation/rules/{rule['id']}").text
    assert "As it came" in browser("rae").get(f"/moderation/rules/{rule['id']}").text
    [change] = browser("rae").ask("/moderation/rules/draft").json["changes"]
    assert (change["name"], change["how"], change["looser"]) == (rule["id"], "changed", ["holds"])
    page = browser("rae").get("/moderation/rules/draft?newly_released=7").text
    assert "<del>held until somebody has looked</del>" in page
    assert "<ins>shown at once</ins>" in page
    assert "It would no longer hold words. They would be shown at once." in page
    assert "This draft lets examples of dangers through" in page
    assert "This change would let these words through. They are held now." in page
    assert page.index("data-weaker") < page.index("I agree. Put it in force")
    assert words in page


def test_a_rule_that_is_too_wide_is_shown_before_anybody_agrees(browser, drafted):
    wide = {**RULE, "id": "own.wide", "label": "crisis_self_harm", "severity": "critical"}
    wide |= {"say": "the", "hit": "the", "miss": "a", "holds": "0"}
    assert browser("mo").send("/moderation/rules", **wide).status_code == 200
    tried = browser("mo").send("/moderation/rules/draft/rehearse").json
    assert tried["louder_in_all"] > 100
    assert len(tried["louder"]) == 20
    assert "own.wide" in tried["louder"][0]["by"]
    page = browser("rae").get("/moderation/rules/draft").text
    assert f"This draft finds more in harmless examples: {tried['louder_in_all']}" in page.replace(
        "</h3>", ""
    )
    assert "There were no messages to try it on." in page
    assert "All examples come out right." not in page
    assert page.index("data-louder") < page.index("I agree. Put it in force")


def test_a_draft_on_older_rules_is_moved_with_one_tap(browser, drafted, refresh, database):
    refresh()
    drafted()
    with database.unit() as unit:  # as if others had gone back to the release meanwhile
        live, draft = (queries.set_in(unit, state) for state in ("live", "draft"))
        before = RuleSet(state="retired", version="b", base=live.base, overlay={}, made_at=unit.now)
        unit.session.add(before)
        unit.session.flush()
        draft.parent_id = before.id
    for path, sent in (("rehearse", {}), ("approve", {"version": draft.version})):
        assert browser("rae").send(f"/moderation/rules/draft/{path}", **sent).status_code == 409
    refused = browser("mo").fill("/moderation/rules/draft/rehearse")
    assert refused.status_code == 409
    assert "Move it onto the rules in force" in refused.text
    told = browser("rae").ask("/moderation/rules/draft").json
    assert (told["on_live"], told["began_on"]) == (False, "b")
    moved = browser("rae").send("/moderation/rules/draft/move").json
    assert moved == {"draft": drafted_version(browser), "state": "moved"}
    assert browser("rae").send("/moderation/rules/draft/move").status_code == 409
    assert "moonlight parcel" in browser("mo").get(f"/moderation/rules/{RULE['id']}").text


def drafted_version(browser):
    return browser("mo").ask("/moderation/rules/draft").json["draft"]["version"]


def test_without_a_draft_its_page_leads_to_the_rules_and_says_how_one_begins(browser, refresh):
    refresh()
    mo = browser("mo")
    answer = mo.get("/moderation/rules/draft")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/moderation/rules")
    assert "There is no draft now." in mo.get("/moderation/rules").text
    assert browser("mina").get("/moderation/rules/draft").status_code == 403


def test_dropping_the_draft_leaves_the_rules_as_they_are(browser, drafted, refresh):
    refresh()
    drafted()
    assert browser("rae").send("/moderation/rules/draft/drop").json == {"state": "dropped"}
    assert browser("mo").ask("/moderation/rules/draft").status_code == 404
    assert refresh() == shipped().version


def test_the_log_says_who_changed_and_who_approved(browser, approved):
    version = approved()
    entries = browser("ada").ask("/moderation/audit?verb=moderation.rule").json["entries"]
    told = {(one["verb"], one["actor"], one["subject"]) for one in entries}
    assert ("moderation.rule_changed", "mo", f"rule:{RULE['id']}") in told
    assert ("moderation.rules_approved", "rae", f"rules:{version}") in told


# ------------------------------------------------------------------ learning


def judged(browser, item, **sent):
    words = {"decision": "remove", "reason": "It sells.", "rule": "no_trading", **sent}
    return browser("mo").send(f"/moderation/items/{item}/decide", **words)


def outcomes(browser):
    return {
        one["id"]: (one["agreed"], one["overturned"])
        for one in browser("mo").ask("/moderation/rules").json["rules"]
        if one["agreed"] or one["overturned"]
    }


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"decision": "remove"}, (1, 0)),
        ({"decision": "allow"}, (0, 1)),
        ({"decision": "keep"}, (1, 0)),
        ({"decision": "allow", "review": "right"}, (1, 0)),
        ({"decision": "remove", "review": "wrong"}, (0, 1)),
    ],
)
def test_a_decision_says_whether_review_was_right(cast, socket, browser, approved, sent, expected):
    approved()
    socket("mina").says(cast.lounge, WORDS, "m1")
    [item] = browser("mo").ask("/moderation").json["items"]
    assert judged(browser, item["id"], **sent).status_code == 200
    assert outcomes(browser) == {RULE["id"]: expected}
    page = browser("mo").ask(f"/moderation/rules/{RULE['id']}").json
    assert [one["found"] for one in page["periods"]] == [1, 1, 1]
    assert [hit["item"] for hit in page["hits"]] == [item["id"]]
    assert browser("mo").send(f"/moderation/items/{item['id']}/undo").status_code == 200
    assert outcomes(browser) == {}


def test_leaving_worried_words_alone_does_not_say_that_review_was_wrong(cast, socket, browser):
    socket("mina").says(cast.lounge, "i want to kill myself tonight", "m1")
    [item] = browser("mo").ask("/moderation").json["items"]
    assert judged(browser, item["id"], decision="allow", rule="safety").status_code == 200
    assert outcomes(browser) == {}


def test_what_cannot_be_read_as_right_or_wrong_is_refused(cast, socket, browser):
    socket("mina").says(cast.lounge, "cheap zopiclone online, no prescription, dm me", "m1")
    [item] = browser("mo").ask("/moderation").json["items"]
    assert judged(browser, item["id"], review="maybe").status_code == 400


@pytest.mark.parametrize(
    "path", ["/moderation/rules", "/moderation/rules/new", "/moderation/rules/link.unlisted"]
)
def test_the_pages_stand_before_anything_was_found(sit, path):
    assert sit("mo").get(path).status_code == 200


def test_a_long_name_may_break_between_its_words_on_a_narrow_screen(sit):
    page = sit("mo").get("/moderation/rules/link.unlisted").text
    assert "<h1>link.<wbr>unlisted</h1>" in page
    assert "<title>link.unlisted" in page


def test_a_rule_nobody_knows_is_not_there(sit):
    assert sit("mo").ask("/moderation/rules/dosing.nowhere").status_code == 404


# ------------------------------------------------------------------ ask the rules


def test_the_rules_say_what_they_find_and_why_they_let_words_be(sit):
    words = "we took an overdose when we were kids. you should drop to 2 mg now"
    told = sit("mo").send("/moderation/rules/why", words=words).json
    assert (told["labels"], told["holds"]) == (["dosing_advice"], True)
    by_rule = {one["rule"]: one for one in told["rules"]}
    assert by_rule["medical.overdose"]["outcome"] == "excused"
    assert "past_or_cleared" in by_rule["medical.overdose"]["excused"]
    found = next(one for one in told["rules"] if one["outcome"] == "found")
    assert words[found["start"] : found["end"]] in words
    page = sit("mo").fill("/moderation/rules/why", words=words)
    assert "past_or_cleared: long past, or looked at and cleared" in page.text
    assert page.text.count(words) == 1


def test_words_that_were_asked_about_are_kept_nowhere(browser, database, caplog):
    told = browser("mo").send("/moderation/rules/why", words="sell my zebra pills")
    assert told.status_code == 200
    assert "zebra" not in caplog.text
    assert browser("mo").ask("/moderation").json["items"] == []


@pytest.mark.parametrize("words", ["", "x" * 2_001])
def test_what_cannot_be_asked_is_said_and_stays_typed(sit, words):
    answer = sit("mo").send("/moderation/rules/why", words=words)
    assert answer.status_code == 400
    assert "words" in answer.json["error"]["fields"]
    if words:
        assert words in sit("mo").fill("/moderation/rules/why", words=words).text


# ------------------------------------------------------------------ what a rule may name


def test_contexts_and_lists_can_be_looked_through_by_a_word(sit):
    told = sit("mo").ask("/moderation/rules/names?q=long+past").json
    names = [one["name"] for one in told["contexts"]]
    assert "past_or_cleared" in names
    assert len(names) == told["all"]["contexts"] < 30
    (one,) = [one for one in told["contexts"] if one["name"] == "past_or_cleared"]
    assert (one["about"], bool(one["lines"])) == ("long past, or looked at and cleared", True)
    page = sit("mo").get("/moderation/rules/names?q=long+past")
    assert "past_or_cleared" in page.text
    assert 'value="long past"' in page.text


def test_who_is_called_so_comes_before_who_only_says_it(sit):
    told = sit("mo").ask("/moderation/rules/names?q=QUOTE").json
    called = ["quote" in one["name"] for one in told["contexts"]]
    assert called == sorted(called, reverse=True)
    assert any(called)


@pytest.mark.parametrize("typed", ["past_or_cleared", "past or cleared", "<past-or-cleared>"])
def test_a_name_is_found_as_it_is_said(sit, typed):
    told = sit("mo").ask(f"/moderation/rules/names?q={typed}").json
    assert told["contexts"][0]["name"] == "past_or_cleared"


def test_without_a_word_the_first_thirty_are_shown_and_how_many_there_are(sit):
    told = sit("mo").ask("/moderation/rules/names").json
    assert len(told["contexts"]) == len(told["lists"]) == 30
    assert told["all"]["contexts"] > 900
    page = sit("mo").get("/moderation/rules/names")
    assert f"30 of {told['all']['contexts']}" in page.text


def test_a_word_that_nothing_says_finds_nothing_and_stays_typed(sit):
    page = sit("mo").get("/moderation/rules/names?q=zebrafish")
    assert "No context says that." in page.text
    assert 'value="zebrafish"' in page.text


def test_too_long_a_word_is_refused(sit):
    assert sit("mo").ask(f"/moderation/rules/names?q={'x' * 61}").status_code == 400


@pytest.mark.parametrize("address", ["/moderation/rules/new", "/moderation/rules/dosing.directed"])
def test_the_form_of_a_rule_leads_to_what_it_may_name(sit, address):
    page = sit("mo").get(address)
    assert 'href="/moderation/rules/names" target="_blank"' in page.text
