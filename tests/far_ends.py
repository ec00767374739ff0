"""Real far ends for what leaves the house: a mail server and a web address, on real ports."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller

from tests.parts import free_port


@dataclass
class Post:
    """A mail server that keeps every letter, or refuses them while `is_down`."""

    letters: list[Any] = field(default_factory=list)
    is_down: bool = False
    url: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter, or not."""
        if self.is_down:
            return "451 try again later"
        self.letters.append(envelope)
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[Post]:
    """A real SMTP server on a free port."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]
        post.url = f"smtp://127.0.0.1:{port}"
        yield post
    finally:
        controller.stop()


@dataclass
class Hook:
    """A web address that keeps every call and answers with `status`."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 204
    url: str = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was told, call by call."""
        return [json.loads(body) for _, body in self.calls]


@contextmanager
def web_address() -> Iterator[Hook]:
    """A real HTTP server on a free port."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.calls.append((dict(self.headers), body))
            self.send_response(hook.status)
            if 300 <= hook.status < 400:
                self.send_header("Location", hook.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook?room=1"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
