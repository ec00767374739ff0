"""Who fits whom: hard limits first, then a score that can be told in words. Pure and explained.

The order of proposals is: what is shared counts most, then stage, experience and hours, then who
has the most room left and the fewest requests waiting, so that nobody is flooded.
docs/mentoring.md says the same for people.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from support.mentoring.rules.hours import minutes_in

MOST_PROPOSALS = 5
ENOUGH_MINUTES = 60
MOST_WAITING = 5
_SUBSTANCE, _OPEN_TO_ALL, _STAGE, _PER_HOUR, _MOST_HOURS, _ROOM = 30, 10, 15, 3, 6, 4
_EXPERIENCE, _MOST_EXPERIENCE, _PER_REQUEST = 8, 2, 4


class Why(StrEnum):
    """A reason for a proposal, to be said in words."""

    SUBSTANCE = "substance"
    STAGE = "stage"
    EXPERIENCE = "experience"
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
    experience: frozenset[str] = frozenset()


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
    experience: frozenset[str] = frozenset()
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """One mentor for one member, and why."""

    mentor_id: str
    handle: str
    score: int
    shared: tuple[str, ...]
    minutes: int
    why: tuple[Why, ...]
    known: tuple[str, ...] = ()


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
    """At most five mentors with reasons, best first; nobody who is to be kept apart from them.

    Whoever has many requests waiting comes after all others, and is left out where others fit.
    """
    fitting = [offer for offer in offers if offer.id not in apart and fits(seeker, offer)]
    calm = [offer for offer in fitting if offer.asked < MOST_WAITING]
    found = [_weighed(seeker, offer) for offer in calm or fitting]
    found.sort(key=lambda one: (-one.score, one.mentor_id))
    return found[:MOST_PROPOSALS]


def shared_out(
    line: Iterable[tuple[Seeker, Collection[str]]], offers: Sequence[Offer]
) -> dict[str, str]:
    """Who of a line, the longest wait first, is told of which mentor: no free place is told to more
    people than it has room for, requests that wait already taken off."""
    left = {offer.id: offer.most - offer.mentees - offer.asked for offer in offers}
    found: dict[str, str] = {}
    for seeker, apart in line:
        for one in propose(seeker, (each for each in offers if left[each.id] > 0), apart):
            found[seeker.id] = one.mentor_id
            left[one.mentor_id] -= 1
            break
    return found


def _weighed(seeker: Seeker, offer: Offer) -> Proposal:
    shared, known = seeker.substances & offer.substances, seeker.experience & offer.experience
    minutes = minutes_in(seeker.hours & offer.hours)
    knows_stage = seeker.stage in offer.stages
    score = _SUBSTANCE if shared else _OPEN_TO_ALL * (not offer.substances)
    score += _STAGE * knows_stage + _PER_HOUR * min(minutes // 60, _MOST_HOURS)
    score += _EXPERIENCE * min(len(known), _MOST_EXPERIENCE)
    score += _ROOM * (offer.most - offer.mentees) - _PER_REQUEST * offer.asked
    reasons = (
        (Why.SUBSTANCE, bool(shared)),
        (Why.STAGE, knows_stage),
        (Why.EXPERIENCE, bool(known)),
        (Why.HOURS, minutes >= ENOUGH_MINUTES),
        (Why.ROOM, True),
    )
    why = tuple(reason for reason, holds in reasons if holds)
    words = tuple(sorted(shared)), tuple(sorted(known))
    return Proposal(offer.id, offer.handle, score, words[0], minutes, why, words[1])
