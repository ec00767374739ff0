"""Looking back at a meeting: four questions to skip or answer, a worry, words for the hosts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.chat.rules.afterwards import LONGEST, QUESTIONS


@dataclass(frozen=True, slots=True)
class DebriefForm:
    """What a host writes after a meeting; a worry goes to the moderators."""

    answers: dict[str, str]
    worry: str
    danger: bool

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{well?, hard?, self?, next?, worry?, danger?}`."""
        fields = Fields(data)
        answers = {name: fields.text(name, longest=LONGEST, required=False) for name in QUESTIONS}
        form = cls(
            {name: text for name, text in answers.items() if text},
            fields.text("worry", longest=LONGEST, required=False),
            fields.flag("danger"),
        )
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class FeedbackForm:
    """What a guest tells the hosts, in their own words."""

    body: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{body}`."""
        fields = Fields(data)
        form = cls(fields.text("body", longest=LONGEST))
        fields.done()
        return form
