"""What hosts and speakers ask of a room."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields
from support.chat.rules.meeting import Move
from support.chat.rules.places import Hold
from support.chat.rules.scripts import (
    GROUNDING,
    LONGEST_CLOSING,
    Script,
    from_lines,
    from_list,
)
from support.chat.rules.turns import LONGEST_TURN, Turn
from support.moderation.rules.hosted import Choice, Wording

LONGEST_TOPIC, LONGEST_REASON = 140, 300
LONGEST_SCRIPT = 5000
ONLY_REACTIONS = "reactions"
WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class MoveForm:
    """Where the host wants the meeting to go."""

    room: str
    to: Move
    step: int | None
    minutes: int | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, to, step?, minutes?}`."""
        fields = Fields(data)
        form = cls(
            room=fields.identifier("room"),
            to=fields.choice("to", Move),
            step=fields.optional_integer("step", 0, 50),
            minutes=fields.optional_integer("minutes", 1, 60),
        )
        fields.done()
        return form


class Scope(StrEnum):
    """Which meetings a script is for."""

    MEETING = "meeting"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class ScriptForm:
    """The script of a meeting, or of all that follow in its series."""

    room: str
    script: Script
    for_series: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, steps, closing?, scope?}`; `steps` are lines of a page or a list."""
        steps = data.get("steps")
        is_list = isinstance(steps, list)
        fields = Fields({**data, "steps": ""} if is_list else data)
        lines = fields.text("steps", longest=LONGEST_SCRIPT, required=False)
        closing = fields.text("closing", longest=LONGEST_CLOSING, required=False)
        room = fields.identifier("room")
        scope = fields.choice("scope", Scope, Scope.MEETING)
        fields.done()
        found = from_list(steps) if isinstance(steps, list) else from_lines(lines)
        return cls(room, Script(found, closing or GROUNDING), scope is Scope.SERIES)


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """What a host changes in the room; what is not sent stays as it is."""

    room: str
    slow_seconds: int | None
    locked: bool | None
    hold: Hold | None
    cross_talk: bool | None
    reactions: bool | None
    turn_seconds: int | None
    topic: str | None
    pinned: str | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, slow_seconds?, locked?, hold?, cross_talk?, topic?, pinned?}` and more.

        `cross_talk` is on, off, or only reactions; `turn_seconds` is how long a turn is.
        """
        cross_talk = data.get("cross_talk")
        only_signs = cross_talk == ONLY_REACTIONS
        fields = Fields({**data, "cross_talk": False} if only_signs else data)
        talk = fields.optional_flag("cross_talk")
        topic = fields.text("topic", longest=LONGEST_TOPIC, required=False)
        pinned = fields.identifier("pinned", required=False)
        hold = fields.choice("hold", Hold, Hold.NONE)
        form = cls(
            room=fields.identifier("room"),
            slow_seconds=fields.optional_integer("slow_seconds", 0, 3600),
            locked=fields.optional_flag("locked"),
            hold=hold if data.get("hold") else None,
            cross_talk=talk,
            reactions=None if talk is None else talk or only_signs,
            turn_seconds=fields.optional_integer("turn_seconds", 0, LONGEST_TURN),
            topic=topic if "topic" in data else None,
            pinned=pinned if "pinned" in data else None,
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SilenceForm:
    """Muting somebody in a room, or taking them out of it, for some minutes."""

    room: str
    person: str
    minutes: int
    reason: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, person, minutes?, reason}`."""
        fields = Fields(data)
        form = cls(
            room=fields.identifier("room"),
            person=fields.identifier("person"),
            minutes=fields.integer("minutes", 1, WEEK_MINUTES, 10),
            reason=fields.text("reason", longest=LONGEST_REASON),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class UndoForm:
    """What a host takes back at once."""

    undo: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{undo}`."""
        fields = Fields(data)
        form = cls(fields.identifier("undo"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class BackupForm:
    """A host calls a moderator into the room."""

    room: str
    note: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, note?}`."""
        fields = Fields(data)
        form = cls(
            fields.identifier("room"), fields.text("note", longest=LONGEST_REASON, required=False)
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HoldForm:
    """What a host decides about words of little risk that wait."""

    room: str
    item: str
    choice: Choice
    wording: Wording | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, item, decision, wording?}`."""
        fields = Fields(data)
        wording = fields.choice("wording", Wording, Wording.SELF)
        form = cls(
            room=fields.identifier("room"),
            item=fields.identifier("item"),
            choice=fields.choice("decision", Choice),
            wording=wording if data.get("wording") else None,
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HeldForm:
    """A decision about words that waited, to be taken back."""

    room: str
    item: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, item}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"), fields.identifier("item"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class HideForm:
    """Words that a host takes out of sight, or shows again."""

    room: str
    message: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, message}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"), fields.identifier("message"))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class TurnForm:
    """Raising a hand, taking or passing the floor."""

    room: str
    do: Turn
    person: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, do, person?}`."""
        fields = Fields(data)
        form = cls(
            fields.identifier("room"),
            fields.choice("do", Turn),
            fields.identifier("person", required=False),
        )
        fields.done()
        return form
