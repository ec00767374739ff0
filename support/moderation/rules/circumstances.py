"""What stands round an entry of the queue: worth knowing, never a verdict, never against care."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from support.moderation.rules import DANGER

LOOKS_BACK = timedelta(days=7)
SAME_WORDS_WITHIN = timedelta(hours=24)
AFTER_A_BAN = timedelta(hours=24)
OFTEN, SEVERAL = 3, 2


@dataclass(frozen=True, slots=True)
class Facts:
    """Plain counts about the author's last days."""

    held_lately: int = 0
    rooms_with_the_same_words: int = 0
    is_new: bool = False
    has_link: bool = False
    came_after_a_ban: bool = False


def circumstances(facts: Facts, labels: Collection[str]) -> tuple[str, ...]:
    """The names of what a moderator should know; of somebody in danger, nothing of their past."""
    if DANGER & set(labels):
        return ()
    known = {
        "held_often": facts.held_lately >= OFTEN,
        "new_with_link": facts.is_new and facts.has_link,
        "same_words": facts.rooms_with_the_same_words >= SEVERAL,
        "after_ban": facts.is_new and facts.came_after_a_ban,
    }
    return tuple(name for name, holds in known.items() if holds)
