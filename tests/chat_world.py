"""An evening of Night owls, made once for a module and put back after each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from support.audit.models import Entry
from support.base.actor import Actor
from support.chat.actions import speaking
from support.chat.actions.speaking import Posted
from support.chat.forms import SendForm
from support.chat.models import Message, Room, RoomEvent
from support.db.unit import Database, Unit
from support.web.work import workshop
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.groups_world import plan_meeting
from tests.house import make_app, settings_of
from tests.lines import Cast, gathered
from tests.people import actor, people_of
from tests.worlds import the_cast

T = TypeVar("T")
CALM = "a calm evening, slept a little"
SELLING = "cheap zopiclone here, no prescription, dm me"


class Evening:
    """One transaction that nobody keeps, and short ways to act in it."""

    def __init__(self, unit: Unit, cast: Cast) -> None:
        self.unit = unit
        self.cast = cast
        self.lounge = cast.lounge
        self._numbers = count(1)

    def who(self, handle: str) -> Actor:
        """Somebody as they stand now."""
        return actor(self.unit, handle)

    def later(self, **span: float) -> None:
        """Time passes."""
        self.unit.now += timedelta(**span)

    def posts(self, handle: str, body: str = CALM, room: str = "", **more: str) -> Posted:
        """Somebody says something; what they are answered."""
        fields = {"client_id": f"c{next(self._numbers)}", **more}
        form = SendForm.parse({"room": room or self.lounge, "body": body, **fields})
        return speaking.post(self.unit, self.who(handle), form)

    def says(self, handle: str, body: str = CALM, room: str = "", **more: str) -> str:
        """The same; the id of the message."""
        return str(self.posts(handle, body, room, **more).message["id"])

    def message(self, message_id: str) -> Message:
        """A message as it is kept now."""
        return self.unit.session.get_one(Message, message_id, populate_existing=True)

    def room(self, room_id: str = "") -> Room:
        """A room as it is kept now."""
        found = self.unit.session.get_one(Room, room_id or self.lounge)
        self.unit.session.refresh(found)
        return found

    def log(self, room_id: str = "") -> list[tuple[int, str]]:
        """Numbers and kinds of a room's log."""
        rows = self.unit.session.execute(
            select(RoomEvent.seq, RoomEvent.kind)
            .where(RoomEvent.room_id == (room_id or self.lounge))
            .order_by(RoomEvent.seq)
        )
        return [(seq, kind) for seq, kind in rows]

    def kinds(self, room_id: str = "") -> list[str]:
        """The kinds alone."""
        return [kind for _, kind in self.log(room_id)]

    def body(self, seq: int, room_id: str = "") -> dict[str, Any]:
        """What one line of the log says."""
        return self.unit.session.get_one(RoomEvent, (room_id or self.lounge, seq)).body

    def told(self, kind: type[T]) -> list[T]:
        """What was announced, of one kind."""
        return [fact for fact in self.unit.announced if isinstance(fact, kind)]

    def audited(self) -> list[str]:
        """The verbs of the audit, oldest first."""
        self.unit.session.flush()
        return list(self.unit.session.scalars(select(Entry.verb).order_by(Entry.id)))

    def meeting(self, **changes: object) -> str:
        """The room of a meeting that begins in an hour."""
        meeting_id = plan_meeting(self.unit, self.cast.group, **changes)
        found = self.unit.session.scalar(select(Room.id).where(Room.meeting_id == meeting_id))
        return str(found)


@contextmanager
def house_of(folder: Path) -> Iterator[tuple[Database, Cast]]:
    """The whole house with the cast in it, made once."""
    with fresh_database(folder, the_cast) as url:
        database = workshop(make_app(settings_of(folder, url), FrozenClock())).database
        with database.read() as unit:
            people = people_of(unit)
        yield database, gathered(database, people)
        database.dispose()


@contextmanager
def evening_in(house: tuple[Database, Cast]) -> Iterator[Evening]:
    """A transaction of its own, undone at its end."""
    database, cast = house
    with Session(database.engine, expire_on_commit=False) as session:
        yield Evening(Unit(session, database.clock.now()), cast)
        session.rollback()
