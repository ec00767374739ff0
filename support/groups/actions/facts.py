"""What others may want to hear once it is true."""

from dataclasses import dataclass

from support.db.crossing import everywhere


@everywhere
@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A person came into a group."""

    group_id: str
    account_id: str


@everywhere
@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A person left a group or was taken out; its rooms are closed to them."""

    group_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class MeetingChanged:
    """A date was moved, cancelled, or went on to its next state."""

    meeting_id: str
    group_id: str
    room_id: str | None


@dataclass(frozen=True, slots=True)
class SeatGiven:
    """A person who waited has a seat now."""

    meeting_id: str
    account_id: str
