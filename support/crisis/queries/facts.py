"""What of a case may be told, and to whom: to its responders, and to the person themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from support.accounts.queries import Person
from support.base.clock import wire
from support.base.severity import Severity
from support.crisis.rules import State


@dataclass(frozen=True, slots=True)
class RungFacts:
    """One rung that went out, and whom it reached."""

    round: int
    rung: int
    at: datetime
    reached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """One line of a case's log."""

    at: datetime
    kind: str
    author: str | None
    body: str

    def facts(self) -> dict[str, Any]:
        """The same for a program."""
        found = {"at": wire(self.at), "kind": self.kind, "body": self.body}
        return found | ({"author": self.author} if self.author else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case as its responders and its person may see it."""

    id: str
    person: Person
    severity: Severity
    state: State
    source: str
    labels: tuple[str, ...]
    room_id: str | None
    side_room_id: str | None
    country: str | None
    opened_at: datetime
    signalled_at: datetime
    round: int
    rung: int
    due_at: datetime | None
    held_by: Person | None
    held_until: datetime | None
    closed_at: datetime | None
    outcome: str | None
    follow_up_on: str | None
    rungs: tuple[RungFacts, ...]

    @property
    def called_at(self) -> datetime | None:
        """When somebody was last called in this round; None: nobody could be."""
        called = [rung.at for rung in self.rungs if rung.reached and rung.round == self.round]
        return max(called, default=None)

    @property
    def called(self) -> tuple[str, ...]:
        """Everybody called in this round."""
        names = [name for rung in self.rungs if rung.round == self.round for name in rung.reached]
        return tuple(dict.fromkeys(names))

    def facts(self) -> dict[str, Any]:
        """The case for a program, as the contract has it."""
        found: dict[str, Any] = {
            "id": self.id,
            "state": self.state,
            "severity": self.severity,
            "opened_at": wire(self.opened_at),
            "person": self.person.handle,
            "labels": list(self.labels),
            "rungs": [
                {"round": r.round, "rung": r.rung, "at": wire(r.at), "reached": list(r.reached)}
                for r in self.rungs
            ],
        }
        optional = {
            "acknowledged_by": self.held_by.handle if self.held_by else None,
            "room": self.side_room_id,
            "from_room": self.room_id,
            "due_at": wire(self.due_at) if self.due_at else None,
            "closed_at": wire(self.closed_at) if self.closed_at else None,
            "outcome": self.outcome,
            "follow_up_on": self.follow_up_on,
        }
        return found | {name: value for name, value in optional.items() if value is not None}

    def to_person(self) -> dict[str, Any]:
        """What the person themselves is told: who was called, when, and who is reading."""
        found = {"case": self.id, "called_at": wire(self.called_at) if self.called_at else None}
        return found | ({"reading_by": self.held_by.handle} if self.held_by else {})


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A change of a case, and who may hear of it."""

    case: CaseFacts
    responder_ids: tuple[str, ...]
