"""What moderators send about their own work: hand-over, breaks, notes, words kept ready."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.moderation.rules.desk import HouseRule
from support.moderation.rules.team import NOTE, PAUSES, READY_TEXT, READY_TITLE


@dataclass(frozen=True, slots=True)
class HandOverForm:
    """Who shall go on with an entry."""

    to: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{to}`."""
        fields = Fields(data)
        form = cls(to=fields.text("to", longest=60))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class PauseForm:
    """For how long somebody takes a break; 0 ends it."""

    minutes: int

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{minutes}`."""
        fields = Fields(data)
        form = cls(minutes=fields.integer("minutes", 0, max(PAUSES)))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What one shift leaves to the next."""

    text: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{text}`."""
        fields = Fields(data)
        form = cls(text=fields.text("text", longest=NOTE))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class ReadyForm:
    """A reason that is often given, under a short name."""

    title: str
    text: str
    rule: HouseRule

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{title, text, rule}`."""
        fields = Fields(data)
        form = cls(
            title=fields.text("title", longest=READY_TITLE),
            text=fields.text("text", longest=READY_TEXT),
            rule=fields.choice("rule", HouseRule),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class UndoForm:
    """Why a decision is taken back; within ten seconds nobody asks."""

    reason: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{reason?}`."""
        fields = Fields(data)
        form = cls(reason=fields.text("reason", longest=500, required=False))
        fields.done()
        return form
