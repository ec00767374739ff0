"""A made-up world for the matching report: people with needs, hours and patience, from one seed."""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from support.mentoring.rules.hours import Slot, of_week
from support.mentoring.rules.matching import Offer, Seeker

WEEK = date(2026, 11, 23)
MEDICINES = ("diazepam", "alprazolam", "clonazepam", "lorazepam", "zopiclone", "temazepam")
STAGES = ("thinking", "tapering", "holding", "finished", "protracted")
LIVES = ("sleep", "night work", "long taper", "children", "pain", "alone")
TOPICS = ("alcohol", "grief", "abuse", "pregnancy")
ZONES = ("Europe/Lisbon", "Europe/Berlin", "America/New_York", "Australia/Sydney")
WITH_TOPICS, WITH_HOURS = 0.2, 0.7
LANGUAGES = (("en", 70), ("pt", 12), ("de", 10), ("es", 8))


@dataclass(slots=True)
class Mentor:
    """A mentor while the days pass: who they walk with, and who waits for their answer."""

    offer: Offer
    mentees: int = 0
    waiting: set[str] = field(default_factory=set)
    most_waiting: int = 0
    asked: int = 0
    taken: int = 0

    def now(self) -> Offer:
        """The offer as the rules see it at this moment."""
        return replace(self.offer, mentees=self.mentees, asked=len(self.waiting))


@dataclass(slots=True)
class Member:
    """A member from the first search to the first yes, in hours."""

    seeker: Seeker
    since: float
    refused: set[str] = field(default_factory=set)
    asked: str = ""
    in_line: float | None = None
    told: bool = False
    alerted: bool = False
    found: float | None = None


def mentors(chance: Random, count: int) -> dict[str, Mentor]:
    """So many mentors; half of them speak a second language, few give no hours."""
    made = {}
    for number in range(count):
        offer = Offer(
            f"m{number:04}",
            f"mentor{number}",
            _some(chance, MEDICINES, 1, 3),
            _some(chance, STAGES, 1, 3),
            _tongues(chance) | _tongues(chance),
            _some(chance, TOPICS, 0, 1),
            _hours(chance, 3),
            0,
            chance.choices((1, 2, 3, 4, 5, 6), (10, 20, 40, 15, 10, 5))[0],
            False,
            _some(chance, LIVES, 0, 3),
        )
        made[offer.id] = Mentor(offer)
    return made


def members(chance: Random, count: int, days: int) -> list[Member]:
    """So many members, who come one after another over so many days."""
    arrivals = sorted(chance.uniform(0, days * 24) for _ in range(count))
    return [
        Member(
            Seeker(
                f"p{number:04}",
                _some(chance, MEDICINES, 0, 2),
                chance.choices(STAGES, (10, 55, 15, 5, 15))[0],
                _tongues(chance),
                _some(chance, TOPICS, 0, 1) if chance.random() < WITH_TOPICS else frozenset(),
                _hours(chance, 2) if chance.random() < WITH_HOURS else 0,
                _some(chance, LIVES, 0, 2),
            ),
            since,
        )
        for number, since in enumerate(arrivals)
    ]


def _some(chance: Random, words: tuple[str, ...], least: int, most: int) -> frozenset[str]:
    return frozenset(chance.sample(words, chance.randint(least, most)))


def _tongues(chance: Random) -> frozenset[str]:
    names, weights = zip(*LANGUAGES, strict=True)
    return frozenset(chance.choices(names, weights))


def _hours(chance: Random, days: int) -> int:
    zone = chance.choices(ZONES, (30, 30, 30, 10))[0]
    slots = [
        Slot(day, chance.choice((8, 12, 17, 19, 20, 21)) * 60, 120)
        for day in chance.sample(range(7), days + 2)
    ]
    return of_week(slots, zone, WEEK)
