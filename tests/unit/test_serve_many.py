"""The parent of several serving processes: places are filled, filled again, and emptied calmly."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.serve import many
from support.serve.many import CannotServe, Place, hold, listener
from tests.many import eventually
from tests.parts import die_with_parent, free_port

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import os, sys, time, gevent
from pathlib import Path
from support.serve.many import CannotServe, Parent

folder, behaviour = Path(sys.argv[1]), sys.argv[2]

def serve(parent, place):
    if behaviour == "fails":
        raise RuntimeError("no")
    (folder / f"{place.number}-{os.getpid()}").write_text(" ".join(place.died) or "first")
    parent.say_ready()
    gevent.sleep(600)

try:
    Parent(2, serve).run()
except CannotServe as refusal:
    print(refusal)
    sys.exit(1)
"""


@contextmanager
def parent(folder: Path, behaviour: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), behaviour],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def births(folder: Path) -> dict[int, str]:
    """Who came up so far, and what each was told of those before it."""
    return {int(path.name.split("-")[1]): path.read_text() for path in folder.iterdir()}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_places_are_filled_again_and_a_stop_empties_them(tmp_path: Path) -> None:
    with parent(tmp_path, "serves") as process:
        eventually(lambda: len(births(tmp_path)) == 2, "both places are filled")
        first = list(births(tmp_path))
        os.kill(first[0], signal.SIGKILL)
        eventually(lambda: len(births(tmp_path)) == 3, "the place is filled again")
        (successor,) = set(births(tmp_path)) - set(first)
        assert births(tmp_path)[successor] != "first"  # it can tell the others who died
        assert is_alive(first[1])
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        eventually(lambda: not any(map(is_alive, births(tmp_path))), "all have ended")


def test_children_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with parent(tmp_path, "serves") as process:
        eventually(lambda: len(births(tmp_path)) == 2, "both places are filled")
        process.kill()
        eventually(lambda: not any(map(is_alive, births(tmp_path))), "all have ended")


def test_where_nobody_ever_comes_up_the_parent_gives_up_with_one_line(tmp_path: Path) -> None:
    with parent(tmp_path, "fails") as process:
        assert process.wait(60) == 1
        assert process.stdout
        assert process.stdout.read() == "no serving process comes up; the lines above say why\n"


def test_who_dies_young_again_and_again_is_replaced_more_slowly(monkeypatch) -> None:
    place, pauses = Place(1), []
    for _ in range(8):
        place.begin(7)
        place.end()
        pauses.append(place.pause)
    assert pauses == sorted(pauses)
    assert pauses[-1] == many.LONGEST_PAUSE
    place.begin(7)
    place.born = time.monotonic() - 2 * many.SHORT_LIFE
    place.end()
    assert (place.pause, place.due <= time.monotonic()) == (0.0, True)


def test_only_the_very_first_process_says_where_the_site_is() -> None:
    assert Place(1).is_first
    assert not Place(2).is_first
    assert not Place(1, died=["earlier"]).is_first


def test_a_port_is_shared_among_us_and_refused_to_a_second_site(monkeypatch) -> None:
    monkeypatch.setattr(many, "PORT_PATIENCE", 0.2)
    port = free_port()
    with hold("127.0.0.1", port), listener("127.0.0.1", port) as one:
        one.listen()
        with listener("127.0.0.1", port) as other:
            other.listen()
        with pytest.raises(CannotServe, match=f"cannot listen on 127.0.0.1:{port}"):
            hold("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused_at_once(monkeypatch) -> None:
    monkeypatch.setattr(many, "PORT_PATIENCE", 0)
    with pytest.raises(CannotServe, match=r"cannot listen on 192\.0\.2\.1:80"):
        hold("192.0.2.1", 80)


def test_the_address_may_be_of_either_family() -> None:
    with listener("::1", 0) as made:
        assert made.family is socket.AF_INET6
