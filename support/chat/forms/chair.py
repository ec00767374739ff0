"""What somebody does about the chair of a meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.chat.rules.chair import Do


@dataclass(frozen=True, slots=True)
class ChairForm:
    """Yes or no to an offer, or one's own chair back."""

    room: str
    do: Do

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{room, do}`."""
        fields = Fields(data)
        form = cls(fields.identifier("room"), fields.choice("do", Do))
        fields.done()
        return form
