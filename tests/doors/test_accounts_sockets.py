"""What ends a session ends its sockets: in this process at once, from another within a second."""

import time

import pytest
import websocket

from support.accounts import actions, queries
from support.accounts.broadcast import OVERLAP, Watch
from support.accounts.models import Revocation
from tests.people import PASSPHRASE
from tests.promises import within

SECOND = within(1)


def cut_after(socket, deed, reason):
    """Do something, and check that the socket is told why and cut within a second of it."""
    deed()
    done = time.monotonic()
    assert socket.hear("session:ended", SECOND) == {"reason": reason}
    assert socket.is_cut_within(SECOND)
    assert time.monotonic() - done < SECOND


def test_a_ban_from_another_process_cuts_every_socket_within_a_second(server):
    otto = server.member("otto")
    first, second = otto.socket(), server.member("otto").socket()
    bystander = server.member("mina").socket()

    def ban():
        done = server.command("user", "ban", "--handle", "otto", "--reason", "selling")
        assert done.returncode == 0, done.stderr

    cut_after(first, ban, "banned")
    assert second.hear("session:ended", SECOND) == {"reason": "banned"}
    assert second.is_cut_within(SECOND)
    assert otto.get("/api/v1/me").status == 401
    with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
        otto.socket()
    refused = server.visitor().post("/login", handle="otto", password=PASSPHRASE)
    assert refused.status == 403
    assert refused.json["error"]["reason"] == "selling"
    assert bystander.ask("person:hide", {"person": "nobody"})["error"]["code"] == "not_found"
    for secret in ("otto", "mina", PASSPHRASE, "selling", "127.0.0.1"):
        assert secret not in server.log().replace(server.origin, "")


def test_every_way_out_cuts_the_sockets_it_should(server):
    mina, phone = server.member("mina"), server.member("mina")
    here, there = mina.socket(), phone.socket()

    change = {"current": PASSPHRASE, "password": "a quite different phrase"}
    cut_after(there, lambda: mina.post("/account/password", **change), "password changed")
    assert here.ask("person:hide", {})["error"]["code"] == "bad_request"

    cut_after(here, lambda: mina.post("/logout"), "logged out")

    mina = server.member("mina", change["password"])
    other = server.member("mina", change["password"])
    there = other.socket()
    sessions = mina.get("/account/sessions").json["sessions"]
    (one,) = [one["id"] for one in sessions if not one["current"]]
    cut_after(there, lambda: mina.post(f"/account/sessions/{one}/end"), "logged out")

    here = mina.socket()
    cut_after(here, lambda: mina.post("/leave"), "logged out")

    paul = server.member("paul").socket()
    cut_after(paul, lambda: server.command("user", "role", "paul", "member"), "role changed")

    rae = server.member("rae")
    socket = rae.socket()
    cut_after(socket, lambda: rae.post("/account/delete", password=PASSPHRASE), "logged out")


def test_hiding_by_socket_is_answered_and_kept(server):
    with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
        server.visitor().socket()
    mina = server.member("mina")
    otto = server.member("otto").get("/api/v1/me").json["id"]
    socket = mina.socket()
    assert socket.ask("person:hide", {"person": otto, "on": True}) == {
        "ok": True,
        "person": otto,
        "on": True,
    }
    assert mina.get("/account").json["hidden_people"] == [{"id": otto, "handle": "otto"}]
    assert socket.ask("person:hide", {"person": otto, "on": False})["on"] is False
    assert mina.get("/account").json["hidden_people"] == []
    for odd in ({}, {"person": 7}, {"person": otto, "role": "admin"}, [], "x", None):
        assert socket.ask("person:hide", odd)["error"]["code"] == "bad_request"
    me = mina.get("/api/v1/me").json["id"]
    assert socket.ask("person:hide", {"person": me})["error"]["code"] == "conflict"


def test_the_watch_reads_each_row_once_even_those_that_come_late(database, people):
    watch = Watch(database)
    assert watch.look() == 0
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "selling", "no_trading")
        last = queries.last_revocation_id(unit)
    assert watch.look() == 1
    assert watch.look() == 0
    for number in (last + 2, last + 1):
        with database.unit() as unit:
            unit.session.add(
                Revocation(id=number, at=unit.now, account_id=people["otto"], reason="late")
            )
        assert watch.look() == 1
    assert watch.look() == 0


def test_the_watch_begins_with_what_is_new_and_forgets_what_is_old(database, people):
    with database.unit() as unit:
        actions.ban(unit, people["otto"], "selling", "no_trading")
    watch = Watch(database)
    assert watch.look() == 0
    with database.unit() as unit:
        for _ in range(3 * OVERLAP):
            unit.session.add(Revocation(at=unit.now, account_id=people["otto"], reason="x"))
    assert watch.look() == 3 * OVERLAP
    assert watch.look() == 0
    assert len(watch._seen) <= OVERLAP
