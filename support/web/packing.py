"""Socket.IO packets of text, made and read; the same bytes for everybody who hears an event."""

import json
from typing import Any

from socketio import packet

from support.web.frames import frame

MOST_BRACKETS = 200
_encode = json.JSONEncoder(separators=(",", ":")).encode


def event_frame(event: str, data: Any) -> bytes:
    """An event, encoded and framed, ready for any number of lines."""
    return frame(b"42" + _encode([event, data]).encode())


def answer_frame(number: str, data: Any) -> bytes:
    """The acknowledgement of the event that carried this number."""
    return frame(b"43" + number.encode() + _encode([data]).encode())


class TextPacket(packet.Packet):
    """Socket.IO packets of text only: no attachments, no deep JSON."""

    uses_binary_events = False

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
