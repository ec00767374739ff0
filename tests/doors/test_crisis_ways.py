"""Doors of the rota, the ladder and one's own ways to be called: refusals first."""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.crisis import actions
from support.crisis.forms import ShiftForm
from support.notify.jobs import deliver
from support.notify.rules.sealing import CURVE, encode, public_bytes
from tests.far_ends import web_address


@pytest.fixture
def rota(database, people):
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


TOMORROW = {"starts_at": "2030-01-02T22:00", "ends_at": "2030-01-03T06:00"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "starts_at"),
        ({"starts_at": "soon", "ends_at": "2030-01-03T06:00"}, "starts_at"),
        ({**TOMORROW, "ends_at": "2030-01-02T21:00"}, "ends_at"),
        ({**TOMORROW, "ends_at": "2030-03-02T21:00"}, "ends_at"),
        ({**TOMORROW, "handle": "nobody-here"}, "handle"),
    ],
)
@pytest.mark.parametrize("door", ["changes", "swaps"])
def test_a_wrong_stretch_is_shown_again_with_what_is_wrong(browser, rota, door, fields, field):
    answer = browser("mo").send(f"/crisis/rota/{door}", **fields)
    assert answer.status_code == 400
    assert field in answer.json["error"]["fields"]
    page = browser("mo").fill(f"/crisis/rota/{door}", **fields)
    assert page.status_code == 400
    assert "Who is on call" in page.text


def test_a_swap_is_asked_and_accepted_in_two_browsers(browser, rota):
    mo, rae = browser("mo"), browser("rae")
    swap_id = mo.send("/crisis/rota/swaps", **TOMORROW, handle="rae").json["swap"]
    assert "asks you" in text(rae.get("/crisis/rota"))
    (swap,) = rae.ask("/crisis/rota").json["swaps"]
    assert (swap["asker"], swap["to_person"]) == ("mo", "rae")
    assert swap["from"].startswith("2030-01-02T22:00:00")
    assert rae.send(f"/crisis/rota/swaps/{swap_id}/answer", answer="perhaps").status_code == 400
    assert rae.send(f"/crisis/rota/swaps/{swap_id}/answer", answer="accept").status_code == 200
    assert rae.send(f"/crisis/rota/swaps/{swap_id}/answer", answer="accept").status_code == 409
    shown = mo.ask("/crisis/rota").json
    assert {(one["handle"], one["kind"]) for one in shown["changes"]} == {
        ("mo", "off"),
        ("rae", "cover"),
    }
    assert shown["swaps"] == shown["gaps"] == []
    assert browser("ada").send("/crisis/rota/swaps/none/answer", answer="accept").status_code == 404


def test_an_admin_sends_somebody_off_and_the_gap_is_seen(browser, rota):
    ada = browser("ada")
    change_id = ada.send("/crisis/rota/changes", **TOMORROW, handle="mo").json["change"]
    assert len(ada.ask("/crisis/rota").json["gaps"]) == 1
    assert "is off" in text(ada.get("/crisis/rota"))
    assert browser("rae").send(f"/crisis/rota/changes/{change_id}/remove").status_code == 404
    assert ada.send(f"/crisis/rota/changes/{change_id}/remove").status_code == 200
    assert ada.ask("/crisis/rota").json["gaps"] == []
    assert browser("rae").send("/crisis/rota/changes", **TOMORROW, handle="mo").status_code == 403


def test_whoever_rests_is_shown_and_may_be_ready_again(browser, database, people, rota):
    case_id = browser("mina").send("/help/now").json["case"]
    mo = browser("mo")
    mo.send(f"/crisis/cases/{case_id}/ack")
    mo.send(f"/crisis/cases/{case_id}/note", body="talked")
    assert mo.ask(f"/crisis/cases/{case_id}").json["state"] == "engaged"
    mo.send(f"/crisis/cases/{case_id}/close", outcome="safe")
    assert [one["handle"] for one in mo.ask("/crisis/rota").json["resting"]] == ["mo"]
    assert "I am ready again" in text(mo.get("/crisis/rota"))
    assert mo.send("/crisis/rest/end").status_code == 200
    assert mo.ask("/crisis/rota").json["resting"] == []


STEPS = [
    {"wait_seconds": 0, "target": "on_call", "channels": ["page", "push"]},
    {"wait_seconds": 90, "target": "admins", "channels": ["page", "email"]},
]


def test_a_ladder_is_stored_by_json_and_by_the_pages_own_fields(browser):
    ada = browser("ada")
    assert ada.send("/crisis/ladder", steps=STEPS).json == {"stored": 2}
    assert ada.ask("/crisis/ladder").json["steps"] == STEPS
    fields = {"wait_seconds_0": "60", "target_0": "admins", "page_0": "1", "wait_seconds_1": ""}
    assert ada.fill("/crisis/ladder", **fields).status_code == 302
    assert ada.ask("/crisis/ladder").json["steps"] == [
        {"wait_seconds": 60, "target": "admins", "channels": ["page"]}
    ]
    assert ada.send("/crisis/ladder/forget").status_code == 200
    assert len(ada.ask("/crisis/ladder").json["steps"]) == 3


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"steps": []},
        {"steps": [{"wait_seconds": -1, "target": "admins", "channels": ["page"]}]},
        {"steps": [{"wait_seconds": 60, "target": "admins", "channels": []}]},
        {"steps": [{"wait_seconds": 60, "target": "everybody", "channels": ["page"]}]},
        {"steps": [{"wait_seconds": 60, "target": "on_call", "channels": ["page"]}]},
        {"steps": [{"wait_seconds": 60, "target": "admins", "channels": ["page"], "x": 1}]},
        {"steps": STEPS * 5},
        {"steps": "all"},
    ],
)
def test_a_ladder_that_is_none_changes_nothing(browser, sent):
    ada = browser("ada")
    assert ada.send("/crisis/ladder", **sent).status_code == 400
    assert len(ada.ask("/crisis/ladder").json["steps"]) == 3


def test_a_bad_ladder_is_shown_again_as_a_page(browser):
    page = browser("ada").fill(
        "/crisis/ladder", wait_seconds_0="60", target_0="on_call", page_0="1"
    )
    assert page.status_code == 400
    assert "Change the ladder" in page.text


def test_a_test_page_is_followed_to_its_end(app, browser, database, rota):
    ada = browser("ada")
    test_id = ada.send("/crisis/ladder/test").json["test"]
    with app.app_context():
        deliver(database)
    found = ada.ask(f"/crisis/ladder?test={test_id}").json["test"]
    assert {one["state"] for one in found} == {"arrived", "off"}
    page = text(ada.get(f"/crisis/ladder?test={test_id}"))
    assert "this way is not set up" in page
    assert "arrived" in page
    assert "only a test" in text(browser("mo").get("/account/notices"))


def test_a_responder_reads_the_ladder_but_no_test_and_changes_nothing(browser, rota):
    test_id = browser("ada").send("/crisis/ladder/test").json["test"]
    mo = browser("mo")
    assert mo.ask(f"/crisis/ladder?test={test_id}").json["test"] == []
    assert "Change the ladder" not in mo.get("/crisis/ladder").text
    for path in ("/crisis/ladder", "/crisis/ladder/test", "/crisis/ladder/forget"):
        assert mo.send(path, steps=STEPS).status_code == 403


def test_a_responders_browser_is_woken_and_let_sleep(app, browser, database, rota):
    key = encode(public_bytes(ec.generate_private_key(CURVE)))
    with web_address() as service:
        service.status = 201
        keys = {"p256dh": key, "auth": encode(b"a" * 16)}
        mo = browser("mo")
        assert mo.send("/account/push", endpoint="http://10.0.0.1/", **keys).status_code == 400
        assert mo.send("/account/push", endpoint=service.url, **keys).status_code == 200
        assert mo.ask("/crisis/ladder").json["own_browsers"] == 1
        browser("ada").send("/crisis/ladder", steps=STEPS)
        browser("mina").send("/help/now")
        with app.app_context():
            deliver(database)
        assert len(service.calls) == 1
        assert mo.send("/account/push/remove").json == {"removed": 1}
    assert browser("mina").send("/account/push", endpoint="x", **keys).status_code == 403


def test_the_push_key_of_the_site_is_a_point_that_browsers_take(browser):
    key = browser("mo").ask("/crisis/ladder").json["push_key"]
    assert len(key) == 87
    assert browser("mo").ask("/crisis/ladder").json["push_key"] == key
