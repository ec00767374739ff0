"""What a host sends to plan a series: the slot, and which script its meetings begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields
from support.groups.forms import SeriesForm, parse_plan


class ScriptChoice(StrEnum):
    """One of our scripts, none, or the one the series has."""

    KEEP = "keep"
    NONE = "none"
    CHECK_IN = "check_in"
    TOPIC = "topic"
    NEWCOMERS = "newcomers"
    SLEEP = "sleep"
    QUESTIONS = "questions"


@dataclass(frozen=True, slots=True)
class PlanForm:
    """A series and its script."""

    slot: SeriesForm
    script: ScriptChoice

    @classmethod
    def parse(
        cls,
        data: Mapping[str, Any],
        slot: Callable[[dict[str, Any]], SeriesForm] = parse_plan,
    ) -> Self:
        """Read `{title, start, timezone, minutes?, repeat?, until?, seats?, rrule?, script?}`."""
        fields = Fields(data, strict=False)
        script = fields.choice("script", ScriptChoice, ScriptChoice.KEEP)
        rest = {name: value for name, value in data.items() if name != "script"}
        form = cls(slot(rest), script)
        fields.done()
        return form
