"""The server's side of one WebSocket: no greenlet, no thread, no timer of its own; bounded buffers.

The stock carriers either read a frame of any size or cost several times the work. This one is woken
by the loop when bytes have come, takes text frames up to 64 KiB, never waits for a slow reader,
keeps at most 1 MiB for one, and ends the line for anything else.
"""

import base64
import hashlib
import logging
import os
import socket
from collections.abc import Callable
from typing import Any

import gevent
from gevent.monkey import get_original
from gevent.pywsgi import WSGIHandler

from support.web.beats import BEATS
from support.web.frames import (
    CLOSE,
    NORMAL,
    OUR_FAULT,
    PING,
    PONG,
    PROTOCOL,
    TEXT,
    Hostile,
    Reader,
    frame,
)
from support.web.outbox import OUTBOX

log = logging.getLogger("handrail.errors")
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MOST_BACKLOG = 1024 * 1024
MOST_READ = 16384
STALLED_SECONDS = 30
KEY = "handrail.carrier"
READ, WRITE = 1, 2
_PLAIN_SOCKET: type[socket.socket] = get_original("socket", "socket")


class Carrier:
    """One WebSocket. What arrives is handed to `arrived`; what is `put` leaves with this turn."""

    __slots__ = (
        "_arrived", "_backlog", "_ended", "_file", "_handler", "_is_held", "_reader", "_size",
        "_sock", "_stalled", "_watcher", "_writer", "channels", "code", "fd", "is_alive",
        "is_let_in", "is_open", "out", "pending", "sid", "turn", "wire",
    )  # fmt: skip

    def __init__(self, handler: WSGIHandler) -> None:
        self._handler: Any = handler
        self._reader: Reader | None = None
        self._backlog: list[bytes] | None = None
        self._size = 0
        self._is_held = False
        self._writer: Any = None
        self._stalled: Any = None
        self.channels: list[str] = []
        self.code = NORMAL
        self.out = b""
        self.fd = -1
        self.pending = 0
        self.turn = 0
        self.sid = ""
        self.wire: Any = None
        self.is_alive = True
        self.is_open = False
        self.is_let_in = False

    @property
    def closed(self) -> bool:
        """What Engine.IO asks before it sends."""
        return not self.is_open

    def accept(self, key: str) -> None:
        """Answer the handshake and take the line over from the HTTP server."""
        proof = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest())  # noqa: S324 - RFC 6455
        handler, self._handler = self._handler, None
        handler.close_connection = True
        handler.headers_sent, handler.status, handler.code = True, "101 Switching Protocols", 101
        self._sock = _PLAIN_SOCKET(fileno=os.dup(handler.socket.fileno()))
        handler.socket = None
        handler.rfile.close()
        self._file = self._sock.fileno()
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_open = True
        self.out = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + proof + b"\r\n\r\n"
        )

    def listen(
        self, arrived: Callable[["Carrier", str], None], ended: Callable[["Carrier"], None]
    ) -> None:
        """Send what was put so far, and from now on hand every packet over."""
        self._arrived, self._ended = arrived, ended
        self._watcher = gevent.get_hub().loop.io(self._file, READ)
        self._watcher.start(self._readable)
        BEATS.join(self)
        data, self.out = self.out, b""
        self.fd = self._file
        self.write(data)

    # -- out ------------------------------------------------------------------

    def send(self, packet: Any) -> None:
        """What the Socket.IO library sends: one text packet."""
        OUTBOX.put(self, frame(packet.encode().encode()))

    def write(self, data: bytes) -> None:
        """Write this now, or behind what a slow reader has not taken yet; never wait."""
        if not self.is_open:
            return
        if self._backlog is None:
            try:
                sent = os.write(self._file, data)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.end()
                return
            if sent == len(data):
                return
            data = data[sent:]
            self._backlog = []
            self._watch_for_room()
        self._backlog.append(data)
        self._size += len(data)
        if self._size > MOST_BACKLOG:
            self.end()

    def _watch_for_room(self) -> None:
        OUTBOX.settle()
        self.fd = -1
        loop = gevent.get_hub().loop
        self._writer = loop.io(self._file, WRITE)
        self._writer.start(self._writable)
        self._stalled = loop.timer(STALLED_SECONDS, STALLED_SECONDS)
        self._stalled.start(self.end)

    def _writable(self) -> None:
        data = b"".join(self._backlog or ())
        try:
            sent = os.write(self._file, data)
        except BlockingIOError:
            return
        except OSError:
            self.end()
            return
        self._size = len(data) - sent
        if self._size:
            self._backlog = [data[sent:]]
            self._stalled.again(self.end)
        else:
            OUTBOX.settle()
            self._backlog, self.fd = None, self._file
            self._stop_writer()

    def _stop_writer(self) -> None:
        for watcher in (self._writer, self._stalled):
            if watcher is not None:
                watcher.stop()
                watcher.close()
        self._writer = self._stalled = None

    # -- in -------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = os.read(self._file, MOST_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.is_alive = True  # a goodbye is a sign of life too; who ends without one fell silent
        if not data:
            self.end()
            return
        if self._reader is None:
            self._reader = Reader()
        self._reader.feed(data)
        self._take()

    def _take(self) -> None:
        """Hand packets over until one must be waited for."""
        try:
            while self.is_open and not self._is_held and self._reader is not None:
                found = self._reader.next()
                if found is None:
                    break
                self._one(*found)
        except Hostile as hostile:
            self.end(hostile.code)
        except UnicodeDecodeError:
            self.end(PROTOCOL)
        except Exception as error:
            log.error("line ended kind=%s", type(error).__name__)
            self.end(OUR_FAULT)
        if self._reader is not None and self._reader.is_empty:
            self._reader = None

    def _one(self, kind: int, data: bytes) -> None:
        if kind == TEXT:
            self._arrived(self, data.decode())
        elif kind == PING:
            OUTBOX.put(self, frame(data, PONG))
        elif kind == CLOSE:
            self.end()

    def hold(self) -> None:
        """One packet is being worked on: read nothing more until it is done."""
        self._is_held = True
        if self.is_open:
            self._watcher.stop()

    def go_on(self) -> None:
        """Read on; what was read already comes first."""
        self._is_held = False
        if self.is_open:
            self._take()
        if self.is_open and not self._is_held:
            self._watcher.start(self._readable)

    def wait_for_quick(self) -> None:
        """Let what this line sent before be done first."""
        while self.pending and self.is_open:
            gevent.sleep(0.001)

    # -- end ------------------------------------------------------------------

    def close(self, *_: Any, **__: Any) -> None:
        """The library is done with this line."""
        self.end()

    def end(self, code: int = NORMAL) -> None:
        """Say goodbye if the other side listens, and really end the line."""
        if not self.is_open:
            return
        OUTBOX.settle()
        self.is_open, self.fd, self.code = False, -1, code
        BEATS.leave(self)
        self._stop_writer()
        self._watcher.stop()
        self._watcher.close()
        try:
            if self._backlog is None:
                os.write(self._file, self.out + frame(code.to_bytes(2, "big"), CLOSE))
            self._sock.shutdown(socket.SHUT_RDWR)
            os.read(self._file, MOST_READ)  # what is left unread would reset the line
        except OSError:
            pass
        self._sock.close()
        self.out, self._backlog, self._reader = b"", None, None
        gevent.spawn(self._ended, self)


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
