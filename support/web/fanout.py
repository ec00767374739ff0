"""Room delivery: a broadcast is encoded once, framed once, and written to every member's socket.

What one turn of the loop emits to a channel is gathered into one write a member. A member whose
socket is full gets a bounded backlog in the carrier, then is dropped and catches up from the log.
"""

from typing import Any

import gevent
import socketio
from socketio import packet

from support.web.carrier import KEY, Carrier, frame

MOST_BRACKETS = 200


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


class Fanout(socketio.Manager):
    """The client manager handed to Flask-SocketIO."""

    def __init__(self) -> None:
        super().__init__()
        self._carriers: dict[str, Carrier] = {}
        self._pending: dict[tuple[str, str | None], list[bytes]] = {}

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """Remember the carrier of a connecting socket."""
        carrier = (self.server.environ.get(eio_sid) or {}).get(KEY)
        if carrier is not None:
            self._carriers[eio_sid] = carrier
        sid: str | None = super().pre_connect(eio_sid, namespace)
        return sid

    def connect(self, sid: str, namespace: str) -> Any:
        """The socket is let in: its line may stay."""
        let_in = super().connect(sid, namespace)
        if carrier := self.carrier_of(let_in):
            carrier.is_let_in = True
        return let_in

    def carrier_of(self, sid: str) -> Carrier | None:
        """The line of one socket, if it has one of ours."""
        return self._carriers.get(self.eio_sid_from_sid(sid, "/") or "")

    def disconnect(self, sid: str, namespace: str, **kwargs: Any) -> Any:
        """Forget the carrier of a socket that is gone."""
        self._carriers.pop(self.eio_sid_from_sid(sid, namespace), None)
        return super().disconnect(sid, namespace, **kwargs)

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> Any:
        """Who enters now does not hear what was emitted before."""
        self.flush((namespace, room))
        return super().enter_room(sid, namespace, room, eio_sid=eio_sid)

    def leave_room(self, sid: str, namespace: str, room: str) -> Any:
        """Who leaves now still hears what was emitted before."""
        self.flush((namespace, room))
        return super().leave_room(sid, namespace, room)

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **rest: Any) -> None:
        """Encode and frame once; deliver at the end of this turn of the loop."""
        room = rest.pop("to", None) or room
        if rest.get("callback") or rest.get("skip_sid") or not self._carriers:
            super().emit(event, data, namespace, room=room, **rest)
            return
        encoded = self.server.packet_class(
            packet.EVENT, namespace=namespace, data=[event, data]
        ).encode()
        ready = frame(b"4" + encoded.encode())
        key = (namespace, room)
        if key in self._pending:
            self._pending[key].append(ready)
        else:
            self._pending[key] = [ready]
            gevent.get_hub().loop.run_callback(self.flush, key)

    def flush(self, key: tuple[str, str | None]) -> None:
        """Write what is gathered for a channel to everybody in it."""
        frames = self._pending.pop(key, None)
        if not frames:
            return
        data = b"".join(frames)
        for _, eio_sid in self.get_participants(*key):
            carrier = self._carriers.get(eio_sid)
            if carrier is not None:
                carrier.write(data)
