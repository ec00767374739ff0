"""The one door for Socket.IO: handlers are plain functions (unit, actor, form) -> reply.

Flask's hooks never run for events and a socket outlives its session, so this door, not each
handler, re-reads the person for every event, and it answers every event, faults too.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

import gevent
from flask import Flask
from flask_socketio import SocketIO

from support.base.errors import SignInNeeded, Unreadable
from support.db.bare import NeedsSession
from support.db.unit import Unit
from support.web.access import Audience, check_may_pass
from support.web.beats import BEAT_SECONDS
from support.web.fanout import SPACE, Fanout
from support.web.frames import MOST_FRAME
from support.web.gate import Gate, Wire, csrf_holds, still_holds, wire_of
from support.web.line import WIRE, Lines
from support.web.manners import HALF_A_SLIP, MANNERS
from support.web.packing import TextPacket
from support.web.quick import Asked, Quickly, QuickWay
from support.web.refusing import refusal
from support.web.work import Workshop, workshop

log = logging.getLogger("handrail.sockets")
socketio = SocketIO()
LAST_WORDS_SECONDS = 0.2


class Form(Protocol):
    """What a handler is given: parsed from the event's object."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self: ...


Handler = Callable[..., dict[str, Any] | None]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Door:
    """One registered event."""

    handler: Handler
    form: type[Form]
    audience: Audience
    reads: bool
    hears: bool


@dataclass(frozen=True, slots=True)
class Serving:
    """The socket whose event is being handled now."""

    sid: str
    wire: Wire


EVENTS: dict[str, Door] = {}
QUICK: dict[str, Quickly] = {}
LEAVING: list[Callable[[str, str], None]] = []
_wires: dict[str, Wire] = {}
_house: list[tuple[Flask, Workshop]] = []


def on(
    event: str, form: type[Form], *, allow: Audience, reads: bool = False, hears: bool = False
) -> Callable[[H], H]:
    """Open an event to an audience; there is no other way to register one.

    `reads`: nothing is written, so no transaction is taken. `hears`: the handler is also given the
    id of the socket, to let it hear a channel.
    """

    def register(handler: H) -> H:
        EVENTS[event] = Door(handler, form, allow, reads, hears)
        return handler

    return register


def room_channel(room_id: str) -> str:
    """Everybody who listens in a room."""
    return f"room:{room_id}"


def account_channel(account_id: str) -> str:
    """Every socket of one person."""
    return f"account:{account_id}"


def session_channel(session_id: str) -> str:
    """Every socket of one log-in."""
    return f"session:{session_id}"


MODERATORS, RESPONDERS = "moderators", "responders"


def tell(channel: str, event: str, data: dict[str, Any]) -> None:
    """Send to everybody in a channel."""
    if socketio.server is not None:
        socketio.server.manager.emit(event, data, SPACE, room=channel)


def put_in(sid: str, channel: str) -> None:
    """Let a socket hear a channel."""
    socketio.server.enter_room(sid, channel, namespace=SPACE)


def take_out(channel: str, from_channel: str) -> None:
    """Nobody in `channel` hears `from_channel` any more."""
    for sid in sids(channel):
        socketio.server.leave_room(sid, from_channel, namespace=SPACE)


def sids(channel: str) -> list[str]:
    """The sockets of this process in a channel."""
    if socketio.server is None:
        return []
    return [sid for sid, _ in socketio.server.manager.get_participants(SPACE, channel)]


def is_anybody_here() -> bool:
    """Whether any page is open on this process; in a process that only ticks there never is."""
    return socketio.server is not None and bool(socketio.server.eio.sockets)


def fell_silent(sid: str) -> bool:
    """Whether a line that has ended gave no sign of life for a whole beat before."""
    carrier = socketio.server.manager.carrier_of(sid) if socketio.server else None
    return not getattr(carrier, "is_alive", True)


def speaking() -> AbstractContextManager[object]:
    """Where sentences can be translated, for facts that are told outside a request."""
    return _house[0][0].test_request_context("/")


def account_of(sid: str) -> str | None:
    """Whose socket this is."""
    wire = _wires.get(sid)
    return wire.account_id if wire else None


def cut(channel: str, reason: str, way_in: str | None = None) -> None:
    """Tell every socket in a channel that its session has ended, then end it.

    `way_in` is the path to the side room of somebody in danger: no sanction closes it.
    """
    told = {"reason": reason} | ({"side_room": way_in} if way_in else {})
    tell(channel, "session:ended", told)
    for sid in sids(channel):
        _wires.pop(sid, None)
        carrier = socketio.server.manager.carrier_of(sid)
        carrier.wire = None
        socketio.server.disconnect(sid, namespace=SPACE)
        if carrier is not None:
            gevent.spawn_later(LAST_WORDS_SECONDS, carrier.end)


def answer(event: str, sid: str, data: Any) -> dict[str, Any]:
    """Run one event through its door; whatever happens, there is an answer."""
    app, house = _house[0]
    door, wire = EVENTS.get(event), _wires.get(sid)
    try:
        if door is None:
            raise Unreadable("This event is not known.")
        if wire is None:
            raise SignInNeeded("Your session has ended. Please log in again.")
        return {"ok": True, **_pass(house, door, Serving(sid, wire), data)}
    except Exception as error:
        if wire is not None and isinstance(error, Unreadable):
            MANNERS.slipped(wire.token, HALF_A_SLIP)
        return refusal(app, event, error)


def _pass(house: Workshop, door: Door, serving: Serving, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Unreadable("An object is needed.")
    form = door.form.parse(data)

    def work(unit: Unit) -> dict[str, Any]:
        actor = house.load_actor(unit, serving.wire.token)
        check_may_pass(actor, door.audience)
        if actor is None:
            raise SignInNeeded("Your session has ended. Please log in again.")
        if door.hears:
            return door.handler(unit, actor, form, serving.sid) or {}
        return door.handler(unit, actor, form) or {}

    if door.reads:
        return _looked(house, work, at_once=door.hears)
    return house.database.batched(work)


def _looked(
    house: Workshop, work: Callable[[Unit], dict[str, Any]], *, at_once: bool
) -> dict[str, Any]:
    """`at_once`, which everybody does who comes in: by a quick look, where that is enough."""
    if at_once:
        with suppress(NeedsSession), house.database.look() as unit:
            return work(unit)
    with house.database.read() as unit:
        return work(unit)


def quickly(event: str, way: Quickly) -> None:
    """This event has a quick way beside its door, for when nothing is in it; the door stays."""
    QUICK[event] = way


def _quick_way(app: Flask, house: Workshop) -> QuickWay:
    def alone(event: str, unit: Unit, asked: Asked) -> dict[str, Any]:
        actor = house.actors(unit, [asked.session_id]).get(asked.session_id)
        check_may_pass(actor, EVENTS[event].audience)
        return QUICK[event].alone(unit, actor, asked)

    def answered(event: str, value: Any, error: BaseException | None) -> dict[str, Any]:
        return {"ok": True, **value} if error is None else refusal(app, event, error)

    return QuickWay(QUICK, house.database.add, alone, answered)


def _connect(sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
    """Register the socket first and check after, so that a ban in between finds it."""
    app, house = _house[0]
    wire: Wire | None = environ.get(WIRE) or wire_of(app, environ)
    if wire is None:
        return False
    _wires[sid] = wire
    for channel in (account_channel(wire.account_id), session_channel(wire.session_id)):
        put_in(sid, channel)
    if not still_holds(house, wire) or not csrf_holds(app, wire, auth):
        _wires.pop(sid, None)
        return False
    return True


def _disconnect(sid: str, *_: Any) -> None:
    wire = _wires.pop(sid, None)
    for leaving in LEAVING:
        leaving(sid, wire.account_id if wire else "")


def _unknown(event: str, sid: str, *data: Any) -> dict[str, Any]:
    return answer(event, sid, data[0] if data else None)


def init_app(app: Flask) -> None:
    """Make the Socket.IO server of this app; WebSocket only, the site's own origin only."""
    house = workshop(app)
    _house[:] = [(app, house)]
    _wires.clear()
    socketio.init_app(
        app,
        async_mode="gevent",
        async_handlers=False,
        client_manager=Fanout(),
        serializer=TextPacket,
        transports=["websocket"],
        cors_allowed_origins=[house.settings.public_url],
        manage_session=False,
        http_compression=False,
        max_http_buffer_size=MOST_FRAME,
        ping_interval=BEAT_SECONDS,
        ping_timeout=BEAT_SECONDS,
        monitor_clients=False,
        logger=False,
        engineio_logger=False,
    )
    server = socketio.server
    lines = Lines(server, _quick_way(app, house).take, is_paced=house.settings.rates)
    server.on("connect", _connect)
    server.on("disconnect", _disconnect)
    for event in EVENTS:
        server.on(event, _handler(event))
    server.on("*", _unknown)
    app.wsgi_app = Gate(app, app.wsgi_app, lines.take_in)  # type: ignore[method-assign]


def _handler(event: str) -> Callable[..., dict[str, Any]]:
    def handle(sid: str, *data: Any) -> dict[str, Any]:
        return answer(event, sid, data[0] if len(data) == 1 else None)

    return handle
