"""The second look at a message: its words, the last ones of the room, and what tier 1 saw."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from support.moderation.rules.meaning import encoder
from support.moderation.rules.meaning.network import Network, Seen, middle_of
from support.moderation.rules.meaning.signs import buckets, flags
from support.moderation.rules.meaning.transformer import Array
from support.moderation.rules.meaning.verdict import Thresholds, findings, scores, summed_up
from support.moderation.rules.meaning.whole import check_weights
from support.moderation.rules.meaning.words import OUTPUTS, Look, NoModel, Words
from support.moderation.rules.scoring import agreeing
from support.moderation.rules.screening import answers_contempt, scorns_oneself

PROBE = "one hour at a time, and the kettle is on"
_TOLERANCE = 0.01
_LONGEST = 4_000
_CRISIS = OUTPUTS.index("crisis_self_harm")
_CONTEMPT = OUTPUTS.index("harassment")
_LINK = re.compile(r"\S*(?:https?://|www\.)\S+")
_A_NAME = 1  # words that may stand beside a link


class Reading(Protocol):
    """An embedding model: text in, the states of its pieces out."""

    def states(self, texts: Sequence[str]) -> list[Array]:
        """For each text the states of its pieces."""


Load: TypeAlias = Callable[[Path, Mapping[str, Array]], Reading]


class Judge:
    """An embedding model and the classifier on top of it, loaded once a process."""

    def __init__(self, model: Reading, network: Network, thresholds: Thresholds) -> None:
        """Take the parts; refuse weights that answer another way than those trained with."""
        self._model, self._network, self._thresholds = model, network, thresholds
        probe = middle_of(model.states([PROBE])[0])
        if not np.allclose(probe, network.fingerprint, atol=_TOLERANCE):
            raise NoModel("the weights are not those that the classifier was trained with")
        self.logits([(PROBE, ())])

    @property
    def version(self) -> str:
        """Of the classifier: the beginning of its file's hash."""
        return f"second-{self._network.version}"

    def logits(self, texts: Sequence[tuple[str, Collection[str]]]) -> Array:
        """The classifier's numbers for texts with the labels of tier 1."""
        cut = [text[:_LONGEST] for text, _ in texts]
        states = self._model.states(cut)
        found = self._network.logits(
            [
                Seen(state, buckets(text), flags(known))
                for state, text, (_, known) in zip(states, cut, texts, strict=True)
            ]
        )
        if not np.isfinite(found).all():
            raise ArithmeticError("no number came out")  # or it would pass for "nothing is wrong"
        return found

    def look(self, words: Sequence[Words]) -> list[Look]:
        """Look at some messages together."""
        if not words:
            return []
        alone = self.logits([(each.text, each.known) for each in words])
        rows = self._together(words, alone)
        return [self._seen(each, row) for each, row in zip(words, rows, strict=True)]

    def _together(self, words: Sequence[Words], alone: Array) -> Array:
        """Raise the crisis numbers of what means it only with the lines before.

        A farewell may come in pieces, and "yes" may answer "do you want to die?". What was already
        plain before the message is not raised again, and nothing here is ever lowered.
        """
        asked = [(at, story) for at, each in enumerate(words) if (story := _story(each))]
        if not asked:
            return alone
        told = self.logits([(story[0], words[at].known) for at, story in asked])
        likely = self._thresholds.labels["crisis_self_harm"].likely
        meant = [n for n, row in enumerate(told) if row[_CRISIS] >= likely]
        if not meant:
            return alone
        before = self.logits([(asked[n][1][1], ()) for n in meant])
        bounds = self._thresholds.labels["crisis_self_harm"]
        for n, earlier in zip(meant, before, strict=True):
            if earlier[_CRISIS] < bounds.fit(len(asked[n][1][1])).doubtful:
                at = asked[n][0]
                alone[at] = np.fmax(alone[at], told[n] * _crisis_only())
        return alone

    def _seen(self, words: Words, row: Array) -> Look:
        numbers = [float(value) for value in row]
        spared = self._spared(words, numbers)
        found = findings(numbers, self._thresholds, len(words.text), words.known, spared)
        if spared and scorns_oneself(words.text):
            found = tuple(one for one in found if one.label not in spared)
        if is_hardly_more_than_a_link(words.text):
            found = tuple(one for one in found if one.label != "sourcing")
        screening = summed_up(found, self.version)
        told = scores(numbers, self._thresholds, len(words.text), words.known)
        return Look(screening, agreeing(told, {*screening.labels, *words.known}))

    def _spared(self, words: Words, numbers: Sequence[float]) -> tuple[str, ...]:
        """Contempt is not suspected of who quotes it, speaks against it or means nobody else."""
        bounds = self._thresholds.labels["harassment"].fit(len(words.text))
        suspected = numbers[_CONTEMPT] >= bounds.doubtful
        if not suspected:
            return ()
        meant_well = answers_contempt(words.text) or scorns_oneself(words.text)
        return ("harassment",) if meant_well else ()


def is_hardly_more_than_a_link(text: str) -> bool:
    """Whether a text is a link and at most a name.

    The letters of an address make no offer, and tier 1 has its own list of links.
    """
    said = _LINK.sub(" ", text)
    return said != text and len(said.split()) <= _A_NAME


def _story(words: Words) -> tuple[str, str] | None:
    """The message with the lines before it that are the same person's, or a question to them."""
    lines = [
        line.text if line.is_own else f"> {line.text}"
        for place, line in enumerate(words.before[-5:], 1)
        if line.is_own or (place == len(words.before[-5:]) and line.text.rstrip().endswith("?"))
    ]
    if not lines:
        return None
    before = " / ".join(lines)
    return f"{before} / {words.text}", before


def _crisis_only() -> Array:
    """A mask: with the lines before, only danger to oneself and its gravity are judged."""
    wanted = {"crisis_self_harm", "urgent", "critical"}
    return np.array([1.0 if name in wanted else np.nan for name in OUTPUTS], np.float32)


def load(weights: Path | None = None, model: Path | None = None) -> Judge:
    """The judge for English; NoModel says what is missing or broken."""
    place = model or Path(str(files("support.moderation") / "data"))
    return made(
        place, "second_look", lambda: weights or encoder.folder(), check_weights, encoder.load
    )


def made(
    place: Path,
    name: str,
    folder: Callable[[], Path],
    check: Callable[[Path], None],
    read: Load,
) -> Judge:
    """A judge from its files `name.npz` and `name.json`, and the weights it was trained with.

    Whatever goes wrong here is NoModel: a site with a damaged file has tier 1, and says so.
    """
    try:
        bounds = _bounds(place / f"{name}.json")
        network = Network.read(place / f"{name}.npz")
        weights = folder()
        check(weights)
        return Judge(read(weights, network.bend), network, bounds)
    except NoModel:
        raise
    except Exception as broken:
        raise NoModel(f"the model cannot be used ({type(broken).__name__})") from broken


def _bounds(path: Path) -> Thresholds:
    try:
        return Thresholds.of(json.loads(path.read_text(encoding="utf-8"))["thresholds"])
    except Exception as broken:
        raise NoModel(f"the thresholds cannot be read ({type(broken).__name__})") from broken
