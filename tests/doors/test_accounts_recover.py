"""Coming back by the recovery code: it works once, and tells nobody who exists."""

import pytest

from support.accounts import actions, queries
from support.web import hashing
from tests.doors.test_accounts_login import CountingHasher, stripped
from tests.people import PASSPHRASE

NEW = "a quite different phrase"
WRONG = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"


@pytest.fixture
def code(database, people):
    with database.unit() as unit:
        return actions.new_recovery_code(unit, people["mina"])


def test_the_code_sets_a_new_passphrase_and_lets_mina_in(stranger, app, code):
    answer = stranger.fill("/recover", handle="Mina", code=code.lower(), password=NEW)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/recovery-code"
    assert stranger.ask("/api/v1/me").json["handle"] == "mina"
    again = app.test_client()
    assert again.send("/login", handle="mina", password=PASSPHRASE).status_code == 401
    assert again.send("/login", handle="mina", password=NEW).status_code == 200


def test_the_next_page_shows_the_next_code(stranger, code):
    stranger.fill("/recover", handle="mina", code=code, password=NEW)
    given = stranger.ask("/account/recovery-code").json["recovery_code"]
    assert given
    assert given != code


def test_every_other_session_ends(stranger, browser, code):
    phone = browser("mina")
    stranger.send("/recover", handle="mina", code=code, password=NEW)
    assert phone.ask("/api/v1/me").status_code == 401


def test_the_code_works_once(stranger, app, code):
    assert stranger.send("/recover", handle="mina", code=code, password=NEW).status_code == 200
    again = app.test_client().send("/recover", handle="mina", code=code, password=NEW)
    assert again.status_code == 400
    assert again.json["error"]["message"] == actions.WRONG_CODE


def test_a_wrong_code_and_an_unknown_name_are_answered_alike(app, people, code):
    for send in ("send", "fill"):
        given = {"code": WRONG, "password": NEW}
        wrong = getattr(app.test_client(), send)("/recover", handle="mina", **given)
        nobody = getattr(app.test_client(), send)("/recover", handle="nina", **given)
        none_made = getattr(app.test_client(), send)("/recover", handle="paul", **given)
        assert wrong.status_code == 400
        seen = [stripped(answer) for answer in (wrong, nobody, none_made)]
        texts = {
            one[2].replace("mina", "x").replace("nina", "x").replace("paul", "x") for one in seen
        }
        assert len(texts) == 1
        assert seen[0][1] == seen[1][1] == seen[2][1]


@pytest.mark.parametrize("handle", ["mina", "nobody-there", "paul"])
def test_one_hash_is_computed_whoever_is_asked_for(app, stranger, people, code, handle):
    counting = CountingHasher()
    hashing.init_app(app, counting)
    stranger.send("/recover", handle=handle, code=WRONG, password=NEW)
    assert counting.runs == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"handle": ""}, "handle"),
        ({"code": ""}, "code"),
        ({"code": "x" * 101}, "code"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"other": "1"}, "other"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(stranger, people, change, field):
    form = {"handle": "mina", "code": WRONG, "password": NEW, **change}
    answer = stranger.send("/recover", **form)
    assert answer.status_code == 400
    assert set(answer.json["error"]["fields"]) == {field}


def test_neither_code_nor_passphrase_is_shown_again(stranger, people):
    answer = stranger.fill("/recover", handle="mina", code=WRONG, password=NEW)
    assert WRONG not in answer.text
    assert NEW not in answer.text
    assert 'value="mina"' in answer.text


def test_tries_by_code_and_by_passphrase_are_counted_together(app, people):
    for _ in range(5):
        app.test_client().send("/login", handle="mina", password="not this one")
        app.test_client().send("/recover", handle="mina", code=WRONG, password=NEW)
    assert app.test_client().send("/login", handle="mina", password=PASSPHRASE).status_code == 429
    answer = app.test_client().send("/recover", handle="mina", code=WRONG, password=NEW)
    assert answer.status_code == 429


def test_a_banned_person_with_the_right_code_is_told_why_and_stays_out(
    stranger, database, people, code
):
    with database.unit() as unit:
        actions.ban(unit, people["mina"], "offered pills twice", "no_trading")
    page = stranger.fill("/recover", handle="mina", code=code, password=NEW)
    assert page.status_code == 403
    assert "offered pills twice" in page.text
    assert stranger.ask("/api/v1/me").status_code == 401
    with database.read() as unit:
        assert queries.credentials(unit, "mina").recovery_hash is not None
