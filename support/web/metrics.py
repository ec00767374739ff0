"""The figures of every serving process of this machine, whichever of them is asked.

Each process answers on a local socket with its own figures; the one a monitor reaches asks the
others and gives each line a label that says whose it is. Who does not answer is left out, and
counted: `handrail_processes` says how many answered.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256

import gevent
from gevent import socket
from gevent.server import StreamServer
from prometheus_client import generate_latest

from support.settings import Settings

PATIENCE = 1.0
SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (.+)$")


class Figures:
    """This process's figures, and the way to the others'."""

    def __init__(self, settings: Settings, number: int) -> None:
        self._number, self._workers = number, settings.workers
        folder = sha256(str(settings.data).encode()).hexdigest()[:16]
        self._name = f"\0handrail-{folder}-{settings.port}-"
        self._server: StreamServer | None = None

    def start(self) -> None:
        """Answer the other processes; Linux's abstract names need no file and no tidying."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(f"{self._name}{self._number}")
        listener.listen(16)
        self._server = StreamServer(listener, self._answer)
        self._server.start()

    def _answer(self, line: socket.socket, _address: object) -> None:
        with suppress(OSError):
            line.sendall(generate_latest())
            line.shutdown(socket.SHUT_RDWR)

    def gather(self) -> str:
        """Everybody's figures, each line with its process."""
        texts = {str(self._number): generate_latest().decode()}
        for number in range(1, self._workers + 1):
            if number != self._number:
                with suppress(OSError, gevent.Timeout), gevent.Timeout(PATIENCE):
                    texts[str(number)] = self._ask(number)
        return merged(texts)

    def _ask(self, number: int) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(f"{self._name}{number}")
            parts = []
            while part := line.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()


def merged(texts: Mapping[str, str]) -> str:
    """Several processes' texts as one: a heading once, each line with the label `process`."""
    headings: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for process, text in texts.items():
        for family, line in _by_family(text):
            if line.startswith("#"):
                _once(headings.setdefault(family, []), line)
                samples.setdefault(family, [])
            elif found := SAMPLE.match(line):
                name, labels, value = found.groups()
                told = f'process="{process}"' + (f",{labels}" if labels else "")
                samples.setdefault(family, []).append(f"{name}{{{told}}} {value}")
    lines = [line for family in samples for line in headings.get(family, []) + samples[family]]
    lines += ["# TYPE handrail_processes gauge", f"handrail_processes {len(texts)}"]
    return "\n".join(lines) + "\n"


def _once(lines: list[str], line: str) -> None:
    if line not in lines:
        lines.append(line)


def _by_family(text: str) -> Iterator[tuple[str, str]]:
    family = ""
    for line in text.splitlines():
        if line.startswith("# "):
            family = line.split(" ", 3)[2]
        if line:
            yield family, line


_FIGURES: list[Figures] = []


def begin(settings: Settings, number: int) -> None:
    """This process is one of several."""
    _FIGURES[:] = [Figures(settings, number)]
    _FIGURES[0].start()


def text() -> str:
    """What a monitor is given."""
    return _FIGURES[0].gather() if _FIGURES else generate_latest().decode()
