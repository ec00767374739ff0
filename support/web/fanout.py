"""Room delivery: a broadcast is encoded once, framed once, and put in every member's outbox.

What one turn of the loop emits leaves in one write a member. A member whose socket is full gets a
bounded backlog in the carrier, then is dropped and catches up from the log.

There is one namespace, and a socket has one id: what Socket.IO calls its sid is Engine.IO's. So a
channel is a plain table from id to carrier, and a socket knows the few channels it is in.
"""

from collections.abc import Iterator
from typing import Any

import socketio
from socketio import packet

from support.web.carrier import KEY, Carrier
from support.web.outbox import OUTBOX, Crowd
from support.web.packing import event_frame

SPACE = "/"


class WithoutLine:
    """A socket that has no line of ours, as the library's own test client makes them."""

    def __init__(self) -> None:
        self.out = b""
        self.fd = -1
        self.sid = ""
        self.channels: list[str] = []
        self.is_let_in = False
        self.wire: Any = None

    def write(self, data: bytes) -> None:
        """Nothing is written: the library sends to such a socket itself."""

    def end(self) -> None:
        """There is no line to end."""


Member = Carrier | WithoutLine


class Fanout(socketio.Manager):
    """The client manager handed to Flask-SocketIO."""

    def __init__(self) -> None:
        super().__init__()
        self._carriers: Crowd[Member] = Crowd()
        self._channels: dict[str, Crowd[Member]] = {}
        self._going: set[str] = set()
        self._without_line: set[str] = set()

    # -- who is connected ---------------------------------------------------------

    def pre_connect(self, eio_sid: str, namespace: str) -> str | None:
        """A line asks to come in; a second time it is told no."""
        environ = self.server.environ.get(eio_sid)
        if environ is None or namespace != SPACE or eio_sid in self._carriers:
            return None
        carrier = environ.get(KEY)
        if carrier is None:
            carrier = WithoutLine()
            self._without_line.add(eio_sid)
        OUTBOX.settle()
        carrier.sid = eio_sid
        self._carriers[eio_sid] = carrier
        return eio_sid

    def connect(self, sid: str, namespace: str) -> str:  # noqa: ARG002 - the library's signature
        """It is let in: its line may stay."""
        self._carriers[sid].is_let_in = True
        return sid

    def is_pre_connected(self, sid: str, namespace: str) -> bool:  # noqa: ARG002
        """Whether it asked and has no answer yet."""
        carrier = self._carriers.get(sid)
        return carrier is not None and not carrier.is_let_in

    def is_connected(self, sid: str | None, namespace: str) -> bool:  # noqa: ARG002
        """Whether it is in, and not on its way out."""
        carrier = self._carriers.get(sid or "")
        return carrier is not None and carrier.is_let_in and sid not in self._going

    def sid_from_eio_sid(self, eio_sid: str, namespace: str) -> str | None:  # noqa: ARG002
        """The two are one."""
        return eio_sid if eio_sid in self._carriers else None

    def eio_sid_from_sid(self, sid: str, namespace: str) -> str | None:  # noqa: ARG002
        """The two are one."""
        return sid if sid in self._carriers else None

    def carrier_of(self, sid: str) -> Member | None:
        """The line of one socket."""
        return self._carriers.get(sid)

    def pre_disconnect(self, sid: str, namespace: str) -> str | None:  # noqa: ARG002
        """It is on its way out: still known, no longer connected."""
        self._going.add(sid)
        return sid if sid in self._carriers else None

    def disconnect(self, sid: str, namespace: str, **_: Any) -> None:  # noqa: ARG002
        """It is gone from everywhere."""
        self._going.discard(sid)
        self._without_line.discard(sid)
        OUTBOX.settle()
        carrier = self._carriers.pop(sid, None)
        if carrier is None:
            return
        carrier.is_let_in = False
        for channel in carrier.channels:
            self._forget(sid, channel)
        carrier.channels = []

    # -- channels -------------------------------------------------------------------

    def get_namespaces(self) -> tuple[str, ...]:
        """The one there is."""
        return (SPACE,)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Who hears a channel in this process; everybody for None."""
        yield from [(sid, sid) for sid in self._hearing(room)]

    def enter_room(
        self,
        sid: str,
        namespace: str,  # noqa: ARG002
        room: str,
        eio_sid: str | None = None,  # noqa: ARG002
    ) -> None:
        """Hear a channel from here on."""
        carrier = self._carriers.get(sid)
        if carrier is None:
            raise ValueError("not connected")
        OUTBOX.settle()
        members = self._channels.get(room)
        if members is None:
            members = self._channels[room] = Crowd()
        if sid not in members:
            members[sid] = carrier
            carrier.channels.append(room)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:  # noqa: ARG002
        """Hear it no more."""
        carrier = self._carriers.get(sid)
        if carrier is not None and room in carrier.channels:
            OUTBOX.settle()
            carrier.channels.remove(room)
            self._forget(sid, room)

    def close_room(self, room: str, namespace: str) -> None:
        """Nobody hears it any more."""
        for sid in list(self._hearing(room)):
            self.leave_room(sid, namespace, room)

    def get_rooms(self, sid: str, namespace: str) -> list[str]:  # noqa: ARG002
        """The channels of one socket."""
        carrier = self._carriers.get(sid)
        return list(carrier.channels) if carrier else []

    def _hearing(self, room: str | None) -> dict[str, Member]:
        if room is None:
            return self._carriers
        alone = self._carriers.get(room)
        return {room: alone} if alone else self._channels.get(room, {})

    def _forget(self, sid: str, channel: str) -> None:
        members = self._channels.get(channel)
        if members is not None:
            members.pop(sid, None)
            if not members:
                del self._channels[channel]

    # -- telling ----------------------------------------------------------------------

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, **rest: Any) -> None:  # noqa: ARG002
        """Encode and frame once; whoever hears the channel now gets it with this turn's write."""
        members = self._hearing(rest.get("to") or room)
        skipped = rest.get("skip_sid")
        if skipped:
            left_out = {skipped} if isinstance(skipped, str) else set(skipped)
            members = {sid: one for sid, one in members.items() if sid not in left_out}
        if members:
            OUTBOX.tell(members, event_frame(event, data))
            for sid in self._without_line.intersection(members):
                made = self.server.packet_class(packet.EVENT, namespace=SPACE, data=[event, data])
                self.server._send_packet(sid, made)
