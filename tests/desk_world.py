"""A small world for the desk: the cast, one group, and a notice board whose notes can be judged."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.base.actor import Actor
from support.base.errors import NotFound
from support.base.ids import new_id
from support.base.severity import Severity
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions, ports
from support.moderation.forms import DecideForm, ReportForm, SanctionForm
from support.moderation.ports import Snapshot, TargetRef
from support.moderation.rules import Finding, Screening
from tests.groups_world import found_group, person

HANDLES = ("mina", "paul", "mo", "rae", "ada", "otto", "fern")


class Board:
    """Content of one kind, kept in memory: notes on a board that everybody but Otto can read."""

    def __init__(self) -> None:
        self.notes: dict[str, Snapshot] = {}
        self.strangers: set[str] = set()

    def seen_by(self, unit: Unit, actor: Actor, target_id: str) -> Snapshot:
        note = self.snapshot(unit, target_id)
        hidden = note.state != "visible" and actor.id != note.author_id and not actor.is_staff
        if hidden or actor.id in self.strangers:
            raise NotFound("There is no such note.")
        return note

    def snapshot(self, unit: Unit, target_id: str) -> Snapshot:
        if target_id not in self.notes:
            raise NotFound("There is no such note.")
        return self.notes[target_id]

    def neighbours(
        self, unit: Unit, target_id: str, before: int = 10, after: int = 10
    ) -> list[Snapshot]:
        ids = list(self.notes)
        place = ids.index(target_id)
        near = ids[max(0, place - before) : place] + ids[place + 1 : place + 1 + after]
        return [self.notes[one] for one in near]

    def bodies(self, unit: Unit, target_ids: Collection[str]) -> dict[str, str]:
        return {each: self.notes[each].body for each in target_ids if each in self.notes}

    def shown_lately(self, unit: Unit, most: int) -> dict[str, str]:
        shown = [note for note in self.notes.values() if note.state == "visible"]
        return {note.id: note.body for note in shown[-most:]}

    def said_by(self, unit: Unit, author_id: str, most: int) -> list[Snapshot]:
        mine = [note for note in self.notes.values() if note.author_id == author_id]
        return list(reversed(mine))[:most]

    def naming(self, unit: Unit, domains: Collection[str], most: int) -> list[Snapshot]:
        found = [note for note in self.notes.values() if any(one in note.body for one in domains)]
        return list(reversed(found))[:most]

    def let_through(self, unit: Unit, target_id: str) -> None:
        self.put_back(unit, target_id, "visible")

    def remove(self, unit: Unit, target_id: str) -> None:
        self.put_back(unit, target_id, "removed")

    def keep(self, unit: Unit, target_id: str) -> None:
        self.put_back(unit, target_id, "kept")

    def send_back(self, unit: Unit, target_id: str) -> None:
        self.put_back(unit, target_id, "returned")

    def put_back(self, unit: Unit, target_id: str, state: str) -> None:
        note = self.snapshot(unit, target_id)
        if note.state != "withdrawn":
            self.notes[target_id] = replace(note, state=state)


@dataclass
class Desk:
    """The cast in one transaction, with short ways to say, report and judge."""

    unit: Unit
    board: Board
    group_id: str

    def who(self, handle: str) -> Actor:
        return person(self.unit, handle)

    def who_id(self, handle: str) -> str:
        """The id of somebody who may be kept out, and so is nobody's actor."""
        found = people.by_handle(self.unit, handle)
        assert found is not None
        return found.id

    def says(self, handle: str, body: str = "Cheap pills, dm me.", state: str = "visible") -> str:
        note_id = new_id()
        self.board.notes[note_id] = Snapshot(
            author_id=self.who_id(handle),
            room_id="lounge",
            body=body,
            state=state,
            at=self.unit.now + timedelta(seconds=len(self.board.notes)),
            id=note_id,
            group_id=self.group_id,
            host_ids=(self.who("paul").id,),
        )
        return note_id

    def reports(self, handle: str, note: str, reason: str = "sourcing", details: str = "") -> str:
        sent = {"message": note, "reason": reason, "details": details}
        return actions.report(self.unit, self.who(handle), ReportForm.parse(sent))

    def held(self, handle: str, *labels: str, severity: Severity = Severity.NONE) -> str:
        """A note of this person that review holds; the item's id."""
        return self.files(self.says(handle, state="held"), *labels, severity=severity) or ""

    def files(
        self,
        note: str,
        *labels: str,
        severity: Severity = Severity.NONE,
        held: bool = True,
    ) -> str | None:
        said = self.board.notes[note]
        ref = TargetRef("message", note, said.author_id, said.room_id, (), said.group_id)
        found = tuple(Finding(label, severity, f"{label}.1", 0, 5) for label in labels)
        screening = Screening(found, labels, severity, held, labels[0] if labels else None, "v1")
        return actions.file_findings(self.unit, ref, screening, held)

    def decides(self, handle: str, item_id: str, decision: str = "remove", **more: object):
        sent = {"decision": decision, "reason": "It sells.", "rule": "no_trading", **more}
        return actions.decide(self.unit, self.who(handle), item_id, DecideForm.parse(sent))

    def sanctions(self, handle: str, person: str, kind: str, **more: object) -> actions.Imposed:
        sent = {"kind": kind, "reason": "It sells.", "rule": "no_trading", **more}
        return actions.sanction(self.unit, self.who(handle), person, SanctionForm.parse(sent))

    def state_of(self, note: str) -> str:
        return self.board.notes[note].state


@contextmanager
def a_board() -> Iterator[Board]:
    """A board whose notes stand where a room's messages would."""
    before = dict(ports._TARGETS)
    board = Board()
    ports.register("message", board)
    yield board
    ports._TARGETS.clear()
    ports._TARGETS.update(before)


def open_desk(unit: Unit, board: Board) -> Desk:
    """The desk with its people, who may be there already."""
    try:
        group_id = groups.group_by_slug(unit, "night-owls").id
    except NotFound:
        group_id = staff_it(unit)
    board.strangers = {person(unit, "otto").id}
    return Desk(unit, board, group_id)


def staff_it(unit: Unit) -> str:
    """Mo and Rae moderate, Ada is admin; Paul hosts the night owls, Mina and Fern are in it."""
    cast = {handle: person(unit, handle) for handle in HANDLES}
    for handle in ("mo", "rae"):
        accounts.set_on_rota(unit, cast[handle].id, True)
    group_id = found_group(unit, hosts=[cast["paul"]], members=[cast["mina"], cast["fern"]])
    unit.session.flush()
    return group_id
