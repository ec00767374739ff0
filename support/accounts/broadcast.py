"""Cut the sockets of sessions that ended: here at once, in other processes within a second."""

import logging
from collections.abc import Sequence

import gevent

from support.accounts import ports, queries
from support.accounts.actions import PersonErased, SessionsEnded, journal
from support.accounts.ports import way_after
from support.base.clock import wire
from support.db.unit import Database, Unit
from support.web.sockets import account_channel, cut, session_channel

log = logging.getLogger("handrail.accounts")
LOOK_EVERY_SECONDS = 0.5
OVERLAP = 50


def sessions_ended(fact: SessionsEnded) -> None:
    """Tell the sockets why, and close them."""
    if fact.session_ids is None:
        cut(account_channel(fact.account_id), fact.reason, fact.way_in)
        return
    for session_id in fact.session_ids:
        cut(session_channel(session_id), fact.reason, fact.way_in)


def person_erased(fact: PersonErased) -> None:
    """Note it where no restored backup can undo it."""
    if ports.joined.folder is not None:
        journal.add(ports.joined.folder / journal.NAME, {fact.account_id: wire(fact.at)})


class Watch:
    """What other processes ended. Rows may appear out of their order, so it looks back a little."""

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.read() as unit:
            self._last = queries.last_revocation_id(unit)
            self._seen = {one.id for one in self._recent(unit)}

    def look(self) -> int:
        """Cut what ended since the last look; returns how much that was."""
        with self._database.look() as unit:
            recent = self._recent(unit)
        fresh = [one for one in recent if one.id not in self._seen]
        ways_in = self._ways_in(fresh) if fresh else {}
        for one in fresh:
            ids = None if one.session_id is None else (one.session_id,)
            sessions_ended(SessionsEnded(one.account_id, ids, one.reason, ways_in[one.id]))
        if recent:
            self._last = max(self._last, recent[-1].id)
        self._seen = {one.id for one in recent if one.id > self._last - OVERLAP}
        return len(fresh)

    def _ways_in(self, fresh: Sequence[queries.Revoked]) -> dict[int, str | None]:
        with self._database.read() as unit:
            return {one.id: way_after(unit, one.account_id, one.reason) for one in fresh}

    def _recent(self, unit: Unit) -> list[queries.Revoked]:
        return queries.revocations_after(unit, max(self._last - OVERLAP, 0))


def watch(database: Database) -> None:
    """Look twice a second, for ever; every serving process runs this in a greenlet of its own."""
    watcher: Watch | None = None
    while True:
        try:
            watcher = watcher or Watch(database)
            watcher.look()
        except Exception as error:  # whatever it was: who stops looking lets the banned stay
            log.warning("ended sessions could not be read kind=%s", type(error).__name__)
        gevent.sleep(LOOK_EVERY_SECONDS)
