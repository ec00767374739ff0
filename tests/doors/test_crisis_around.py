"""Round a case: what was said, the plan's consent, a substitute, the person's side, the figures."""

import re

import pytest

from support.accounts import actions as accounts
from support.base.actor import Role
from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.crisis.jobs import climb, count
from tests.groups_world import plan_meeting


@pytest.fixture
def on_call(database, people):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))


@pytest.fixture
def case_id(cast, browser, on_call):
    """Mina writes in the lounge, then asks for help from there; Mo and Paul are called."""
    mina = browser("mina")
    mina.send(f"/rooms/{cast.lounge}/messages", body="I feel very low tonight.", client_id="a")
    return mina.send("/help/now", room=cast.lounge).json["case"]


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


# -- what was said ------------------------------------------------------------


def test_a_responder_may_unfold_what_was_said_and_since_when(browser, case_id):
    page = browser("mo").get(f"/crisis/cases/{case_id}")
    assert "I feel very low tonight." in page.text
    assert page.text.index("Show the words") < page.text.index("I feel very low tonight.")
    assert "112" in page.text


def test_held_words_are_shown_to_staff_and_not_to_the_host(cast, browser, case_id):
    held = "selling 30 valium, dm me"
    browser("mina").send(f"/rooms/{cast.lounge}/messages", body=held, client_id="b")
    assert held in browser("mo").get(f"/crisis/cases/{case_id}").text
    assert held not in browser("paul").get(f"/crisis/cases/{case_id}").text
    assert "I feel very low tonight." in browser("paul").get(f"/crisis/cases/{case_id}").text


# -- the plan -----------------------------------------------------------------


@pytest.fixture
def taken(browser, case_id):
    assert browser("mo").send(f"/crisis/cases/{case_id}/ack").status_code == 200
    return case_id


def test_the_plan_is_seen_only_after_minas_own_yes(browser, taken):
    mo, mina = browser("mo"), browser("mina")
    mina.send("/journal/plan", heading="helps", text="Tea, then my sister.")
    assert "Tea" not in mo.get(f"/crisis/cases/{taken}").text
    assert mo.send(f"/crisis/cases/{taken}/plan").json == {"asked": True}
    assert "Tea" not in mo.get(f"/crisis/cases/{taken}").text
    assert "mo asks to see your plan. You decide." in text(mina.get("/help/now"))
    assert "asks to see your plan" in text(mina.get("/account/notices"))
    assert mina.send("/help/plan", answer="yes").json == {"answer": "yes"}
    assert "Tea, then my sister." in mo.get(f"/crisis/cases/{taken}").text
    assert "Tea, then my sister." in browser("rae").get(f"/crisis/cases/{taken}").text
    mina.send("/help/plan", answer="no")
    assert "Tea" not in mo.get(f"/crisis/cases/{taken}").text
    assert "They said no. That is fine." in text(mo.get(f"/crisis/cases/{taken}"))


def test_where_there_is_no_plan_the_page_says_so_honestly(browser, taken):
    mo, mina = browser("mo"), browser("mina")
    mo.send(f"/crisis/cases/{taken}/plan")
    mina.send("/help/plan", answer="yes")
    assert "They said yes, but there is no plan here." in text(mo.get(f"/crisis/cases/{taken}"))
    kinds = [note["kind"] for note in mo.ask(f"/crisis/cases/{taken}").json["notes"]]
    assert kinds[-2:] == ["plan_asked", "plan_yes"]


def test_asking_twice_asks_once(browser, taken):
    mo, mina = browser("mo"), browser("mina")
    for _ in range(2):
        assert mo.send(f"/crisis/cases/{taken}/plan").status_code == 200
    labels = [one["label"] for one in mina.ask("/account/notices").json["notices"]]
    assert labels.count("plan_asked") == 1


def test_only_the_reader_asks_and_only_the_person_answers(browser, taken):
    assert browser("rae").send(f"/crisis/cases/{taken}/plan").status_code == 409
    assert browser("otto").send(f"/crisis/cases/{taken}/plan").status_code == 404
    assert browser("mina").send("/help/plan", answer="yes").status_code == 404
    browser("mo").send(f"/crisis/cases/{taken}/plan")
    assert browser("otto").send("/help/plan", answer="yes").status_code == 404
    assert browser("mina").send("/help/plan", answer="perhaps").status_code == 400


# -- a substitute -------------------------------------------------------------


def test_a_host_with_a_case_is_offered_a_substitute_at_once(cast, browser, database, case_id):
    with database.unit() as unit:
        meeting = plan_meeting(unit, cast.group)
    paul = browser("paul")
    paul.send(f"/crisis/cases/{case_id}/ack")
    assert "Ask somebody else to lead it" in text(paul.get(f"/crisis/cases/{case_id}"))
    asked = paul.send(f"/crisis/cases/{case_id}/substitute", meeting=meeting)
    assert asked.json["asked"] >= 3
    rae = text(browser("rae").get("/account/notices"))
    assert "A host cannot lead a meeting now. Can you take it?" in rae
    assert "mina" not in rae
    again = browser("mo").send(f"/crisis/cases/{case_id}/substitute", meeting=meeting)
    assert again.status_code == 404
    assert paul.send(f"/crisis/cases/{case_id}/substitute", meeting="none").status_code == 404
    other = browser("otto").send(f"/crisis/cases/{case_id}/substitute", meeting=meeting)
    assert other.status_code == 404


def test_who_leads_nothing_soon_is_offered_nothing(browser, taken):
    assert "You lead a meeting" not in browser("mo").get(f"/crisis/cases/{taken}").text


# -- the person's side --------------------------------------------------------


def test_the_wait_is_told_honestly_and_numbers_come_first(browser, case_id):
    page = browser("mina").get("/help/now")
    assert "If nobody answers, more people are called" in text(page)
    assert page.text.index("112") < page.text.index("If nobody answers")


def test_leaving_and_coming_back_finds_the_same_case(browser, case_id):
    browser("mina").send("/leave")
    assert browser("mina").send("/help/now").json["case"] == case_id


# -- figures ------------------------------------------------------------------


def test_the_figures_tell_times_and_counts_and_nobody(app, browser, database, people, clock):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    first = browser("mina").send("/help/now").json["case"]
    clock.forward(seconds=40)
    browser("mo").send(f"/crisis/cases/{first}/ack")
    browser("otto").send("/help/now")
    clock.forward(seconds=120)
    climb(database)
    shown = browser("mo").ask("/crisis/figures").json
    assert shown["cases"] == 2
    assert shown["acknowledged"] == shown["without_responder"] == shown["waiting_now"] == 1
    assert shown["open_now"] == 2
    assert shown["seconds_to_acknowledge"] == {"p50": 40.0, "p95": 40.0}
    assert shown["rungs"] == [{"rung": 0, "count": 2}, {"rung": 1, "count": 1}]
    page = browser("mo").get("/crisis/figures")
    assert "0 min 40 s" in text(page)
    assert "otto" not in text(page).replace("bottom", "")
    count(database)
    metrics = browser("ada").get("/metrics").text
    assert 'handrail_cases_open{state="waiting"} 1.0' in metrics
    assert "handrail_cases_unheard 1.0" in metrics
    assert "handrail_case_acknowledged_seconds_count" in metrics


def test_without_a_case_the_figures_say_so(browser):
    assert browser("mo").ask("/crisis/figures").json["seconds_to_acknowledge"]["p50"] is None
    assert "no case yet" in text(browser("mo").get("/crisis/figures"))
    assert browser("mina").ask("/crisis/figures").status_code == 403


# -- numbers by two people ----------------------------------------------------


def test_two_admins_change_an_emergency_number_on_the_page(browser, database, people):
    with database.unit() as unit:
        accounts.set_role(unit, people["rae"], Role.ADMIN)
    ada, rae = browser("ada"), browser("rae")
    sent = {"id": "pt-emergency", "number": "115", "source": "https://example.org/n"}
    change = ada.send("/crisis/numbers/changes", **sent, country="PT").json
    assert change["state"] == "proposed"
    assert "ada says it is now 115." in text(rae.get("/crisis/numbers?country=PT"))
    path = f"/crisis/numbers/changes/{change['change']}/answer"
    assert ada.send(path, answer="yes").status_code == 403
    assert rae.send(path, answer="yes").json["state"] == "in_force"
    assert rae.send(path, answer="yes").status_code == 409
    shown = ada.ask("/crisis/numbers?country=PT").json["changes"]
    assert [(one["by"], one["second"], one["number"]) for one in shown] == [("ada", "rae", "115")]
    assert "115" in browser("mina").get("/help/PT").text


def test_a_wrong_number_is_shown_again_with_what_is_wrong(browser):
    ada = browser("ada")
    page = ada.fill(
        "/crisis/numbers/changes", id="pt-emergency", number="x", source="y", country="PT"
    )
    assert page.status_code == 400
    assert "This is no number that can be dialled." in page.text
    assert ada.send("/crisis/numbers/changes", id="zz", number="112", source="y").status_code == 404
