"""A person at a real browser's distance: logs in by HTTP, talks through a real WebSocket."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from simple_websocket import Client, ConnectionClosed, ConnectionError

PATIENCE_SECONDS = 10
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
_CONNECT, _EVENT, _ACK = "40", "42", "43"
Heard = Callable[[str, str, dict[str, Any]], None]


class Trouble(Exception):
    """Something did not go as the evening was planned; the text says what."""


class Line:
    """One signed-in person with an open socket."""

    def __init__(self, site: str, handle: str, heard: Heard) -> None:
        self.handle = handle
        self._site = site
        self._heard = heard
        self._jar = CookieJar()
        self._web: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))
        self._socket: Client | None = None
        self._asked = 0
        self._answers: dict[int, Any] = {}

    def log_in(self, passphrase: str) -> None:
        """Fill in the log-in form as a browser does."""
        token = self._token("/login")
        fields = {"handle": self.handle, "password": passphrase, "csrf_token": token}
        self._open(Request(self._site + "/login", urlencode(fields).encode()))  # noqa: S310
        try:
            self._open(Request(self._site + "/api/v1/me"))  # noqa: S310
        except Trouble:
            raise Trouble(f"{self.handle} could not log in. Is the demo world loaded?") from None

    def connect(self) -> None:
        """Open the socket with the session's cookie."""
        cookie = "; ".join(f"{each.name}={each.value}" for each in self._jar)
        address = re.sub("^http", "ws", self._site) + "/socket.io/?EIO=4&transport=websocket"
        try:
            self._socket = Client.connect(address, headers={"Cookie": cookie, "Origin": self._site})
        except (ConnectionError, ConnectionClosed, OSError) as error:
            raise Trouble(f"{self.handle} got no socket: {error}") from None
        # Not after the server's greeting: that may have come with the handshake, where the client
        # library leaves it unread until something else arrives.
        self._put(_CONNECT)
        self._until(lambda text: text.startswith(_CONNECT))

    def ask(self, event: str, **data: Any) -> dict[str, Any]:
        """Send one event and wait for its acknowledgement."""
        self._asked += 1
        mine = f"{_ACK}{self._asked}["
        self._put(f"{_EVENT}{self._asked}{json.dumps([event, data])}")
        text = self._until(lambda text: text.startswith(mine))
        answer = json.loads(text[len(mine) - 1 :])[0]
        return answer if isinstance(answer, dict) else {}

    def listen(self, seconds: float) -> None:
        """Hear what comes in this time."""
        self._until(lambda _: False, seconds, is_needed=False)

    def get(self, path: str) -> Any:
        """The JSON of a page."""
        return self._json(Request(self._site + path, headers={"Accept": "application/json"}))  # noqa: S310

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form as JSON."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-CSRFToken": self._token("/account"),
            "Referer": self._site + path,
            "Origin": self._site,
        }
        body = json.dumps(fields).encode()
        return self._json(Request(self._site + path, body, headers))  # noqa: S310

    def close(self) -> None:
        """Hang up, unless the line is down already."""
        if self._socket is not None:
            with suppress(ConnectionClosed):
                self._socket.close()

    def _until(
        self, is_it: Callable[[str], bool], seconds: float = PATIENCE_SECONDS, *,
        is_needed: bool = True,
    ) -> str:  # fmt: skip
        while True:
            text = self._take(seconds)
            if text is None:
                if is_needed:
                    raise Trouble(f"{self.handle} waited in vain")
                return ""
            if text == "2":
                self._put("3")
            elif is_it(text):
                return text
            elif text.startswith(_EVENT):
                name, data = json.loads(text[len(_EVENT) :])
                self._heard(self.handle, name, data)

    def _take(self, seconds: float) -> str | None:
        try:
            text = self._socket.receive(timeout=seconds) if self._socket else None
        except ConnectionClosed:
            raise Trouble(f"the line of {self.handle} was cut") from None
        return text if isinstance(text, str) else None

    def _put(self, text: str) -> None:
        if self._socket is not None:
            self._socket.send(text)

    def _token(self, path: str) -> str:
        match = _TOKEN.search(self._open(Request(self._site + path)))  # noqa: S310
        if match is None:
            raise Trouble(f"{self._site}{path} carries no token; is this Handrail?")
        return match[1]

    def _json(self, request: Request) -> Any:
        return json.loads(self._open(request))

    def _open(self, request: Request) -> str:
        try:
            with self._web.open(request, timeout=PATIENCE_SECONDS) as answer:
                text: bytes = answer.read()
        except HTTPError as error:
            said = error.read().decode("utf-8", "replace")[:300]
            raise Trouble(
                f"{self.handle}: {request.selector} answered {error.code} {said}"
            ) from None
        except (URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise Trouble(f"nobody answers at {self._site} ({reason})") from None
        return text.decode()


def _said(error: HTTPError) -> str:
    if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
        return "is not open yet; start the site with `up --demo`"
    try:
        return str(json.loads(error.read())["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"answered {error.code}"
