"""A person's own pages: what they show, what they change, and that nobody else's answer."""

import json

import pytest

from support.accounts import actions, queries
from tests.people import JSON, PASSPHRASE

NEW = "a quite different phrase"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/account"),
        ("post", "/account"),
        ("post", "/account/password"),
        ("get", "/account/recovery-code"),
        ("post", "/account/recovery-code"),
        ("get", "/account/sessions"),
        ("post", "/account/sessions/x/end"),
        ("post", "/account/sessions/end-others"),
        ("get", "/account/export"),
        ("get", "/account/delete"),
        ("post", "/account/delete"),
        ("post", "/people/x/hide"),
        ("post", "/rules"),
    ],
)
def test_a_stranger_has_no_account_pages(stranger, method, path):
    headers = {**JSON, "X-CSRFToken": stranger.csrf}
    answer = getattr(stranger, method)(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "sign_in_needed"


@pytest.mark.parametrize(
    "path",
    [
        "/account",
        "/account/password",
        "/account/recovery-code",
        "/account/sessions/end-others",
        "/account/delete",
        "/rules",
    ],
)
def test_nothing_changes_without_the_page_s_token(browser, path):
    answer = browser("mina").post(path, data={"password": PASSPHRASE}, headers=JSON)
    assert answer.status_code == 400


def test_who_am_i_is_json_however_it_is_asked(browser, stranger, people):
    expected = {
        "id": people["paul"],
        "handle": "paul",
        "role": "mentor",
        "timezone": "Europe/Lisbon",
        "country": "PT",
    }
    paul = browser("paul")
    assert paul.ask("/api/v1/me").json == paul.get("/api/v1/me").json == expected
    answer = stranger.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "sign_in_needed"


def test_the_account_page_says_who_mina_is(browser):
    mina = browser("mina")
    facts = mina.ask("/account").json
    assert (facts["handle"], facts["role"], facts["email"]) == ("mina", "member", None)
    page = mina.get("/account").text
    assert '<option value="Europe/Lisbon" selected>' in page
    assert '<option value="PT" selected>' in page


def test_mina_moves_and_wants_mail(browser):
    mina = browser("mina")
    place = {"country": "DE", "timezone": "Europe/Berlin", "email": "m@example.org"}
    assert mina.fill("/account", **place).headers["Location"] == "/account"
    facts = mina.ask("/account").json
    assert {name: facts[name] for name in place} == place
    assert "Saved." in mina.get("/account").text
    with mina.session_transaction() as session:
        assert session["country"] == "DE"
    assert "Germany" in mina.get("/help").text
    assert mina.send("/account", **{**place, "email": ""}).json["email"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"country": "ZZ"}, "country"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"email": "odd"}, "email"),
        ({"role": "admin"}, "role"),
        ({"handle": "newname"}, "handle"),
    ],
)
def test_a_wrong_place_is_named_and_shown_again(browser, change, field):
    mina = browser("mina")
    form = {"country": "DE", "timezone": "Europe/Berlin", **change}
    answer = mina.send("/account", **form)
    assert answer.status_code == 400
    assert set(answer.json["error"]["fields"]) == {field}
    page = mina.fill("/account", **form)
    assert page.status_code == 400
    assert mina.ask("/account").json["country"] == "PT"


def test_a_new_passphrase_ends_every_other_session(browser, app):
    here, there = browser("mina"), browser("mina")
    answer = here.fill("/account/password", current=PASSPHRASE, password=NEW)
    assert answer.status_code == 302
    assert here.ask("/api/v1/me").status_code == 200
    assert there.ask("/api/v1/me").status_code == 401
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 401
    assert app.test_client().send("/login", handle="mina", password=NEW).status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"current": "not this one", "password": NEW}, "current"),
        ({"current": PASSPHRASE, "password": "short"}, "password"),
        ({"current": PASSPHRASE, "password": "mina-mina-"}, "password"),
        ({"password": NEW}, "current"),
        ({"current": PASSPHRASE}, "password"),
    ],
)
def test_a_passphrase_is_not_changed_without_the_old_one_or_for_a_weak_one(browser, form, field):
    mina = browser("mina")
    answer = mina.send("/account/password", **form)
    assert answer.status_code == 400
    assert set(answer.json["error"]["fields"]) == {field}
    page = mina.fill("/account/password", **form)
    assert page.status_code == 400
    for secret in form.values():
        assert secret not in page.text


def test_the_old_passphrase_cannot_be_guessed_for_ever(browser):
    mina = browser("mina")
    form = {"current": "not this one", "password": NEW}
    answers = [mina.send("/account/password", **form).status_code for _ in range(11)]
    assert answers == [400] * 10 + [429]


def test_a_new_recovery_code_needs_the_passphrase(browser):
    mina = browser("mina")
    first = mina.ask("/account/recovery-code").json["recovery_code"]
    wrong = mina.send("/account/recovery-code", password="not this one")
    assert wrong.status_code == 400
    assert wrong.json["error"]["fields"] == {"password": "This is not your passphrase."}
    assert mina.fill("/account/recovery-code", password="not this one").status_code == 400
    second = mina.send("/account/recovery-code", password=PASSPHRASE).json["recovery_code"]
    assert second != first
    page = mina.fill("/account/recovery-code", password=PASSPHRASE)
    assert "data-recovery-code" in page.text


def test_mina_sees_where_she_is_signed_in_and_ends_one(browser, stranger, people):
    agent = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
    mina = browser("mina")
    headers = {**JSON, "X-CSRFToken": stranger.csrf, "User-Agent": agent}
    form = {"handle": "mina", "password": PASSPHRASE}
    stranger.post("/login", json=form, headers=headers)
    listed = mina.ask("/account/sessions").json["sessions"]
    assert len(listed) == 2
    (other,) = [one for one in listed if not one["current"]]
    assert other["device"] == "Firefox, Android"
    assert "Firefox, Android" in mina.get("/account/sessions").text
    assert mina.fill(f"/account/sessions/{other['id']}/end").status_code == 302
    assert stranger.ask("/api/v1/me").status_code == 401
    assert mina.ask("/api/v1/me").status_code == 200


def test_ending_this_very_session_logs_out(browser):
    mina = browser("mina")
    (here,) = mina.ask("/account/sessions").json["sessions"]
    assert mina.send(f"/account/sessions/{here['id']}/end").json == {"ended": 1}
    assert mina.ask("/account/sessions").status_code == 401


def test_nobody_ends_or_sees_another_s_session(browser, database, people):
    mina, otto = browser("mina"), browser("otto")
    (hers,) = mina.ask("/account/sessions").json["sessions"]
    assert hers["id"] not in otto.get("/account/sessions").text
    for name in (hers["id"], "nothing-like-it", "%00", "a%00b", "x" * 500):
        answer = otto.send(f"/account/sessions/{name}/end")
        assert answer.status_code == 404
        assert answer.json["error"]["code"] == "not_found"
    assert mina.ask("/api/v1/me").status_code == 200


def test_all_other_sessions_are_ended_at_once(browser):
    here, *others = [browser("mina") for _ in range(3)]
    assert here.send("/account/sessions/end-others").json == {"ended": 2}
    assert here.fill("/account/sessions/end-others").status_code == 302
    assert [one.ask("/api/v1/me").status_code for one in (here, *others)] == [200, 401, 401]


def test_a_session_in_use_lives_on(browser, clock, database, people):
    mina = browser("mina")
    for _ in range(6):
        clock.forward(hours=20)
        assert mina.ask("/account").status_code == 200
        assert mina.ask("/account").status_code == 200
    clock.forward(hours=24)
    assert mina.ask("/account").status_code == 401


def test_otto_is_hidden_and_shown_again(browser, people):
    mina = browser("mina")
    path = f"/people/{people['otto']}/hide"
    assert mina.send(path).json == {"person": people["otto"], "on": True}
    assert mina.ask("/account").json["hidden_people"] == [{"id": people["otto"], "handle": "otto"}]
    assert "Show their words again" in mina.get("/account").text
    assert mina.fill(path, on="0", next="/groups").headers["Location"] == "/groups"
    assert mina.ask("/account").json["hidden_people"] == []


def test_hiding_nobody_oneself_or_in_odd_ways_is_refused(browser, people):
    mina = browser("mina")
    assert mina.send("/people/nobody/hide").status_code == 404
    assert mina.send(f"/people/{people['mina']}/hide").status_code == 409
    assert mina.send(f"/people/{people['otto']}/hide", on="perhaps").status_code == 400
    assert mina.send("/people/a%20b/hide").status_code == 400


def test_mina_takes_her_data_with_her(browser):
    answer = browser("mina").get("/account/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    given = json.loads(answer.text)
    assert given["account"]["handle"] == "mina"
    assert "argon2" not in answer.text


def test_an_account_is_not_erased_without_its_passphrase(browser):
    mina = browser("mina")
    assert "no way back" in mina.get("/account/delete").text
    for form in ({}, {"password": ""}, {"password": "not this one"}):
        assert mina.send("/account/delete", **form).status_code == 400
        assert mina.fill("/account/delete", **form).status_code == 400
    assert mina.ask("/api/v1/me").status_code == 200


def test_mina_erases_herself(browser, app, database, people):
    mina, phone = browser("mina"), browser("mina")
    assert mina.fill("/account/delete", password=PASSPHRASE).headers["Location"] == "/"
    assert mina.ask("/api/v1/me").status_code == phone.ask("/api/v1/me").status_code == 401
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 401
    with database.read() as unit:
        assert queries.person(unit, people["mina"]).handle.startswith("left-")


def test_the_last_admin_cannot_erase_themselves(browser):
    ada = browser("ada")
    answer = ada.send("/account/delete", password=PASSPHRASE)
    assert answer.status_code == 409
    assert ada.ask("/api/v1/me").status_code == 200


def test_a_role_is_read_anew_for_every_request(browser, database, people):
    mina = browser("mina")
    assert mina.ask("/api/v1/me").json["role"] == "member"
    with database.unit() as unit:
        actions.set_role(unit, people["mina"], queries.person(unit, people["mo"]).role)
    assert mina.ask("/api/v1/me").json["role"] == "moderator"
    with database.unit() as unit:
        actions.set_role(unit, people["mina"], queries.person(unit, people["paul"]).role)
    assert mina.ask("/api/v1/me").status_code == 401


def test_a_muted_person_reads_on_and_is_told_so(browser, database, people):
    with database.unit() as unit:
        actions.mute(unit, people["mina"], None, "three insults", "no_harassment")
    mina = browser("mina")
    assert "read but not write" in mina.get("/account").text
    assert mina.ask("/account").json["muted_until"]
