"""The same long words in several rooms: worth a moderator's look, never a verdict."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WITHIN = timedelta(hours=24)
SHORTEST, FEWEST_WORDS = 40, 8  # "good night all" and the like are everybody's
OWN_ROOMS = 3
ALL_ROOMS, PEOPLE = 4, 3
MOST_TEXTS, MOST_PLACES = 4_000, 64


@dataclass(slots=True)
class _Heard:
    since: datetime
    places: set[tuple[str, str]] = field(default_factory=set)
    is_told: bool = False


class Echoes:
    """What was said lately, as a number for each text: the words themselves are not kept."""

    def __init__(self, most: int = MOST_TEXTS) -> None:
        """Remember so many texts, the newest."""
        self._most = most
        self._heard: dict[int, _Heard] = {}

    def hear(self, text: str, room: str, author: str, at: datetime) -> bool:
        """Whether these words now stand in so many rooms that somebody should look; once a day."""
        key = _key(text)
        if key is None:
            return False
        heard = self._heard.pop(key, None)
        if heard is None or at - heard.since > WITHIN:
            heard = _Heard(at)
        self._heard[key] = heard
        if len(self._heard) > self._most:
            del self._heard[next(iter(self._heard))]
        if heard.is_told or len(heard.places) >= MOST_PLACES:
            return False
        heard.places.add((author, room))
        heard.is_told = _is_worth_a_look(heard.places, author)
        return heard.is_told


def _key(text: str) -> int | None:
    """The same for the same words, however spaced and whichever letters are large."""
    if len(text) < SHORTEST:
        return None
    words = text.casefold().split()
    folded = " ".join(words)
    if len(folded) < SHORTEST or len(set(words)) < FEWEST_WORDS:
        return None
    return hash(folded)


def _is_worth_a_look(places: set[tuple[str, str]], author: str) -> bool:
    """One person in three rooms, or three people in four: a prayer that two share is none."""
    own = {room for who, room in places if who == author}
    rooms, people = {room for _, room in places}, {who for who, _ in places}
    return len(own) >= OWN_ROOMS or (len(rooms) >= ALL_ROOMS and len(people) >= PEOPLE)
