"""A WebSocket made of bare bytes: for frames that no honest library would send."""

import base64
import os
import socket
import struct
from typing import Self

CLOSE, PING, PONG = 8, 9, 10


def frame(payload: bytes | str, first: int = 0x81, mask: bool = True) -> bytes:
    """One client frame; `first` holds the final bit, the reserved bits and the kind."""
    data = payload.encode() if isinstance(payload, str) else payload
    bit = 0x80 if mask else 0
    if len(data) < 126:
        head = bytes((first, bit | len(data)))
    elif len(data) < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, len(data))
    else:
        head = struct.pack("!BBQ", first, bit | 127, len(data))
    if not mask:
        return head + data
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i & 3] for i, byte in enumerate(data))


class Raw:
    """A TCP line that asks for a WebSocket and then sends whatever it likes."""

    def __init__(self, port: int, cookie: str, *more: str, origin: str | None = None) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=15)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: {cookie}"] if cookie else []),
            *([f"Origin: {origin}"] if origin else []),
            *more,
        ]
        self.line.sendall("\r\n".join([*lines, "", ""]).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        self.head = head.decode()
        self.status = int(self.head.split(" ")[1])

    def connect(self) -> Self:
        """Engine.IO's open packet, then Socket.IO's CONNECT and its answer."""
        assert self.status == 101, self.head
        assert self.receive()[1][:1] == b"0"
        self.send(frame("40"))
        assert self.receive()[1][:2] == b"40"
        return self

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.line.sendall(data)

    def receive(self) -> tuple[int, bytes]:
        """The next frame: its first byte and its payload."""
        self._need(2)
        first, length = self.buffer[0], self.buffer[1]
        start = {126: 4, 127: 10}.get(length, 2)
        self._need(start)
        if length >= 126:
            length = int.from_bytes(self.buffer[2:start], "big")
        self._need(start + length)
        data, self.buffer = self.buffer[start : start + length], self.buffer[start + length :]
        return first, data

    def until(self, start: bytes) -> bytes:
        """The next text packet that begins so."""
        while True:
            first, data = self.receive()
            if first == 0x81 and data.startswith(start):
                return data

    def ending(self) -> int | None:
        """Read to the end of the line; the code of the close frame, if one came."""
        try:
            while True:
                first, data = self.receive()
                if first == 0x80 | CLOSE:
                    code = int.from_bytes(data[:2], "big")
                    assert self.line.recv(1) == b"", "the line goes on after the goodbye"
                    return code
        except ConnectionError:
            return None

    def close(self) -> None:
        """Let go without a word."""
        self.line.close()

    def _need(self, amount: int) -> None:
        while len(self.buffer) < amount:
            self._more()

    def _more(self) -> None:
        more = self.line.recv(65536)
        if not more:
            raise ConnectionError("ended")
        self.buffer += more
