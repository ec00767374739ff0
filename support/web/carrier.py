"""The WebSocket carrier: RFC 6455 on a gevent socket, with every buffer bounded.

The stock carriers either read a frame of any size or cost several times the work. This one takes
text frames up to 64 KiB, never blocks on a slow reader, keeps at most 1 MiB for one, and ends the
line for anything else.
"""

import base64
import hashlib
import logging
import os
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from gevent.pywsgi import WSGIHandler

log = logging.getLogger("handrail.errors")
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MOST_FRAME = 64 * 1024
MOST_BACKLOG = 1024 * 1024
COME_IN_SECONDS = 10
STALLED_SECONDS = 30
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SMALL, MIDDLE = 126, 127
KEY = "handrail.carrier"
TOO_BIG, NOT_TEXT, PROTOCOL, NORMAL = 1009, 1003, 1002, 1000


class Hostile(Exception):
    """The other side broke the rules; the line ends with this close code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """One unmasked server frame."""
    length = len(payload)
    if length < SMALL:
        return bytes((0x80 | kind, length)) + payload
    if length < 1 << 16:
        return struct.pack("!BBH", 0x80 | kind, SMALL, length) + payload
    return struct.pack("!BBQ", 0x80 | kind, MIDDLE, length) + payload


def unmask(data: bytes, key: bytes) -> bytes:
    """Take a client's mask off, all bytes at once."""
    length = len(data)
    stretched = (key * (length // 4 + 1))[:length]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stretched, "big")).to_bytes(length, "big")


class Carrier:
    """The server's side of one WebSocket."""

    __slots__ = ("_backlog", "_buffer", "_handler", "_size", "_sock", "is_let_in", "is_open")

    def __init__(self, handler: WSGIHandler) -> None:
        self._handler = handler
        self._sock: socket.socket = handler.socket
        self._buffer = b""
        self._backlog: list[bytes] | None = None
        self._size = 0
        self.is_open = False
        self.is_let_in = False

    def accept(self, key: str) -> None:
        """Answer the handshake; from here on only frames are spoken."""
        proof = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest())  # noqa: S324 - RFC 6455
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        handler = self._handler
        handler.close_connection = True
        handler.headers_sent, handler.status, handler.code = True, "101 Switching Protocols", 101
        self._sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
        )
        self.is_open = True
        gevent.spawn_later(COME_IN_SECONDS, self._end_if_outside)

    def _end_if_outside(self) -> None:
        if not self.is_let_in:
            self.end()

    # -- out ------------------------------------------------------------------

    def send(self, message: str | bytes) -> None:
        """What the Socket.IO library sends: one text packet."""
        if not self.is_open:
            raise OSError("closed")
        if isinstance(message, str):
            self.write(frame(message.encode()))
        else:
            self.write(frame(message, BINARY))

    def write(self, data: bytes) -> None:
        """Write whole frames now, or behind what a slow reader has not taken yet; never wait."""
        if not self.is_open:
            return
        if self._backlog is not None:
            self._backlog.append(data)
            self._size += len(data)
            if self._size > MOST_BACKLOG:
                self.end()
            return
        try:
            sent = os.write(self._sock.fileno(), data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.end()
            return
        if sent < len(data):
            self._backlog, self._size = [data[sent:]], len(data) - sent
            gevent.spawn(self._drain)

    def _drain(self) -> None:
        """Waits by the socket itself, which knows when it is closed; a bare descriptor does not."""
        try:
            while self.is_open and self._backlog:
                data, self._backlog = memoryview(b"".join(self._backlog)), []
                while data and self.is_open:
                    with gevent.Timeout(STALLED_SECONDS):
                        data = data[self._sock.send(data) :]
                self._size = sum(map(len, self._backlog))
            self._backlog = None
        except (OSError, gevent.Timeout):
            self.end()

    # -- in -------------------------------------------------------------------

    def receive(self) -> str | None:
        """The next Engine.IO packet as text; None when the line has ended."""
        try:
            text = self._message()
        except Hostile as hostile:
            self.end(hostile.code)
            return None
        except (OSError, UnicodeDecodeError):
            self.end(PROTOCOL)
            return None
        return text

    def _message(self) -> str | None:
        parts: list[bytes] = []
        size = 0
        while True:
            kind, is_last, data = self._frame()
            if kind == CLOSE:
                self.end()
                return None
            if kind in (PING, PONG):
                if kind == PING:
                    self.write(frame(data, PONG))
                continue
            if (kind == 0) != bool(parts):
                raise Hostile(PROTOCOL)
            parts.append(data)
            size += len(data)
            if size > MOST_FRAME:
                raise Hostile(TOO_BIG)
            if is_last:
                return _packet(b"".join(parts).decode())

    def _frame(self) -> tuple[int, bool, bytes]:
        self._need(2)
        first, second = self._buffer[0], self._buffer[1]
        kind, length = first & 15, second & 127
        if first & 0x70 or not second & 128 or kind not in (0, TEXT, BINARY, CLOSE, PING, PONG):
            raise Hostile(PROTOCOL)
        if kind == BINARY:
            raise Hostile(NOT_TEXT)
        start = {SMALL: 4, MIDDLE: 10}.get(length, 2)
        self._need(start)
        if length >= SMALL:
            length = int.from_bytes(self._buffer[2:start], "big")
        if length > MOST_FRAME or (kind >= CLOSE and length >= SMALL):
            raise Hostile(TOO_BIG)
        if kind >= CLOSE and not first & 128:
            raise Hostile(PROTOCOL)
        self._need(start + 4 + length)
        key, data = self._buffer[start : start + 4], self._buffer[start + 4 : start + 4 + length]
        self._buffer = self._buffer[start + 4 + length :]
        return kind, bool(first & 128), unmask(data, key) if data else b""

    def _need(self, amount: int) -> None:
        while len(self._buffer) < amount:
            more = self._sock.recv(16384)
            if not more:
                raise OSError("closed")
            self._buffer += more

    # -- end ------------------------------------------------------------------

    def close(self) -> None:
        """The library is done with this line."""
        self.end()

    def end(self, code: int = NORMAL) -> None:
        """Say goodbye if the other side listens, and really end the line."""
        if not self.is_open:
            return
        self.is_open = False
        try:
            if self._backlog is None:
                os.write(self._sock.fileno(), frame(code.to_bytes(2, "big"), CLOSE))
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _packet(text: str) -> str:
    """Engine.IO packets begin with their type; anything else would strand the library's reader."""
    if text[:1] not in ("1", "2", "3", "4"):
        raise Hostile(PROTOCOL)
    return text


class CarrierHandler(WSGIHandler):
    """pywsgi's handler with a carrier in the environment of an upgrade request."""

    def run_application(self) -> None:
        """Hand the carrier over; nothing is answered until somebody accepts it."""
        if self.environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.environ[KEY] = Carrier(self)
        super().run_application()

    def log_request(self) -> None:
        """Requests are logged by the app, without addresses."""

    def handle_error(self, *_: Any) -> None:
        """A fault outside the app: no traceback with people's words in it."""
        log.error("fault outside the app")
        self._send_error_response_if_possible(500)


class CarrierSocket:
    """What Engine.IO takes for its WebSocket class: wraps the carrier of the request."""

    def __init__(self, handler: Callable[["CarrierSocket"], Iterable[bytes]], _server: Any) -> None:
        self._handler = handler
        self.carrier: Carrier | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Accept and talk until the line ends."""
        carrier = environ.get(KEY)
        key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
        if carrier is None or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not key:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"A WebSocket is needed here."]
        carrier.accept(key)
        self.carrier = carrier
        try:
            return self._handler(self)
        finally:
            carrier.end()

    def send(self, message: str | bytes) -> None:
        """Send one packet."""
        if self.carrier is not None:
            self.carrier.send(message)

    def wait(self) -> str | None:
        """Wait for one packet."""
        return self.carrier.receive() if self.carrier else None

    def close(self) -> None:
        """End the line."""
        if self.carrier is not None:
            self.carrier.close()
