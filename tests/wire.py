"""Socket.IO spoken by hand over an outside WebSocket library: what a real browser sends."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from websocket import WebSocket, WebSocketException, WebSocketTimeoutException, create_connection

SECONDS = 20.0
Json = dict[str, Any]


class Ended(Exception):
    """The other side ended the line."""


class Wire:
    """One socket. Whatever arrives while something else is awaited is kept, in order."""

    def __init__(self, port: int, cookie: str, origin: str | None = None, **options: Any) -> None:
        address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
        self.line: WebSocket = create_connection(
            address,
            timeout=SECONDS,
            cookie=cookie,
            origin=origin or f"http://127.0.0.1:{port}",
            **options,
        )
        self.arrived: list[tuple[str, Json]] = []
        self._acks: dict[int, Any] = {}
        self._number = 0

    # -- packets ----------------------------------------------------------------

    def connect(self, csrf: str | None = None) -> Self:
        """Engine.IO's open packet, then Socket.IO's CONNECT and its answer."""
        opening = self._packet(SECONDS)
        if not opening.startswith("0"):
            raise Ended(opening)
        self.line.send("40" + json.dumps({"csrf_token": csrf} if csrf else {}))
        answer = self._packet(SECONDS)
        if not answer.startswith("40"):
            raise Ended(answer)
        return self

    def _packet(self, seconds: float) -> str:
        """The next packet as text; pings are answered on the way."""
        deadline = time.monotonic() + seconds
        while True:
            self.line.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                packet = self.line.recv()
            except WebSocketTimeoutException:
                raise TimeoutError(f"nothing came in {seconds} s") from None
            except (WebSocketException, OSError) as error:
                raise Ended(type(error).__name__) from None
            if packet == "2":
                self.line.send("3")
            elif not packet:
                raise Ended("closed")
            else:
                return packet if isinstance(packet, str) else packet.decode()

    def _take(self, seconds: float) -> None:
        """Read one packet and put it where it belongs."""
        packet = self._packet(seconds)
        if packet.startswith("42"):
            name, data = json.loads(packet[packet.index("[") :])
            self.arrived.append((name, data))
        elif packet.startswith("43"):
            start = packet.index("[")
            self._acks[int(packet[2:start])] = json.loads(packet[start:])
        elif packet.startswith("41"):
            raise Ended("disconnected")

    # -- what tests say -----------------------------------------------------------

    def emit(self, event: str, data: Any) -> int:
        """Send an event without waiting; the number under which its answer will come."""
        self._number += 1
        try:
            self.line.send(f"42{self._number}" + json.dumps([event, data]))
        except (WebSocketException, OSError) as error:
            raise Ended(type(error).__name__) from None
        return self._number

    def answer(self, number: int, seconds: float = SECONDS) -> Json:
        """Wait for the acknowledgement of an event."""
        deadline = time.monotonic() + seconds
        while number not in self._acks:
            self._take(max(0.001, deadline - time.monotonic()))
        found: Json = self._acks.pop(number)[0]
        return found

    def ask(self, event: str, *data: Any, **fields: Any) -> Json:
        """Send an event with these fields, or with anything at all; its acknowledgement."""
        return self.answer(self.emit(event, data[0] if data else fields))

    def join(self, room: str, after: int | None = None) -> Json:
        """Hear a room; with `after`, every page of what was missed in `events`."""
        if after is None:
            return self.ask("room:join", room=room)
        answer = self.ask("room:join", room=room, after=after)
        page = answer
        while page.get("more"):
            page = self.ask("room:join", room=room, after=page["events"][-1]["seq"])
            if not page["ok"]:
                return page
            answer["events"] += page["events"]
        return answer

    def says(self, room: str, body: str, client_id: str, **more: Any) -> Json:
        """Say something in a room."""
        return self.ask("message:send", room=room, body=body, client_id=client_id, **more)

    def listen(self, seconds: float) -> None:
        """Take in whatever arrives in this time; it is kept in `arrived`."""
        deadline = time.monotonic() + seconds
        with suppress(TimeoutError):
            while True:
                self._take(max(0.001, deadline - time.monotonic()))

    def heard(self, name: str | None = None, quiet: float = 0.2) -> list[Json]:
        """What has arrived, of one kind or of all, once nothing more comes for `quiet` seconds."""
        try:
            while True:
                self._take(quiet)
        except TimeoutError:
            pass
        found = [data for kind, data in self.arrived if name in (None, kind)]
        self.arrived.clear()
        return found

    def hear(self, name: str, seconds: float = SECONDS) -> Json:
        """The next event of this name; fails if none comes in time."""
        return self.expect(name, seconds=seconds)

    def expect(
        self,
        name: str,
        fits: Callable[[Json], bool] = lambda _: True,
        seconds: float = SECONDS,
    ) -> Json:
        """Wait for an event that fits; those before it stay for later looks."""
        deadline = time.monotonic() + seconds
        seen = 0
        while True:
            while seen < len(self.arrived):
                kind, data = self.arrived[seen]
                if kind == name and fits(data):
                    del self.arrived[seen]
                    return data
                seen += 1
            self._take(max(0.001, deadline - time.monotonic()))

    def is_cut_within(self, seconds: float = SECONDS) -> bool:
        """Whether the other side ends this line within some seconds."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self._take(max(0.001, deadline - time.monotonic()))
        except TimeoutError:
            return False
        except Ended:
            return True

    def close(self) -> None:
        """Say goodbye and close."""
        self.line.close(timeout=1)

    def drop(self) -> None:
        """Let the line fall as a lost network would."""
        self.line.shutdown()
