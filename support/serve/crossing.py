"""Join a serving process to the others: what they announce is heard here, and the other way."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import gevent
from flask import Flask
from gevent.event import Event

from support.accounts import broadcast as accounts_broadcast
from support.chat.broadcast import PRESENCE, STREAM
from support.db.crossing import unpacked
from support.db.lookout import Lookout
from support.db.queue import Bus, line_for
from support.db.unit import Database
from support.web import health, limits
from support.web.sockets import is_anybody_here
from support.web.work import workshop

log = logging.getLogger("handrail.queue")
FACTS_EVERY_SECONDS = 0.5
ROOMS_EVERY_SECONDS = 2.0
DEAF_ROOMS_EVERY_SECONDS = 0.5


class Crossing:
    """The ears of one process, and the two looks that need no queue."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts, self._rooms = Event(), Event()
        self._lookout: Lookout | None = None
        self.bus: Bus | None = None

    # -- what the bus tells ------------------------------------------------------------

    def heard(self, origin: str, name: str, body: dict[str, Any]) -> None:  # noqa: ARG002 - Ears
        """A fact of another process."""
        self._database.hear(unpacked(self._database.read, name, body))

    def news(self) -> None:
        """Somebody wrote facts down."""
        self._facts.set()

    def missed(self) -> None:
        """Something was not heard."""
        self._facts.set()
        self._rooms.set()

    def asked(self) -> None:
        """Somebody wants to know who is here."""
        PRESENCE.tell_all()

    def lost(self, origin: str) -> None:
        """A process is no more."""
        PRESENCE.lost(origin)

    # -- what nobody tells ---------------------------------------------------------------

    def look_at_facts(self) -> None:
        """Whatever was written down, also by a command or while the queue was away."""
        self._lookout = self._lookout or Lookout(self._database, is_anybody_here)
        self._lookout.look()

    def _again_and_again(
        self, look: Callable[[], None], asked: Event, seconds: Callable[[], float]
    ) -> None:
        while True:
            try:
                look()
            except Exception as error:  # whatever it was: a process that looks no more hears no ban
                log.warning("could not look: kind=%s", type(error).__name__)
                gevent.sleep(FACTS_EVERY_SECONDS)
            asked.wait(seconds())
            asked.clear()

    def _rooms_every(self) -> float:
        is_deaf = self.bus is not None and not self.bus.is_well
        return DEAF_ROOMS_EVERY_SECONDS if is_deaf else ROOMS_EVERY_SECONDS

    def start(self, *, with_rooms: bool) -> None:
        """Look for ever; a process without sockets has no rooms to look after."""
        gevent.spawn(
            self._again_and_again, self.look_at_facts, self._facts, lambda: FACTS_EVERY_SECONDS
        )
        if with_rooms:
            gevent.spawn(self._again_and_again, STREAM.sweep, self._rooms, self._rooms_every)


def join(
    app: Flask, origin: str = "", died: Sequence[str] = (), *, serves: bool = True
) -> Crossing:
    """Begin to hear and to be heard; `died`: processes that are known to be no more."""
    database, settings = workshop(app).database, workshop(app).settings
    crossing = Crossing(database)
    database.origin = origin or database.origin
    PRESENCE.origin = database.origin
    if settings.queue_url:
        line = line_for(settings.queue_url, settings.database_url, settings.secret_key)
        crossing.bus = bus = Bus(database.origin, line, crossing)
        database.relay = bus.told
        PRESENCE.tell_others = lambda fact: bus.told((fact,))
        limits.tell_others(PRESENCE.tell_others)
        health.check("queue", lambda: bus.is_well)
        bus.start(died)
    crossing.start(with_rooms=serves)
    if serves:
        gevent.spawn(accounts_broadcast.watch, database)
    return crossing
