"""Joining: what is refused and why, what is shown again, and what a new member gets."""

import pytest

from support.accounts import queries, rules
from support.base.hashing import code_digest
from support.web import hashing
from tests.people import JSON, PASSPHRASE

GOOD = {
    "handle": "wren",
    "password": PASSPHRASE,
    "country": "PT",
    "timezone": "Europe/Lisbon",
    "adult": "1",
    "agree": "1",
}


def fields_of(answer):
    assert answer.status_code == 400, answer.text
    assert answer.json["error"]["code"] == "bad_request"
    return answer.json["error"].get("fields", {})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"handle": ""}, "handle"),
        ({"handle": "a"}, "handle"),
        ({"handle": "mina@example.org"}, "handle"),
        ({"handle": "912345678"}, "handle"),
        ({"handle": "moderator"}, "handle"),
        ({"handle": ["wren", "wren2"]}, "handle"),
        ({"handle": None}, "handle"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "wren-wren"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"password": 1234567890}, "password"),
        ({"country": ""}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"country": "XK"}, "country"),
        ({"country": "Portugal"}, "country"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"email": "no-address"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"adult": "0"}, "adult"),
        ({"adult": "maybe"}, "adult"),
        ({"agree": ""}, "agree"),
        ({"role": "admin"}, "role"),
        ({"is_admin": "1"}, "is_admin"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(stranger, change, field):
    assert set(fields_of(stranger.send("/register", **{**GOOD, **change}))) == {field}


def test_everything_that_is_missing_is_named_at_once(stranger):
    wrong = fields_of(stranger.send("/register"))
    assert set(wrong) == {"handle", "password", "country", "timezone", "adult", "agree"}


@pytest.mark.parametrize("body", ["[]", "null", "{", '"text"', "1"])
def test_a_body_that_is_no_object_is_refused(stranger, body):
    headers = {**JSON, "X-CSRFToken": stranger.csrf, "Content-Type": "application/json"}
    assert stranger.post("/register", data=body, headers=headers).status_code == 400


def test_a_form_without_its_token_is_refused(stranger):
    assert stranger.post("/register", data=GOOD, headers=JSON).status_code == 400
    assert stranger.post("/register", data=GOOD).status_code == 400
    assert stranger.fill("/register", **GOOD).status_code == 302


def test_a_form_that_is_too_big_is_refused(stranger):
    answer = stranger.fill("/register", **{**GOOD, "handle": "x" * 300_000})
    assert answer.status_code == 413


def test_the_form_comes_back_with_what_was_typed_but_never_with_the_passphrase(stranger):
    secret = "an unusual passphrase 77"
    answer = stranger.fill(
        "/register", **{**GOOD, "handle": "wren", "password": secret, "email": "odd", "adult": ""}
    )
    assert answer.status_code == 400
    assert 'value="wren"' in answer.text
    assert 'value="odd"' in answer.text
    assert '<option value="PT" selected>' in answer.text
    assert '<option value="Europe/Lisbon" selected>' in answer.text
    assert "18 and over" in answer.text
    assert secret not in answer.text


def test_a_typed_name_comes_back_as_text_and_not_as_markup(stranger):
    answer = stranger.fill("/register", **{**GOOD, "handle": '"><script>x</script>'})
    assert answer.status_code == 400
    assert "<script>x" not in answer.text


@pytest.mark.parametrize("handle", ["mina", "MINA", "m1na", "rnina", "admin", "m0derator"])
def test_taken_reserved_and_look_alike_names_get_one_sentence_and_three_offers(
    stranger, people, handle
):
    answer = stranger.fill("/register", **{**GOOD, "handle": handle})
    assert answer.status_code == 400
    assert rules.NOT_FREE in answer.text
    assert answer.text.count("<li><strong>") == 3
    other = fields_of(stranger.send("/register", **{**GOOD, "handle": handle}))
    assert other == {"handle": rules.NOT_FREE}


def test_nothing_is_said_about_an_e_mail_that_somebody_has(stranger, app):
    mail = {"email": "same@example.org"}
    assert stranger.send("/register", **{**GOOD, **mail}).status_code == 200
    other = app.test_client()
    assert other.send("/register", **{**GOOD, **mail, "handle": "rowan"}).status_code == 200


def test_a_new_member_is_signed_in_and_sees_the_recovery_code_once(stranger, database):
    answer = stranger.fill("/register", **GOOD)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/recovery-code"
    assert stranger.ask("/api/v1/me").json["handle"] == "wren"
    assert stranger.head("/account/recovery-code").status_code == 200
    prefetch = {**JSON, "Sec-Purpose": "prefetch;prerender"}
    assert stranger.get("/account/recovery-code", headers=prefetch).json == {"recovery_code": None}
    page = stranger.get("/account/recovery-code")
    code = page.text.split("<strong data-recovery-code>")[1].split("<")[0]
    with database.read() as unit:
        assert queries.credentials(unit, "wren").recovery_hash == code_digest(code)
    again = stranger.get("/account/recovery-code")
    assert code not in again.text
    assert stranger.ask("/account/recovery-code").json == {"recovery_code": None}


def test_a_program_gets_the_account_and_the_code_in_one_answer(stranger, database):
    answer = stranger.send("/register", **GOOD)
    assert answer.status_code == 200
    given = answer.json
    assert {given["handle"], given["role"]} == {"wren", "member"}
    assert {given["country"], given["timezone"]} == {"PT", "Europe/Lisbon"}
    with database.read() as unit:
        kept = queries.credentials(unit, "wren")
        assert given["id"] == kept.id
        assert kept.recovery_hash == code_digest(given["recovery_code"])
        assert kept.password_hash.startswith("$argon2id$")
        assert PASSPHRASE not in kept.password_hash


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(stranger):
    answer = stranger.fill("/register", **GOOD)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie
    assert "Expires" not in cookie


def test_a_session_that_was_open_on_this_browser_ends(browser, database, people):
    mina = browser("mina")
    assert mina.fill("/register", **GOOD).status_code == 302
    assert mina.ask("/api/v1/me").json["handle"] == "wren"
    with database.read() as unit:
        assert queries.sessions_of(unit, people["mina"]) == []


def test_five_an_hour_from_one_address_and_no_more(stranger, app):
    for number in range(5):
        client = app.test_client()
        answer = client.send("/register", **{**GOOD, "handle": f"wren-b{number}"})
        assert answer.status_code == 200
    refused = stranger.send("/register", **{**GOOD, "handle": "wren-b6"})
    assert refused.status_code == 429
    assert refused.json["error"]["code"] == "rate_limited"
    assert int(refused.headers["Retry-After"]) > 3000
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    headers = {**JSON, "X-CSRFToken": stranger.csrf}
    body = {**GOOD, "handle": "wren-b6"}
    there = stranger.post("/register", json=body, headers=headers, environ_base=elsewhere)
    assert there.status_code == 200


def test_one_household_of_the_new_addresses_counts_as_one(app):
    for number in range(6):
        client = app.test_client()
        headers = {**JSON, "X-CSRFToken": client.csrf}
        body = {**GOOD, "handle": f"rowan-b{number}"}
        where = {"REMOTE_ADDR": f"2001:db8::{number:x}"}
        answer = client.post("/register", json=body, headers=headers, environ_base=where)
        assert answer.status_code == (200 if number < 5 else 429)


def test_slips_of_the_pen_are_not_counted(stranger):
    for _ in range(8):
        assert stranger.send("/register", **{**GOOD, "password": "short"}).status_code == 400
    assert stranger.send("/register", **GOOD).status_code == 200


def test_the_country_is_guessed_from_the_browser_and_the_guess_is_marked(stranger):
    page = stranger.get("/register", headers={"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.5"})
    assert '<option value="BR" selected>' in page.text
    assert "This is a guess. Please check it." in page.text
    asked = {"Accept-Language": "pt-PT", **JSON}
    guess = {"country": "PT", "timezone": "Europe/Lisbon"}
    assert stranger.get("/register", headers=asked).json == {"guess": guess}
    unknown = stranger.get("/register", headers={"Accept-Language": "en", **JSON})
    assert unknown.json == {"guess": {"country": "", "timezone": "UTC"}}


def test_the_house_rules_and_the_advice_on_names_stand_in_the_form(stranger):
    page = stranger.get("/register").text
    for line in rules.HOUSE_RULES:
        assert line in page
    assert "do not use your real name" in page


def test_when_too_many_wait_for_the_hasher_the_next_is_asked_to_come_back(app, stranger):
    app.extensions["handrail.hashing"]._waiting = hashing.MOST_WAITING
    answer = stranger.send("/register", **GOOD)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
