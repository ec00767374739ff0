"""What rooms do by themselves: doors open, old words go, and what was said is looked at again."""

from datetime import datetime

from support.chat.actions import afterwards, echoing, keeping, lines, passing_on, retention, sitting
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.chat.broadcast import PRESENCE, SIGNS
from support.chat.queries import chair, lounges
from support.chat.rules.chair import SETTLE
from support.chat.rules.echoes import Echoes
from support.db.job import Job
from support.db.unit import Database
from support.moderation.jobs import second_look


def open_doors(database: Database) -> None:
    """Lobbies open a quarter of an hour early; a meeting nobody closed is closed kindly."""
    with database.unit() as unit:
        keeping.move_by_clock(unit)


def is_any_door_due(database: Database) -> bool:
    """Whether a lobby is to open or a meeting to close; found out without the write lock."""
    with database.look() as unit:
        return keeping.is_any_due(unit)


def see_who_is_here(database: Database) -> None:
    """Write down which leaders of meetings are here by this process, and who came to be counted."""
    with database.look() as unit:
        is_any, now, found = chair.is_any(unit), unit.now, []
    if is_any:
        with database.read() as unit:
            now, found = unit.now, chair.sittings(unit)
    seen = SIGNS.look(found, PRESENCE.origin or database.origin, now)
    if seen:
        with database.unit() as unit:
            lines.keep_lines(unit, seen)


class ChairSweep:
    """Looks after every chair, in every process: each step is claimed by holding the room's row.

    A process that has just started waits some seconds: those who lost their line with the process
    before it are on their way back.
    """

    def __init__(self) -> None:
        self._since: datetime | None = None

    def __call__(self, database: Database) -> None:
        """One round: new chairs, then whatever is due."""
        rooms: list[str] = []
        with database.look() as unit:
            self._since = self._since or unit.now
            wanting = chair.wanting(unit)
            may_be_due = unit.now - self._since >= SETTLE and chair.is_any(unit)
        if may_be_due:
            with database.read() as unit:
                rooms = sitting.due(unit)
        if wanting:
            with database.unit() as unit:
                sitting.prepare(unit, wanting)
        for room_id in rooms:
            with database.unit() as unit:
                sitting.look_after(unit, room_id)


def forget_old_words(database: Database) -> None:
    """Words older than their room keeps them go, in small batches that stall nobody."""
    retention.forget_all(database)
    with database.unit() as unit:
        afterwards.forget_old(unit)


def see_who_waits(database: Database) -> None:
    """Somebody new who had no answer for a quarter of an hour is told of, once, whoever looks."""
    with database.read() as unit:
        found = lounges.waiting(unit)
    if found:
        with database.unit() as unit:
            passing_on.pass_on(unit, found)


def count_hosted(database: Database) -> None:
    """Mentors have the meetings they hosted; five together end a probation."""
    with database.unit() as unit:
        passing_on.count_hosted(unit)


def look_again(fact: RoomEventLogged) -> None:
    """Words that a room has just heard get their second look."""
    if fact.event["kind"] in ("message", "edited"):
        second_look.hear(fact.event["message"]["id"])


def look_first(fact: AuthorNoticed) -> None:
    """So do those that tier 1 flagged, before all others; some notices are about no words."""
    if fact.message_id:
        second_look.hear(fact.message_id, flagged=True)


class Repeats:
    """Every process hears what is said everywhere; who stored the last of the same words acts."""

    def __init__(self) -> None:
        self._echoes = Echoes()
        self._reached = ""
        self._waiting: list[str] = []

    def hear(self, fact: RoomEventLogged) -> None:
        """Something was said, here or in another process."""
        message = fact.event.get("message") or {}
        if fact.event["kind"] != "message" or "body" not in message:
            return
        at, author = datetime.fromisoformat(fact.event["at"]), message["author"]["id"]
        if self._echoes.hear(message["body"], fact.room_id, author, at):
            self._reached = message["id"]

    def note(self, fact: RoomEventLogged) -> None:
        """The same once more, only where it was stored."""
        message = fact.event.get("message") or {}
        if self._reached and message.get("id") == self._reached:
            self._reached = ""
            if len(self._waiting) < MOST_REPEATS:
                self._waiting.append(message["id"])

    def __call__(self, database: Database) -> None:
        """Bring to the desk what has reached the bound since the last round."""
        while self._waiting:
            with database.unit() as unit:
                echoing.show_to_desk(unit, self._waiting[0])
            del self._waiting[0]


MOST_REPEATS = 20
REPEATS = Repeats()
TICKS = [
    Job("chat.doors", 5, open_doors, due=is_any_door_due),
    Job("chat.here", 2, see_who_is_here, alone=False),
    Job("chat.chairs", 1, ChairSweep(), alone=False),
    Job("chat.waits", 20, see_who_waits, alone=False),
    Job("chat.hosted", 300, count_hosted),
    Job("chat.repeats", 5, REPEATS, alone=False),
    Job("chat.retention", 3600, forget_old_words),
]
