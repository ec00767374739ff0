"""What is sent about who is called: shifts, changes, swaps, and the ladder itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from support.base.fields import Fields
from support.base.rota import WEEK_MINUTES, instant
from support.base.weekly import read_weekly
from support.crisis.rules import Ladder, LadderStep, Target
from support.crisis.rules.ladder import EVERY_WAY, LONGEST_STEP, MOST_STEPS

LONGEST_HANDLE = 40
LONGEST_CHANGE = timedelta(days=28)
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


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
        handle = fields.text("handle", longest=LONGEST_HANDLE)
        form = cls(handle, **read_weekly(fields, 1, WEEK_MINUTES))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class SpanForm:
    """A stretch of time, and a name: who asks whom, or who is off or covers."""

    starts_at: datetime
    ends_at: datetime
    handle: str = ""
    is_cover: bool = False

    @classmethod
    def parse(cls, data: Mapping[str, Any], timezone: str) -> Self:
        """Read both moments; without an offset they are on the wall of the reader's own zone."""
        fields = Fields(data)
        starts_at = _moment(fields, "starts_at", timezone)
        ends_at = _moment(fields, "ends_at", timezone)
        handle = fields.text("handle", longest=LONGEST_HANDLE, required=False)
        is_cover = fields.flag("cover")
        if starts_at >= ends_at and not fields.errors:
            fields.reject("ends_at", "The end comes after the start.")
        if ends_at - starts_at > LONGEST_CHANGE:
            fields.reject("ends_at", "Please take at most four weeks at a time.")
        fields.done()
        return cls(starts_at, ends_at, handle, is_cover)


class Answer(StrEnum):
    """What is said to somebody who asks for a shift to be taken."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """An answer to a swap."""

    swap_id: str
    answer: Answer

    @classmethod
    def parse(cls, data: Mapping[str, Any], swap_id: str) -> Self:
        """Read it."""
        fields = Fields(data)
        form = cls(swap_id, fields.choice("answer", Answer))
        fields.done()
        return form


@dataclass(frozen=True, slots=True)
class LadderForm:
    """The rungs as an admin wants them."""

    ladder: Ladder

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `steps` as a list, or the page's numbered fields; a rung without a time is none."""
        if isinstance(data.get("steps"), list) and all(
            isinstance(one, dict) for one in data["steps"]
        ):
            found = [_step(Fields(one), "") for one in data["steps"][: MOST_STEPS + 1]]
            return cls(tuple(step for step in found if step is not None))
        fields = Fields(data)
        read = [_step(fields, f"_{number}", whole=False) for number in range(MOST_STEPS)]
        fields.done()
        return cls(tuple(step for step in read if step is not None))


def _step(fields: Fields, end: str, *, whole: bool = True) -> LadderStep | None:
    wait = fields.optional_integer(f"wait_seconds{end}", 0, LONGEST_STEP)
    target = fields.choice(f"target{end}", Target, Target.ADMINS)
    if whole:
        named = fields.words(f"channels{end}", longest=10, most=len(EVERY_WAY))
    else:
        named = tuple(str(way) for way in EVERY_WAY if fields.flag(f"{way}{end}"))
    ways = tuple(way for way in EVERY_WAY if way in named)
    if whole:
        fields.done()
    return None if wait is None else LadderStep(wait, target, ways)


def _moment(fields: Fields, name: str, timezone: str) -> datetime:
    raw = fields.text(name, longest=40)
    try:
        found = datetime.fromisoformat(raw)
        return instant(found, timezone) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        fields.reject(name, "Please give a day and a time.")
        return NEVER
