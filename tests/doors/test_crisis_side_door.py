"""No sanction closes a case or its side room (G3): a way in for who may not log in."""

import re

import pytest
from itsdangerous import URLSafeSerializer

from support.accounts import actions as accounts
from support.accounts import broadcast
from support.accounts.broadcast import Watch
from support.accounts.models import Account
from support.base.errors import Ended
from support.crisis import actions, queries
from support.crisis.forms import ShiftForm, WordsForm
from support.crisis.models import Case
from support.web import sockets
from support.web.work import workshop
from tests.people import JSON, PASSPHRASE, actor


@pytest.fixture
def case_id(database, people, browser):
    """Mina has asked for help; Mo is on call and has taken it."""
    with database.unit() as unit:
        actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    found = browser("mina").send("/help/now").json["case"]
    assert browser("mo").send(f"/crisis/cases/{found}/ack").status_code == 200
    return found


@pytest.fixture
def banned(database, people, case_id):
    with database.unit() as unit:
        accounts.ban(unit, people["mina"], "We have talked about this.", "safety")


def log_in(stranger):
    return stranger.send("/login", handle="mina", password=PASSPHRASE)


@pytest.fixture
def way_in(banned, stranger):
    """What the page of the log-in says to Mina, by JSON."""
    answer = log_in(stranger)
    assert answer.status_code == 403
    return answer.json["error"]["ways"]["side_room"]["url"]


@pytest.fixture
def fresh(app):
    """A browser without any cookie."""
    return app.test_client()


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_the_page_that_keeps_mina_out_shows_the_way_to_her_side_room(banned, stranger):
    page = stranger.fill("/login", handle="mina", password=PASSPHRASE)
    assert page.status_code == 403
    assert "We have talked about this." in text(page)
    assert re.search(r'href="/help/side-room/[^"]+"', page.text)


def test_a_suspension_leaves_the_way_open_too(database, people, case_id, stranger, clock):
    with database.unit() as unit:
        until = unit.now.replace(year=2031)
        accounts.suspend(unit, people["mina"], until, "A pause.", "safety")
    assert "/help/side-room/" in log_in(stranger).json["error"]["ways"]["side_room"]["url"]


def test_a_wrong_passphrase_and_somebody_without_a_case_are_told_no_way(
    banned, database, people, stranger
):
    assert stranger.send("/login", handle="mina", password="not this at all").status_code == 401
    with database.unit() as unit:
        accounts.ban(unit, people["otto"], "gone", "safety")
    answer = stranger.send("/login", handle="otto", password=PASSPHRASE)
    assert answer.status_code == 403
    assert "side_room" not in answer.json["error"]["ways"]


def test_mina_reads_and_writes_and_mo_answers(way_in, fresh, browser, database, case_id):
    first = fresh.get(way_in, headers=JSON).json
    assert (first["case"], first["reading_by"], first["messages"]) == (case_id, "mo", [])
    assert first["resources"]
    said = fresh.post(way_in, json={"body": "I am still here."}, headers=JSON)
    assert said.status_code == 200, said.text
    assert said.json["message"]["state"] == "visible"
    room = browser("mo").ask(f"/crisis/cases/{case_id}").json["room"]
    seen = browser("mo").ask(f"/rooms/{room}?before=1000").json
    assert [message["body"] for message in seen["messages"]] == ["I am still here."]
    mo = browser("mo")
    mo.send(f"/rooms/{room}/messages", body="I am reading.", client_id="m1")
    again = fresh.get(said.json["way_in"])
    assert "I am reading." in again.text
    assert "mo is reading this." in text(again)


def test_a_form_without_script_works_and_comes_back_to_a_fresh_page(way_in, fresh):
    answer = fresh.post(way_in, data={"body": "Hello?"})
    assert answer.status_code == 302
    assert "Hello?" in fresh.get(answer.headers["Location"]).text
    empty = fresh.post(way_in, data={"body": ""})
    assert empty.status_code == 400
    assert "Your side room" in empty.text


def test_the_same_words_sent_twice_are_said_once(way_in, fresh):
    for _ in range(2):
        fresh.post(way_in, json={"body": "Once.", "client_id": "c1"}, headers=JSON)
    assert len(fresh.get(way_in, headers=JSON).json["messages"]) == 1


def test_numbers_come_first_and_no_cookie_is_set_and_no_form_token_needed(way_in, fresh):
    page = fresh.get(way_in)
    assert page.status_code == 200
    assert page.text.index("112") < page.text.index("What was said")
    assert "Set-Cookie" not in page.headers
    assert "csrf_token" not in page.text
    sent = fresh.post(way_in, data={"body": "x"})
    assert "Set-Cookie" not in sent.headers


def test_the_way_in_opens_nothing_else_of_the_site(way_in, fresh, browser, case_id, cast):
    room = browser("mo").ask(f"/crisis/cases/{case_id}").json["room"]
    fresh.get(way_in)
    token = way_in.rsplit("/", 1)[1]
    closed = (
        "/account",
        f"/rooms/{room}",
        f"/rooms/{cast.lounge}",
        f"/crisis/cases/{case_id}",
        "/account/notices",
        "/help/now",
    )
    for path in closed:
        for tried in (path, f"{path}?token={token}"):
            assert fresh.get(tried, headers=JSON).status_code in (302, 401), tried
    assert fresh.get("/api/v1/me").status_code == 401
    fresh.set_cookie("handrail", token)
    assert fresh.get("/account", headers=JSON).status_code == 401


def test_words_that_must_wait_are_held_here_too(way_in, fresh, browser, case_id):
    fresh.post(way_in, json={"body": "selling 30 valium, dm me"}, headers=JSON)
    room = browser("mo").ask(f"/crisis/cases/{case_id}").json["room"]
    assert browser("mo").ask(f"/rooms/{room}?before=1000").json["messages"] == []
    (own,) = fresh.get(way_in, headers=JSON).json["messages"]
    assert own["state"] == "held"


def test_before_anybody_has_taken_the_case_she_can_write_and_the_words_wait_there(
    database, people, browser, fresh
):
    case_id = browser("mina").send("/help/now").json["case"]
    with database.unit() as unit:
        accounts.ban(unit, people["mina"], "gone", "safety")
        path = queries.way_in(unit, people["mina"])
    assert "Nobody is on duty right now" in text(fresh.get(path))
    assert fresh.post(path, json={"body": "Anybody?"}, headers=JSON).status_code == 200
    assert browser("mo").send(f"/crisis/cases/{case_id}/ack").status_code == 200
    room = browser("mo").ask(f"/crisis/cases/{case_id}").json["room"]
    assert [
        one["body"] for one in browser("mo").ask(f"/rooms/{room}?before=1000").json["messages"]
    ] == ["Anybody?"]


def test_it_ends_when_the_case_is_closed(way_in, fresh, browser, case_id, stranger):
    assert browser("mo").send(f"/crisis/cases/{case_id}/close", outcome="safe").status_code == 200
    for answer in (fresh.get(way_in), fresh.post(way_in, data={"body": "x"})):
        assert answer.status_code == 409
        assert "This talk has ended" in text(answer)
    assert "side_room" not in log_in(stranger).json["error"]["ways"]


def test_it_is_good_for_an_hour_and_each_look_gives_a_fresh_one(way_in, fresh, clock):
    clock.forward(minutes=59)
    fresher = fresh.get(way_in, headers=JSON).json["way_in"]
    clock.forward(minutes=2)
    assert fresh.get(way_in).status_code == 400
    assert "too old" in text(fresh.get(way_in))
    assert fresh.get(fresher).status_code == 200


@pytest.mark.parametrize("salt", ["wtf-csrf-token", "cookie-session", "handrail side room "])
def test_a_forged_way_in_opens_nothing(app, way_in, fresh, people, case_id, salt):
    key = workshop(app).settings.secret_key
    tokens = [
        URLSafeSerializer(key, salt=salt).dumps([case_id, people["mina"], 9_999_999_999]),
        URLSafeSerializer("guessed", salt="handrail side room").dumps([case_id, "x", 9]),
        way_in.rsplit("/", 1)[1][:-2] + "AA",
        "x" * 300,
    ]
    for token in tokens:
        path = f"/help/side-room/{token}"
        assert fresh.get(path).status_code == 400
        assert fresh.post(path, data={"body": "x"}).status_code == 400


def test_a_pass_of_another_shape_or_for_another_person_opens_nothing(app, fresh, people, case_id):
    signer = URLSafeSerializer(workshop(app).settings.secret_key, salt="handrail side room")
    far = 9_999_999_999
    for shape in ("words", [case_id], {"a": 1}, [case_id, people["mina"], "soon"]):
        assert fresh.get(f"/help/side-room/{signer.dumps(shape)}").status_code == 400
    foreign = signer.dumps([case_id, people["otto"], far])
    assert fresh.get(f"/help/side-room/{foreign}").status_code == 409


def test_a_flood_of_words_is_slowed(app, way_in, fresh):
    codes = {fresh.post(way_in, data={"body": f"n{n}"}).status_code for n in range(12)}
    assert codes == {302, 429}


@pytest.fixture
def told(monkeypatch):
    """What open pages hear when their session ends: channel, reason, way in."""
    heard = []
    monkeypatch.setattr(broadcast, "cut", lambda *facts: heard.append(facts[1:]))
    return heard


def test_a_ban_tells_her_open_page_the_way(told, browser, database, people, case_id):
    browser("mina")
    with database.unit() as unit:
        accounts.ban(unit, people["mina"], "gone", "safety")
    assert {reason for reason, _ in told} == {"banned"}
    assert all(way_in.startswith("/help/side-room/") for _, way_in in told)


def test_a_ban_by_another_process_tells_it_too(told, browser, database, people, case_id):
    browser("mina")
    watch = Watch(database)
    with database.unit() as unit:
        accounts.suspend(unit, people["mina"], unit.now.replace(year=2031), "A pause.", "safety")
    told.clear()
    assert watch.look() > 0
    assert all(way_in.startswith("/help/side-room/") for _, way_in in told)


def test_a_log_out_and_a_ban_without_a_case_tell_no_way(told, browser, database, people, case_id):
    browser("otto")
    with database.unit() as unit:
        accounts.ban(unit, people["otto"], "gone", "safety")
        accounts.end_sessions(unit, people["mina"], "logged out")
    assert set(told) == {("banned", None), ("logged out", None)}


def test_the_socket_itself_carries_the_way(monkeypatch):
    sent = []
    monkeypatch.setattr(sockets, "tell", lambda *facts: sent.append(facts))
    monkeypatch.setattr(sockets, "sids", lambda _: [])
    sockets.cut("account:1", "banned", "/help/side-room/x")
    sockets.cut("account:2", "banned")
    assert [facts[2] for facts in sent] == [
        {"reason": "banned", "side_room": "/help/side-room/x"},
        {"reason": "banned"},
    ]


def test_an_erased_person_has_no_way_in_and_writes_nothing(database, people, case_id):
    with database.unit() as unit:
        known = queries.read_pass(unit, queries.way_in(unit, people["mina"]).rsplit("/", 1)[1])
        unit.session.get_one(Account, people["mina"]).erased_at = unit.now
        unit.session.flush()
        with pytest.raises(Ended):
            actions.say(unit, known, WordsForm("x", "c1"))


def test_a_case_stays_open_whatever_is_done_to_the_account(banned, database, case_id, people):
    with database.read() as unit:
        assert unit.session.get_one(Case, case_id).state == "acknowledged"
        assert actor(unit, "mo").is_responder
