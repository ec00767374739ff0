"""A cable between people and the server that can be cut: nothing passes, and nobody is told."""

import select
import socket
import threading
import time
from contextlib import suppress


class Cable:
    """Passes bytes on until it is cut; what was open when it was cut ends when it is mended."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._door.getsockname()[1]
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._is_cut = False
        self._is_over = False
        self._poll = select.epoll()
        self._by_number: dict[int, socket.socket] = {}
        for work in (self._accept, self._pass_on):
            threading.Thread(target=work, daemon=True).start()

    def _accept(self) -> None:
        while not self._is_over:
            with suppress(OSError):
                mine, _ = self._door.accept()
                if self._is_cut:
                    mine.close()
                    continue
                theirs = socket.create_connection(self._to, timeout=5)
                with self._lock:
                    for one, other in ((mine, theirs), (theirs, mine)):
                        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        one.setblocking(True)
                        self._pairs[one] = other
                        self._by_number[one.fileno()] = one
                        self._poll.register(one.fileno(), select.EPOLLIN)

    def _pass_on(self) -> None:
        while not self._is_over:
            if self._is_cut:
                time.sleep(0.01)
                continue
            for number, _ in self._poll.poll(0.05):
                one = self._by_number.get(number)
                if one is not None and not self._is_cut:
                    self._carry(one)

    def _carry(self, one: socket.socket) -> None:
        try:
            data = one.recv(65536)
            if data:
                self._pairs[one].sendall(data)
                return
        except OSError:
            pass
        self._end(one)

    def _end(self, one: socket.socket) -> None:
        with self._lock:
            other = self._pairs.pop(one, None)
            for each in filter(None, (one, other)):
                self._pairs.pop(each, None)
                if self._by_number.pop(each.fileno(), None) is not None:
                    self._poll.unregister(each.fileno())
                each.close()

    def cut(self) -> None:
        """Nothing passes any more, and neither end hears of it."""
        self._is_cut = True

    def cut_for(self, seconds: float) -> None:
        """Nothing passes for so long; then every old connection turns out to be dead."""
        self._is_cut = True
        time.sleep(seconds)
        for one in list(self._pairs):
            self._end(one)
        self._is_cut = False

    def close(self) -> None:
        """It is over."""
        self._is_over = True
        self._door.close()
        for one in list(self._pairs):
            self._end(one)
