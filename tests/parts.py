"""Parts of the machine that some tests need, and what happens where one is missing."""

import ctypes
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

SET_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def missing(part: str) -> NoReturn:
    """Skip by name; in a run that requires all, fail instead."""
    sentence = f"{part} is not installed"
    if os.environ.get("HANDRAIL_REQUIRE_ALL") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def program(part: str, *names: str, folders: str = "") -> str:
    """The path of the first of these programs that is here."""
    for name in names:
        if found := shutil.which(name):
            return found
        if places := sorted(Path("/").glob(f"{folders.strip('/')}/{name}" if folders else name)):
            return str(places[-1])
    missing(part)


def slower() -> int:
    """By how much a time limit is stretched while coverage looks on at every line."""
    return 10 if sys.gettrace() else 1


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent(sign: int = signal.SIGTERM) -> Callable[[], None]:
    """For a child's start: it ends when the test process does, however that ended."""
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(SET_DEATH_SIGNAL, sign)

    return arrange
