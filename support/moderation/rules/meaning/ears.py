"""Who looks a second time: one judge for English, and one for every other language."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from support.moderation.rules.meaning import judge, tongues
from support.moderation.rules.meaning.english import is_english
from support.moderation.rules.meaning.judge import Judge
from support.moderation.rules.meaning.whole import check_tongues
from support.moderation.rules.meaning.words import Look, NoModel, Words

log = logging.getLogger("handrail.second_look")
AGAIN = 60.0  # seconds until an ear that was not there is asked for again: files are mended


class Ears:
    """Gives each message to the judge that knows its language.

    The second is loaded at the first message it is needed for, which takes a second or two: a house
    where everybody speaks English never has it in memory.
    """

    def __init__(self, english: Judge, load_others: Callable[[], Judge]) -> None:
        """Take the judge for English, and how the other is loaded."""
        self._english, self._load_others = english, load_others
        self._others: Judge | None = None
        self._asked_at = -AGAIN
        self.lacks = ""

    def is_whole(self) -> bool:
        """Whether every language that was met so far has the ear that knows it."""
        return not self.lacks

    @property
    def version(self) -> str:
        """Of the classifier for English; a finding carries the version of the one that found it."""
        return self._english.version

    def look(self, words: Sequence[Words]) -> list[Look]:
        """Look at some messages, those of a language together."""
        whose = [self._whose(each) for each in words]
        found: dict[int, Look] = {}
        for ear in dict.fromkeys(whose):
            mine = [at for at, one in enumerate(whose) if one is ear]
            found.update(zip(mine, ear.look([words[at] for at in mine]), strict=True))
        return [found[at] for at in range(len(words))]

    def _whose(self, words: Words) -> Judge:
        return self._english if is_english(words.text) else self._for_others()

    def _for_others(self) -> Judge:
        """Where there is none, English ears hear everything, as they did before there were two."""
        if self._others is None and time.monotonic() - self._asked_at >= AGAIN:
            self._asked_at = time.monotonic()
            try:
                self._others = self._load_others()
                self.lacks = ""
            except NoModel as missing:
                if str(missing) != self.lacks:
                    log.error("no second look for other languages than English reason=%s", missing)
                self.lacks = str(missing)
        return self._others or self._english


def load(place: Path | None = None) -> Ears:
    """The ears; NoModel where there is no judge for English."""
    folder = place or Path(str(files("support.moderation") / "data"))
    return Ears(judge.load(model=place), lambda: _for_others(folder))


def _for_others(place: Path) -> Judge:
    return judge.made(place, "tongues", tongues.folder, check_tongues, tongues.load)


@cache
def shared() -> Ears:
    """The ears of this process."""
    return load()
