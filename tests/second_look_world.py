"""A judge whose opinion a test decides, and a second look that is taken by hand."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from support.base.severity import Severity
from support.db.unit import Database
from support.moderation.jobs.second_look import SecondLook
from support.moderation.rules.meaning.verdict import summed_up
from support.moderation.rules.meaning.words import Look, Words
from support.moderation.rules.screening import Finding


def finding(label: str, severity: str = "watch", *, holds: bool = False) -> Finding:
    """What the second look might have found."""
    return Finding(label, Severity(severity), f"second_look.{label}", 0, 1, holds)


class Oracle:
    """Answers by the words, remembers what it was asked, and fails on demand."""

    version = "second-oracle"

    def __init__(self, knows: Mapping[str, Iterable[Finding]] | None = None) -> None:
        self.knows = {text: tuple(found) for text, found in (knows or {}).items()}
        self.asked: list[Words] = []
        self.fails = 0
        self.cannot: set[str] = set()
        self.thinks_for = 0.0
        self.scores: dict[str, float] = {}
        self.lacks = ""

    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks

    def look(self, words: Sequence[Words]) -> list[Look]:
        """What it knows of these words."""
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the oracle is tired")
        if self.cannot & {each.text for each in words}:
            raise RuntimeError("the oracle cannot say")
        time.sleep(self.thinks_for)
        self.asked += words
        return [
            Look(summed_up(self.knows.get(each.text, ()), self.version), self.scores)
            for each in words
        ]

    @property
    def heard(self) -> list[str]:
        """The texts it was asked about, in order."""
        return [each.text for each in self.asked]


class ByHand:
    """A second look without its greenlet: a test lets it look when everything is in place."""

    def __init__(
        self, database: Database, oracle: Oracle, load: Callable[[], Oracle] | None = None
    ) -> None:
        self.oracle = oracle
        self.it = SecondLook(database, load or (lambda: oracle))

    def looks(self) -> int:
        """Look at everything that waits; how many rounds that took."""
        rounds = 0
        while self.it.lanes:
            self.it.look_at_some(self.oracle)
            rounds += 1
        return rounds
