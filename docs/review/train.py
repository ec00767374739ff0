"""Trains the classifier of the second look on the corpus: one command, the same file each time.

    python docs/review/train.py         writes support/moderation/data/second_look.npz
    python docs/review/train.py --anew  learns also what bends the embedding model (bend.py, jax)
    python docs/review/train.py --tongues FILE   writes tongues.npz from what bend.py --tongues kept

Else nothing but numpy is needed. Text comes from support/moderation/corpus alone, and of it only from
lines whose split is `train`. What comes out is measured by docs/review/measure.py.
"""

import argparse
import importlib
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # the order of sums, and so the file, stays the same

import io
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HOME = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME))

from support.moderation.rules import screen_words
from support.moderation.rules.meaning import encoder, tongues, transformer
from support.moderation.rules.meaning.judge import PROBE
from support.moderation.rules.meaning.network import HEADS, WIDE, middle_of
from support.moderation.rules.meaning.signs import BUCKETS, buckets, flags
from support.moderation.rules.meaning.words import OUTPUTS
from support.moderation.rules.rulebook import LABELS

CORPUS = HOME / "support/moderation/corpus"
MODEL = HOME / "support/moderation/data/second_look.npz"
TONGUES = HOME / "support/moderation/data/tongues.npz"
HIDDEN, BATCH, RATE, EPOCHS = 96, 64, 2e-3, 12
DECAY, DECAY_SIGNS, SMOOTH = 1e-2, 5e-2, 0.02
DROP, DROP_HIDDEN, DROP_PIECES, DROP_FLAGS, DROP_SIGNS = 0.2, 0.3, 0.1, 0.5, 0.3
SHARE, SEEDS = 1.0, (1, 2)
ROUNDS = (
    "-sixth_",
    "-seventh_",
    "-eighth_",
    "-ninth_",
    "-tenth_",
    "-eleventh_",
    "-twelfth_",
    "-thirteenth_",
    "-fourteenth_",
    "-fifteenth_",
    "-eighteenth_",
)
FOREIGN = ("-sixteenth_", "-seventeenth_")  # what English ears need not read
LATER = ROUNDS[4:]  # what the first teaching of the additions has not read
LATEST = ROUNDS[7:]  # what the second was read on with, the last by itself after the others
REST, NEAR = 0.6, frozenset({"crisis_self_harm", "third_party_concern"})


@dataclass
class Example:
    """One text with what it is and what the classifier is given of it."""

    text: str
    labels: frozenset[str]
    severity: str
    split: str
    name: str
    states: np.ndarray
    buckets: np.ndarray
    flags: np.ndarray

    @property
    def answers(self) -> np.ndarray:
        return answers_of(self.labels, self.severity)


def answers_of(labels: frozenset[str], severity: str) -> np.ndarray:
    """What is to be said of a text: each label, urgent, critical."""
    grave = [severity in ("urgent", "critical"), severity == "critical"]
    return np.array([label in labels for label in LABELS] + grave, np.float32)


def corpus(split: str | None = None) -> list[list[str]]:
    """The fields of every line of the corpus, or of one side of it."""
    rows = [
        line.split("\t")
        for path in sorted(CORPUS.glob("*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [row for row in rows if split in (None, row[3])]


def examples(rows: Sequence[Sequence[str]], states: dict[str, np.ndarray]) -> list[Example]:
    """The lines as examples, with tier 1's flags as they are today."""
    return [
        Example(
            text,
            frozenset(labels.split(",")) - {""},
            severity,
            split,
            name,
            states[text],
            buckets(text),
            flags(screen_words(text).labels),
        )
        for name, labels, severity, split, text in rows
    ]


def states_of(texts: Iterable[str], model: encoder.Encoder) -> dict[str, np.ndarray]:
    """What a model makes of each text, half as exact as it comes; texts of a length share the work."""
    found, order = {}, sorted(set(texts), key=lambda text: (len(text), text))
    for at in range(0, len(order), 32):
        part = order[at : at + 32]
        for text, state in zip(part, model.states(part), strict=True):
            found[text] = state.astype(np.float16)
    return found


class Member:
    """One network in training: the same sums as rules/meaning/network.py, and their slopes."""

    def __init__(self, seed: int) -> None:
        self.dice = dice = np.random.default_rng(seed)
        wide = HEADS * WIDE + transformer.READ + len(LABELS)

        def some(*shape: int, size: float) -> np.ndarray:
            return (dice.standard_normal(shape) * size).astype(np.float32)

        self.parts = {
            "q": some(transformer.READ, HEADS, size=0.05),
            "v": some(transformer.READ, WIDE, size=transformer.READ**-0.5),
            "w1": some(wide, HIDDEN, size=wide**-0.5),
            "b1": np.zeros(HIDDEN, np.float32),
            "w2": some(HIDDEN, len(OUTPUTS), size=HIDDEN**-0.5),
            "b2": np.full(len(OUTPUTS), -2, np.float32),
            "g": np.zeros((BUCKETS, len(OUTPUTS)), np.float32),
        }

    def slopes(self, batch: list[Example]) -> dict[str, np.ndarray]:
        """Forward with parts left out at random, then backward."""
        p, dice, count = self.parts, self.dice, len(batch)
        states, mask = padded(batch)
        seen = mask & (dice.random(mask.shape) > DROP_PIECES)
        seen[:, 0] = True
        a = np.where(seen[:, :, None], states @ p["q"], -1e9)
        a = np.exp(a - a.max(1, keepdims=True))
        a /= a.sum(1, keepdims=True)
        pooled = a.transpose(0, 2, 1) @ states
        share = seen / seen.sum(1, keepdims=True)
        middle = np.einsum("bt,btd->bd", share.astype(np.float32), states)
        told = np.stack([each.flags for each in batch]) * (dice.random((count, 1)) > DROP_FLAGS)
        whole = np.concatenate([(pooled @ p["v"]).reshape(count, -1), middle * 2, told], 1)
        keep = ((dice.random(whole.shape) > DROP) / (1 - DROP)).astype(np.float32)
        whole = whole.astype(np.float32) * keep
        keep_hidden = (dice.random((count, HIDDEN)) > DROP_HIDDEN) / (1 - DROP_HIDDEN)
        hidden = np.maximum(whole @ p["w1"] + p["b1"], 0) * keep_hidden.astype(np.float32)
        out = hidden @ p["w2"] + p["b2"]
        signs = [self._some_signs(each) for each in batch]
        for row, (numbers, weight) in enumerate(signs):
            out[row] += weight * p["g"][numbers].sum(0)
        wanted = np.stack([each.answers for each in batch]) * (1 - 1.5 * SMOOTH) + SMOOTH / 2
        d_out = ((1 / (1 + np.exp(-np.clip(out, -30, 30))) - wanted) / count).astype(np.float32)
        d_hidden = (d_out @ p["w2"].T) * keep_hidden * (hidden > 0)
        d_whole = (d_hidden @ p["w1"].T) * keep
        d_heads = d_whole[:, : HEADS * WIDE].reshape(count, HEADS, WIDE).astype(np.float32)
        d_a = states @ (d_heads @ p["v"].T).transpose(0, 2, 1)
        d_a = a * (d_a - (d_a * a).sum(1, keepdims=True))
        d_signs = np.zeros_like(p["g"])
        for row, (numbers, weight) in enumerate(signs):
            d_signs[numbers] += weight * d_out[row]
        return {
            "q": np.tensordot(states, d_a, ((0, 1), (0, 1))),
            "v": np.tensordot(pooled, d_heads, ((0, 1), (0, 1))),
            "w1": whole.T @ d_hidden,
            "b1": d_hidden.sum(0),
            "w2": hidden.T @ d_out,
            "b2": d_out.sum(0),
            "g": d_signs,
        }

    def _some_signs(self, each: Example) -> tuple[np.ndarray, np.float32]:
        weight = np.float32(1 / np.sqrt(max(len(each.buckets), 1)))
        if self.dice.random() < DROP_SIGNS:
            return each.buckets[:0], weight
        return each.buckets[self.dice.random(len(each.buckets)) > DROP_SIGNS], weight


def padded(batch: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """The states of some texts side by side, and which of the places are filled."""
    longest = max(len(each.states) for each in batch)
    states = np.zeros((len(batch), longest, batch[0].states.shape[1]), np.float32)
    mask = np.zeros((len(batch), longest), bool)
    for row, each in enumerate(batch):
        states[row, : len(each.states)] = each.states
        mask[row, : len(each.states)] = True
    return states, mask


def chosen(known: list[Example], dice: np.random.Generator) -> np.ndarray:
    """What is read in one round: all that tells danger to oneself from talk, some of the rest."""
    always = np.array(
        [any(mark in each.name for mark in ROUNDS) or bool(each.labels & NEAR) for each in known]
    )
    return np.flatnonzero(always | (dice.random(len(known)) < REST))


def batches(which: np.ndarray, lengths: list[int], dice: np.random.Generator) -> list[np.ndarray]:
    """A new order for each round, texts of about the same length together."""
    order, stretch, found = dice.permutation(which), BATCH * 20, []
    for at in range(0, len(order), stretch):
        part = sorted(order[at : at + stretch], key=lambda one: (lengths[one], one))
        found += [np.array(part[a : a + BATCH]) for a in range(0, len(part), BATCH)]
    return [found[number] for number in dice.permutation(len(found))]


def trained(known: list[Example], seed: int, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """One member, by Adam with a rate that rises and falls."""
    member, dice = Member(seed), np.random.default_rng(seed + 100)
    means = {name: np.zeros_like(part) for name, part in member.parts.items()}
    squares = {name: np.zeros_like(part) for name, part in member.parts.items()}
    lengths = [len(each.states) for each in known]
    steps = epochs * -(-len(chosen(known, dice)) // BATCH)
    step = 0
    for _ in range(epochs):
        for numbers in batches(chosen(known, dice), lengths, dice):
            step += 1
            rate = RATE * min(1, step / 50) * 0.5 * (1 + np.cos(np.pi * min(1, step / (steps + 1))))
            for name, slope in member.slopes([known[n] for n in numbers]).items():
                means[name] += 0.1 * (slope - means[name])
                squares[name] += 0.001 * (slope * slope - squares[name])
                move = means[name] / (1 - 0.9**step)
                move /= np.sqrt(squares[name] / (1 - 0.999**step)) + 1e-8
                decay = {"g": DECAY_SIGNS, "b1": 0, "b2": 0}.get(name, DECAY)
                member.parts[name] -= (rate * (move + decay * member.parts[name])).astype(
                    np.float32
                )
    return member.parts


def near_lines(known: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    """One line of each family, as the point it is in meaning, and what it is."""
    first: dict[str, Example] = {}
    for each in known:
        first.setdefault(family_of(each.name), each)
    points = np.stack([middle_of(each.states.astype(np.float32)) for each in first.values()])
    return np.round(points * 127).astype(np.int8), np.stack([e.answers for e in first.values()]) > 0


def family_of(name: str) -> str:
    """The line that a text has grown from."""
    return re.sub(r"(-\d+|v)$", "", name) if name.startswith("t2") else name.rstrip("v")


def model_of(
    members: Sequence[dict[str, np.ndarray]], known: list[Example], bend: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The arrays of the model file."""
    points, answers = near_lines(known)
    whole = {
        f"{n}{'.'}{name}": part.astype(np.float16)
        for n, member in enumerate(members)
        for name, part in member.items()
    }
    probe = middle_of(encoder.load(None, bend).states([PROBE])[0])
    return {
        **whole,
        **{f"bend.{name}": part for name, part in bend.items()},
        "known": points,
        "known_are": answers.astype(np.int8),
        "share": np.float32(SHARE),
        "fingerprint": probe.astype(np.float16),
    }


def for_tongues(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the file for other languages: what was learnt beside the additions votes alone.

    Neither tier 1, nor counted signs, nor known lines are asked there: they speak English.
    """
    parts = kept_by(path)
    bend = {name: part.astype(np.float16) for name, part in parts["bend"].items()}
    head = {name: part.astype(np.float16) for name, part in as_member(parts["head"]).items()}
    probe = middle_of(tongues.load(None, bend).states([PROBE])[0])
    return {
        **{f"0.{name}": part for name, part in head.items()},
        **{f"bend.{name}": part for name, part in bend.items()},
        "known": np.zeros((1, transformer.WIDTH), np.int8),
        "known_are": np.zeros((1, len(OUTPUTS)), np.int8),
        "share": np.float32(0),
        "fingerprint": probe.astype(np.float16),
    }


def write(parts: dict[str, np.ndarray], path: Path) -> None:
    """An .npz without the hour in it, so that the same arrays are the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(parts[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue())


def carried(path: Path) -> dict[str, np.ndarray]:
    """What a file carries to bend the embedding model by, half as exact; most carry nothing."""
    with np.load(path) as parts:
        return {n[5:]: parts[n].astype(np.float16) for n in parts.files if n.startswith("bend.")}


def taught_with(path: Path) -> list[dict[str, np.ndarray]]:
    """The classifiers that were learnt together with the additions: they vote beside those of SEEDS."""
    with np.load(path) as parts:
        named = [name.split(".", 1) for name in parts.files if name[0].isdigit()]
        beside = {mark for mark, _ in named if int(mark) >= len(SEEDS)}
        return [
            {name: parts[f"{mark}.{name}"] for at, name in named if at == mark}
            for mark in sorted(beside)
        ]


def as_member(head: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same with the parts it has not learnt: it asks neither tier 1 nor the counted signs."""
    wide = HEADS * WIDE + transformer.READ + len(LABELS)
    missing = np.zeros((wide - len(head["w1"]), head["w1"].shape[1]), np.float32)
    signs = np.zeros((BUCKETS, len(OUTPUTS)), np.float32)
    return {"g": signs, **head, "w1": np.concatenate([head["w1"], missing])}


def joined(taught: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Several additions as one: the mean of what each would add, which is better than any of them.

    A product of thin matrices is linear in either, so side by side they add up, each to its share.
    """
    across = {"down": 2, "up": 1}
    return {
        name: np.concatenate(
            [one[name] / (len(taught) if end == "up" else 1) for one in taught], across[end]
        )
        for name in taught[0]
        for end in [name.rsplit(".", 1)[1]]
    }


def before(lines: Sequence[Sequence[str]], rounds: Sequence[str]) -> list[Sequence[str]]:
    """The lines of a corpus as it was before some rounds came."""
    return [line for line in lines if not any(mark in line[0] for mark in rounds)]


def mostly(
    lines: Sequence[Sequence[str]], rounds: Sequence[str], share: float, seed: int
) -> list[Sequence[str]]:
    """All lines of some rounds, and of a share of all other families: what is read on with."""
    dice, kept = np.random.default_rng(seed), dict[str, bool]()
    for family in sorted({family_of(line[0]) for line in lines}):
        is_new = any(mark in family for mark in rounds)
        kept[family] = is_new or bool(dice.random() < share)
    return [line for line in lines if kept[family_of(line[0])]]


def kept_by(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Additions and classifier as bend.py keeps them: by kind, then by name."""
    parts: dict[str, dict[str, np.ndarray]] = {}
    with np.load(path) as file:
        for name in file.files:
            kind, part = name.split(".", 1)
            parts.setdefault(kind, {})[part] = file[name]
    return parts


def learnt(lines: Sequence[Sequence[str]], path: Path) -> None:
    """Additions learnt anew, from the rounds up to the ninth and from all: only here jax is needed.

    The file holds the mean of the two, and what was learnt beside the second as a member after SEEDS.
    """
    bend = importlib.import_module("bend")
    taught = [bend.bent(some, bend.EPOCHS) for some in (before(lines, LATER), lines)]
    head = as_member({name: np.asarray(part) for name, part in taught[-1]["head"].items()})
    bend.save({"bend": joined([one["bend"] for one in taught]), str(len(SEEDS)): head}, path)


def main() -> None:
    """Train on everything that is not held out, and write the model."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--bend", type=Path, help="take the additions from this file, not MODEL")
    wanted.add_argument("--anew", action="store_true", help="learn the additions anew, with jax")
    wanted.add_argument("--tongues", type=Path, help="make tongues.npz of this file, nothing else")
    wanted.add_argument("--out", type=Path, default=MODEL)
    wanted.add_argument("--epochs", type=int, default=EPOCHS)
    given = wanted.parse_args()
    if given.tongues:
        write(for_tongues(given.tongues), TONGUES)
        return
    rows = before(corpus("train"), FOREIGN)
    source = given.bend or MODEL
    with tempfile.TemporaryDirectory() as folder:
        if given.anew:
            source = Path(folder) / "bend.npz"
            learnt(rows, source)
        bend, beside = carried(source), taught_with(source)
    states = states_of([row[4] for row in rows], encoder.load(None, bend))
    known = examples(rows, states)
    members = [trained(known, seed, given.epochs) for seed in SEEDS] + beside
    write(model_of(members, known, bend), given.out)
    about = {"texts": len(known), "members": len(members), "bytes": given.out.stat().st_size}
    print(json.dumps(about))


if __name__ == "__main__":
    main()
