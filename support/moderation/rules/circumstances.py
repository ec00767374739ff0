"""What stands round an entry of the queue: worth knowing, never a verdict, never against care."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from support.moderation.rules import DANGER

LOOKS_BACK = timedelta(days=7)
SAME_WORDS_WITHIN = timedelta(hours=24)
AFTER_A_BAN = timedelta(hours=2)
OFTEN, SEVERAL = 3, 2


@dataclass(frozen=True, slots=True)
class Facts:
    """Plain counts about the author's last days."""

    held_lately: int = 0
    rooms_with_the_same_words: int = 0
    is_new: bool = False
    has_link: bool = False
    made_after_a_ban: int = 0


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Something good to know, and how many there were, where it is a matter of number."""

    name: str
    count: int | None = None


def circumstances(facts: Facts, labels: Collection[str]) -> tuple[Circumstance, ...]:
    """What a moderator should know; of somebody in danger, nothing of their past.

    A burst is several new accounts within two hours of a ban or suspension, the author's among
    them: one newcomer after a ban is only a newcomer.
    """
    if DANGER & set(labels):
        return ()
    several = facts.rooms_with_the_same_words
    known = {
        Circumstance("held_often", facts.held_lately): facts.held_lately >= OFTEN,
        Circumstance("new_with_link"): facts.is_new and facts.has_link,
        Circumstance("same_words", several): several >= SEVERAL,
        Circumstance("after_ban", facts.made_after_a_ban): facts.made_after_a_ban >= SEVERAL,
    }
    return tuple(one for one, holds in known.items() if holds)
