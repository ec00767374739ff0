"""The serving process: pywsgi with our WebSocket carrier, one process a core."""

import fcntl
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import gevent
from flask import Flask
from gevent.pywsgi import WSGIServer

from support.crisis.queries import directory
from support.moderation.rules.rulebook import shipped
from support.serve.crossing import Crossing
from support.settings import Settings
from support.web.carrier import CarrierHandler
from support.web.sockets import socketio
from support.web.work import workshop

BACKLOG = 4096
LOOSE_OBJECTS = 10_000  # made anew before cycles are looked for: a batch of messages makes 2,000
STOP_SECONDS = 5
MOST_FILES = 1_048_576  # what Linux itself allows where nobody said otherwise


class AlreadyServing(SystemExit):
    """On SQLite one process serves; a second would split the rooms."""


def claim(settings: Settings) -> IO[str]:
    """Take the data folder for this process as long as the returned file stays open."""
    path: Path = settings.data / "serving.lock"
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = path.open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        words = f"Handrail already serves from {settings.data}. Stop it, or set HANDRAIL_DATA."
        raise AlreadyServing(words) from error
    return file


def warm_up(app: Flask) -> None:
    """Load the rules of review, the help numbers and the templates before anybody needs them."""
    for _ in shipped().getting_ready():
        pass  # 0.7 s now; beside the first messages it would make them twice as dear
    workshop(app).database.make_room()
    directory(workshop(app).database.clock.now().date())
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def open_wide() -> None:
    """Let as many lines be open as the system allows; a shell gives a thousand at first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def serve(
    app: Flask,
    settings: Settings,
    on_ready: Callable[[], Any],
    crossing: Crossing,
    listener: socket.socket | None = None,
) -> None:
    """Listen until told to stop; say goodbye to open sockets, then end."""
    open_wide()
    server = WSGIServer(
        listener or (settings.host, settings.port),
        app,
        handler_class=CarrierHandler,
        log=None,
        error_log=None,
        backlog=BACKLOG if listener is None else None,
    )
    if listener is not None:
        listener.listen(BACKLOG)
    server.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, _stop, server, crossing)
    gc.collect()
    gc.freeze()
    gc.set_threshold(LOOSE_OBJECTS)
    on_ready()
    server.serve_forever()
    os._exit(0)


def _stop(server: WSGIServer, crossing: Crossing) -> None:
    for line in list(socketio.server.eio.sockets.values()):
        gevent.spawn(line.close, wait=False)
    if crossing.bus is not None:
        gevent.spawn(crossing.bus.stop)
    gevent.spawn(server.stop, timeout=STOP_SECONDS)
