"""Who fits whom: hard limits first, then a score that can be told in words. Pure and explained.

The order of proposals is: what is shared counts most, then hours, then who has the most room left,
so that nobody is flooded. docs/mentoring.md says the same for people.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from support.mentoring.rules.hours import minutes_in

MOST_PROPOSALS = 5
ENOUGH_MINUTES = 60
_SUBSTANCE, _OPEN_TO_ALL, _STAGE, _PER_HOUR, _MOST_HOURS, _ROOM = 30, 10, 15, 3, 6, 4


class Why(StrEnum):
    """A reason for a proposal, to be said in words."""

    SUBSTANCE = "substance"
    STAGE = "stage"
    HOURS = "hours"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Seeker:
    """A member who looks for a mentor; hours are bits of the week in UTC."""

    id: str
    substances: frozenset[str]
    stage: str
    languages: frozenset[str]
    topics: frozenset[str]
    hours: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A mentor with what they know, what they do not take, and how much room they have."""

    id: str
    handle: str
    substances: frozenset[str]
    stages: frozenset[str]
    languages: frozenset[str]
    not_taken: frozenset[str]
    hours: int
    mentees: int
    most: int
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One mentor for one member, and why."""

    mentor_id: str
    handle: str
    score: int
    shared: tuple[str, ...]
    minutes: int
    why: tuple[Why, ...]


def fits(seeker: Seeker, offer: Offer) -> bool:
    """The hard limits: not oneself, room left, a common language, no topic they do not take."""
    return (
        seeker.id != offer.id
        and not offer.is_paused
        and offer.mentees < offer.most
        and not seeker.languages.isdisjoint(offer.languages)
        and seeker.topics.isdisjoint(offer.not_taken)
        and (not seeker.hours or not offer.hours or bool(seeker.hours & offer.hours))
    )


def propose(seeker: Seeker, offers: Iterable[Offer], apart: Collection[str] = ()) -> list[Proposal]:
    """At most five mentors with reasons, best first; nobody who is to be kept apart from them."""
    fitting = [
        _weighed(seeker, offer) for offer in offers if offer.id not in apart and fits(seeker, offer)
    ]
    fitting.sort(key=lambda one: (-one.score, one.mentor_id))
    return fitting[:MOST_PROPOSALS]


def _weighed(seeker: Seeker, offer: Offer) -> Proposal:
    shared = seeker.substances & offer.substances
    minutes = minutes_in(seeker.hours & offer.hours)
    knows_stage = seeker.stage in offer.stages
    left = offer.most - offer.mentees
    score = _SUBSTANCE if shared else _OPEN_TO_ALL * (not offer.substances)
    score += _STAGE * knows_stage + _PER_HOUR * min(minutes // 60, _MOST_HOURS) + _ROOM * left
    why = [
        reason
        for reason, holds in (
            (Why.SUBSTANCE, bool(shared)),
            (Why.STAGE, knows_stage),
            (Why.HOURS, minutes >= ENOUGH_MINUTES),
            (Why.ROOM, True),
        )
        if holds
    ]
    return Proposal(offer.id, offer.handle, score, tuple(sorted(shared)), minutes, tuple(why))
