"""Socket.IO packets of text, made and read; the same bytes for everybody who hears an event."""

import json
from typing import Any

import orjson
from socketio import packet

from support.web.frames import frame

MOST_BRACKETS = 200
_slowly = json.JSONEncoder(separators=(",", ":")).encode


def packed(data: Any) -> bytes:
    """JSON, quickly; what the quick encoder will not write (half a character) slowly."""
    try:
        return orjson.dumps(data)
    except TypeError:
        return _slowly(data).encode()


def event_frame(event: str, data: Any) -> bytes:
    """An event, encoded and framed, ready for any number of lines."""
    return frame(b"42" + packed([event, data]))


def answer_frame(number: str, data: Any) -> bytes:
    """The acknowledgement of the event that carried this number."""
    return frame(b"43" + number.encode() + packed([data]))


class _Json:
    """What the library asks of a JSON module. It reads as the standard one does."""

    loads = staticmethod(json.loads)

    @staticmethod
    def dumps(data: Any, **_: Any) -> str:
        return packed(data).decode()


class TextPacket(packet.Packet):
    """Socket.IO packets of text only: no attachments, no deep JSON."""

    uses_binary_events = False
    json = _Json

    def decode(self, encoded_packet: str) -> int:
        """Refuse types above ACK and JSON deeper or busier than any of ours."""
        if encoded_packet[:1] not in ("0", "1", "2", "3"):
            raise ValueError("not a text packet")
        if encoded_packet.count("[") + encoded_packet.count("{") > MOST_BRACKETS:
            raise ValueError("too deep")
        super().decode(encoded_packet)
        if self.packet_type == packet.EVENT and not _has_name(self.data):
            raise ValueError("not an event")
        return 0


def _has_name(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)
