"""A warm start: one process loads Handrail once and forks each server and command the tests run.

Loading takes two seconds of a core, and a run starts some hundred processes. A forked one is
like any other, with an environment, folder and files of its own; only the loading was done before.
`python -m tests.warm` is the process that forks; `Start` is a process that was started.
"""

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.parts import die_with_parent

HOME = Path(__file__).resolve().parent.parent
MOST = 1 << 18  # bytes of an order: a command line and its environment


class Start:
    """A process started by the warm one, as far as tests use subprocess.Popen."""

    def __init__(self, words: list[str], folder: Path, env: dict[str, str], files: list[int]):
        reading, writing = os.pipe()
        order = json.dumps({"words": words, "folder": str(folder), "env": env}).encode()
        try:
            socket.send_fds(_warm(), [order], [*files, writing])
        finally:
            os.close(writing)
        self._news = os.fdopen(reading, "rb", buffering=0)
        self.pid = int(self._news.readline() or 0)
        assert self.pid, "the warm process ended"
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, if it did."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and say how it ended."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return status

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._news], [], [], timeout)[0]:
            self.returncode = int(self._news.readline() or -signal.SIGKILL)
            self._news.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)


def run(
    words: list[str], folder: Path, env: dict[str, str], typed: str, timeout: float
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    with (
        tempfile.TemporaryFile() as into,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        into.write(typed.encode())
        into.seek(0)
        started = Start(words, folder, env, [into.fileno(), out.fileno(), err.fileno()])
        try:
            status = started.wait(timeout)
        except subprocess.TimeoutExpired:
            started.kill()
            raise
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(words, status, *texts)


@functools.cache
def _warm() -> socket.socket:
    """This test process's own warm process; it ends when the line to it does."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (mine, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
            cwd=HOME,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )

    def end() -> None:
        mine.close()
        process.wait()

    atexit.register(end)
    return mine


def _fork(orders: Any, order: dict[str, Any], files: list[int], original: Any) -> int:
    """Fork a process for an order; its number. The child never returns from here."""
    if pid := original("os", "fork")():
        return int(pid)
    status = 1
    try:
        orders.close()
        original("signal", "signal")(signal.SIGCHLD, signal.SIG_DFL)
        original("signal", "pthread_sigmask")(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        die_with_parent(signal.SIGKILL)()
        for number, file in enumerate(files[:3]):
            os.dup2(file, number)
        for file in files:
            os.close(file)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["folder"])
        sys.argv = ["handrail", *order["words"]]
        status = _main()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def _main() -> int:
    import gevent  # noqa: PLC0415 - only in the warm process, which is patched

    from support.cli import main  # noqa: PLC0415

    gevent.reinit()
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def serve(number: int) -> None:
    """Take orders until the line ends: fork, say the child's number, and later how it ended."""
    from gevent import monkey  # noqa: PLC0415 - before anything of the house is loaded

    monkey.patch_all()
    _load()
    original = monkey.get_original
    orders = original("socket", "socket")(fileno=number)
    news: dict[int, int] = {}

    def reap(*_: object) -> None:
        for pid in list(news):
            found, status = original("os", "waitpid")(pid, os.WNOHANG)
            if found:
                with suppress(BrokenPipeError):  # when nobody waits for it any more
                    os.write(news[pid], f"{os.waitstatus_to_exitcode(status)}\n".encode())
                os.close(news.pop(pid))

    original("signal", "signal")(signal.SIGCHLD, reap)
    while True:
        text, files, _, _ = socket.recv_fds(orders, MOST, 4)
        if not text:
            return
        original("signal", "pthread_sigmask")(signal.SIG_BLOCK, [signal.SIGCHLD])
        others = list(news.values())
        pid = _fork(orders, json.loads(text), [*files, *others], original)
        for file in files[:3]:
            os.close(file)
        os.write(files[3], f"{pid}\n".encode())
        news[pid] = files[3]
        original("signal", "pthread_sigmask")(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _load() -> None:
    """All that a start would load: modules, the rules of review, compiled templates."""
    from flask import Flask  # noqa: PLC0415
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415

    import support.cli  # noqa: F401, PLC0415
    from support.serve import shipped  # noqa: PLC0415
    from support.web.paths import static_version  # noqa: PLC0415
    from tests.rules_once import remember_rules  # noqa: PLC0415

    remember_rules()
    for _ in shipped().getting_ready():
        pass
    static_version()
    folder = tempfile.mkdtemp(prefix="handrail-templates-")
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(folder)}


if __name__ == "__main__":
    serve(int(sys.argv[1]))
