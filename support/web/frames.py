"""WebSocket frames (RFC 6455): made once for many, read within bounds, else refused."""

import struct

MOST_FRAME = 64 * 1024
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
SMALL, MIDDLE = 126, 127
TOO_BIG, NOT_TEXT, PROTOCOL, NORMAL = 1009, 1003, 1002, 1000
OUR_FAULT = 1011
_KINDS = frozenset({0, TEXT, BINARY, CLOSE, PING, PONG})
_WHOLE_TEXT = 0x80 | TEXT


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


class Reader:
    """What has arrived on one line: bytes in, whole messages out, never more kept than a frame."""

    __slots__ = ("_bytes", "_parts")

    def __init__(self) -> None:
        self._bytes = b""
        self._parts: list[bytes] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of a message waits for its rest."""
        return not self._bytes and self._parts is None

    def feed(self, data: bytes) -> None:
        """More bytes."""
        self._bytes = self._bytes + data if self._bytes else data

    def next(self) -> tuple[int, bytes] | None:
        """The next message or control frame and its kind; None while there is not all of it."""
        while self._bytes:
            found = self._frame()
            if found is None:
                return None
            first, data = found
            kind = first & 15
            if first == _WHOLE_TEXT and self._parts is None:
                return TEXT, data
            if kind >= CLOSE:
                return kind, data
            if (kind == 0) != (self._parts is not None):
                raise Hostile(PROTOCOL)
            whole = self._joined(data, is_last=bool(first & 128))
            if whole is not None:
                return TEXT, whole
        return None

    def _joined(self, data: bytes, *, is_last: bool) -> bytes | None:
        self._parts = [*(self._parts or ()), data]
        if sum(map(len, self._parts)) > MOST_FRAME:
            raise Hostile(TOO_BIG)
        if not is_last:
            return None
        whole, self._parts = b"".join(self._parts), None
        return whole

    def _frame(self) -> tuple[int, bytes] | None:
        """The first byte and the unmasked words of the next frame, once all of it is there."""
        held = self._bytes
        there = len(held)
        if there < 2:  # noqa: PLR2004 - the two bytes every frame begins with
            return None
        first, length = held[0], held[1] & 127
        _check_head(first, held[1])
        start = 2
        if length >= SMALL:
            start = 4 if length == SMALL else 10
            if there < start:
                return None
            length = int.from_bytes(held[2:start], "big")
        if length > MOST_FRAME:
            raise Hostile(TOO_BIG)
        end = start + 4 + length
        if there < end:
            return None
        data = unmask(held[start + 4 : end], held[start : start + 4]) if length else b""
        self._bytes = held[end:]
        return first, data


def _check_head(first: int, second: int) -> None:
    kind = first & 15
    if first & 0x70 or not second & 128 or kind not in _KINDS:
        raise Hostile(PROTOCOL)
    if kind == BINARY:
        raise Hostile(NOT_TEXT)
    if kind >= CLOSE:
        if second & 127 >= SMALL:
            raise Hostile(TOO_BIG)
        if not first & 128:
            raise Hostile(PROTOCOL)
