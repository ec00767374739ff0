"""A real server and a real worker as processes of their own, to be killed and started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

from tests.parts import die_with_parent, free_port

HOME = Path(__file__).resolve().parents[2]
START_SECONDS = 60


class House:
    """One site: its folder, its port, and the processes that serve it."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "log"
        self.env = {
            **os.environ,
            "PYTHONPATH": str(HOME),
            "HANDRAIL_DATA": str(folder),
            "HANDRAIL_DATABASE_URL": database_url,
            "HANDRAIL_BIND": f"127.0.0.1:{self.port}",
            "HANDRAIL_OPEN": "1",
            "HANDRAIL_RATES": "off",
            "HANDRAIL_ADMIN_HANDLE": "first-admin",
            "HANDRAIL_ADMIN_PASSWORD": "six quiet words for one admin",
            **settings,
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.ready_at: list[float] = []
        self.killed_at: list[float] = []

    def run(self, *words: str, said: str = "") -> str:
        """One command of this site, to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "support", *words],
            env=self.env,
            cwd=HOME,
            input=said,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self) -> None:
        """Start the server, and wait until it says that it is ready."""
        self.server = self._start("up")
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            assert self.server.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.02)
        self.ready_at.append(time.time())

    def tick(self) -> None:
        """Start a worker beside it."""
        self.worker = self._start("worker")

    def kill(self) -> None:
        """End everything at once, as a power cut does."""
        self.killed_at.append(time.time())
        for process in (self.server, self.worker):
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.server = self.worker = None

    def _start(self, word: str) -> "subprocess.Popen[bytes]":
        log: IO[bytes]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "support", word],
                env=self.env,
                cwd=HOME,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (HTTPError, URLError, OSError):
            return False


class Visitor:
    """Somebody at a browser without script: keeps cookies, fills forms, reads JSON."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def csrf(self, path: str) -> str:
        """The token of a page."""
        with self.opener.open(self.url + path, timeout=20) as page:
            found = re.search(r'name="csrf-token" content="([^"]+)"', page.read().decode())
        assert found
        return found.group(1)

    def log_in(self, handle: str, password: str) -> "Visitor":
        """Sign in by the page."""
        token = self.csrf("/login")
        self.send("/login", token, handle=handle, password=password)
        return self

    def send(self, path: str, token: str, **fields: str) -> Any:
        """Send a form, ask for JSON."""
        headers = {"Accept": "application/json", "X-CSRFToken": token}
        data = urlencode(fields).encode()
        return self._json(Request(self.url + path, data, headers))

    def ask(self, path: str) -> Any:
        """The JSON of a page."""
        return self._json(Request(self.url + path, headers={"Accept": "application/json"}))

    def _json(self, request: Request) -> Mapping[str, Any]:
        with self.opener.open(request, timeout=20) as answer:
            found: Mapping[str, Any] = json.loads(answer.read())
        return found
