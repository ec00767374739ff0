"""What other drawers and areas learn about groups and meetings, as plain facts."""

from dataclasses import dataclass
from datetime import datetime

from support.groups.rules.words import Belonging, Format, MeetingState, Place, Policy, Stage


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a group."""

    is_host: bool
    is_member: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMeeting:
    """The meeting a group has next, or has on now."""

    id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """A group as anybody may see it."""

    id: str
    slug: str
    name: str
    about: str
    focus: tuple[str, ...]
    stage: Stage
    language: str
    format: Format
    policy: Policy
    newcomers: bool
    listening: bool
    member_count: int
    lounge_id: str | None
    changed_at: datetime
    next: NextMeeting | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    """One occurrence; `local_start` is the wall-clock time in `timezone`."""

    id: str
    group_id: str
    series_id: str
    title: str
    original_start: str
    local_start: str
    timezone: str
    minutes: int
    starts_at: datetime
    ends_at: datetime
    seats: int | None
    taken: int
    state: MeetingState
    room_id: str | None
    changed_at: datetime
    changes: int

    @property
    def seats_left(self) -> int | None:
        """How many seats are free; None without a limit."""
        return None if self.seats is None else max(0, self.seats - self.taken)


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """What a person has at a meeting; `place` counts from 1 on the waiting list."""

    state: Place
    place: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """A recurring slot."""

    id: str
    group_id: str
    title: str
    start: str
    timezone: str
    minutes: int
    rule: str
    seats: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """A person who asked to join."""

    account_id: str
    handle: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedElsewhere:
    """A meeting of another fellowship; without `next_at` its time is not known to us."""

    id: str
    source: str
    name: str
    weekday: int | None
    start: str
    minutes: int
    timezone: str
    format: Format
    place: str
    language: str
    newcomers: bool
    is_open: bool | None
    notes: str
    next_at: datetime | None


__all__ = [
    "Asking", "Belonging", "GroupFacts", "ListedElsewhere", "MeetingFacts", "NextMeeting",
    "SeatFacts", "SeriesFacts", "Standing",
]  # fmt: skip
