"""What people send of their plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.journal.rules import LONGEST_LINE, Heading


@dataclass(frozen=True, slots=True)
class LineForm:
    """A new line."""

    heading: Heading
    text: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{heading, text}`."""
        fields = Fields(data)
        heading = fields.choice("heading", Heading)
        form = cls(heading, fields.text("text", longest=LONGEST_LINE))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class WordsForm:
    """Other words for a line that is there."""

    text: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{text}`."""
        fields = Fields(data)
        form = cls(fields.text("text", longest=LONGEST_LINE))
        fields.done()
        return form
