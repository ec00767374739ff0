"""Shift, notes, breaks, passing on, ready words and the preview over HTTP: refusals first."""

import pytest

from tests.desk_world import Desk, a_board, open_desk

DECISION = {"decision": "ban", "reason": "It sells pills.", "rule": "no_trading"}
READY = {"title": "No selling", "text": "We do not sell here.", "rule": "no_trading"}


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
def item(desk):
    """Otto's held words, waiting."""
    return desk(lambda it: it.held("otto", "sourcing"))


def test_the_desks_own_pages_are_closed_to_members_and_mentors(browser, item):
    for handle in ("mina", "paul"):
        person = browser(handle)
        for path in ("shift", "words"):
            assert person.ask(f"/moderation/{path}").status_code == 403
        for path, sent in (
            ("notes", {"text": "x"}),
            ("pause", {"minutes": 30}),
            ("words", READY),
            (f"items/{item}/skip", {}),
            (f"items/{item}/hand-over", {"to": "rae"}),
            (f"items/{item}/preview", DECISION),
        ):
            assert person.send(f"/moderation/{path}", **sent).status_code == 403, path


def test_a_shift_starts_with_notes_load_and_gaps(browser, item):
    mo = browser("mo")
    assert mo.fill("/moderation/notes", text="Fern <had> a bad night.").status_code == 302
    found = browser("rae").ask("/moderation/shift").json
    assert found["notes"][0]["text"] == "Fern <had> a bad night."
    assert found["load"] == {"mine": 0, "team": 0, "people": 3, "in_hand": 0, "taken_back": 0}
    assert found["open"] == 1
    assert found["gaps"], "nobody is on the rota"
    page = browser("rae").get("/moderation/shift").text
    assert "Fern &lt;had&gt; a bad night." in page
    assert "gaps in the next two weeks" in page or "gap in the next two weeks" in page
    assert mo.send("/moderation/notes").status_code == 400


def test_a_break_is_taken_and_ended(browser, item):
    mo = browser("mo")
    assert mo.send("/moderation/pause", minutes=30).json["until"]
    refused = mo.send("/moderation/next")
    assert refused.status_code == 409
    assert "You are on a break until" in mo.get("/moderation/shift").text
    assert mo.send("/moderation/pause", minutes=0).json["until"] is None
    assert mo.send("/moderation/next").json["item"] == item
    for minutes in (-1, 99999, "long"):
        assert mo.send("/moderation/pause", minutes=minutes).status_code == 400


def test_not_me_goes_to_somebody_else(browser, item):
    mo = browser("mo")
    page = mo.get(f"/moderation/items/{item}").text
    assert "Not me" in page
    assert mo.fill(f"/moderation/items/{item}/skip").headers["Location"] == "/moderation"
    assert mo.ask("/moderation").json["items"] == []
    assert mo.ask(f"/moderation/items/{item}").status_code == 404
    assert browser("rae").ask(f"/moderation/items/{item}").status_code == 200


def test_a_hand_over_is_told(browser, item):
    sent = browser("mo").send(f"/moderation/items/{item}/hand-over", to="rae")
    assert sent.json == {"item": item, "to": "rae"}
    assert browser("rae").ask(f"/moderation/items/{item}").json["yours"]
    assert browser("mo").send(f"/moderation/items/{item}/hand-over", to="ada").status_code == 409
    assert browser("rae").send(f"/moderation/items/{item}/hand-over", to="mina").status_code == 400


def test_a_hand_over_or_a_not_me_that_cannot_be_stays_at_the_entry(browser, item):
    mo, rae, path = browser("mo"), browser("rae"), f"/moderation/items/{item}"
    rae.send("/moderation/pause", minutes=30)
    cannot = mo.fill(f"{path}/hand-over", to="rae")
    assert cannot.status_code == 400
    assert "They cannot take this now." in cannot.text
    assert f"{path}/decide" in cannot.text
    decided = {"decision": "keep", "reason": "It sells.", "rule": "no_trading"}
    assert mo.send(f"{path}/decide", **decided).status_code == 200
    for deed in ("skip", "hand-over"):
        late = mo.fill(f"{path}/{deed}", **({"to": "ada"} if deed == "hand-over" else {}))
        assert late.status_code == 409
        assert "Somebody has decided this already." in late.text
    assert mo.send(f"{path}/hand-over", to="ada").json["error"]["code"] == "conflict"


def test_ready_words_are_one_tap_away_without_script(browser, item):
    mo = browser("mo")
    made = mo.send("/moderation/words", **READY).json["id"]
    page = mo.get(f"/moderation/items/{item}").text
    assert f"/moderation/items/{item}?ready={made}" in page
    filled = mo.get(f"/moderation/items/{item}?ready={made}").text
    assert "We do not sell here.</textarea>" in filled
    changed = mo.send(f"/moderation/words/{made}", **{**READY, "text": "Please do not sell."})
    assert changed.status_code == 200
    assert mo.ask("/moderation/words").json["words"][0]["text"] == "Please do not sell."
    assert "Please do not sell." in mo.get("/moderation/words").text
    assert mo.send(f"/moderation/words/{made}/drop").status_code == 200
    assert "None yet." in mo.get("/moderation/words").text
    assert mo.fill("/moderation/words", title="x").status_code == 400
    assert mo.send("/moderation/words/nothing", **READY).status_code == 404


def test_the_preview_does_nothing_and_says_everything(browser, item):
    mo = browser("mo")
    found = mo.send(f"/moderation/items/{item}/preview", **DECISION).json
    assert "second moderator" in found["second"]
    assert found["author_reads"]["reason"] == "It sells pills."
    page = mo.fill(f"/moderation/items/{item}/preview", **DECISION)
    assert page.status_code == 200
    assert "This will happen" in page.text
    assert "It sells pills.</textarea>" in page.text
    assert mo.ask(f"/moderation/items/{item}").json["state"] == "open"
    wrong = mo.fill(f"/moderation/items/{item}/preview", decision="ban")
    assert wrong.status_code == 400


def test_an_own_decision_is_taken_back_later_with_a_reason(browser, item, clock):
    mo = browser("mo")
    mo.send(f"/moderation/items/{item}/decide", **{**DECISION, "decision": "keep"})
    clock.forward(hours=2)
    assert "It was wrong. Take it back" in mo.get(f"/moderation/items/{item}").text
    assert "It was wrong." not in browser("rae").get(f"/moderation/items/{item}").text
    assert mo.send(f"/moderation/items/{item}/undo").status_code == 409
    assert browser("rae").send(f"/moderation/items/{item}/undo", reason="x").status_code == 403
    assert mo.send(f"/moderation/items/{item}/undo", reason="Misread.").json["state"] == "claimed"
