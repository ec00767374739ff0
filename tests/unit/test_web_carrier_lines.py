"""One line from inside: what it takes, what it keeps for a slow reader, and how it ends."""

import errno
import os
import socket
import struct
from contextlib import nullcontext
from types import SimpleNamespace

import gevent
import pytest
from sqlalchemy.exc import OperationalError

from support.web import carrier as module
from support.web.carrier import MOST_BACKLOG, Carrier, CarrierHandler
from support.web.frames import CLOSE, OUR_FAULT, PING, PONG, PROTOCOL, TEXT, frame, unmask
from support.web.line import MOST_PENDING, Lines
from support.web.manners import FREE, HALF_A_SLIP, MOST_PACKETS, Manners, Pace
from support.web.outbox import Outbox

MASK = b"\x0a\x0b\x0c\x0d"
PLAIN = module._PLAIN_SOCKET


def masked(data, kind=TEXT, first=0x80):
    """A frame as a browser sends it, up to 64 KiB."""
    length = len(data)
    head = bytes((first | kind, 0x80 | length)) if length < 126 else (
        struct.pack("!BBH", first | kind, 0x80 | 126, length)
    )  # fmt: skip
    return head + MASK + unmask(data, MASK)


class Watcher:
    """A watcher or a timer that never fires by itself."""

    def __init__(self, *_):
        self.is_on = self.is_closed = False
        self.agains = 0

    def start(self, deed):
        assert not self.is_closed
        self.is_on, self.deed = True, deed

    def stop(self):
        self.is_on = False

    def again(self, _deed):
        self.agains += 1

    def close(self):
        self.is_closed = True


class Loop:
    """A loop that only notes who wants to be called."""

    def __init__(self):
        self.made = []

    @property
    def loop(self):
        return self

    def io(self, _fd, _kind):
        return self._new()

    def timer(self, *_):
        return self._new()

    def _new(self):
        self.made.append(Watcher())
        return self.made[-1]

    def run_callback(self, *_):
        """Not now."""


class Told:
    """A carrier on one end of a pair of sockets, and this test on the other."""

    def __init__(self, patch):
        self.loop, self.box = Loop(), Outbox()
        self.packets, self.ended, self.spawned = [], [], []
        stand_in = SimpleNamespace(
            get_hub=lambda: self.loop, sleep=gevent.sleep,
            spawn=lambda deed, *given: self.spawned.append((deed, given)),
        )  # fmt: skip
        patch.setattr(module, "gevent", stand_in)
        patch.setattr(module, "OUTBOX", self.box)
        patch.setattr("support.web.outbox.gevent.get_hub", lambda: self.loop)
        patch.setattr(module, "BEATS", SimpleNamespace(join=lambda _: None, leave=lambda _: None))
        ours, self.far = PLAIN(*self._pair(0)), PLAIN(*self._pair(1))
        self.handler = SimpleNamespace(
            socket=ours, close_connection=False, rfile=SimpleNamespace(close=lambda: None)
        )
        self.line = Carrier(self.handler)

    def _pair(self, which):
        if not which:
            self.pair = socket.socketpair()
        end = self.pair[which]
        found = (end.family, end.type, end.proto, os.dup(end.fileno()))
        end.close()
        return found

    def open(self):
        self.line.accept("dGhlIHNhbXBsZSBub25jZQ==")
        self.line.listen(self._arrived, self.ended.append)
        self.handler_gone = self.handler.socket is None
        return self

    def _arrived(self, _line, packet):
        self.packets.append(packet)

    def says(self, *pieces):
        for piece in pieces:
            self.far.send(piece)
            if self.line.is_open:
                self.line._readable()

    def hears(self):
        self.box.flush()
        self.far.setblocking(False)
        try:
            return self.far.recv(1 << 20)
        except BlockingIOError:
            return b""


@pytest.fixture
def raw(monkeypatch):
    monkeypatch.setattr(socket.socket, "setsockopt", lambda *_: None, raising=False)
    monkeypatch.setattr(module, "_PLAIN_SOCKET", Deaf)
    made = Told(monkeypatch)
    yield made
    made.line.end()
    made.far.close()


class Deaf(PLAIN):
    """A socket of a pair knows no TCP_NODELAY."""

    def setsockopt(self, *_):
        """Not here."""


@pytest.fixture
def told(raw):
    raw.open()
    raw.hears()
    return raw


def test_the_proof_of_the_handshake_is_the_one_of_the_standard(raw):
    raw.open()
    head = raw.hears()
    assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n" in head
    assert raw.handler.close_connection is True
    assert raw.handler_gone


def test_before_it_is_accepted_a_line_is_closed_and_after_it_is_not(raw):
    assert raw.line.closed
    raw.open()
    assert not raw.line.closed
    raw.line.end()
    assert raw.line.closed


def test_packets_are_handed_over_in_their_order_however_the_bytes_come(told):
    text = masked("42[ü]".encode()) + masked(b"2") + masked(b"x" * 300)
    told.says(text[:1], text[1:9], text[9:])
    assert told.packets == ["42[ü]", "2", "x" * 300]


def test_any_byte_is_a_sign_of_life(told):
    told.line.is_alive = False
    told.says(masked(b"2")[:1])
    assert told.line.is_alive


def test_a_ping_is_answered_with_its_own_words_and_a_pong_is_no_packet(told):
    told.says(masked(b"abc", PING), masked(b"abc", PONG))
    assert told.hears() == frame(b"abc", PONG)
    assert told.packets == []


def test_a_goodbye_ends_the_line_once_and_is_answered(told):
    told.says(masked((1000).to_bytes(2, "big"), CLOSE))
    assert told.line.closed
    assert told.hears() == frame((1000).to_bytes(2, "big"), CLOSE)
    told.line.end()
    told.line.close()
    assert len(told.spawned) == 1


@pytest.mark.parametrize(
    ("bytes_", "code"),
    [
        (masked(b"\xff\xfe"), PROTOCOL),
        (b"\x81\x01a", PROTOCOL),
        (masked(b"a", 2), 1003),
        (b"\x81\xff" + (1 << 20).to_bytes(8, "big"), 1009),
        (masked(b"x", 0), PROTOCOL),
    ],
    ids=["no text", "no mask", "binary", "too big", "a rest of nothing"],
)
def test_what_breaks_the_rules_ends_the_line_with_its_reason(told, bytes_, code):
    told.says(bytes_)
    assert told.line.closed
    assert told.hears() == frame(code.to_bytes(2, "big"), CLOSE)
    assert told.packets == []


def test_after_the_end_nothing_that_was_already_read_is_handed_over(told):
    told.says(masked(b"4one") + masked(b"", CLOSE) + masked(b"4two"))
    assert told.packets == ["4one"]


def test_a_fault_of_our_own_ends_this_line_and_logs_no_words(told, caplog):
    def breaks(_line, packet):
        raise KeyError(packet)

    told.line._arrived = breaks
    told.says(masked(b"my secret words"))
    assert told.line.closed
    assert told.line.code == OUR_FAULT
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


def test_the_other_side_that_hangs_up_ends_the_line(told):
    told.far.close()
    told.line._readable()
    assert told.line.closed
    assert [given for _, given in told.spawned] == [(told.line,)]


def test_a_line_that_is_held_hands_nothing_over_until_it_goes_on(told):
    def first(line, packet):
        told.packets.append(packet)
        if packet == "4one":
            line.hold()

    told.line._arrived = first
    told.says(masked(b"4one") + masked(b"4two"))
    watcher = told.loop.made[0]
    assert told.packets == ["4one"]
    assert not watcher.is_on
    told.line.go_on()
    assert told.packets == ["4one", "4two"]
    assert watcher.is_on


def test_a_line_held_again_while_it_goes_on_reads_nothing_new(told):
    told.line.hold()
    told.says(masked(b"4one") + masked(b"4two"))
    told.line._arrived = lambda line, packet: (told.packets.append(packet), line.hold())
    told.line.go_on()
    assert told.packets == ["4one"]
    assert not told.loop.made[0].is_on


def test_a_line_that_ended_while_it_was_held_does_not_go_on(told):
    told.line.hold()
    told.line.end()
    told.line.go_on()
    assert told.packets == []


# ------------------------------------------------------------------ who reads slowly


def full(told):
    """Fill the line until it takes no more."""
    while told.line._backlog is None:
        told.line.write(b"x" * 65536)
    return told.line


def test_what_a_slow_reader_does_not_take_is_kept_in_its_order(told):
    line = full(told)
    line.write(b"END")
    reader, timer = told.loop.made[1:3]
    assert reader.is_on
    assert timer.is_on
    heard = b""
    while line._backlog is not None:
        heard += told.hears()
        line._writable()
    heard += told.hears()
    assert heard.endswith(b"xEND")
    assert set(heard[:-3]) == {ord("x")}
    assert line._size == 0
    assert (reader.is_closed, timer.is_closed) == (True, True)
    line.write(b"again")
    assert told.hears() == b"again"


def test_some_that_is_taken_gives_the_reader_time_anew(told):
    line = full(told)
    line.write(b"y" * 900_000)
    told.hears()
    line._writable()
    assert line._backlog is not None
    assert told.loop.made[2].agains == 1


def test_who_takes_nothing_is_given_a_mebibyte_and_then_let_go(told):
    line = full(told)
    room = MOST_BACKLOG - line._size
    line.write(b"y" * room)
    assert not line.closed
    line.write(b"z")
    assert line.closed
    assert line._backlog is None


def test_who_takes_nothing_at_all_for_half_a_minute_is_let_go(told):
    line = full(told)
    assert module.STALLED_SECONDS == 30
    told.loop.made[2].deed()
    assert line.closed
    assert all(watcher.is_closed for watcher in told.loop.made)


def test_nothing_is_written_to_a_line_that_has_ended(told):
    told.line.end()
    told.hears()
    told.line.write(b"too late")
    assert told.hears() == b""


@pytest.mark.parametrize("code", [errno.EPIPE, errno.ECONNRESET])
def test_a_line_that_breaks_while_it_is_written_to_ends(told, monkeypatch, code):
    def breaks(*_):
        raise OSError(code, "gone")

    monkeypatch.setattr(module.os, "write", breaks)
    told.line.write(b"hello")
    assert told.line.closed
    assert len(told.spawned) == 1


def test_a_line_that_breaks_while_it_catches_up_ends(told, monkeypatch):
    line = full(told)

    def breaks(*_):
        raise OSError(errno.EPIPE, "gone")

    monkeypatch.setattr(module.os, "write", breaks)
    line._writable()
    assert line.closed


# ------------------------------------------------------------------ packets of a line


class Server:
    """The Socket.IO server, as lines see it."""

    def __init__(self):
        self.eio = SimpleNamespace(sockets={}, generate_id=lambda: "sid1")
        self.messages, self.left, self.fault = [], [], None

    def _handle_eio_connect(self, sid, environ):
        self.environ = environ

    def _handle_eio_message(self, sid, text):
        if self.fault:
            raise self.fault
        self.messages.append((sid, text))

    def _handle_eio_disconnect(self, sid, reason):
        self.left.append((sid, reason))
        if self.fault:
            raise self.fault


class Carried:
    """What lines need of a carrier."""

    def __init__(self):
        self.pending, self.out, self.ends, self.steps = 0, b"", [], []
        self.sid, self.wire, self.code = "sid1", None, 1000

    def listen(self, arrived, over):
        self.over = over

    def end(self, code=1000):
        self.ends.append(code)

    def hold(self):
        self.steps.append("hold")

    def go_on(self):
        self.steps.append("go on")

    def wait_for_quick(self):
        self.steps.append("wait")


@pytest.fixture
def lines(monkeypatch):
    monkeypatch.setattr("support.web.line.gevent.spawn", lambda deed, *given: deed(*given))
    made = Lines(Server(), lambda _carrier, packet: packet == "4quick")
    made.carried = Carried()
    return made


def test_a_message_is_worked_on_while_the_line_is_held_and_quick_ones_hold_nobody(lines):
    lines.arrived(lines.carried, "4quick")
    assert lines.carried.steps == []
    lines.arrived(lines.carried, "42[1]")
    assert lines.carried.steps == ["hold", "wait", "go on"]
    assert lines._server.messages == [("sid1", "2[1]")]


def test_too_many_quick_ones_at_once_wait_like_any_other(lines):
    lines.carried.pending = MOST_PENDING
    lines.arrived(lines.carried, "4quick")
    assert lines._server.messages == [("sid1", "quick")]


def test_a_message_that_cannot_be_read_ends_the_line_without_its_words(lines, caplog):
    lines._server.fault = ValueError("my secret words")
    with caplog.at_level("INFO"):
        lines.arrived(lines.carried, "4x")
    assert lines.carried.ends == [PROTOCOL]
    assert lines.carried.steps[-1] == "go on"
    assert "secret" not in caplog.text


def test_a_line_that_ends_because_the_database_is_away_is_told_so(lines):
    lines._server.fault = OperationalError("SELECT", None, Exception("away"))
    lines.arrived(lines.carried, "40")
    assert lines.carried.ends == [OUR_FAULT]


@pytest.mark.parametrize(("packet", "ends"), [("1", [1000]), ("2", []), ("3", []), ("3probe", [])])
def test_signs_of_life_are_let_go_and_a_close_closes(lines, packet, ends):
    lines.arrived(lines.carried, packet)
    assert lines.carried.ends == ends
    assert lines._server.messages == []


@pytest.mark.parametrize("packet", ["", "0", "5", "6", "b", "x", " 4"])
def test_packets_of_no_known_kind_end_the_line(lines, packet):
    with pytest.raises(module.Hostile) as refused:
        lines.arrived(lines.carried, packet)
    assert refused.value.code == PROTOCOL


@pytest.mark.parametrize("fault", [None, ValueError("a listener")])
def test_who_ends_is_forgotten_and_counted_out_even_if_a_listener_fails(lines, fault):
    gone = []
    lines.take_in(lines.carried, "wire", lambda: gone.append(True))
    server = lines._server
    assert server.eio.sockets == {"sid1": lines.carried}
    assert lines.carried.wire == "wire"
    assert b'0{"sid": "sid1"' in lines.carried.out
    server.fault = fault
    if fault:
        with pytest.raises(ValueError, match="a listener"):
            lines.carried.over(lines.carried)
    else:
        lines.carried.over(lines.carried)
    assert (server.eio.sockets, gone) == ({}, [True])
    assert server.left == [("sid1", "transport close")]


@pytest.mark.parametrize(
    ("code", "slips"), [(1000, 0), (OUR_FAULT, 0), (PROTOCOL, 1), (1009, 1), (1003, 1)]
)
def test_only_a_line_that_had_to_be_ended_is_a_slip(lines, monkeypatch, code, slips):
    known = Manners()
    monkeypatch.setattr("support.web.line.MANNERS", known)
    lines.take_in(lines.carried, SimpleNamespace(token="mina's"), lambda: None)
    lines.carried.code = code
    lines.carried.over(lines.carried)
    assert len(known._slips) == slips


@pytest.mark.parametrize("is_paced", [True, False])
def test_whoever_sends_more_than_any_page_goes_the_slow_way_unless_rates_are_off(
    monkeypatch, lines, is_paced
):
    known, pace = Manners(lambda: 1.0), Pace(lambda: 1.0)
    monkeypatch.setattr("support.web.line.MANNERS", known)
    monkeypatch.setattr("support.web.line.PACE", pace)
    fast = Lines(Server(), lambda _carrier, packet: packet == "4quick", is_paced=is_paced)
    lines.carried.wire = SimpleNamespace(token="otto's")
    for _ in range(MOST_PACKETS + int(FREE / HALF_A_SLIP)):
        fast.arrived(lines.carried, "4quick")
    assert fast._server.messages == []
    fast.arrived(lines.carried, "4quick")
    assert fast._server.messages == ([("sid1", "quick")] if is_paced else [])
    assert known.are_poor("otto's") is is_paced
    lines.carried.wire = SimpleNamespace(token="mina's")
    fast.arrived(lines.carried, "4quick")
    assert len(fast._server.messages) == int(is_paced)


def test_who_slipped_too_often_is_worked_for_in_the_lane(lines, monkeypatch):
    asked = []

    def in_turn(token, packet):
        asked.append((token, packet))
        return nullcontext()

    monkeypatch.setattr("support.web.line.in_turn", in_turn)
    lines.arrived(lines.carried, "42[1]")
    lines.carried.wire = SimpleNamespace(token="mina's")
    lines.arrived(lines.carried, "42[2]")
    assert asked == [("", "42[1]"), ("mina's", "42[2]")]


# ------------------------------------------------------------------ the HTTP server's side


@pytest.mark.parametrize(
    ("upgrade", "has"), [("websocket", True), ("WebSocket", True), ("", False)]
)
def test_only_an_upgrade_has_a_carrier_in_its_environment(monkeypatch, upgrade, has):
    ran = []
    monkeypatch.setattr(module.WSGIHandler, "run_application", lambda self: ran.append(self))
    handler = CarrierHandler.__new__(CarrierHandler)
    handler.environ = {"HTTP_UPGRADE": upgrade}
    handler.run_application()
    assert ran == [handler]
    assert (module.KEY in handler.environ) is has


def test_a_fault_outside_the_app_is_a_500_without_a_traceback(monkeypatch, caplog):
    sent = []
    handler = CarrierHandler.__new__(CarrierHandler)
    monkeypatch.setattr(handler, "_send_error_response_if_possible", sent.append, raising=False)
    handler.handle_error(ValueError, ValueError("my secret words"), None)
    assert sent == [500]
    assert "secret" not in caplog.text
    assert handler.log_request() is None
