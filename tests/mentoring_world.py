"""Mina seeks, Paul takes people, Otto wants to become a mentor: short ways to say it."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select

from support.accounts import actions as accounts
from support.audit.models import Entry
from support.base.actor import Role
from support.db.unit import Database
from support.mentoring import actions
from support.mentoring.forms import ApplyForm, LimitsForm, SearchForm, VoteForm
from support.notify.models import Outbox
from tests.people import CHEAP, PASSPHRASE, actor
from tests.unit.test_mentoring_rules import APPLICATION

T = TypeVar("T")


class World:
    """The cast around mentoring; every deed is a transaction of its own."""

    def __init__(self, database: Database, people: dict[str, str]) -> None:
        self.database = database
        self.ids = dict(people)

    def does(self, handle: str, deed: Callable[..., T], *given: Any) -> T:
        with self.database.unit() as unit:
            return deed(unit, actor(unit, handle), *given)

    def arrive(self, *handles: str, role: Role = Role.MEMBER, zone: str = "Europe/Lisbon") -> None:
        about = accounts.About("PT", zone, settled=True)
        with self.database.unit() as unit:
            for handle in handles:
                kept = CHEAP.hash(PASSPHRASE)
                self.ids[handle] = accounts.create(unit, handle, role, kept, about)

    def applies(self, handle: str = "otto", **more: str) -> str:
        return self.does(handle, actions.apply, ApplyForm.parse({**APPLICATION, **more}))

    def votes(self, handle: str, application: str, *, yes: bool = True) -> str:
        form = VoteForm.parse({"yes": yes, "reason": "I know them."})
        return self.does(handle, actions.vote, application, form)

    def offers(self, handle: str = "paul", **more: Any) -> None:
        sent = {"languages": "en", "substances": "diazepam", "most": 2, **more}
        self.does(handle, actions.set_limits, LimitsForm.parse(sent))

    def seeks(self, handle: str = "mina", **more: Any) -> None:
        sent = {"languages": "en", "substances": "diazepam", **more}
        self.does(handle, actions.seek, SearchForm.parse(sent))

    def asks(self, handle: str = "mina", mentor: str = "paul") -> str:
        self.seeks(handle)
        return self.does(handle, actions.ask, mentor)

    def accepts(self, ask: str, mentor: str = "paul") -> str:
        return self.does(mentor, lambda unit, me: actions.accept(unit, me, ask).id)

    def pair(self, member: str = "mina", mentor: str = "paul") -> str:
        return self.accepts(self.asks(member, mentor), mentor)

    def sees(self, handle: str = "mina") -> list[str]:
        """The mentors who are proposed to somebody, best first."""
        return [one.handle for one in self.does(handle, actions.look).proposals]

    def told(self, handle: str) -> list[str]:
        """The kinds of news somebody was sent about mentoring, sorted."""
        with self.database.read() as unit:
            rows = select(Outbox.kind).where(Outbox.recipient_id == self.ids[handle])
            return sorted(kind for kind in unit.session.scalars(rows) if "mentor" in kind)

    def deeds(self) -> list[tuple[str | None, str]]:
        """Who did what, as the log has it."""
        names = {account: handle for handle, account in self.ids.items()}
        with self.database.read() as unit:
            rows = unit.session.execute(select(Entry.actor_id, Entry.verb).order_by(Entry.id))
            return [
                (names.get(who or ""), verb) for who, verb in rows if verb.startswith("mentoring")
            ]
