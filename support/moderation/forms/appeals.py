"""Appeals and their answers, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.errors import Invalid
from support.base.fields import Fields
from support.moderation.rules.appeals import TEXT, Outcome
from support.moderation.rules.desk import LONGEST


@dataclass(frozen=True, slots=True)
class AppealForm:
    """Why somebody thinks that an action was wrong."""

    text: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{text}`."""
        fields = Fields(data)
        form = cls(text=fields.text("text", longest=TEXT))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class OutsideAppealForm:
    """The same from somebody who cannot come in, with the pass they were given at the door."""

    token: str
    text: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{token, text}`."""
        fields = Fields(data)
        form = cls(
            token=fields.text("token", longest=400),
            text=fields.text("text", longest=TEXT),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """What somebody else makes of the action, and what they say to the person."""

    outcome: Outcome
    minutes: int | None
    reply: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{outcome, minutes?, reply}`."""
        fields = Fields(data)
        form = cls(
            outcome=fields.choice("outcome", Outcome),
            minutes=fields.optional_integer("minutes", 1, LONGEST),
            reply=fields.text("reply", longest=TEXT),
        )
        fields.done()
        if form.minutes is not None and form.outcome is not Outcome.SHORTEN:
            raise Invalid(
                "Please check what is marked.",
                fields={"minutes": "Only a shorter time has a length."},
            )
        return form
