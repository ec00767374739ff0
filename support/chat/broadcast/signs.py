"""Signs of life in meetings, as this process sees them: who is here by a line, and who by the page.

It keeps nothing that matters: what is seen is written down every two seconds (`actions/lines.py`),
and a process that dies takes only its own sight with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from support.chat.actions.lines import BY_PAGE, Line, Seen
from support.chat.broadcast.presence import PRESENCE
from support.chat.queries.chair import Sitting
from support.chat.rules.chair import GONE_AFTER
from support.web.sockets import LEAVING, account_channel, fell_silent, sids

LINE_HOLDS = timedelta(seconds=4)
POLL_HOLDS = timedelta(seconds=10)
PAGE_HOLDS = timedelta(minutes=2)
STAFF = ("moderator", "admin")
Key = tuple[str, str]


class Signs:
    """What was seen since the last look, and what was written at it."""

    def __init__(self) -> None:
        self._pages: dict[Key, timedelta] = {}
        self._acting: set[Key] = set()
        self._silent: set[str] = set()
        self._went: set[Key] = set()
        self._kept: set[Key] = set()
        self._counted: set[Key] = set()

    def begin(self) -> None:
        """Start with an empty house."""
        for kept in (self._pages, self._acting, self._silent, self._kept, self._counted):
            kept.clear()

    def by_page(self, room_id: str, account_id: str, holds: timedelta = PAGE_HOLDS) -> None:
        """Somebody asked for the room's page, or for what is new in it."""
        self._pages[room_id, account_id] = holds

    def acts(self, room_id: str, account_id: str) -> None:
        """Somebody leads by a line that never joined the room: any line of theirs counts."""
        self._acting.add((room_id, account_id))

    def left(self, sid: str, account_id: str) -> None:
        """A line ended, and with it what a page had promised; a silent one was lost long before."""
        for room_id in PRESENCE.rooms_of(sid):
            self._went.add((room_id, account_id))
            self._pages.pop((room_id, account_id), None)
        if account_id and fell_silent(sid):
            self._silent.add(account_id)

    def look(self, sittings: Sequence[Sitting], origin: str, now: datetime) -> Seen:
        """What has to be written of these meetings: who is here, who went, who came first."""
        pages, self._pages = self._pages, {}
        seen, rooms = Seen(), {one.room.id for one in sittings}
        self._acting = {key for key in self._acting if key[0] in rooms}
        for sitting in sittings:
            self._look_at(sitting, origin, now, seen)
            self._read(sitting, pages, now, seen)
        self._silent.clear()
        self._went.clear()
        self._kept = {key for key in self._kept if key[0] in rooms}
        self._counted = {key for key in self._counted if key[0] in rooms}
        return seen

    def _look_at(self, sitting: Sitting, origin: str, now: datetime, seen: Seen) -> None:
        """Lines: who leads and is here counts a moment longer, who went counts no more."""
        room_id = sitting.room.id
        people = PRESENCE.here(room_id)
        joined = {person["id"] for person in people}
        self._acting -= {(room_id, one) for one in joined}
        acting = {one for room, one in self._acting if room == room_id and _has_line(one)}
        staff = {person["id"] for person in people if person["role"] in STAFF}
        watched = (joined & (sitting.leaders | staff)) | acting
        for one in sorted(watched):
            seen.lines.append(Line(room_id, one, origin, now + LINE_HOLDS))
        went = {key for key in self._went if key[1] in sitting.leaders}
        for room, one in sorted((self._kept | went) - {(room_id, one) for one in watched}):
            if room == room_id:
                lost_at = now - GONE_AFTER if one in self._silent else now
                seen.lines.append(Line(room_id, one, origin, lost_at))
                self._kept.discard((room, one))
        self._kept |= {(room_id, one) for one in watched}
        self._count(room_id, joined, seen)

    def _read(
        self, sitting: Sitting, pages: dict[Key, timedelta], now: datetime, seen: Seen
    ) -> None:
        """Pages: somebody without a line counts as here for a while after each."""
        room_id = sitting.room.id
        readers = {one: holds for (room, one), holds in pages.items() if room == room_id}
        for one, holds in sorted(readers.items()):
            if (room_id, one) not in self._kept and one in sitting.leaders:
                seen.lines.append(Line(room_id, one, BY_PAGE, now + holds))
        self._count(room_id, set(readers), seen)

    def _count(self, room_id: str, people: set[str], seen: Seen) -> None:
        new = {(room_id, one) for one in people} - self._counted
        seen.came += sorted(new)
        self._counted |= new


def _has_line(account_id: str) -> bool:
    return bool(sids(account_channel(account_id)))


SIGNS = Signs()
LEAVING.insert(0, SIGNS.left)  # before presence forgets which rooms a line heard
