"""Refusals in two dresses: a status, a code and a sentence for programs; a calm page for people."""

import json

import pytest
from flask import Flask

from support.base import errors
from support.base.errors import Declined
from support.web.access import EVERYONE, allow
from support.web.answers import reshow, submitted
from support.web.work import reading
from tests.people import JSON, Browser

KINDS = {
    errors.Invalid: (400, "bad_request"),
    errors.SignInNeeded: (401, "sign_in_needed"),
    errors.Forbidden: (403, "forbidden"),
    errors.Banned: (403, "banned"),
    errors.Muted: (403, "muted"),
    errors.Locked: (403, "locked"),
    errors.NotFound: (404, "not_found"),
    errors.Conflict: (409, "conflict"),
    errors.Ended: (409, "ended"),
    errors.TooLong: (413, "too_long"),
    errors.SlowMode: (429, "slow_mode"),
    errors.RateLimited: (429, "rate_limited"),
    errors.Unavailable: (503, "server_error"),
}
REASON = "Please wait %(minutes)s minutes."


@pytest.fixture
def refuse(app: Flask):
    """A door that declines everybody in one way."""

    def declining(kind: type[Declined], **more) -> Browser:
        @allow(EVERYONE)
        def view() -> str:
            raise kind(REASON, minutes=3, **more)

        app.add_url_rule("/declines", "declines", view, methods=["GET", "POST"])
        client = app.test_client()
        assert isinstance(client, Browser)
        return client

    return declining


def test_the_table_names_every_kind_of_refusal():
    assert set(KINDS) == set(Declined.__subclasses__())
    assert {kind: (kind.status, kind.code) for kind in KINDS} == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_as_json(kind, refuse):
    answer = refuse(kind).ask("/declines")
    status, code = KINDS[kind]
    assert answer.status_code == status
    assert answer.json == {"error": {"code": code, "message": "Please wait 3 minutes."}}
    assert "Retry-After" not in answer.headers


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not errors.SignInNeeded])
def test_a_refusal_as_a_page(kind, refuse):
    answer = refuse(kind).get("/declines")
    assert answer.status_code == KINDS[kind][0]
    assert answer.content_type.startswith("text/html")
    assert "Please wait 3 minutes." in answer.text or kind.status in (404, 503)
    assert 'href="/help"' in answer.text


def test_who_must_log_in_is_sent_there_and_back(refuse):
    answer = refuse(errors.SignInNeeded).get("/declines?a=1&b=2")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/declines?a=1&b=2"


@pytest.mark.parametrize("kind", [errors.SlowMode, errors.RateLimited, errors.Unavailable])
def test_when_to_come_back_is_said_in_a_header_and_in_the_body(kind, refuse):
    client = refuse(kind, retry_after=17)
    for answer in (client.get("/declines"), client.ask("/declines")):
        assert answer.headers["Retry-After"] == "17"
    assert client.ask("/declines").json["error"]["retry_after"] == 17


def test_what_is_wrong_with_which_field_is_said(refuse):
    error = refuse(errors.Invalid, fields={"handle": "Please fill this in."}).ask("/declines").json
    assert error["error"]["fields"] == {"handle": "Please fill this in."}


def test_a_form_is_shown_again_with_what_was_typed_but_no_secret(app):
    @allow(EVERYONE)
    def view():
        values = submitted()
        assert values["password"] == "a secret"
        wrong = errors.Invalid("Please check.", fields={"handle": "Not this <one>."})
        return reshow("accounts/login.html", wrong, next="/")

    app.add_url_rule("/form", "form", view, methods=["POST"])
    client = app.test_client()
    answer = client.fill("/form", handle='<b>"mina"', password="a secret")
    assert answer.status_code == 400
    assert "&lt;b&gt;" in answer.text
    assert "<b>" not in answer.text
    assert "Not this &lt;one&gt;." in answer.text
    assert "a secret" not in answer.text
    assert client.send("/form", password="a secret").json["error"]["code"] == "bad_request"


# -- what the framework refuses is said in our words ---------------------------


def test_a_page_that_is_not_there(stranger):
    assert stranger.ask("/no/such/page").json["error"]["code"] == "not_found"
    assert stranger.get("/no/such/page").status_code == 404


def test_a_method_that_is_not_taken(stranger):
    answer = stranger.delete("/healthz", headers={**JSON, "X-CSRFToken": stranger.csrf})
    assert answer.status_code == 405
    assert answer.json["error"]["code"] == "bad_request"
    assert stranger.get("/logout").status_code == 405


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "7", "null", "\x00", '{"a":1}garbage'])
def test_what_is_no_json_object_is_a_bad_request(stranger, body):
    headers = {**JSON, "X-CSRFToken": stranger.csrf, "Content-Type": "application/json"}
    answer = stranger.post("/login", data=body, headers=headers)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad_request")


def test_deep_json_is_a_bad_request(stranger):
    headers = {**JSON, "X-CSRFToken": stranger.csrf, "Content-Type": "application/json"}
    answer = stranger.post("/login", data="[" * 100_000 + "]" * 100_000, headers=headers)
    assert answer.status_code == 400


def test_more_than_is_taken_is_413(stranger):
    for body in ({"data": {"handle": "x" * 300_000}}, {"json": {"handle": "x" * 300_000}}):
        answer = stranger.post("/login", headers={**JSON, "X-CSRFToken": stranger.csrf}, **body)
        assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_long")


def test_bytes_that_are_no_text_are_a_bad_request(stranger):
    headers = {**JSON, "X-CSRFToken": stranger.csrf}
    sent = b"handle=%ff%fe&password=\xff\xfe"
    kind = "application/x-www-form-urlencoded"
    answer = stranger.post("/login", data=sent, headers=headers, content_type=kind)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("path", ["/%00", "/groups/%ff", "/rooms/" + "x" * 3000])
def test_an_odd_address_is_calm(stranger, path):
    assert stranger.ask(path).status_code in (400, 401, 404)


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/html,application/json;q=0.9", ""])
def test_a_browser_gets_a_page(stranger, accept):
    answer = stranger.get("/groups", headers={"Accept": accept})
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json, text/plain, */*",
        "text/html;q=0.1, application/json",
    ],
)
def test_a_program_gets_json(stranger, accept):
    answer = stranger.get("/groups", headers={"Accept": accept})
    assert answer.content_type == "application/json"


def test_a_fault_of_our_own_says_nothing_of_itself(app, caplog):
    @allow(EVERYONE)
    def view() -> str:
        raise KeyError("secret words")

    app.add_url_rule("/breaks", "breaks", view)
    client = app.test_client()
    page, facts = client.get("/breaks"), client.get("/breaks", headers=JSON)
    assert (page.status_code, facts.status_code) == (500, 500)
    assert facts.json["error"]["code"] == "server_error"
    for told in (page.text, json.dumps(facts.json), caplog.text):
        assert "secret" not in told
        assert "Traceback" not in told
    assert "KeyError" in caplog.text
    assert "test_answers.py" in caplog.text


# -- nothing private stays behind in a cache -----------------------------------


@pytest.mark.parametrize(
    "path",
    ["/account", "/account/sessions", "/account/notices", "/account/export", "/rooms/{lounge}"],
)
def test_a_private_page_is_kept_by_nobody(browser, cast, path):
    mina = browser("mina")
    for answer in (
        mina.get(path.format(lounge=cast.lounge)),
        mina.ask(path.format(lounge=cast.lounge)),
    ):
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert "public" not in answer.headers["Cache-Control"]


def test_public_pages_too_are_kept_by_nobody_while_somebody_is_signed_in(browser, cast):
    for path in ("/", "/groups", "/meetings", f"/groups/{cast.slug}"):
        assert "no-store" in browser("mina").get(path).headers["Cache-Control"]


def test_files_are_kept_for_ever(app, stranger):
    answer = stranger.get(f"{app.static_url_path}/css/base.css")
    assert answer.status_code == 200
    assert f"max-age={365 * 24 * 3600}" in answer.headers["Cache-Control"]


def test_help_sets_no_cookie_and_needs_no_database(app, stranger, monkeypatch):
    def nothing(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr("support.db.unit.Database.read", nothing)
    monkeypatch.setattr("support.db.unit.Database.unit", nothing)
    for path in ("/help", "/help/PT"):
        answer = stranger.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    with pytest.raises(AssertionError), app.app_context():
        reading()
