"""An evening with a meeting, its chair, and mentors who stand by: Wren and June beside the cast."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from support.accounts import actions as accounts
from support.base.actor import Role
from support.chat.actions import chair as chairs
from support.chat.actions import keeping, lines, moving, sitting
from support.chat.actions.lines import Line, Seen
from support.chat.forms import ChairForm, MoveForm
from support.chat.models import Chair, ChairOffer
from support.chat.queries import chair as chair_queries
from support.chat.rules.chair import Step
from support.db.unit import Database
from support.groups import actions as groups
from support.groups.forms import StandByForm
from support.notify.models import Notice
from tests.chat_world import Evening, evening_in
from tests.lines import Cast

MENTORS = ("wren", "june")


class Night(Evening):
    """One meeting: `at` moves time, `here` and `gone` are lines, `sweep` the house."""

    meeting_room = ""
    begins = None

    def begin(self) -> None:
        """A meeting in an hour, and two mentors more."""
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        for handle in MENTORS:
            self.cast.ids[handle] = accounts.create(
                self.unit, handle, Role.MENTOR, "no log-in", about
            )
        self.meeting_room = self.meeting()
        self.begins = self.unit.now + timedelta(hours=1)

    @property
    def meeting_id(self) -> str:
        """The meeting of this evening."""
        return str(self.room(self.meeting_room).meeting_id)

    def at(self, **span: float) -> None:
        """It is so long after the meeting begins (or before it)."""
        self.unit.now = self.begins + timedelta(**span)

    def here(self, *handles: str, seconds: float = 4, origin: str = "one") -> None:
        """These people are in the room now, and count for some seconds."""
        until = self.unit.now + timedelta(seconds=seconds)
        ids = [self.cast.ids[handle] for handle in handles]
        seen = Seen(
            [Line(self.meeting_room, one, origin, until) for one in ids],
            [(self.meeting_room, one) for one in ids],
        )
        lines.keep_lines(self.unit, seen)

    def gone(self, handle: str, origin: str = "one") -> None:
        """The line of somebody has just ended."""
        self.here(handle, seconds=0, origin=origin)

    def sweep(self) -> list[Step]:
        """One round of the house; what it did."""
        keeping.move_by_clock(self.unit)
        sitting.prepare(self.unit, chair_queries.wanting(self.unit))
        self.unit.session.flush()
        rooms = sitting.due(self.unit)
        return [step for room in rooms for step in sitting.look_after(self.unit, room)]

    def stands_by(self, handle: str, **more: object) -> bool:
        """Somebody comes on the stand-by list, or goes."""
        form = StandByForm.parse(more)
        return groups.stand_by(self.unit, self.who(handle), self.meeting_id, form)

    def does(self, handle: str, do: str) -> str:
        """Somebody says yes or no to the chair, or takes it back."""
        form = ChairForm.parse({"room": self.meeting_room, "do": do})
        return chairs.set_chair(self.unit, self.who(handle), form)

    def moves(self, handle: str, to: str) -> None:
        """A host moves the meeting on."""
        form = MoveForm.parse({"room": self.meeting_room, "to": to})
        moving.move(self.unit, self.who(handle), form)

    def opens(self) -> None:
        """Paul is there, opens the meeting and leads it; Mina has come."""
        self.at(minutes=-5)
        self.sweep()
        self.at()
        self.here("paul", "mina")
        self.moves("paul", "open")
        self.sweep()

    @property
    def chair(self) -> Chair:
        """The chair as it is kept now."""
        self.unit.session.flush()
        return self.unit.session.get_one(Chair, self.meeting_room, populate_existing=True)

    @property
    def leads(self) -> str | None:
        """Who leads."""
        return self._name(self.chair.holder_id)

    @property
    def beside(self) -> str | None:
        """Who sits beside."""
        return self._name(self.chair.second_id)

    def _name(self, account_id: str | None) -> str | None:
        return next((name for name, one in self.cast.ids.items() if one == account_id), None)

    def asked(self) -> dict[str, tuple[str, str]]:
        """Who was asked last: why, and what became of it."""
        rows = self.unit.session.scalars(
            select(ChairOffer).where(ChairOffer.room_id == self.meeting_room),
            execution_options={"populate_existing": True},
        )
        return {str(self._name(row.account_id)): (row.why, row.state) for row in rows}

    def noticed(self, kind: str) -> list[str]:
        """Who was told so, by name."""
        rows = self.unit.session.scalars(select(Notice.account_id).where(Notice.kind == kind))
        return sorted(str(self._name(one)) for one in rows)


@contextmanager
def night_in(house: tuple[Database, Cast]) -> Iterator[Night]:
    """An evening with a meeting, undone at its end."""
    with evening_in(house) as evening:
        night = Night(evening.unit, Cast(dict(evening.cast.ids), *_place(evening.cast)))
        night.begin()
        yield night


def _place(cast: Cast) -> tuple[str, str, str]:
    return cast.group, cast.slug, cast.lounge
