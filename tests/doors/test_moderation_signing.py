"""Two signatures over HTTP: refusals first, then asking, agreeing, reading, saying no."""

import pytest

from tests.desk_world import Desk, a_board, open_desk

WHY = {"reason": "He took it back before we read it."}
WORDS = "Cheap pills, dm me."


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


@pytest.fixture
def item(desk, browser):
    """Otto's words, reported by Fern and then gone."""

    def happens(it):
        note = it.says("otto", WORDS)
        it.reports("fern", note)
        it.board.notes.pop(note)

    desk(happens)
    return browser("mo").ask("/moderation").json["items"][0]["id"]


def asked(browser, item, who="mo", deed="unseal"):
    return browser(who).send(f"/moderation/items/{item}/{deed}", **WHY)


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize("handle", ["mina", "paul", "otto"])
def test_sealed_words_are_closed_to_members_and_mentors(browser, item, handle):
    person = browser(handle)
    step = asked(browser, item).json["id"]
    assert person.ask("/moderation/signing").status_code == 403
    assert person.ask(f"/moderation/items/{item}/sealed").status_code == 403
    for path in (f"items/{item}/unseal", f"items/{item}/erase-evidence", "people/mina/promote"):
        assert person.send(f"/moderation/{path}", **WHY).status_code == 403
    for deed in ("agree", "refuse"):
        assert person.send(f"/moderation/signing/{step}/{deed}").status_code == 403


def test_a_reason_is_required(browser, item):
    mo = browser("mo")
    for path in (f"items/{item}/unseal", f"items/{item}/erase-evidence", "people/paul/promote"):
        answer = mo.send(f"/moderation/{path}")
        assert answer.status_code == 400
        assert "reason" in answer.json["error"]["fields"]
    assert mo.ask("/moderation/signing").json == {"steps": [], "sanctions": []}


def test_nobody_reads_sealed_words_alone(browser, item):
    mo = browser("mo")
    assert mo.ask(f"/moderation/items/{item}/sealed").status_code == 403
    step = asked(browser, item).json["id"]
    assert mo.send(f"/moderation/signing/{step}/agree").status_code == 403
    assert mo.ask(f"/moderation/items/{item}/sealed").status_code == 403
    assert browser("rae").ask(f"/moderation/items/{item}/sealed").status_code == 403


def test_what_is_not_there_cannot_be_signed(browser, item):
    mo = browser("mo")
    for path in ("signing/nothing/agree", "signing/nothing/refuse", "items/nothing/unseal"):
        sent = WHY if path.endswith("unseal") else {}
        assert mo.send(f"/moderation/{path}", **sent).status_code == 404
    assert mo.ask("/moderation/items/nothing/sealed").status_code == 404
    assert mo.send("/moderation/people/nobody-here/promote", **WHY).status_code == 404


def test_a_step_about_a_moderator_is_not_there_for_them(browser, desk):
    def happens(it):
        note = it.says("mo", "Cheap.")
        it.reports("fern", note)

    desk(happens)
    item = browser("rae").ask("/moderation").json["items"][0]["id"]
    step = asked(browser, item, "rae").json["id"]
    mo = browser("mo")
    assert mo.ask("/moderation/signing").json["steps"] == []
    assert mo.send(f"/moderation/signing/{step}/agree").status_code == 404
    assert mo.send(f"/moderation/signing/{step}/refuse").status_code == 404
    assert browser("ada").send(f"/moderation/signing/{step}/agree").json["state"] == "agreed"


# ------------------------------------------------------------------ asking and agreeing


def test_two_agree_and_both_read(browser, item):
    mo, rae = browser("mo"), browser("rae")
    page = mo.get(f"/moderation/items/{item}").text
    assert WORDS not in page
    assert "They have changed since, or are gone." in page
    assert mo.fill(f"/moderation/items/{item}/unseal", **WHY).status_code == 302
    (step,) = rae.ask("/moderation/signing").json["steps"]
    assert (step["step"], step["by"], step["reason"]) == ("unseal", "mo", WHY["reason"])
    page = rae.get("/moderation/signing").text
    assert "Open sealed words" in page
    assert WORDS not in page
    agreed = rae.fill(f"/moderation/signing/{step['id']}/agree")
    assert agreed.headers["Location"] == f"/moderation/items/{item}/sealed"
    for who in (mo, rae):
        found = who.ask(f"/moderation/items/{item}/sealed").json
        assert [line["body"] for line in found["lines"]] == [WORDS]
        assert WORDS in who.get(f"/moderation/items/{item}/sealed").text
    assert browser("ada").ask(f"/moderation/items/{item}/sealed").status_code == 403
    told = browser("ada").ask("/moderation/audit?verb=moderation.evidence_read").json
    assert {entry["actor"] for entry in told["entries"]} == {"mo", "rae"}


def test_the_same_asking_twice_and_a_second_signature_are_conflicts(browser, item):
    step = asked(browser, item).json["id"]
    assert asked(browser, item, "rae").status_code == 409
    assert browser("rae").send(f"/moderation/signing/{step}/agree").status_code == 200
    assert browser("ada").send(f"/moderation/signing/{step}/agree").status_code == 409
    assert browser("ada").send(f"/moderation/signing/{step}/refuse").status_code == 409


def test_saying_no_does_nothing_and_can_be_asked_again(browser, item):
    step = asked(browser, item, deed="erase-evidence").json["id"]
    assert browser("rae").send(f"/moderation/signing/{step}/refuse").json["state"] == "refused"
    assert len(browser("mo").ask(f"/moderation/items/{item}").json["sealed"]) == 1
    again = asked(browser, item, deed="erase-evidence").json["id"]
    assert browser("rae").fill(f"/moderation/signing/{again}/agree").status_code == 302
    assert browser("mo").ask(f"/moderation/items/{item}").json["sealed"] == []


def test_a_new_moderator_has_two_names_under_it(browser, item):
    asked_for = browser("mo").send("/moderation/people/paul/promote", **WHY)
    step = asked_for.json["id"]
    assert browser("rae").send(f"/moderation/signing/{step}/agree").status_code == 403
    assert browser("paul").ask("/moderation").status_code == 403
    assert browser("ada").send(f"/moderation/signing/{step}/agree").status_code == 200
    assert browser("paul").ask("/moderation").status_code == 200


def test_the_page_of_signatures_shows_grave_sanctions_too(browser, item):
    browser("mo").send(
        "/moderation/people/otto/sanction", kind="ban", reason="He sells.", rule="no_trading"
    )
    found = browser("rae").ask("/moderation/signing").json
    assert [one["kind"] for one in found["sanctions"]] == ["ban"]
    assert "I agree and sign" in browser("rae").get("/moderation/signing").text
    assert "You signed this." in browser("mo").get("/moderation/signing").text
    assert "Nothing waits" not in browser("mo").get("/moderation/signing").text


def test_with_nothing_to_sign_the_page_says_so(browser, desk):
    assert "Nothing waits for a signature." in browser("mo").get("/moderation/signing").text
