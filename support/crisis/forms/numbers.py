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
