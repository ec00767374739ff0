"""What is sent about a case: a call for help, a note, a hand-over, an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields
from support.base.ids import new_id
from support.crisis.rules import Outcome

LONGEST_NOTE = 2000
LONGEST_CALL = 500
LONGEST_HANDLE = 40
FIRST_YEAR, LAST_YEAR = 2000, 9999  # a morning outside them is on no calendar of ours


class YesOrNo(StrEnum):
    """What somebody says when they are asked."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class HelpForm:
    """Help now: from which room, and words for the responders, if any."""

    room_id: str = ""
    note: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read it so that nothing but a foreign field can keep somebody from help."""
        fields = Fields(data)
        room = fields.identifier("room", required=False)
        note = fields.text("note", longest=LONGEST_CALL, required=False)
        fields.done()
        return cls(room or "", note)


@dataclass(frozen=True, slots=True)
class WordsForm:
    """Something to say in one's own side room; the same `client_id` is the same words."""

    body: str
    client_id: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the words; without an id each sending is new."""
        fields = Fields(data)
        client_id = fields.identifier("client_id", required=False) or new_id()
        form = cls(fields.text("body", longest=LONGEST_NOTE), client_id)
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class CaseForm:
    """One case, named."""

    case_id: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the id."""
        fields = Fields(data)
        form = cls(fields.identifier("case") or "")
        fields.done()
        return form


def _by_one_name(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Words for a case are `body`; `note` (as help:now calls them) and `text` are taken too."""
    known = next((name for name in ("note", "text") if name in data and "body" not in data), None)
    if known is None:
        return data
    return {"body" if name == known else name: value for name, value in data.items()}


@dataclass(frozen=True, slots=True)
class NoteForm:
    """A line for the case's log."""

    case_id: str
    body: str

    @classmethod
    def parse(cls, data: Mapping[str, Any], case_id: str) -> Self:
        """Read the words."""
        fields = Fields(_by_one_name(data))
        form = cls(case_id, fields.text("body", longest=LONGEST_NOTE))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HandOverForm:
    """A summary, and to whom; to nobody: back to the ladder."""

    case_id: str
    body: str
    to: str

    @classmethod
    def parse(cls, data: Mapping[str, Any], case_id: str) -> Self:
        """Read the summary and the name."""
        fields = Fields(_by_one_name(data))
        form = cls(
            case_id,
            fields.text("body", longest=LONGEST_NOTE),
            fields.text("to", longest=LONGEST_HANDLE, required=False),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class CloseForm:
    """How a case ended, and when to look again."""

    case_id: str
    outcome: Outcome
    body: str
    follow_up_on: date | None

    @classmethod
    def parse(cls, data: Mapping[str, Any], case_id: str) -> Self:
        """Read the outcome; words and a day to look again may be left out."""
        fields = Fields(_by_one_name(data))
        outcome = fields.choice("outcome", Outcome)
        body = fields.text("body", longest=LONGEST_NOTE, required=False)
        day = fields.text("follow_up_on", longest=10, required=False)
        follow_up_on = None
        try:
            follow_up_on = date.fromisoformat(day) if day else None
        except ValueError:
            fields.reject("follow_up_on", "Please give a date.")
        if follow_up_on and not FIRST_YEAR <= follow_up_on.year < LAST_YEAR:
            fields.reject("follow_up_on", "Please give a date.")
        fields.done()
        return cls(case_id, outcome, body, follow_up_on)


@dataclass(frozen=True, slots=True)
class YesForm:
    """A plain yes or no."""

    agrees: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the answer."""
        fields = Fields(data)
        answer = fields.choice("answer", YesOrNo)
        fields.done()
        return cls(answer is YesOrNo.YES)


@dataclass(frozen=True, slots=True)
class MeetingForm:
    """One meeting, named."""

    meeting_id: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read the id."""
        fields = Fields(data)
        form = cls(fields.identifier("meeting"))
        fields.done()
        return form
