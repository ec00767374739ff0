"""The line itself, over a real port: what is not a small text frame ends it, and harms nobody."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websocket import ABNF, WebSocketBadStatusException

from tests.promises import within
from tests.raw import CLOSE, PING, PONG, Raw, frame
from tests.serve import Site, Visitor
from tests.wire import Wire

Open = Callable[[], Raw]
KIB = 1024
TOO_BIG, NOT_TEXT, PROTOCOL, NORMAL = 1009, 1003, 1002, 1000
SIXTY_MB = (60_000_000).to_bytes(8, "big")
SAID = '421["room:seen",{"room":"' + "0" * 20 + '","seq":1}]'
LEAST_LOG = 400

# What is sent on a connected line, and the close code it is answered with.
HOSTILE = {
    "a frame of 60 MB, only its header": (b"\x81\xff" + SIXTY_MB + b"mask", TOO_BIG),
    "the same without a mask": (b"\x81\x7f" + SIXTY_MB, PROTOCOL),
    "one byte over 64 KiB": (b"\x81\xff" + (65537).to_bytes(8, "big") + b"mask", TOO_BIG),
    "a length with its highest bit set": (b"\x81\xff" + b"\xff" * 8 + b"mask", TOO_BIG),
    "an unmasked frame": (frame(SAID, mask=False), PROTOCOL),
    "a binary frame": (frame(b"4\x00\x01", 0x82), NOT_TEXT),
    "the first reserved bit, as deflate would set": (frame(SAID, 0xC1), PROTOCOL),
    "the second reserved bit": (frame(SAID, 0xA1), PROTOCOL),
    "the third reserved bit": (frame(SAID, 0x91), PROTOCOL),
    "an unknown kind": (frame(SAID, 0x83), PROTOCOL),
    "an unknown control kind": (frame("", 0x8B), PROTOCOL),
    "a continuation of nothing": (frame(SAID, 0x80), PROTOCOL),
    "a new text inside a text": (frame("42", 0x01) + frame("42"), PROTOCOL),
    "pieces beyond 64 KiB": (
        frame("4" * 40 * KIB, 0x01) + frame("4" * 40 * KIB, 0x80),
        TOO_BIG,
    ),
    "a ping longer than a control frame may be": (frame(b"x" * 126, 0x89), TOO_BIG),
    "a ping in pieces": (frame(b"x", 0x09), PROTOCOL),
    "bytes that are no UTF-8": (frame(b"42\xff\xfe"), PROTOCOL),
    "a packet of no known type": (frame("x"), PROTOCOL),
    "an empty packet": (frame(""), PROTOCOL),
    "an open packet from a client": (frame('0{"sid":"x"}'), PROTOCOL),
    "an upgrade packet": (frame("5"), PROTOCOL),
    "an event with an attachment": (
        frame('451-["message:send",{"_placeholder":true,"num":0}]'),
        PROTOCOL,
    ),
    "9,999,999,999 attachments": (frame('459999999999-["x"]'), PROTOCOL),
    "an answer with attachments": (frame('461-1["x"]'), PROTOCOL),
    "a CONNECT_ERROR from a client": (frame('44{"message":"no"}'), PROTOCOL),
    "a Socket.IO packet of no known type": (frame("49"), PROTOCOL),
    "JSON nested 30,000 deep": (frame('42["x",' + "[" * 30_000 + "]" * 30_000 + "]"), PROTOCOL),
    "JSON with 300 brackets side by side": (
        frame('42["x",[' + ",".join(["{}"] * 300) + "]]"),
        PROTOCOL,
    ),
    "half of a JSON text": (frame('42["message:send",{"room"'), PROTOCOL),
    "an event that is no list": (frame('42{"a":1}'), PROTOCOL),
    "an event without a name": (frame("42[]"), PROTOCOL),
    "an event whose name is a number": (frame("421[7,{}]"), PROTOCOL),
    "garbage": (frame("4" + "\u2603" * 500), PROTOCOL),
    "an endless number": (frame("42" + "9" * 60_000), PROTOCOL),
}


@pytest.fixture(scope="module")
def mina(site: Site) -> Visitor:
    return site.member("mina")


@pytest.fixture(scope="module")
def paul(site: Site) -> Visitor:
    return site.member("paul")


@pytest.fixture
def bystander(site: Site, paul: Visitor) -> Iterator[Wire]:
    """Paul sits in the lounge and must never notice."""
    line = paul.socket()
    line.join(site.lounge)
    yield line
    line.close()


@pytest.fixture
def open_raw(site: Site, mina: Visitor) -> Iterator[Open]:
    """Bare lines of Mina's session."""
    made: list[Raw] = []

    def open_one(*more: str) -> Raw:
        made.append(Raw(site.port, mina.cookie(), *more, origin=site.origin))
        return made[-1]

    yield open_one
    for line in made:
        line.close()


def sockets_of(pid: int) -> int:
    """How many network lines the process holds."""
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return sum(target.startswith("socket:") for target in links)


def rss_of(pid: int) -> int:
    """How many bytes of memory the process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def still_heard(bystander: Wire, room: str) -> None:
    """The bystander's line works as before: a word goes there and comes back."""
    name = f"b{time.monotonic_ns()}"
    said = bystander.says(room, f"calm, {name}", name)
    assert said["ok"], said
    bystander.expect("room:event", lambda event: event["seq"] == said["message"]["seq"])


def settles(measure: Callable[[], int], bound: int) -> bool:
    """Whether a measure comes down to its bound within some seconds."""
    deadline = time.monotonic() + 10
    while measure() > bound:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_a_small_text_frame_ends_the_line_and_nobody_elses(
    name: str, site: Site, open_raw: Open, bystander: Wire
) -> None:
    data, code = HOSTILE[name]
    logged = len(site.log())
    line = open_raw().connect()
    line.send(data)
    assert line.ending() == code
    still_heard(bystander, site.lounge)
    said = site.log()[logged:]
    assert len(said) <= LEAST_LOG, said
    assert "Traceback" not in said


def test_nothing_of_a_hostile_line_stays_behind(
    site: Site, open_raw: Open, bystander: Wire
) -> None:
    still_heard(bystander, site.lounge)
    sockets, threads = sockets_of(site.pid), len(os.listdir(f"/proc/{site.pid}/task"))
    memory = rss_of(site.pid)
    for data, _ in HOSTILE.values():
        line = open_raw().connect()
        line.send(data)
        line.ending()
    for start in (b"\x81", b"\x81\xfe\xff", frame(SAID)[:-3], b"\x81\xff" + b"\x00" * 6):
        line = open_raw().connect()
        line.send(start)
        line.close()
    assert settles(lambda: sockets_of(site.pid), sockets)
    assert len(os.listdir(f"/proc/{site.pid}/task")) <= threads + 1
    assert rss_of(site.pid) - memory < 16 * KIB * KIB
    still_heard(bystander, site.lounge)


def test_half_a_frame_waits_for_its_rest_and_stalls_nobody(
    site: Site, open_raw: Open, bystander: Wire
) -> None:
    line = open_raw().connect()
    whole = frame(SAID)
    for byte in whole[:-1]:
        line.send(bytes((byte,)))
    still_heard(bystander, site.lounge)
    line.send(whole[-1:])
    assert json.loads(line.until(b"431")[3:])[0]["error"]["code"] == "not_found"


def test_a_text_in_pieces_is_one_text_also_with_a_ping_between(open_raw: Open) -> None:
    line = open_raw().connect()
    third = len(SAID) // 3
    line.send(frame(SAID[:third], 0x01) + frame(b"are you there", 0x80 | PING))
    assert line.receive() == (0x80 | PONG, b"are you there")
    line.send(frame(SAID[third : 2 * third], 0x00) + frame(SAID[2 * third :], 0x80))
    assert line.until(b"431").startswith(b'431[{"ok":false')


def test_sixty_four_kib_are_taken_and_answered(open_raw: Open) -> None:
    line = open_raw().connect()
    start, end = '421["room:seen",{"room":"', '"}]'
    filled = start + "x" * (64 * KIB - len(start) - len(end)) + end
    assert len(filled) == 64 * KIB
    line.send(frame(filled))
    assert json.loads(line.until(b"431")[3:])[0]["error"]["code"] == "bad_request"


def test_a_goodbye_is_answered_with_a_goodbye(open_raw: Open) -> None:
    line = open_raw().connect()
    line.send(frame((1001).to_bytes(2, "big"), 0x80 | CLOSE))
    assert line.ending() == NORMAL


def test_an_outside_library_finds_nothing_wrong_with_the_line(site: Site, mina: Visitor) -> None:
    line = mina.socket()
    line.line.ping("still there?")
    while True:
        code, payload = line.line.recv_data(control_frame=True)
        if code == ABNF.OPCODE_PONG:
            break
    assert payload == b"still there?"
    assert line.ask("room:history", room=site.lounge, before=1, limit=1)["ok"]
    line.line.send_close()
    code, payload = line.line.recv_data(control_frame=True)
    assert code == ABNF.OPCODE_CLOSE
    assert int.from_bytes(payload[:2], "big") == NORMAL


def test_deflate_is_offered_and_not_taken(open_raw: Open) -> None:
    line = open_raw("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")
    assert line.status == 101
    assert "extensions" not in line.head.lower()


def test_a_second_connect_and_a_foreign_namespace_give_nothing_more(open_raw: Open) -> None:
    line = open_raw().connect()
    line.send(frame("40"))
    assert line.until(b"44").startswith(b'44"Unable')
    line.send(frame("40/admin,"))
    assert line.until(b"44/admin").startswith(b"44/admin")
    line.send(frame(SAID))
    assert line.until(b"431")


def test_answers_nobody_asked_for_are_let_go(open_raw: Open) -> None:
    line = open_raw().connect()
    line.send(frame('4399["x"]') + frame('43["x"]') + frame(SAID))
    assert line.until(b"431")


def test_a_line_that_never_gets_in_is_ended_after_ten_seconds(open_raw: Open) -> None:
    began, lines = time.monotonic(), []
    for words in ("", "3", '42["room:seen",{}]', '40{"csrf_token":"made up"}'):
        lines.append(open_raw())
        if words:
            lines[-1].send(frame(words))
    for line in lines:
        assert line.ending() == NORMAL
        assert 9 < time.monotonic() - began < 10 + within(4)


def test_a_foreign_origin_is_403_nobody_401_and_a_sixth_line_429(server: Site) -> None:
    mina = server.member("mina")
    for origin in ("https://evil.test", f"{server.origin}.evil.test", "null", server.origin + "0"):
        assert Raw(server.port, mina.cookie(), origin=origin).status == 403
    for cookie in ("", "handrail=made-up", "session=x"):
        assert Raw(server.port, cookie, origin=server.origin).status == 401
    lines = [mina.socket() for _ in range(5)]
    with pytest.raises(WebSocketBadStatusException, match="429"):
        mina.socket()
    assert server.member("paul").socket().ask("room:leave", room="0" * 20)["ok"]
    lines.pop().close()
    assert settles(lambda: Raw(server.port, mina.cookie()).status == 429, 0)
    forwarded = "X-Forwarded-Host: evil.test"
    assert Raw(server.port, mina.cookie(), forwarded, origin="http://evil.test").status == 403
    assert Raw(server.port, mina.cookie(), "Sec-WebSocket-Version: 8").status in (101, 400, 429)
    server.member("mina").post("/logout")


def test_who_does_not_read_is_let_go_and_catches_up_by_the_cursor(
    site: Site, open_raw: Open, mina: Visitor, bystander: Wire
) -> None:
    slow = open_raw().connect()
    slow.send(frame('421["room:join",' + json.dumps({"room": site.lounge}) + "]"))
    known = json.loads(slow.until(b"431")[3:])[0]["seq"]
    memory, sockets = rss_of(site.pid), sockets_of(site.pid)
    words, said = "\U0001f6b6" * 2000, 0
    for number in range(1500):
        assert bystander.says(site.lounge, words, f"slow-{number}")["ok"]
        said += 1
        bystander.arrived.clear()
        if number % 20 == 0 and sockets_of(site.pid) < sockets:
            break
    assert settles(lambda: sockets_of(site.pid), sockets - 1), "the slow reader is still there"
    assert rss_of(site.pid) - memory < 24 * KIB * KIB
    heard = []
    try:
        while True:
            _, data = slow.receive()
            if data.startswith(b'42["room:event"'):
                heard.append(json.loads(data[2:])[1]["seq"])
    except ConnectionError:
        pass
    assert heard == list(range(known + 1, known + 1 + len(heard)))
    assert len(heard) < said
    back = mina.socket()
    missed = back.join(site.lounge, after=known + len(heard))["events"]
    assert [each["seq"] for each in missed] == list(range(known + len(heard) + 1, known + said + 1))
    back.close()
