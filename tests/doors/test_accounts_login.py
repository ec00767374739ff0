"""Logging in and out: who gets in, what nobody learns, and what ends with the session."""

import logging
import statistics
from dataclasses import replace
from time import process_time

import pytest

from support.accounts import actions, queries
from support.base.actor import Role
from support.base.hashing import PasswordHasher
from support.web import hashing
from support.web.work import workshop
from tests.people import CHEAP, JSON, PASSPHRASE


class CountingHasher(PasswordHasher):
    """Counts how often argon2 really ran."""

    def __init__(self):
        super().__init__(passes=1, memory_kib=8)
        self.runs = 0

    def hash(self, passphrase):
        self.runs += 1
        return super().hash(passphrase)

    def verify(self, passphrase, kept):
        self.runs += 1
        return super().verify(passphrase, kept)


@pytest.fixture
def counting(app):
    hasher = CountingHasher()
    hashing.init_app(app, hasher)
    return hasher


def stripped(answer):
    """An answer without what is random in every answer."""
    text = answer.text
    start = text.find('name="csrf_token" value="')
    while start >= 0:
        end = text.index('"', start + 25)
        text = text[:start] + text[end:]
        start = text.find('name="csrf_token" value="', start)
    start = text.find('name="csrf-token" content="')
    end = text.index('"', start + 27) if start >= 0 else 0
    text = text[:start] + text[end:] if start >= 0 else text
    headers = {name: value for name, value in answer.headers if name not in {"Set-Cookie", "Date"}}
    return answer.status_code, headers, text


def test_the_right_passphrase_lets_mina_in(stranger, people):
    answer = stranger.send("/login", handle="mina", password=PASSPHRASE)
    assert answer.status_code == 200
    assert answer.json["id"] == people["mina"]
    assert answer.json["role"] == "member"
    assert stranger.ask("/api/v1/me").json["handle"] == "mina"


@pytest.mark.parametrize("typed", ["mina", "MINA", "Mina", " mina "])
def test_the_case_of_a_name_does_not_matter(stranger, people, typed):
    assert stranger.fill("/login", handle=typed, password=PASSPHRASE).status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"handle": "", "password": PASSPHRASE},
        {"handle": "mina", "password": ""},
        {"handle": "mina"},
        {"password": PASSPHRASE},
        {"handle": ["mina"], "password": PASSPHRASE},
        {"handle": "mina", "password": {"a": 1}},
        {"handle": "mina", "password": PASSPHRASE, "remember": "perhaps"},
        {"handle": "mina", "password": PASSPHRASE, "role": "admin"},
        {"handle": "x" * 100, "password": PASSPHRASE},
    ],
)
def test_a_form_that_cannot_be_read_is_a_400(stranger, people, fields):
    assert stranger.send("/login", **fields).status_code == 400
    assert stranger.ask("/api/v1/me").status_code == 401


def test_half_characters_and_nothings_in_a_passphrase_are_wrong_and_no_fault(stranger, people):
    for odd in ("\ud800 half a character", "nothing\x00 in the middle", "\udfff" * 40):
        answer = stranger.send("/login", handle="mina", password=odd)
        assert answer.status_code == 401
        answer = stranger.send("/login", handle=f"mina{odd[:9]}", password=odd)
        assert answer.status_code == 401


def test_a_wrong_passphrase_and_an_unknown_name_are_answered_alike(app, people):
    for send in ("send", "fill"):
        wrong = getattr(app.test_client(), send)("/login", handle="mina", password="not this one")
        nobody = getattr(app.test_client(), send)("/login", handle="nina", password="not this one")
        wrong_is, nobody_is = stripped(wrong), stripped(nobody)
        assert wrong.status_code == nobody.status_code == 401
        assert wrong_is[1] == nobody_is[1]
        assert wrong_is[2].replace("mina", "nina") == nobody_is[2]
        assert actions.WRONG in wrong.text


def test_a_banned_person_with_a_wrong_passphrase_is_told_nothing(app, people, database):
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "selling", "no_trading")
    wrong = app.test_client().send("/login", handle="otto", password="not this one")
    nobody = app.test_client().send("/login", handle="nina", password="not this one")
    assert stripped(wrong) == stripped(nobody)


def test_an_erased_person_is_a_stranger(app, people, database):
    with database.unit() as unit:
        actions.erase(unit, queries.actor_by_id(unit, people["otto"]))
    gone = app.test_client().send("/login", handle="otto", password=PASSPHRASE)
    nobody = app.test_client().send("/login", handle="nina", password=PASSPHRASE)
    assert stripped(gone) == stripped(nobody)


@pytest.mark.parametrize("handle", ["mina", "nobody-there"])
def test_one_hash_is_computed_whether_the_name_is_known_or_not(
    app, stranger, people, counting, handle
):
    stranger.send("/login", handle=handle, password="not this one")
    assert counting.runs == 1


def test_known_and_unknown_names_take_the_same_time(app, people):
    """With the cost of production: the ratio of medians stays between 0.8 and 1.25."""
    hasher = PasswordHasher()
    hashing.init_app(app, hasher)
    kept = hasher.hash(PASSPHRASE)
    with app.app_context():
        ratios = [_ratio(kept) for _ in range(3)]
    assert any(0.8 < ratio < 1.25 for ratio in ratios), ratios


def _ratio(kept):
    pairs = [(_seconds(kept), _seconds(None)) for _ in range(9)]
    return statistics.median(one for one, _ in pairs) / statistics.median(two for _, two in pairs)


def _seconds(kept):
    started = process_time()
    assert not hashing.fits("not this one", kept)
    return process_time() - started


def test_production_hashes_with_argon2id_of_at_least_19_mebibytes():
    kept = PasswordHasher().hash("four plain words here")
    assert kept.startswith("$argon2id$")
    memory = int(kept.split("m=")[1].split(",")[0])
    assert memory >= 19 * 1024
    assert int(kept.split("t=")[1].split(",")[0]) >= 2


def test_a_hash_is_never_the_same_twice_and_letters_of_any_keyboard_fit():
    assert CHEAP.hash("é four words") != CHEAP.hash("é four words")
    assert CHEAP.verify("e\u0301 four words", CHEAP.hash("\u00e9 four words"))
    assert not CHEAP.verify("", "")
    assert not CHEAP.verify("x", None)
    assert not CHEAP.verify("x", "no hash at all")


def test_a_hash_of_another_cost_is_renewed_at_the_next_log_in(app, people, database):
    def kept():
        with database.read() as unit:
            return queries.credentials(unit, "mina").password_hash

    before = kept()
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 200
    assert kept() == before
    hashing.init_app(app, PasswordHasher(passes=2, memory_kib=16))
    assert app.test_client().send("/login", handle="mina", password="wrong one").status_code == 401
    assert kept() == before
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 200
    assert "m=16,t=2" in kept()
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 200


def test_ten_tries_for_one_name_and_no_more_even_with_the_right_passphrase(app, people):
    for number in range(10):
        where = {"REMOTE_ADDR": f"192.0.2.{number}"}
        assert _try(app, "mina", "not this one", where).status_code == 401
    refused = _try(app, "MINA", PASSPHRASE, {"REMOTE_ADDR": "192.0.2.99"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert _try(app, "paul", PASSPHRASE, {"REMOTE_ADDR": "192.0.2.99"}).status_code == 200


def test_an_unknown_name_runs_out_of_tries_like_a_known_one(app, people):
    answers = [
        _try(app, "nobody-there", "not this one", {"REMOTE_ADDR": f"192.0.2.{number}"}).status_code
        for number in range(11)
    ]
    assert answers == [401] * 10 + [429]


def test_thirty_tries_from_one_address_and_no_more(app, people):
    here = {"REMOTE_ADDR": "192.0.2.1"}
    answers = [_try(app, f"name-b{n}", "not this one", here).status_code for n in range(31)]
    assert answers == [401] * 30 + [429]
    assert _try(app, "mina", PASSPHRASE, {"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def _try(app, handle, password, where):
    client = app.test_client()
    headers = {**JSON, "X-CSRFToken": client.csrf}
    body = {"handle": handle, "password": password}
    return client.post("/login", json=body, headers=headers, environ_base=where)


def test_nobody_is_signed_in_by_a_session_they_brought_along(stranger, people):
    before = stranger.csrf
    with stranger.session_transaction() as session:
        session["_user_id"] = "a token that a stranger planted"
        session["country"] = "XX"
    stranger.fill("/login", handle="mina", password=PASSPHRASE)
    with stranger.session_transaction() as session:
        assert session["_user_id"] != "a token that a stranger planted"
        assert session["country"] == "PT"
        assert session.get("csrf_token", "no token") not in before


def test_logging_in_again_ends_the_session_before(browser, database, people):
    mina = browser("mina")
    mina.fill("/login", handle="mina", password=PASSPHRASE)
    with database.read() as unit:
        assert len(queries.sessions_of(unit, people["mina"])) == 1


def test_remember_keeps_the_cookie_thirty_days_and_else_it_goes_with_the_browser(app, people):
    for remember, expires in (("1", True), ("", False)):
        client = app.test_client()
        answer = client.fill("/login", handle="mina", password=PASSPHRASE, remember=remember)
        assert ("Expires=" in answer.headers["Set-Cookie"]) is expires


@pytest.mark.parametrize(
    ("asked", "to"),
    [
        ("/groups?day=1&page=2", "/groups?day=1&page=2"),
        ("/meetings/abc-1.2", "/meetings/abc-1.2"),
        ("//evil.test", "/"),
        ("/\t/evil.test", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("groups", "/"),
        ("/groups\r\nX: y", "/"),
        ("/a%2F/evil.test", "/"),
        ("", "/"),
    ],
)
def test_log_in_goes_on_only_to_a_path_of_our_own(stranger, people, asked, to):
    page = stranger.get("/login", query_string={"next": asked}, headers=JSON)
    assert page.json == {"next": to}
    answer = stranger.fill("/login", handle="mina", password=PASSPHRASE, next=asked)
    assert answer.headers["Location"] == to


def test_a_page_that_needs_a_log_in_says_where_to_come_back_to(stranger):
    answer = stranger.get("/account/sessions")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/account/sessions"
    assert stranger.ask("/account/sessions").status_code == 401


def test_the_rules_come_first_for_somebody_who_has_not_read_them(stranger, people, database):
    with database.unit() as unit:
        actions.create(unit, "wren", Role.MEMBER, CHEAP.hash(PASSPHRASE))
    answer = stranger.fill("/login", handle="wren", password=PASSPHRASE, next="/groups?q=a&page=2")
    onward = answer.headers["Location"]
    assert onward.startswith("/rules?next=")
    page = stranger.get(onward)
    assert 'name="next" value="/groups?q=a&amp;page=2"' in page.text
    accepted = stranger.fill("/rules", next="/groups?q=a&page=2")
    assert accepted.headers["Location"] == "/groups?q=a&page=2"
    assert stranger.ask("/rules").json["accepted"] is True
    again = stranger.fill("/login", handle="wren", password=PASSPHRASE)
    assert again.headers["Location"] == "/"


def test_a_stranger_may_read_the_rules_but_not_accept_them(stranger):
    assert stranger.get("/rules").status_code == 200
    assert stranger.send("/rules").status_code == 401


def test_a_banned_person_is_told_why_and_gets_no_session(stranger, people, database):
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "offered pills twice", "no_trading")
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE)
    assert page.status_code == 403
    assert "offered pills twice" in page.text
    assert "no end date" in page.text
    assert "You can appeal." in page.text
    assert 'href="/help"' in page.text
    assert stranger.ask("/api/v1/me").status_code == 401
    error = stranger.send("/login", handle="otto", password=PASSPHRASE).json["error"]
    assert error["code"] == "banned"
    assert (error["kind"], error["until"]) == ("ban", None)
    assert (error["reason"], error["rule"]) == ("offered pills twice", "no_trading")
    assert error["appeal"]
    with database.read() as unit:
        assert queries.sessions_of(unit, people["otto"]) == []


def test_a_suspended_person_is_told_until_when(stranger, people, database, clock):
    with database.unit() as unit:
        until = unit.now.replace(hour=18)
        actions.suspend(unit, people["otto"], until, "insults", "no_harassment")
    page = stranger.fill("/login", handle="otto", password=PASSPHRASE)
    assert page.status_code == 403
    assert "18:00" in page.text
    error = stranger.send("/login", handle="otto", password=PASSPHRASE).json["error"]
    assert error["until"] == "2030-01-01T18:00:00.000Z"
    clock.forward(hours=18)
    assert stranger.send("/login", handle="otto", password=PASSPHRASE).status_code == 200


def test_the_old_sessions_of_a_banned_person_are_401(browser, database, people):
    otto = browser("otto")
    assert otto.ask("/account").status_code == 200
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "selling", "no_trading")
    assert otto.ask("/account").status_code == 401
    assert otto.get("/account").headers["Location"].startswith("/login?next=")
    assert otto.ask("/api/v1/me").status_code == 401


def test_logging_out_ends_the_session_and_a_copy_of_its_cookie(browser, app, database, people):
    mina = browser("mina")
    with mina.session_transaction() as session:
        token = session["_user_id"]
    assert mina.fill("/logout").headers["Location"] == "/"
    thief = app.test_client().become(token)
    assert mina.ask("/api/v1/me").status_code == thief.ask("/api/v1/me").status_code == 401
    with database.read() as unit:
        assert queries.sessions_of(unit, people["mina"]) == []


@pytest.mark.parametrize(("path", "to"), [("/logout", "/"), ("/leave", "/blank")])
def test_leaving_needs_no_session_but_the_page_s_own_token(stranger, browser, path, to):
    assert stranger.fill(path).headers["Location"] == to
    assert stranger.send(path).json == {}
    mina = browser("mina")
    assert mina.post(path).status_code == 400
    assert mina.ask("/api/v1/me").status_code == 200
    assert mina.get(path).status_code == 405


def test_leaving_fast_ends_the_session_and_shows_a_page_that_says_nothing(browser):
    mina = browser("mina")
    assert mina.fill("/leave").headers["Location"] == "/blank"
    assert mina.ask("/api/v1/me").status_code == 401
    page = mina.get("/blank")
    assert page.status_code == 200
    assert "handrail" not in page.text.lower()
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


def test_pages_of_a_signed_in_person_are_not_kept_by_the_browser(browser):
    assert browser("mina").get("/account").headers["Cache-Control"] == "no-store"


def test_no_name_passphrase_code_or_mail_reaches_a_log(stranger, people, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    marker = "marker-7f3a"
    handle = "marker-wren"
    form = {
        "handle": handle,
        "password": f"passphrase {marker}",
        "email": f"{marker}@example.org",
        "country": "PT",
        "timezone": "UTC",
        "adult": "1",
        "agree": "1",
    }
    code = stranger.send("/register", **form).json["recovery_code"]
    stranger.send("/logout")
    stranger.send("/login", handle=handle, password=f"wrong {marker}")
    stranger.send("/login", handle=handle, password=f"passphrase {marker}")
    stranger.send("/recover", handle=handle, code=code, password=f"another {marker}")
    stranger.send("/register", **{**form, "email": f"odd {marker}"})
    seen = caplog.text + "".join(capfd.readouterr())
    for secret in (marker, handle, code):
        assert secret not in seen


def test_a_moderator_is_not_remembered_for_thirty_days(stranger, people, clock):
    stranger.send("/login", handle="mo", password=PASSPHRASE, remember="1")
    (here,) = stranger.ask("/account/sessions").json["sessions"]
    assert here["expires_at"] == "2030-01-02T00:00:00.000Z"


def test_where_to_appeal_is_the_site_s_own_mail_where_there_is_one(people, database, app):
    house = workshop(app)
    reachable = replace(house.settings, mail_from="team@example.org")
    app.extensions["handrail.workshop"] = replace(house, settings=reachable)
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "selling", "no_trading")
    page = app.test_client().fill("/login", handle="otto", password=PASSPHRASE)
    assert "team@example.org" in page.text


def test_a_form_sent_as_json_may_carry_its_token_as_a_field(stranger, people):
    form = {"handle": "mina", "password": PASSPHRASE}
    assert stranger.post("/login", json=form, headers=JSON).status_code == 400
    for other in ("wrong", 5, None, [stranger.csrf]):
        sent = {**form, "csrf_token": other}
        assert stranger.post("/login", json=sent, headers=JSON).status_code == 400, other
    assert stranger.post("/login", json=[stranger.csrf], headers=JSON).status_code == 400
    sent = {**form, "csrf_token": stranger.csrf}
    assert stranger.post("/login", json=sent, headers=JSON).json["handle"] == "mina"


@pytest.mark.parametrize(
    ("asked", "onward"), [("/groups", "/groups"), ("//evil.example", "/"), ("https://x.test", "/")]
)
def test_a_log_in_goes_on_to_the_page_in_its_own_address(stranger, people, asked, onward):
    answer = stranger.fill(f"/login?next={asked}", handle="mina", password=PASSPHRASE)
    assert answer.headers["Location"] == onward
