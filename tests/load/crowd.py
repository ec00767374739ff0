"""Many members on one thread: bare sockets, frames by hand, every delivery counted and timed."""

import hashlib
import json
import os
import re
import selectors
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from support.accounts import actions as accounts
from support.accounts.actions.people import About
from support.accounts.actions.sessions import Stay
from support.base.actor import Role
from support.chat.actions.rooms import GroupRooms
from support.db.unit import Unit
from support.groups import actions as groups
from support.groups import ports as group_ports
from support.groups import queries as group_queries
from support.groups.forms import GroupForm
from support.settings import Settings
from tests.serve import Site

EVENT = re.compile(rb'"seq":(\d+),"kind":"message".{0,400}?"body":"at (\d+) ')
MASK = os.urandom(4)
PATIENCE = 10.0
WORDS = "slept four hours, the night was long, thank you all for staying with me"


@dataclass(frozen=True)
class Member:
    """Who sits behind a line: the cookie of a log-in, and the room it is in."""

    cookie: str
    room: str


def people_of(site: Site, members: int, room_of: int) -> list[Member]:
    """Make members, groups and log-ins straight in the database: no passphrase is worked out."""
    settings = Settings.from_env(site._env)
    app = Flask(__name__)
    app.secret_key = settings.secret_key
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    made: list[Member] = []
    group_ports.register(GroupRooms())
    database = site.database()
    with database.unit() as unit:
        host = accounts.create(unit, f"host-{members}", Role.MENTOR, "!", About("PT", settled=True))
        for start in range(0, members, room_of):
            size = min(room_of, members - start)
            room, tokens = _room(unit, host, f"g{members}-{start}", size)
            for token in tokens:
                cookie = f"handrail={signer.dumps({'_user_id': token})}"
                made.append(Member(cookie, room))
    database.dispose()
    return made


def _room(unit: Unit, host: str, slug: str, size: int) -> tuple[str, list[str]]:
    form = {"slug": slug, "name": slug, "focus": ["diazepam"], "stage": "tapering"}
    group = groups.found(
        unit, GroupForm.parse({**form, "language": "en", "policy": "open"}), [host]
    )
    ids = [
        accounts.create(unit, f"{slug}-{number}", Role.MEMBER, "!", About("PT", settled=True))
        for number in range(size)
    ]
    unit.session.flush()
    groups.take_in(unit, group, ids)
    tokens = [accounts.begin_session(unit, account_id, Stay()) for account_id in ids]
    return group_queries.group_by_id(unit, group).lounge_id or "", tokens


@dataclass
class Line:
    """One member's socket."""

    member: Member
    sock: socket.socket | None = None
    buffer: bytes = b""
    greeting: bytes = b""
    is_in: bool = False
    is_reading: bool = True
    newest: int = 0
    caught_up: int = 0
    asked: dict[int, float] = field(default_factory=dict)


def framed(text: str) -> bytes:
    """A masked text frame."""
    data = text.encode()
    length = len(data)
    head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else b""
    if length >= 126:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, length)
    key = int.from_bytes((MASK * (length // 4 + 1))[:length], "big")
    return head + MASK + (int.from_bytes(data, "big") ^ key).to_bytes(length, "big")


class Crowd:
    """All lines, and what they heard."""

    def __init__(self, site: Site, members: Iterable[Member]) -> None:
        self._site = site
        self._selector = selectors.DefaultSelector()
        self._number = 100
        self._turn = 0
        self.lines = [Line(member) for member in members]
        self.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.drop(self.lines)
        self._selector.close()

    def forget(self) -> None:
        """Count from here."""
        self.sent = self.delivered = self.expected = self.out_of_order = 0
        self.latencies: list[float] = []
        self.answers: list[float] = []

    def connect(self, lines: list[Line] | None = None, after: int | None = None) -> None:
        """Everybody comes, sixty-four at a time, and joins their room."""
        waiting = list(lines if lines is not None else self.lines)
        coming: list[Line] = []
        deadline = time.monotonic() + 8 * PATIENCE
        while waiting or coming:
            while waiting and len(coming) < 64:
                coming.append(waiting.pop())
                self._open(coming[-1], after)
            self.run(0.005)
            coming = [line for line in coming if not line.is_in]
            assert time.monotonic() < deadline, f"{len(waiting) + len(coming)} did not come in"

    def _open(self, line: Line, after: int | None) -> None:
        line.sock = socket.create_connection(("127.0.0.1", self._site.port))
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.buffer, line.is_in = b"", False
        key = hashlib.sha1(os.urandom(8), usedforsecurity=False).hexdigest()[:24]
        line.sock.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: {self._site.origin}\r\n"
            f"Cookie: {line.member.cookie}\r\n\r\n".encode()
        )
        asked: dict[str, Any] = {"room": line.member.room}
        if after is not None:
            asked["after"] = after
        line.greeting = framed("40") + framed('420["room:join",' + json.dumps(asked) + "]")
        line.sock.setblocking(False)
        self._selector.register(line.sock, selectors.EVENT_READ, line)

    def drop(self, lines: Iterable[Line]) -> None:
        """Lines fall without a word."""
        for line in lines:
            if line.sock is not None:
                self._selector.unregister(line.sock)
                line.sock.close()
                line.sock, line.is_in = None, False

    def say(self, line: Line | None = None, words: str = WORDS) -> None:
        """The next member in turn, or this one, says something; the moment is in the words."""
        if line is None:
            line = self.lines[self._turn * 37 % len(self.lines)]
            self._turn += 1
        self._number += 1
        body = f"at {time.monotonic_ns()} {words}"
        event = {"room": line.member.room, "body": body, "client_id": f"c{self._number}"}
        assert line.sock is not None
        line.asked[self._number] = time.monotonic()
        line.sock.setblocking(True)
        line.sock.sendall(framed(f'42{self._number}["message:send",{json.dumps(event)}]'))
        line.sock.setblocking(False)
        self.sent += 1
        self.expected += sum(
            other.is_in for other in self.lines if other.member.room == line.member.room
        )

    def run(self, seconds: float) -> None:
        """Hear whatever comes for some time."""
        deadline = time.monotonic() + max(0.0, seconds)
        while True:
            left = deadline - time.monotonic()
            for key, _ in self._selector.select(max(0.0, left)):
                if key.data.is_reading:
                    self._read(key.data)
            if left <= 0:
                return

    def settle(self, but: int = 0) -> None:
        """Wait until everything that was said has arrived everywhere, or patience ends."""
        deadline = time.monotonic() + PATIENCE
        while self.delivered < self.expected - but * self.sent and time.monotonic() < deadline:
            self.run(0.02)
        self.run(0.05)

    def _read(self, line: Line) -> None:
        assert line.sock is not None
        try:
            data = line.sock.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.drop([line])
            return
        line.buffer += data
        if line.buffer.startswith(b"HTTP/"):
            _, found, rest = line.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            line.buffer = rest
            line.sock.sendall(line.greeting)
        while (text := self._frame(line)) is not None:
            self._hear(line, text)

    @staticmethod
    def _frame(line: Line) -> bytes | None:
        held = line.buffer
        if len(held) < 2:
            return None
        length, start = held[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(held[2:start], "big")
        if len(held) < start + length:
            return None
        line.buffer = held[start + length :]
        return held[start : start + length]

    def _hear(self, line: Line, text: bytes) -> None:
        now = time.monotonic()
        if text == b"2" and line.sock is not None:
            line.sock.sendall(framed("3"))
        elif text.startswith(b'42["room:event"'):
            found = EVENT.search(text)
            if found is not None:
                self.delivered += 1
                self.out_of_order += int(found[1]) <= line.newest
                line.newest = int(found[1])
                self.latencies.append((time.monotonic_ns() - int(found[2])) / 1e6)
        elif text.startswith(b"430["):
            assert text.startswith(b'430[{"ok":true'), text
            line.is_in = True
            line.caught_up = text.count(b'"kind":"message"')
        elif text.startswith(b"43"):
            number = int(text[2 : text.index(b"[")])
            self.answers.append((now - line.asked.pop(number, now)) * 1e3)
