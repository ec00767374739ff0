"""A real server process on a real port, with a data folder of its own, and plain visitors to it."""

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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from support.base.clock import SystemClock
from support.db.unit import Database
from support.settings import Settings
from tests import warm
from tests.databases import KIND
from tests.parts import die_with_parent, free_port
from tests.people import PASSPHRASE, ROLES
from tests.postgres import fresh_postgres
from tests.wire import Wire

HOME = Path(__file__).resolve().parent.parent
START_SECONDS = 120
RENEWING = {"/login", "/logout", "/leave", "/register", "/recover", "/account/delete"}
CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


def world(**more: Any) -> dict[str, Any]:
    """The cast as a world file: Night owls with Paul as host and Mina in it; Mo is on call."""
    start = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT22:00")
    meeting = {"title": "Slow taper", "start": start, "timezone": "Europe/Lisbon", "minutes": 60}
    group = {
        "slug": "night-owls",
        "name": "Night owls",
        "focus": ["diazepam"],
        "stage": "tapering",
        "language": "en",
        "policy": "open",
        "hosts": ["paul"],
        "members": ["mina"],
        "meetings": [{**meeting, "rrule": "FREQ=WEEKLY", "seats": 12}],
    }
    days = [{"weekday": day, "start": "00:00", "minutes": 1440} for day in range(7)]
    return {
        "people": [person(handle, role) for handle, role in ROLES.items()],
        "groups": [group],
        "rota": [{"handle": "mo", "timezone": "UTC", **day} for day in days],
        **more,
    }


def person(handle: str, role: str = "member") -> dict[str, str]:
    """Somebody for a world file; everybody of the tests has the same passphrase."""
    about = {"timezone": "Europe/Lisbon", "country": "PT"}
    return {"handle": handle, "role": str(role), "password": PASSPHRASE, **about}


class Site:
    """One installation: a data folder, a port, and the processes that belong to it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | warm.Start | None = None
        self.is_cold = False  # whether it starts as an operator starts it: two seconds of loading
        self._log = folder / "server.log"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HANDRAIL_")}
        self.ids: dict[str, Any] = {}
        self._env = {
            **kept,
            "PYTHONPATH": os.pathsep.join(filter(None, [kept.get("PYTHONPATH"), str(HOME)])),
            "HANDRAIL_DATA": str(folder),
            "HANDRAIL_BIND": f"127.0.0.1:{self.port}",
            "HANDRAIL_OPEN": "1",
            "HANDRAIL_TIER2": "off",
            **{f"HANDRAIL_{name.upper()}": value for name, value in settings.items()},
        }

    def start(self) -> "Site":
        """Start serving and wait until it is ready."""
        with self._log.open("ab") as log:
            self.process = self._begun(log.fileno())
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            if self.process.poll() is not None:
                break
            if self._is_ready():
                return self
            time.sleep(0.02)
        raise AssertionError(f"the server did not start:\n{self.log()[-3000:]}")

    def _begun(self, log: int) -> subprocess.Popen[bytes] | warm.Start:
        if not self.is_cold:
            with open(os.devnull, "rb") as nothing:
                return warm.Start(["up"], self.folder, self._env, [nothing.fileno(), log, log])
        return subprocess.Popen(
            [sys.executable, "-m", "support", "up"],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

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

    def restart(self) -> "Site":
        """Start again on the same port and data."""
        return self.start()

    @property
    def pid(self) -> int:
        """The number of the serving process."""
        assert self.process is not None
        return self.process.pid

    def load(self, document: dict[str, Any] | None = None) -> dict[str, Any]:
        """Load a world, the cast's unless another is given; the ids it made."""
        path = self.folder / "world.json"
        path.write_text(json.dumps(document or world()), encoding="utf-8")
        done = self.command("load", str(path))
        assert done.returncode == 0, done.stderr
        self.ids = json.loads(done.stdout)
        return self.ids

    @property
    def lounge(self) -> str:
        """The standing room of the first group that was loaded."""
        return str(next(iter(self.ids["groups"].values()))["lounge"])

    def database(self) -> Database:
        """The site's database, opened from here as another process."""
        return Database(self.database_url, SystemClock())

    @property
    def database_url(self) -> str:
        """The address of the site's database."""
        return Settings.from_env(self._env).database_url

    def log(self) -> str:
        """What the processes wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def command(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `handrail …` in a process of its own, on the same data."""
        return warm.run(list(words), self.folder, self._env, typed, timeout=180)

    def visitor(self) -> "Visitor":
        """Somebody who comes for the first time."""
        return Visitor(self)

    def member(self, handle: str, passphrase: str = PASSPHRASE) -> "Visitor":
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
        self._csrf = ""
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies), _Still()
        )

    def get(self, path: str, accept: str = "application/json") -> Answer:
        """Ask for a page or its JSON."""
        return self._send(urllib.request.Request(self.site.origin + path), accept)

    @property
    def csrf(self) -> str:
        """The token that this visitor's pages carry."""
        if not self._csrf:
            found = CSRF.search(self.get("/login", "text/html").text)
            self._csrf = found.group(1) if found else ""
        return self._csrf

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form as JSON, with the token that the pages carry."""
        request = urllib.request.Request(
            self.site.origin + path,
            data=json.dumps(fields).encode(),
            headers={"Content-Type": "application/json", "X-CSRFToken": self.csrf},
            method="POST",
        )
        if path in RENEWING:
            self._csrf = ""
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

    def socket(self, **options: Any) -> Wire:
        """Open a Socket.IO connection with this visitor's session."""
        token = self.csrf  # asked for first: the page that carries it may renew the cookie
        return Wire(self.site.port, self.cookie(), **options).connect(token)


class _Still(urllib.request.HTTPRedirectHandler):
    """Redirects are answers too: they are looked at, not followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


@contextmanager
def serving(
    folder: Path, document: dict[str, Any] | None = None, *, cold: bool = False, **settings: str
) -> Iterator[Site]:
    """A loaded site that is served for a block: on SQLite, or on a PostgreSQL of its own."""
    with ExitStack() as stack:
        if KIND == "postgres":
            settings = {"database_url": stack.enter_context(fresh_postgres()), **settings}
        site = Site(folder, **settings)
        site.is_cold = cold
        site.load(document)
        try:
            yield site.start()
        finally:
            site.stop()
