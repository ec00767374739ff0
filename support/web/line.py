"""Where a carrier meets the Socket.IO server: packets in their order, one at a time for each line.

The carrier stands where Engine.IO keeps its own socket. It has no greenlet: one is made for a
packet that has to wait for something, and the line is held until it is done. A quick event is done
at once, in the loop itself, and may not wait for anything.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import gevent

from support.db.unit import is_outage
from support.web.beats import BEAT_SECONDS
from support.web.carrier import KEY, Carrier
from support.web.frames import MOST_FRAME, NORMAL, OUR_FAULT, PROTOCOL, Hostile, frame
from support.web.manners import HALF_A_SLIP, MANNERS, PACE, in_turn

log = logging.getLogger("handrail.sockets")
WIRE = "handrail.wire"
CLOSE, PING, PONG, MESSAGE = "1", "2", "3", "4"
MOST_PENDING = 16
Quick = Callable[[Carrier, str], bool]


class Lines:
    """All lines of one Socket.IO server."""

    def __init__(self, server: Any, quick: Quick, *, is_paced: bool = True) -> None:
        self._server = server
        self._quick = quick
        self._is_paced = is_paced

    def take_in(self, carrier: Carrier, wire: Any, ended: Callable[[], None]) -> None:
        """A handshake has passed the gate: the line is open, and may ask to come in."""
        server = self._server
        sid = carrier.sid = server.eio.generate_id()
        carrier.wire = wire
        server.eio.sockets[sid] = carrier
        server._handle_eio_connect(sid, {KEY: carrier, WIRE: wire})
        carrier.out += frame(_opening(sid))

        def over(_: Carrier) -> None:
            if carrier.code not in (NORMAL, OUR_FAULT):
                MANNERS.slipped(wire.token)
            try:
                server._handle_eio_disconnect(sid, "transport close")
            finally:
                server.eio.sockets.pop(sid, None)
                ended()

        carrier.listen(self.arrived, over)

    def arrived(self, carrier: Carrier, packet: str) -> None:
        """One Engine.IO packet; of an unknown type, the line ends."""
        kind = packet[:1]
        if kind == MESSAGE:
            is_slow = carrier.pending >= MOST_PENDING or self._has_poor_manners(carrier)
            if not is_slow and self._quick(carrier, packet):
                return
            carrier.hold()
            gevent.spawn(self._work, carrier, packet)
        elif kind == CLOSE:
            carrier.end()
        elif kind not in (PING, PONG) or not packet:
            raise Hostile(PROTOCOL)

    def _has_poor_manners(self, carrier: Carrier) -> bool:
        """Count the packet where the house keeps a pace; whether it has to wait for its turn."""
        token = carrier.wire.token if carrier.wire else ""
        if self._is_paced and PACE.is_too_fast(token):
            MANNERS.slipped(token, HALF_A_SLIP)
        return MANNERS.are_poor(token)

    def _work(self, carrier: Carrier, packet: str) -> None:
        """One packet; what cannot be read ends the line instead of leaving it without an answer."""
        try:
            carrier.wait_for_quick()
            with in_turn(carrier.wire.token if carrier.wire else "", packet):
                self._server._handle_eio_message(carrier.sid, packet[1:])
        except Exception as error:
            log.info("line ended kind=%s", type(error).__name__)
            carrier.end(OUR_FAULT if is_outage(error) else PROTOCOL)
        carrier.go_on()


def _opening(sid: str) -> bytes:
    told = {
        "sid": sid,
        "upgrades": [],
        "pingTimeout": BEAT_SECONDS * 1000,
        "pingInterval": BEAT_SECONDS * 1000,
        "maxPayload": MOST_FRAME,
    }
    return b"0" + json.dumps(told).encode()
