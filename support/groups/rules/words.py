"""The words in which groups are described: stages, policies, formats and states."""

import re
from enum import StrEnum

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
FOCUS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
LONGEST_LANGUAGE = 16
MOST_FOCUSES = 12
MOST_SEATS = 500
LONGEST_MEETING = 24 * 60


class Stage(StrEnum):
    """Where on the way most of a group's members are."""

    THINKING = "thinking"
    TAPERING = "tapering"
    HOLDING = "holding"
    FINISHED = "finished"
    PROTRACTED = "protracted"


class Policy(StrEnum):
    """Who may come in: anybody, who asks, or who was invited."""

    OPEN = "open"
    REQUEST = "request"
    INVITED = "invited"


class Format(StrEnum):
    """How a meeting is held."""

    TEXT = "text"
    ONLINE = "online"
    IN_PERSON = "in_person"
    HYBRID = "hybrid"


class Belonging(StrEnum):
    """How a person stands to a group (no word at all: an outsider)."""

    MEMBER = "member"
    REQUESTED = "requested"
    INVITED = "invited"
    REMOVED = "removed"


class Place(StrEnum):
    """What a person has at a meeting."""

    SEAT = "seat"
    WAITING = "waiting"


class MeetingState(StrEnum):
    """Where a meeting stands; chat moves it on."""

    PLANNED = "planned"
    LOBBY = "lobby"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"
    CLOSED = "closed"
    DEBRIEFED = "debriefed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen in it."""
        return self in OVER


OVER = (MeetingState.CLOSED, MeetingState.DEBRIEFED, MeetingState.CANCELLED)


def focus_word(text: str) -> str:
    """A focus as it is kept and asked for: "Z-Drugs " and "z-drugs" are one."""
    return re.sub(r"[\s_]+", "-", text.strip().casefold())
