"""The team's word on a number, and another number with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields


class Decided(StrEnum):
    """The team's word on a number."""

    CONFIRMED = "confirmed"
    HIDDEN = "hidden"
    UNDECIDED = "undecided"


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


@dataclass(frozen=True, slots=True)
class EditForm:
    """Another number for a resource, and the page where it can be read."""

    resource_id: str
    number: str
    source: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read them; whether they are good is decided by the rule."""
        fields = Fields(data)
        form = cls(
            fields.text("id", longest=100),
            fields.text("number", longest=40),
            fields.text("source", longest=300),
        )
        fields.done()
        return form
