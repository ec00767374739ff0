"""In front of Engine.IO: who has no live session, or comes from elsewhere, gets no socket."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie

from support.base.errors import Unavailable
from support.web.carrier import KEY, Carrier
from support.web.manners import in_turn, must_come_later
from support.web.work import SESSION_TOKEN, Workshop, workshop

PATH = "/socket.io"
SIGNER = "handrail.signer"
AGAIN_AFTER = "5"
MOST_A_PERSON = 5
MOST_AN_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class Wire:
    """What a socket carries of its person: the keys to look them up afresh, nothing else."""

    account_id: str
    session_id: str
    token: str
    csrf: str
    ends: int = 0


def wire_of(app: Flask, environ: dict[str, Any]) -> Wire | None:
    """Whose live session the request's cookie is; None for a visitor."""
    session = _session(app, environ.get("HTTP_COOKIE", ""))
    token = session.get(SESSION_TOKEN)
    if not isinstance(token, str):
        return None
    if must_come_later(token):
        raise Unavailable("Please try again soon.")
    house, ends = workshop(app), ENDS.count
    with in_turn(token), house.database.look() as unit:
        actor = house.load_actor(unit, token)
    if actor is None or actor.session_id is None:
        return None
    return Wire(actor.id, actor.session_id, token, session.get("csrf_token", ""), ends)


def _session(app: Flask, cookies: str) -> Mapping[str, Any]:
    """What the signed cookie holds, read by Flask's own signer; empty for a visitor."""
    signed = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"])
    signer = app.extensions.get(SIGNER)
    if signer is None:
        signer = app.extensions[SIGNER] = _cookie_signer(app)
    if not signed or signer is None:
        return {}
    try:
        longest = int(app.permanent_session_lifetime.total_seconds())
        found = signer.loads(signed, max_age=longest)
    except BadSignature:
        return {}
    return found if isinstance(found, dict) else {}


def _cookie_signer(app: Flask) -> URLSafeTimedSerializer | None:
    """Flask's own, for plain values alone: its tags cost more than the rest of the reading."""
    made: Any = SecureCookieSessionInterface().get_signing_serializer(app)
    if made is not None:
        made.serializer, made.is_text_serializer = orjson, False
    return cast(URLSafeTimedSerializer | None, made)


class Ends:
    """How often anybody's sockets were cut in this process: whoever was read before reads again."""

    def __init__(self) -> None:
        self.count = 0


ENDS = Ends()


def still_holds(house: Workshop, wire: Wire) -> bool:
    """Whether the session that passed the gate goes on; asked again only if any has ended since."""
    if wire.ends == ENDS.count:
        return True
    with house.database.look() as unit:
        return house.load_actor(unit, wire.token) is not None


def csrf_holds(app: Flask, wire: Wire, auth: Any) -> bool:
    """Whether the token in the connect packet, if there is one, is this session's."""
    given = auth.get("csrf_token") if isinstance(auth, dict) else None
    if given is None:
        return True
    try:
        return bool(_csrf_signer(str(app.secret_key)).loads(str(given)) == wire.csrf)
    except BadData:
        return False


@lru_cache(2)
def _csrf_signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token")


TakeIn = Callable[[Carrier, Wire, Callable[[], None]], None]


class Gate:
    """WSGI middleware around the app: checks a handshake before a socket exists."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]], take_in: TakeIn) -> None:
        self._app = app
        self._inner = inner
        self._take_in = take_in
        self._origin = workshop(app).settings.public_url
        self._rates = workshop(app).settings.rates
        self._people: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Refuse with 400, 401, 403, 429 or 503; count whoever passes while they stay."""
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._inner(environ, start_response)
        carrier, found = environ.get(KEY), self._wire(environ)
        if not isinstance(found, str) and (carrier is None or not _is_whole(environ)):
            found = "400 Bad Request"
        if carrier is None or isinstance(found, str):
            start_response(str(found), _headers(str(found)))
            return []
        person, address = found.account_id, environ.get("REMOTE_ADDR", "")
        self._people[person] += 1
        self._addresses[address] += 1

        def gone() -> None:
            _less(self._people, person)
            _less(self._addresses, address)

        try:
            carrier.accept(environ["HTTP_SEC_WEBSOCKET_KEY"])
        except OSError:  # no more files may be open, say: who got no line must not count as one
            gone()
            raise
        self._take_in(carrier, found, gone)
        return []

    def _wire(self, environ: dict[str, Any]) -> Wire | str:
        """Whose line this would be, or the status it is refused with."""
        if not _asks_for_a_line(environ):
            return "400 Bad Request"
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and origin != self._origin:
            return "403 Forbidden"
        try:
            wire = wire_of(self._app, environ)
        except (SQLAlchemyError, Unavailable):
            return "503 Service Unavailable"
        if wire is None:
            return "401 Unauthorized"
        crowded = self._addresses[environ.get("REMOTE_ADDR", "")] >= MOST_AN_ADDRESS
        if self._rates and (crowded or self._people[wire.account_id] >= MOST_A_PERSON):
            return "429 Too Many Requests"
        return wire


def _headers(status: str) -> list[tuple[str, str]]:
    """Those of an empty refusal; who may come back later is told when."""
    later = [("Retry-After", AGAIN_AFTER)] if status.startswith(("429", "503")) else []
    return [("Content-Type", "text/plain"), ("Content-Length", "0"), *later]


def _asks_for_a_line(environ: dict[str, Any]) -> bool:
    """A WebSocket of Engine.IO 4, and a new one: there is no other transport to come from."""
    query = environ.get("QUERY_STRING", "").split("&")
    return (
        environ.get("REQUEST_METHOD") == "GET"
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and "EIO=4" in query
        and "transport=websocket" in query
        and not any(part.startswith("sid=") for part in query)
    )


def _is_whole(environ: dict[str, Any]) -> bool:
    """What the handshake itself needs; looked at last, so that a stranger learns nothing of it."""
    version, key = environ.get("HTTP_SEC_WEBSOCKET_VERSION"), environ.get("HTTP_SEC_WEBSOCKET_KEY")
    return version == "13" and bool(key)


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
