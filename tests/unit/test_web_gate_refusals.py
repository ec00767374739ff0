"""Who gets no socket and why, who is counted while they stay, and whose cookie it is."""

import errno
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import OperationalError

from support.base.errors import Unavailable
from support.web import gate as module
from support.web.carrier import KEY
from support.web.gate import (
    ENDS,
    MOST_A_PERSON,
    MOST_AN_ADDRESS,
    PATH,
    Gate,
    Wire,
    _session,
    csrf_holds,
    still_holds,
)

HERE = "https://example.org"
GOOD = {
    "REQUEST_METHOD": "GET",
    "PATH_INFO": PATH + "/",
    "QUERY_STRING": "EIO=4&transport=websocket",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP_ORIGIN": HERE,
    "REMOTE_ADDR": "192.0.2.1",
}


class Door:
    """A gate, whose cookie says who they are, and everybody it let in."""

    def __init__(self, patch, *, rates=True):
        house = SimpleNamespace(settings=SimpleNamespace(public_url=HERE, rates=rates))
        patch.setattr(module, "workshop", lambda _app: house)
        patch.setattr(module, "wire_of", self._wire_of)
        self.is_away = False
        self.inside, self.passed_on, self.accepted = [], [], []
        self.gate = Gate(None, self._inner, self._take_in)

    def _wire_of(self, _app, environ):
        if self.is_away:
            raise OperationalError("away", {}, Exception())
        person = environ.get("HTTP_COOKIE")
        return Wire(person, f"s-{person}", "token", "raw") if person else None

    def _inner(self, environ, _start):
        self.passed_on.append(environ["PATH_INFO"])
        return [b"page"]

    def _take_in(self, _carrier, wire, gone):
        self.inside.append((wire.account_id, gone))

    def knock(self, person="mina", **changes):
        """The status of a refusal; None for whoever comes in."""
        carrier = SimpleNamespace(accept=self.accepted.append)
        environ = {**GOOD, KEY: carrier, "HTTP_COOKIE": person, **changes}
        statuses = []
        answer = self.gate(
            {name: value for name, value in environ.items() if value is not None},
            lambda status, headers: statuses.append((status[:3], dict(headers))),
        )
        assert answer == []
        if not statuses:
            return None
        assert statuses[0][1]["Content-Length"] == "0"
        assert ("Retry-After" in statuses[0][1]) is (statuses[0][0] in ("429", "503"))
        return statuses[0][0]


@pytest.fixture
def door(monkeypatch):
    return Door(monkeypatch)


def test_a_handshake_with_everything_is_accepted_with_its_own_key(door):
    assert door.knock() is None
    assert door.accepted == [GOOD["HTTP_SEC_WEBSOCKET_KEY"]]
    assert [who for who, _ in door.inside] == ["mina"]


def test_who_gets_no_line_because_no_file_can_be_opened_is_not_counted_as_here(door):
    def full(_key):
        raise OSError(errno.EMFILE, "too many open files")

    for _ in range(MOST_A_PERSON + 1):
        with pytest.raises(OSError, match="too many"):
            door.knock(**{KEY: SimpleNamespace(accept=full)})
    assert (door.gate._people, door.gate._addresses, door.inside) == ({}, {}, [])
    assert door.knock() is None


def test_every_other_path_is_the_apps_own(door):
    for path in ("/", "/login", "/socketio", "/sockets"):
        assert door.gate({"PATH_INFO": path}, None) == [b"page"]
    assert door.passed_on == ["/", "/login", "/socketio", "/sockets"]
    assert door.inside == []


@pytest.mark.parametrize(
    "changes",
    [
        {"REQUEST_METHOD": "POST"},
        {"HTTP_UPGRADE": "h2c"},
        {"HTTP_UPGRADE": None},
        {"QUERY_STRING": ""},
        {"QUERY_STRING": None},
        {"QUERY_STRING": "EIO=3&transport=websocket"},
        {"QUERY_STRING": "EIO=40&transport=websocket"},
        {"QUERY_STRING": "EIO=4&transport=polling"},
        {"QUERY_STRING": "EIO=4&transport=websocket&sid=abc"},
        {"QUERY_STRING": "EIO=4&transport=websocket&sid="},
    ],
    ids=str,
)
def test_what_is_no_new_handshake_is_a_bad_request_whoever_asks(door, changes):
    for person in ("mina", None):
        assert door.knock(person, **changes) == "400"
    assert door.accepted == door.inside == []


@pytest.mark.parametrize(
    "changes",
    [
        {KEY: None},
        {"HTTP_SEC_WEBSOCKET_VERSION": "8"},
        {"HTTP_SEC_WEBSOCKET_VERSION": None},
        {"HTTP_SEC_WEBSOCKET_KEY": ""},
        {"HTTP_SEC_WEBSOCKET_KEY": None},
    ],
    ids=str,
)
def test_a_handshake_that_is_not_whole_is_told_so_only_to_whoever_is_signed_in(door, changes):
    assert door.knock("mina", **changes) == "400"
    assert door.knock(None, **changes) == "401"
    assert door.knock("mina", HTTP_ORIGIN="https://evil.example", **changes) == "403"
    assert door.accepted == door.inside == []
    assert door.gate._people == {}


def test_the_word_websocket_is_read_in_any_case_and_more_in_the_query_is_no_harm(door):
    assert door.knock(HTTP_UPGRADE="WebSocket") is None
    assert door.knock(QUERY_STRING="t=x1&transport=websocket&EIO=4") is None


def test_who_would_only_make_a_full_lane_longer_is_asked_to_come_later(monkeypatch):
    """Before anything is read of the database: the cookie's signature is all that is looked at."""
    app = Flask("gate")
    monkeypatch.setattr(module, "_session", lambda *_: {"_user_id": "otto's"})
    monkeypatch.setattr(module, "must_come_later", lambda token: token == "otto's")
    with pytest.raises(Unavailable):
        module.wire_of(app, {})
    monkeypatch.setattr(
        module,
        "workshop",
        lambda _app: SimpleNamespace(settings=SimpleNamespace(public_url=HERE, rates=True)),
    )
    statuses = []
    environ = {**GOOD, KEY: SimpleNamespace()}
    Gate(app, None, None)(environ, lambda status, headers: statuses.append((status, dict(headers))))
    assert statuses[0][0] == "503 Service Unavailable"
    assert statuses[0][1]["Retry-After"] == "5"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://example.org", HERE + ":444", HERE + "/", "null", ""],
)
def test_a_page_from_elsewhere_gets_no_line_even_with_mina_s_cookie(door, origin):
    assert door.knock(HTTP_ORIGIN=origin) == "403"
    assert door.inside == []


def test_a_program_that_sends_no_origin_is_judged_by_its_cookie(door):
    assert door.knock(HTTP_ORIGIN=None) is None
    assert door.knock(None, HTTP_ORIGIN=None) == "401"


def test_a_visitor_is_told_that_nobody_is_signed_in(door):
    assert door.knock(None) == "401"


def test_a_house_whose_database_is_away_says_so_and_lets_nobody_in(door):
    door.is_away = True
    assert door.knock() == "503"
    door.is_away = False
    assert door.knock() is None


def test_where_several_things_are_wrong_the_outermost_is_said(door):
    door.is_away = True
    assert door.knock(QUERY_STRING="", HTTP_ORIGIN="https://evil.example") == "400"
    assert door.knock(HTTP_ORIGIN="https://evil.example") == "403"


# ------------------------------------------------------------------ how many


def test_so_many_lines_a_person_and_no_more_whatever_their_address(door):
    for number in range(MOST_A_PERSON):
        assert door.knock(REMOTE_ADDR=f"192.0.2.{number}") is None
    assert door.knock(REMOTE_ADDR="198.51.100.1") == "429"
    assert door.knock("paul") is None


def test_so_many_lines_an_address_and_no_more_whoever_they_are(door):
    for number in range(MOST_AN_ADDRESS):
        assert door.knock(f"p{number}") is None
    assert door.knock("mina") == "429"
    assert door.knock("mina", REMOTE_ADDR="192.0.2.2") is None


def test_who_goes_makes_room_for_one_and_is_forgotten(door):
    for _ in range(MOST_A_PERSON):
        door.knock()
    door.inside[0][1]()
    assert door.knock() is None
    assert door.knock() == "429"
    for _, gone in door.inside[1:]:
        gone()
    assert door.gate._people == door.gate._addresses == {}


def test_whoever_is_refused_is_not_counted(door):
    for _ in range(2 * MOST_A_PERSON):
        door.knock(HTTP_ORIGIN="https://evil.example")
        door.knock(QUERY_STRING="")
    assert door.gate._people == door.gate._addresses == {}
    assert door.knock() is None


def test_a_site_without_limits_counts_and_turns_nobody_away(monkeypatch):
    door = Door(monkeypatch, rates=False)
    for _ in range(MOST_A_PERSON + 3):
        assert door.knock() is None


# ------------------------------------------------------------------ whose session it still is


class House:
    """A house that knows some log-ins, and counts how often it was asked."""

    def __init__(self, *tokens):
        self.tokens, self.asked = set(tokens), 0
        self.database = self

    def look(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def load_actor(self, _unit, token):
        self.asked += 1
        return token if token in self.tokens else None


def wire(token="t", ends=0, csrf="raw"):
    return Wire("mina", "s", token, csrf, ends)


def test_while_no_session_has_ended_nobody_is_looked_up_again(monkeypatch):
    monkeypatch.setattr(ENDS, "count", 7)
    house = House()
    assert still_holds(house, wire(ends=7))
    assert house.asked == 0


@pytest.mark.parametrize(("known", "holds"), [(("t",), True), ((), False)])
def test_once_any_session_has_ended_whoever_came_before_is_looked_up(monkeypatch, known, holds):
    monkeypatch.setattr(ENDS, "count", 8)
    house = House(*known)
    assert still_holds(house, wire(ends=7)) is holds
    assert house.asked == 1


SIGNING = SimpleNamespace(secret_key="k" * 20)


def signed(raw, key=SIGNING.secret_key, salt="wtf-csrf-token"):
    return URLSafeTimedSerializer(key, salt=salt).dumps(raw)


@pytest.mark.parametrize(
    ("auth", "holds"),
    [
        (None, True),
        ({}, True),
        ("a word", True),
        ([1], True),
        ({"csrf_token": None}, True),
        ({"csrf_token": signed("raw")}, True),
        ({"csrf_token": signed("of another")}, False),
        ({"csrf_token": signed("raw", key="another house")}, False),
        ({"csrf_token": signed("raw", salt="another use")}, False),
        ({"csrf_token": signed("raw")[:-2]}, False),
        ({"csrf_token": "raw"}, False),
        ({"csrf_token": ""}, False),
        ({"csrf_token": 5}, False),
        ({"csrf_token": {"a": 1}}, False),
        ({"csrf_token": False}, False),
    ],
    ids=range(15),
)
def test_a_token_in_the_connect_packet_is_this_sessions_or_none_at_all(auth, holds):
    assert csrf_holds(SIGNING, wire(), auth) is holds


def test_a_session_without_a_token_of_its_own_has_none_that_fits():
    assert not csrf_holds(SIGNING, wire(csrf=""), {"csrf_token": signed("raw")})


# ------------------------------------------------------------- the cookie itself


@pytest.fixture(scope="module")
def house_with_a_key() -> Flask:
    made = Flask("house")
    made.secret_key = "a key of this house"
    return made


def cookie(app: Flask, held: dict[str, object], key: str = "") -> str:
    """As Flask itself would write it, whatever else a page keeps in it."""
    other = Flask("other")
    other.secret_key = key or app.secret_key
    signer = SecureCookieSessionInterface().get_signing_serializer(other)
    return f"session={signer.dumps(held)}"


def test_what_flask_wrote_is_read_and_what_pages_keep_in_it_is_in_nobodys_way(house_with_a_key):
    held = {
        "_user_id": "t\u00f6ken",
        "csrf_token": "c",
        "_flashes": [("info", "Saved.")],
        "_fresh": True,
    }
    found = _session(house_with_a_key, cookie(house_with_a_key, held))
    assert (found["_user_id"], found["csrf_token"], found["_fresh"]) == ("t\u00f6ken", "c", True)


@pytest.mark.parametrize(
    "broken", ["", "session=", "session=abc.def.ghi", "session=.eJ.x.y", "other=1"]
)
def test_what_is_no_cookie_of_ours_is_a_visitor(house_with_a_key, broken):
    assert _session(house_with_a_key, broken) == {}


def test_a_cookie_that_was_altered_or_signed_elsewhere_is_a_visitor(house_with_a_key):
    whole = cookie(house_with_a_key, {"_user_id": "t"})
    at = len(whole) - 9  # inside the signature, where every bit counts
    altered = whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :]
    assert _session(house_with_a_key, altered) == {}
    assert (
        _session(house_with_a_key, cookie(house_with_a_key, {"_user_id": "t"}, "other key")) == {}
    )


def test_a_house_without_a_key_knows_nobody():
    assert _session(Flask("bare"), "session=abc.def.ghi") == {}
