"""Who looks a second time: one judge for English, and one for every other language."""

import logging
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from support.moderation.rules.meaning import judge, tongues
from support.moderation.rules.meaning.english import is_english
from support.moderation.rules.meaning.judge import Judge
from support.moderation.rules.meaning.whole import check_tongues
from support.moderation.rules.meaning.words import Look, NoModel, Words

log = logging.getLogger("handrail.second_look")


class Ears:
    """Gives each message to the judge that knows its language."""

    def __init__(self, english: Judge, others: Judge) -> None:
        """Take both; without the second, the first may stand for it."""
        self._english, self._others = english, others

    @property
    def version(self) -> str:
        """Of the classifier for English; a finding carries the version of the one that found it."""
        return self._english.version

    def look(self, words: Sequence[Words]) -> list[Look]:
        """Look at some messages, those of a language together."""
        found: dict[int, Look] = {}
        for ear in dict.fromkeys((self._english, self._others)):
            mine = [(at, each) for at, each in enumerate(words) if self._whose(each) is ear]
            looks = ear.look([each for _, each in mine])
            found.update(zip((at for at, _ in mine), looks, strict=True))
        return [found[at] for at in range(len(words))]

    def _whose(self, words: Words) -> Judge:
        return self._english if is_english(words.text) else self._others


def load(place: Path | None = None) -> Ears:
    """Both judges; NoModel where there is none for English.

    Where only the other is missing, the first hears everything, as it did before there were two.
    """
    english = judge.load(model=place)
    try:
        return Ears(english, _for_others(place or Path(str(files("support.moderation") / "data"))))
    except NoModel as missing:
        log.error("no second look for other languages than English reason=%s", missing)
        return Ears(english, english)


def _for_others(place: Path) -> Judge:
    return judge.made(place, "tongues", tongues.folder, check_tongues, tongues.load)


@cache
def shared() -> Ears:
    """The ears of this process."""
    return load()
