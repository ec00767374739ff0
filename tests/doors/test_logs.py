"""What people say, what they are called and how they get in never reaches the server's log."""

import json

import pytest
from websocket import WebSocketBadStatusException

from tests.people import PASSPHRASE
from tests.raw import Raw, frame
from tests.serve import Site
from tests.wire import Wire

MARKER = "zebra-lantern"
HELD = f"cheap zopiclone for sale, dm me, {MARKER}"
DANGER = f"I want to kill myself tonight, {MARKER}"


def talk(site: Site) -> None:
    """Everything a person can say, by socket and by page, taken or refused."""
    mina = site.member("mina")
    line = mina.socket()
    room = line.join(site.lounge)["room"]["id"]
    shown = line.says(room, f"a plain word {MARKER}", f"{MARKER}-1")["message"]["id"]
    assert line.says(room, HELD, "h1")["message"]["state"] == "held"
    assert line.says(room, DANGER, "d1")["ok"]
    line.ask("message:edit", message=shown, body=f"said again {MARKER}")
    line.ask("message:send", {"room": room, "body": MARKER, "client_id": "b", MARKER: 1})
    line.ask(MARKER, {MARKER: MARKER})
    line.ask("help:now", note=f"please {MARKER}")
    sent = mina.post(f"/rooms/{room}/messages", body=f"by page {MARKER}", client_id="p1")
    assert sent.status == 200
    mina.post(f"/rooms/{room}/messages", body=MARKER, client_id="p2", unknown=MARKER)
    mina.get(f"/groups?q={MARKER}")
    mina.get(f"/groups/{MARKER}")
    mina.get(f"/rooms/{room}?{MARKER}=1")
    paul = site.member("paul")
    reported = paul.post(f"/messages/{shown}/report", reason="other", details=f"it {MARKER}")
    assert reported.status == 200
    line.close()


def enter(site: Site) -> None:
    """Every way in, right and wrong."""
    for handle, passphrase in (("mina", MARKER), (MARKER, PASSPHRASE), ("nobody", "x")):
        assert site.visitor().post("/login", handle=handle, password=passphrase).status == 401
    site.visitor().post("/recover", handle="mina", code=MARKER, password=f"{MARKER} {MARKER}")
    about = {"country": "PT", "timezone": "Europe/Lisbon", "adult": "1", "agree": "1"}
    made = site.visitor().post(
        "/register", handle="newcomer-vega", password=f"{MARKER} words", email="v@x.test", **about
    )
    assert made.status == 200, made.text
    site.visitor().post("/register", handle="m o", password=MARKER, email=f"{MARKER}@x", **about)


def disturb(site: Site) -> None:
    """Frames and handshakes that nobody should send."""
    mina = site.member("mina")
    with pytest.raises(WebSocketBadStatusException):
        Wire(site.port, f"handrail={MARKER}")
    Raw(site.port, f"handrail={MARKER}", f"X-Note: {MARKER}").close()
    for text in (f"42{MARKER}", f'42["{MARKER}"', f'451-["{MARKER}"]', '42["message:send",{"b'):
        line = Raw(site.port, mina.cookie(), origin=site.origin).connect()
        line.send(frame(text))
        line.ending()
        line.close()


def test_no_word_name_or_secret_is_in_the_log(site: Site) -> None:
    talk(site)
    enter(site)
    disturb(site)
    done = site.command("user", "ban", "--handle", "otto", "--reason", f"selling {MARKER}")
    assert done.returncode == 0, done.stderr
    log = site.log().lower()
    assert len(log) > 1000, "nothing was logged at all"
    private = [MARKER, "mina", "paul", "otto", "vega", "@x", PASSPHRASE, "zopiclone", "kill myself"]
    cookies = [part.split("=", 1)[1].lower() for part in site.member("mina").cookie().split("; ")]
    assert [word for word in [*private, *cookies] if word in log] == []
    assert "traceback" not in log
    assert "127.0.0.1" not in log.replace("handrail is at http://127.0.0.1", "")


def test_each_line_of_the_log_is_one_short_json_object(site: Site) -> None:
    site.member("mina").get("/account")
    for line in site.log().splitlines():
        if line.startswith("Handrail is at"):
            continue
        entry = json.loads(line)
        assert {"event", "level", "logger", "timestamp"} <= set(entry)
        assert len(line) <= 400


def test_requests_are_logged_by_their_rule(site: Site) -> None:
    before = len(site.log())
    site.member("mina").get(f"/rooms/{site.lounge}?after=0")
    assert "GET /rooms/<room_id> 200" in site.log()[before:]
