"""What people send to the crisis desk, the same by form, by JSON and by socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self
from zoneinfo import available_timezones

from support.base.fields import Fields
from support.crisis.rules import Outcome
from support.crisis.rules.rota import SUNDAY, WEEK_MINUTES

LONGEST_NOTE = 2000
LONGEST_CALL = 500
LONGEST_HANDLE = 40
_ZONES = available_timezones()


class Decided(StrEnum):
    """The team's word on a number."""

    CONFIRMED = "confirmed"
    HIDDEN = "hidden"
    UNDECIDED = "undecided"


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
        fields.done()
        return cls(case_id, outcome, body, follow_up_on)


@dataclass(frozen=True, slots=True)
class ShiftForm:
    """A weekly shift in wall time of a zone."""

    handle: str
    weekday: int
    start: str
    minutes: int
    timezone: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read a shift: Monday is 0, the start is HH:MM."""
        fields = Fields(data)
        form = cls(
            handle=fields.text("handle", longest=LONGEST_HANDLE),
            weekday=fields.integer("weekday", 0, SUNDAY),
            start=fields.text("start", longest=5),
            minutes=fields.integer("minutes", 1, WEEK_MINUTES),
            timezone=fields.text("timezone", longest=64),
        )
        if form.start and not _is_wall_time(form.start):
            fields.reject("start", "Please give a time such as 22:00.")
        if form.timezone and form.timezone not in _ZONES:
            fields.reject("timezone", "Please pick a time zone such as Europe/Lisbon.")
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class NumberForm:
    """The team's word on one number."""

    resource_id: str
    state: Decided

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read which number and what is said of it."""
        fields = Fields(data)
        form = cls(fields.text("id", longest=100), fields.choice("state", Decided))
        fields.done()
        return form


def _is_wall_time(text: str) -> bool:
    hour, colon, minute = text.partition(":")
    digits = (hour + minute).isascii() and (hour + minute).isdecimal()
    if not (colon and digits and len(hour) == len(minute) == len("00")):
        return False
    return hour < "24" and minute < "60"
