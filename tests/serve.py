"""A real server process on a real port, plain visitors, and sockets made of bare frames."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import websocket

from support.base.clock import SystemClock
from support.db.unit import Database
from support.settings import Settings
from tests.parts import die_with_parent, free_port

HOME = Path(__file__).resolve().parent.parent
START_SECONDS = 40
CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Site:
    """One installation: a data folder, a port, and the processes that belong to it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._log = folder / "server.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL_")}
        self._env = {
            **kept,
            "PYTHONPATH": str(HOME),
            "HANDRAIL_DATA": str(folder),
            "HANDRAIL_BIND": f"127.0.0.1:{self.port}",
            "HANDRAIL_OPEN": "1",
            "HANDRAIL_TIER2": "off",
            **{f"HANDRAIL_{name.upper()}": value for name, value in settings.items()},
        }

    def start(self) -> "Site":
        """Start serving and wait until it is ready."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "support", "up"],
                cwd=self.folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            if self.process.poll() is not None:
                break
            if self._is_ready():
                return self
            time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log()[-3000:]}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Ask it to end, as an operator would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(20)

    def database(self) -> Database:
        """The site's database, opened from here as another process."""
        return Database(Settings.from_env(self._env).database_url, SystemClock())

    def log(self) -> str:
        """What the processes wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def command(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `handrail …` in a process of its own, on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "support", *words],
            cwd=self.folder,
            env=self._env,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def visitor(self) -> "Visitor":
        """Somebody who comes for the first time."""
        return Visitor(self)

    def member(self, handle: str, passphrase: str = "four plain words here") -> "Visitor":
        """Somebody who logs in."""
        visitor = self.visitor()
        answer = visitor.post("/login", handle=handle, password=passphrase)
        assert answer.status == 200, answer
        return visitor


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)


class Visitor:
    """A plain HTTP client with cookies of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), _Still()
        )

    def get(self, path: str, accept: str = "application/json") -> Answer:
        """Ask for a page or its JSON."""
        return self._send(urllib.request.Request(self.site.origin + path), accept)

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form as JSON, with the token that the pages carry."""
        found = CSRF.search(self.get("/login", "text/html").text)
        request = urllib.request.Request(
            self.site.origin + path,
            data=json.dumps(fields).encode(),
            headers={
                "Content-Type": "application/json",
                "X-CSRFToken": found.group(1) if found else "",
            },
            method="POST",
        )
        return self._send(request, "application/json")

    def _send(self, request: urllib.request.Request, accept: str) -> Answer:
        request.add_header("Accept", accept)
        try:
            with self._opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read().decode(), dict(refusal.headers))

    def cookie(self) -> str:
        """The Cookie header this visitor sends."""
        return "; ".join(f"{one.name}={one.value}" for one in self.cookies)

    def socket(self) -> "Socket":
        """Open a Socket.IO connection with this visitor's session."""
        return Socket(self.site, self.cookie())


class _Still(urllib.request.HTTPRedirectHandler):
    """Redirects are answers too: they are looked at, not followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Socket:
    """A Socket.IO client on a bare WebSocket library, so that every frame is ours."""

    def __init__(self, site: Site, cookie: str) -> None:
        address = f"ws://127.0.0.1:{site.port}/socket.io/?EIO=4&transport=websocket"
        self.line = websocket.create_connection(
            address, cookie=cookie, origin=site.origin, timeout=10
        )
        self.heard: list[tuple[str, Any]] = []
        self._acks: dict[int, Any] = {}
        self._asked = 0
        assert self.line.recv().startswith("0{")
        self.line.send("40")
        self._until(lambda: self._connected, 10)

    _connected = False
    closed = False

    def ask(self, event: str, data: Any, seconds: float = 10) -> Any:
        """Send an event and give back its acknowledgement."""
        self._asked += 1
        number = self._asked
        self.line.send(f"42{number}{json.dumps([event, data])}")
        assert self._until(lambda: number in self._acks, seconds), f"no answer to {event}"
        return self._acks.pop(number)

    def hear(self, event: str, seconds: float = 10) -> Any:
        """The next event of this name; fails if none comes in time."""
        assert self._until(lambda: self._has(event), seconds), f"{event} was not heard"
        at = next(i for i, (name, _) in enumerate(self.heard) if name == event)
        return self.heard.pop(at)[1]

    def is_cut_within(self, seconds: float) -> bool:
        """Whether the server ends the connection in time."""
        return self._until(lambda: self.closed, seconds)

    def listen(self, seconds: float) -> None:
        """Take in whatever comes for a while."""
        self._until(lambda: False, seconds)

    def close(self) -> None:
        """Hang up."""
        self.line.close()

    def _has(self, event: str) -> bool:
        return any(name == event for name, _ in self.heard)

    def _until(self, is_so: Any, seconds: float) -> bool:
        patience = time.monotonic() + seconds
        while not is_so():
            left = patience - time.monotonic()
            if left <= 0 or self.closed:
                return bool(is_so())
            self.line.settimeout(left)
            try:
                self._take(self.line.recv())
            except websocket.WebSocketTimeoutException:
                return bool(is_so())
            except (websocket.WebSocketException, OSError):
                self.closed = True
        return True

    def _take(self, frame: str) -> None:
        if frame == "":
            self.closed = True
        elif frame == "2":
            self.line.send("3")
        elif frame.startswith("40"):
            self._connected = True
        elif frame.startswith(("41", "1")):
            self.closed = True
        elif frame.startswith("42"):
            name, *data = json.loads(frame[frame.index("[") :])
            self.heard.append((name, data[0] if data else None))
        elif frame.startswith("43"):
            start = frame.index("[")
            self._acks[int(frame[2:start])] = json.loads(frame[start:])[0]
