"""The crisis desk's doors: refusals first; then cases, rota and numbers as pages and as JSON."""

import re
from datetime import timedelta

import pytest

from support.accounts import actions as accounts
from support.base.severity import Severity
from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.crisis.models import Rest
from tests.people import JSON


@pytest.fixture
def case_id(database, people):
    """Mina's case, out of Paul's room, with Mo on call."""
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
        return actions.raise_signal(
            unit,
            people["mina"],
            severity=Severity.CRITICAL,
            labels=("crisis_self_harm",),
            room_id="room1",
            host_ids=[people["paul"]],
            source="chat",
        ).id


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


ACTS = ["ack", "note", "hand-over", "close"]
FIELDS = {
    "ack": {},
    "note": {"body": "x"},
    "hand-over": {"body": "x"},
    "close": {"outcome": "safe"},
}


@pytest.mark.parametrize("path", ["/crisis/cases", "/crisis/rota", "/crisis/numbers"])
def test_strangers_and_members_have_no_crisis_desk(stranger, browser, path):
    assert stranger.ask(path).status_code == 401
    assert stranger.get(path).headers["Location"].startswith("/login")
    assert browser("mina").ask(path).status_code == 403


def test_a_mentor_without_a_shift_has_no_list_of_cases_and_no_rota(browser):
    paul = browser("paul")
    assert paul.ask("/crisis/cases").status_code == 403
    assert paul.ask("/crisis/rota").status_code == 403


@pytest.mark.parametrize("handle", ["mo", "rae", "paul"])
def test_numbers_rota_and_outbox_are_changed_by_admins_alone(browser, database, people, handle):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("paul", 0, "00:00", 60, "UTC"))
    one = browser(handle)
    assert one.ask("/crisis/numbers").status_code == 403
    assert one.ask("/crisis/outbox").status_code == 403
    form = {"id": "pt-emergency", "state": "confirmed", "country": "PT"}
    assert one.send("/crisis/numbers", **form).status_code == 403
    assert one.send("/crisis/rota", handle="mo").status_code == 403
    assert one.send("/crisis/rota/x/remove").status_code == 403
    assert one.send("/crisis/outbox/retry").status_code == 403


@pytest.mark.parametrize("handle", ["mina", "otto"])
def test_the_person_and_outsiders_hear_that_there_is_no_such_case(browser, case_id, handle):
    one = browser(handle)
    assert one.ask(f"/crisis/cases/{case_id}").status_code == 404
    for act in ACTS:
        answer = one.send(f"/crisis/cases/{case_id}/{act}", **FIELDS[act])
        assert answer.status_code == 404, act


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_is_asked_to_log_in(stranger, case_id, act):
    assert stranger.send(f"/crisis/cases/{case_id}/{act}", **FIELDS[act]).status_code == 401


@pytest.mark.parametrize("act", ACTS)
def test_nothing_changes_without_the_pages_token(browser, case_id, act):
    path = f"/crisis/cases/{case_id}/{act}"
    assert browser("mo").post(path, json=FIELDS[act], headers=JSON).status_code == 400


def test_the_first_ack_is_200_another_409_the_same_again_200(browser, case_id):
    mo, rae = browser("mo"), browser("rae")
    first = mo.send(f"/crisis/cases/{case_id}/ack")
    assert (first.status_code, first.json["acknowledged_by"]) == (200, "mo")
    late = rae.send(f"/crisis/cases/{case_id}/ack")
    assert (late.status_code, late.json["error"]["code"]) == (409, "conflict")
    assert mo.send(f"/crisis/cases/{case_id}/ack").status_code == 200
    assert rae.ask(f"/crisis/cases/{case_id}").json["acknowledged_by"] == "mo"


def test_the_json_of_a_case_is_the_contracts(browser, case_id):
    found = browser("rae").ask(f"/crisis/cases/{case_id}").json
    assert found["id"] == case_id
    assert (found["state"], found["severity"]) == ("open", "critical")
    assert found["opened_at"] == "2030-01-01T00:00:00.000Z"
    assert "acknowledged_by" not in found
    (rung,) = found["rungs"]
    assert rung.keys() == {"round", "rung", "at", "reached"}
    assert (rung["round"], rung["rung"], set(rung["reached"])) == (1, 0, {"mo", "paul"})
    listed = browser("mo").ask("/crisis/cases").json["cases"]
    assert [one["id"] for one in listed] == [case_id]


def test_the_host_of_the_room_opens_the_case_and_takes_it(browser, case_id):
    paul = browser("paul")
    assert paul.get(f"/crisis/cases/{case_id}").status_code == 200
    assert paul.send(f"/crisis/cases/{case_id}/ack").json["acknowledged_by"] == "paul"


def test_the_page_has_what_a_responder_needs(browser, case_id):
    mo = browser("mo")
    open_page = text(mo.get(f"/crisis/cases/{case_id}"))
    for words in ("mina", "critical", "I take this", "thoughts of dying", "Portugal: 112", "1411"):
        assert words in open_page
    assert "thoughts of dying" in text(mo.get("/crisis/cases"))
    assert mo.fill(f"/crisis/cases/{case_id}/ack").status_code == 302
    page = text(mo.get(f"/crisis/cases/{case_id}"))
    for words in ("This is yours now", "Are you safe right now?", "mo took the case.", "Hand over"):
        assert words in page
    assert "everybody: they are called again ada paul rae" in page
    assert "Hand over" not in text(browser("rae").get(f"/crisis/cases/{case_id}"))


def test_who_comes_second_to_a_case_sees_it_as_it_is_now(browser, case_id):
    browser("mo").send(f"/crisis/cases/{case_id}/ack")
    late = browser("rae").fill(f"/crisis/cases/{case_id}/ack")
    assert late.status_code == 409
    assert "mo is reading" in text(late)
    browser("mo").send(f"/crisis/cases/{case_id}/close", outcome="safe")
    over = browser("rae").fill(f"/crisis/cases/{case_id}/note", body="too late")
    assert over.status_code == 409
    assert "mo closed the case." in text(over)


def test_first_words_are_one_tap_and_are_said_once(browser, case_id):
    mo = browser("mo")
    mo.send(f"/crisis/cases/{case_id}/ack")
    page = mo.get(f"/crisis/cases/{case_id}").text
    assert "<details data-first-words open>" in page
    first = page[page.index('action="/rooms/') :]
    room, body, sent_once = (
        re.search(f'{name}="([^"]+)"', first)[1]
        for name in ("action", 'name="body" value', 'name="client_id" value')
    )
    for _ in range(2):
        assert mo.fill(room, body=body, client_id=sent_once).status_code == 302
    said = browser("mina").ask(f"{room.removesuffix('/messages')}?before=99").json["messages"]
    assert [one["body"] for one in said] == [body]
    assert "data-first-words>" in mo.get(f"/crisis/cases/{case_id}").text


def test_who_rests_is_marked_before_a_case_is_handed_over(browser, database, people, case_id):
    with database.unit() as unit:
        unit.session.add(Rest(account_id=people["rae"], until=unit.now + timedelta(minutes=9)))
    mo = browser("mo")
    mo.send(f"/crisis/cases/{case_id}/ack")
    assert "rae (rests just now)" in text(mo.get(f"/crisis/cases/{case_id}"))


def test_a_form_with_a_fault_is_shown_again_with_what_was_typed(browser, case_id):
    mo = browser("mo")
    mo.fill(f"/crisis/cases/{case_id}/ack")
    answer = mo.fill(f"/crisis/cases/{case_id}/hand-over", body="she is tired", to="otto")
    assert answer.status_code == 400
    assert "This person cannot take the case." in text(answer)
    assert "she is tired" in text(answer)
    late = mo.fill(f"/crisis/cases/{case_id}/close", outcome="safe", follow_up_on="soon")
    assert (late.status_code, "Please give a date." in text(late)) == (400, True)
    empty = mo.send(f"/crisis/cases/{case_id}/note", body="  ")
    assert (empty.status_code, list(empty.json["error"]["fields"])) == (400, ["body"])
    unknown = mo.send(f"/crisis/cases/{case_id}/close", outcome="dead")
    assert unknown.status_code == 400


def test_a_note_a_hand_over_and_a_close_are_read_in_the_log(browser, case_id):
    mo, rae = browser("mo"), browser("rae")
    mo.send(f"/crisis/cases/{case_id}/ack")
    assert mo.fill(f"/crisis/cases/{case_id}/note", body="she answers").status_code == 302
    over = mo.send(f"/crisis/cases/{case_id}/hand-over", body="my shift ends", to="rae")
    assert over.json["acknowledged_by"] == "rae"
    closed = rae.send(f"/crisis/cases/{case_id}/close", outcome="safe", body="sister came")
    assert (closed.json["state"], closed.json["outcome"]) == ("closed", "safe")
    page = text(rae.get(f"/crisis/cases/{case_id}"))
    for words in ("she answers", "my shift ends", "sister came", "rae closed the case."):
        assert words in page
    assert rae.ask("/crisis/cases").json["cases"] == []
    assert "Nobody needs you right now." in text(rae.get("/crisis/cases"))
    assert [one["id"] for one in rae.ask("/crisis/cases?closed=1").json["cases"]] == [case_id]
    again = rae.send(f"/crisis/cases/{case_id}/ack")
    assert (again.status_code, again.json["error"]["code"]) == (409, "ended")


def test_words_of_people_are_text_and_never_marks(browser, case_id):
    mo = browser("mo")
    mo.send(f"/crisis/cases/{case_id}/ack")
    mo.fill(f"/crisis/cases/{case_id}/note", body="<script>alert(1)</script>")
    assert b"<script>alert" not in mo.get(f"/crisis/cases/{case_id}").data


def test_the_rota_page_shows_now_the_week_and_the_gaps(browser):
    ada = browser("ada")
    assert "Nobody. Whoever asks for help now is told so" in text(ada.get("/crisis/rota"))
    form = {"handle": "mo", "weekday": 1, "start": "00:00", "minutes": 1440, "timezone": "UTC"}
    added = ada.send("/crisis/rota", **form)
    assert added.status_code == 200
    found = ada.ask("/crisis/rota").json
    assert found["on_call"] == ["mo"]
    assert found["shifts"][0] == {**form, "id": added.json["shift"]}
    assert len(found["gaps"]) == 2
    assert found["gaps"][0]["from"] == "2030-01-02T00:00:00.000Z"
    own = text(browser("mo").get("/crisis/rota"))
    assert "Tuesday" in own
    assert "mo until Wed 2 Jan" in own
    assert "Next: mo, Tue 8 Jan" in own
    assert "Your next times" in own
    assert "Your next times" not in text(ada.get("/crisis/rota"))
    assert ada.fill(f"/crisis/rota/{added.json['shift']}/remove").status_code == 302
    assert ada.ask("/crisis/rota").json["on_call"] == []
    assert ada.send(f"/crisis/rota/{added.json['shift']}/remove").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"handle": "nobody"}, "handle"),
        ({"handle": "mina"}, "handle"),
        ({"weekday": 7}, "weekday"),
        ({"start": "24:00"}, "start"),
        ({"start": "9:00"}, "start"),
        ({"start": "١٢:٠٠"}, "start"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 10081}, "minutes"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_shift_that_cannot_be_is_named_and_shown_again(browser, change, field):
    good = {"handle": "mo", "weekday": 0, "start": "00:00", "minutes": 60, "timezone": "UTC"}
    ada = browser("ada")
    answer = ada.send("/crisis/rota", **{**good, **change})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (400, [field])
    page = ada.fill("/crisis/rota", **{**good, **change})
    assert page.status_code == 400
    assert "Please check what is marked." in text(page)


def test_a_mentor_with_a_shift_sees_cases_and_without_it_no_more(browser):
    ada = browser("ada")
    form = {"handle": "paul", "weekday": 0, "start": "00:00", "minutes": 60, "timezone": "UTC"}
    shift = ada.send("/crisis/rota", **form).json["shift"]
    assert browser("paul").ask("/crisis/cases").status_code == 200
    ada.send(f"/crisis/rota/{shift}/remove")
    assert browser("paul").ask("/crisis/cases").status_code == 403


def test_ada_confirms_a_number_with_her_name_and_the_day(browser, stranger):
    ada = browser("ada")
    page = text(ada.get("/crisis/numbers?country=PT"))
    assert "Linha Vida" in page
    assert "members do not see it" in page
    form = {"id": "pt-drug-linha-vida", "state": "confirmed", "country": "PT"}
    assert ada.fill("/crisis/numbers", **form).status_code == 302
    assert "confirmed ada" in text(ada.get("/crisis/numbers?country=PT")).replace("  ", " ")
    numbers = [one["number"] for one in stranger.ask("/help/PT").json["resources"]]
    assert "1414" in numbers


def test_ada_hides_a_number_and_takes_it_back(browser, stranger):
    ada = browser("ada")
    form = {"id": "pt-crisis-sos-voz-amiga", "state": "hidden", "country": "PT"}
    ada.send("/crisis/numbers", **form)
    assert "SOS Voz Amiga" not in text(stranger.get("/help/PT"))
    ada.send("/crisis/numbers", **{**form, "state": "undecided"})
    assert "SOS Voz Amiga" in text(stranger.get("/help/PT"))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"id": "no-such-number", "state": "confirmed", "country": "PT"}, 404),
        ({"id": "pt-emergency", "state": "maybe", "country": "PT"}, 400),
        ({"id": "", "state": "confirmed", "country": "PT"}, 400),
    ],
)
def test_a_word_on_a_number_that_cannot_be_is_refused(browser, form, status):
    assert browser("ada").send("/crisis/numbers", **form).status_code == status


def test_numbers_of_a_country_nobody_knows(browser):
    ada = browser("ada")
    assert "Choose a country." in text(ada.get("/crisis/numbers?country=ZZ"))
    assert ada.ask("/crisis/numbers?country=AD").json["numbers"] == []


def test_open_pages_ask_whether_somebody_waits(browser, stranger, case_id):
    assert stranger.ask("/crisis/calling").status_code == 401
    assert browser("mo").ask("/crisis/calling").json == {"cases": [case_id]}
    assert browser("rae").ask("/crisis/calling").json == {"cases": []}
    assert browser("mina").ask("/crisis/calling").json == {"cases": []}
    assert b"data-paged" in browser("mo").get("/account/notices").data
    assert b"data-paged" not in browser("mina").get("/account/notices").data


def test_a_banned_moderator_has_no_desk(browser, database, people, case_id):
    mo = browser("mo")
    with database.unit() as unit:
        accounts.ban(unit, people["mo"], "x", "safety")
    assert mo.ask(f"/crisis/cases/{case_id}").status_code == 401


def test_notices_are_ones_own_and_can_be_marked_as_seen(browser, case_id):
    mo = browser("mo")
    (notice,) = mo.ask("/account/notices").json["notices"]
    assert (notice["label"], notice["case"], notice["is_new"]) == ("case_page", case_id, True)
    assert "Somebody may need you now." in text(mo.get("/account/notices"))
    assert mo.fill("/account/notices/seen").status_code == 302
    assert mo.ask("/account/notices").json["notices"][0]["is_new"] is False
    assert browser("mina").ask("/account/notices").json["notices"] == []
    assert "All is calm." in text(browser("mina").get("/account/notices"))


def test_strangers_have_no_notices(stranger):
    assert stranger.ask("/account/notices").status_code == 401
    assert stranger.send("/account/notices/seen").status_code == 401
