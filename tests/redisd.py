"""A throw-away Redis: one server a test process, emptied for each test that asks."""

import atexit
import functools
import subprocess
import tempfile
import time

import redis

from tests.parts import die_with_parent, free_port, program


class Server:
    """A Redis server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.binary = program("Redis", "redis-server", "valkey-server")
        self.folder = tempfile.TemporaryDirectory(prefix="handrail-redis-")
        self.port = free_port()
        atexit.register(self.folder.cleanup)
        atexit.register(self.stop)
        self.start()

    @property
    def url(self) -> str:
        """Its address, as an operator would write it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, the first time or after a stop, on the same port; wait until it answers."""
        port = ["--bind", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [self.binary, *port, "--save", "", "--appendonly", "no"],
            cwd=self.folder.name,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
        deadline = time.monotonic() + 15
        with redis.Redis.from_url(self.url) as line:
            while True:
                try:
                    line.ping()
                    return
                except redis.ConnectionError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.02)

    def stop(self) -> None:
        """End it at once, as a machine that dies would."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=10)


@functools.cache
def server() -> Server:
    """This test process's own server."""
    return Server()


def fresh_redis_url() -> str:
    """The address of a Redis that holds nothing."""
    here = server()
    if here.process.poll() is not None:
        here.start()
    with redis.Redis.from_url(here.url) as line:
        line.flushall()
    return here.url
