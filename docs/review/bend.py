"""Bends the embedding model to this room's talk: thin additions to each of its matrices, by jax.

    python docs/review/bend.py --out FILE            what `docs/review/train.py --anew` does by itself
    python docs/review/bend.py --on OLD --out FILE   reads on: the latest rounds once, a third of the rest
    python docs/review/bend.py --tongues --out FILE  the same for the model of many languages

The model as it comes was taught what a text is about; here its layers are taught what the room needs
to know. Each of their matrices gets an addition of rank RANK, learnt together with a classifier on
the lines whose split is `train`.
The product never needs jax (requirements/training.txt): it multiplies by the additions in numpy.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import jax
import jax.numpy as jnp
import numpy as np
import train

from support.moderation.rules.meaning import encoder, tongues, transformer

RANK, BATCH, EPOCHS, SEED = 16, 64, 3, 1
OLDER = 0.33  # of the families of older rounds, when it is read on from where it ended
RATE, ONCE_MORE, DECAY, LIMIT = 2e-3, 8e-4, 1e-2, 1.0
MOST, SIZES = 96, (12, 16, 24, 32, 48, 96)
DROP, DROP_HIDDEN, DROP_PIECES, SMOOTH = 0.1, 0.3, 0.08, 0.02
RANKED, KEEP = 0.5, 0.5
PARTS = {"q": (384, 384), "k": (384, 384), "v": (384, 384), "o": (384, 384)} | {
    "i": (384, 1536),
    "f": (1536, 384),
}
Tree = dict[str, Any]
Model = encoder.Encoder | tongues.Tongues


class Lesson(NamedTuple):
    """A text as it is learnt from: of how many pieces, and what it is."""

    text: str
    pieces: int
    answers: np.ndarray
    family: str


class Batch(NamedTuple):
    """Some lessons side by side; `mask` says where there is a piece, `whole` also where one was hidden,
    `real` which rows count."""

    ground: np.ndarray
    whole: np.ndarray
    mask: np.ndarray
    answers: np.ndarray
    real: np.ndarray


def lessons(rows: Sequence[Sequence[str]], model: Model) -> list[Lesson]:
    """The lines with their answers; what the first layer is given of them is made when it is needed."""
    found = []
    for name, labels, severity, _, text in rows:
        answers = train.answers_of(frozenset(labels.split(",")) - {""}, severity)
        pieces = min(MOST, len(model.entered(text)))
        found.append(Lesson(text, pieces, answers, train.family_of(name)))
    return found


def cut(pieces: np.ndarray) -> np.ndarray:
    """The beginning and the end of what is too long to learn from."""
    if len(pieces) <= MOST:
        return pieces
    return np.concatenate([pieces[: MOST // 2], pieces[-MOST // 2 :]])


def base_weights(model: Model) -> list[Tree]:
    """The layers as they come."""
    return [{name: jnp.asarray(part) for name, part in layer.items()} for layer in model.layers]


def first_parts(dice: np.random.Generator, rank: int, layers: int) -> Tree:
    """Additions that change nothing yet, and a classifier that knows nothing."""
    bend = {}
    for part, (wide, out) in PARTS.items():
        size = (layers, wide, rank)
        bend[f"{part}.down"] = (dice.standard_normal(size) * wide**-0.5).astype(np.float32)
        bend[f"{part}.up"] = np.zeros((layers, rank, out), np.float32)
    head = {name: part for name, part in train.Member(SEED).parts.items() if name != "g"}
    head["w1"] = head["w1"][: train.HEADS * train.WIDE + transformer.READ]
    return {"bend": bend, "head": head}


def turned(x: Any, layer: Tree, bend: Tree, part: str) -> Any:
    """One matrix with its addition, if there is one."""
    plain = x @ layer[f"{part}w"].T + layer[f"{part}b"]
    if not bend:
        return plain
    return plain + (x @ bend[f"{part}.down"]) @ bend[f"{part}.up"]


def normed(x: Any, gain: Any, shift: Any) -> Any:
    """A layer's norm."""
    x = x - x.mean(-1, keepdims=True)
    return x * gain / jnp.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) + shift


def dropped(x: Any, key: Any, share: float) -> Any:
    """Some numbers left out at random, the rest made up for it; without a key none."""
    if key is None:
        return x
    return x * jax.random.bernoulli(key, 1 - share, x.shape) / (1 - share)


def through(x: Any, given: tuple[Tree, Tree, Any], away: Any) -> Any:
    """One layer: the same sums as rules/meaning/encoder.py, with parts left out."""
    layer, bend, key = given
    count, longest, _ = x.shape
    one, two = (None, None) if key is None else jax.random.split(key)

    def heads(part: str) -> Any:
        return turned(x, layer, bend, part).reshape(count, longest, transformer.HEADS, -1)

    weights = jnp.einsum("bthd,bshd->bhts", heads("q"), heads("k")) * 32**-0.5 + away
    seen = jnp.einsum("bhts,bshd->bthd", jax.nn.softmax(weights, -1), heads("v"))
    seen = turned(seen.reshape(x.shape), layer, bend, "o")
    x = normed(x + dropped(seen, one, DROP), layer["nw"], layer["nb"])
    inner = jax.nn.gelu(turned(x, layer, bend, "i"), approximate=True)
    inner = turned(inner, layer, bend, "f")
    return normed(x + dropped(inner, two, DROP), layer["mw"], layer["mb"])


def states(base: list[Tree], bend: Tree, batch: Batch, key: Any) -> Any:
    """What the last layer and the one in the middle make of each piece."""
    x = grammar = batch.ground
    away = jnp.where(batch.mask, 0.0, -1e9)[:, None, None, :]
    for number, layer in enumerate(base):
        mine = {name: part[number] for name, part in bend.items()}
        x = through(x, (layer, mine, jax.random.fold_in(key, number)), away)
        grammar = x if number + 1 == len(base) // 2 else grammar
    return jnp.concatenate([x, grammar], -1)


def straight(base: list[Tree], batch: Batch) -> Any:
    """What the last layer makes of each piece as the model comes, nothing hidden and nothing added."""
    x, away = batch.ground, jnp.where(batch.whole, 0.0, -1e9)[:, None, None, :]
    for layer in base:
        x = through(x, (layer, {}, None), away)
    return jax.lax.stop_gradient(x)


def told(head: Tree, found: Any, batch: Batch, key: Any) -> Any:
    """The classifier's numbers: the same sums as rules/meaning/network.py, without signs and tier 1."""
    one, two = jax.random.split(key)
    count = len(batch.mask)
    a = jnp.where(batch.mask[:, :, None], found @ head["q"], -1e9)
    pooled = jnp.einsum("bth,btd->bhd", jax.nn.softmax(a, 1), found)
    share = batch.mask / batch.mask.sum(1, keepdims=True)
    middle = jnp.einsum("bt,btd->bd", share, found)
    whole = [(pooled @ head["v"]).reshape(count, -1), middle * 2]
    whole = dropped(jnp.concatenate(whole, 1), one, 2 * DROP)
    hidden = dropped(jax.nn.relu(whole @ head["w1"] + head["b1"]), two, DROP_HIDDEN)
    return hidden @ head["w2"] + head["b2"]


def loss(parts: Tree, base: list[Tree], batch: Batch, key: Any) -> Any:
    """How wrong the answers are, and how badly danger to oneself is told from what is none."""
    one, two = jax.random.split(key)
    found = states(base, parts["bend"], batch, one)
    out = told(parts["head"], found, batch, two)
    wanted = batch.answers * (1 - 1.5 * SMOOTH) + SMOOTH / 2
    wrong = (jax.nn.softplus(out) - wanted * out).sum(1)
    count = batch.real.sum()
    is_it = batch.answers[:, 0] * batch.real
    is_not = (1 - batch.answers[:, 0]) * batch.real
    apart = jax.nn.softplus(out[None, :, 0] - out[:, None, 0]) * is_it[:, None] * is_not[None]
    ranked = apart.sum() / jnp.maximum(is_it.sum() * is_not.sum(), 1)
    return (
        (wrong * batch.real).sum() / count
        + RANKED * ranked
        + KEEP * moved_by(found, straight(base, batch), batch)
    )


def moved_by(found: Any, plain: Any, batch: Batch) -> Any:
    """How far the meaning of harmless talk has moved from what the model as it comes makes of it."""
    free = batch.real * (batch.answers.sum(1) == 0)
    apart = ((found[:, :, : transformer.WIDTH] - plain) ** 2).mean(-1)
    share = batch.mask / batch.mask.sum(1, keepdims=True)
    return ((apart * share).sum(1) * free).sum() / jnp.maximum(free.sum(), 1)


@jax.jit
def step(
    parts: Tree, memory: tuple[Tree, Tree, Any], given: tuple[list[Tree], Batch, Any], rate: Any
) -> Any:
    """One step of Adam, its slopes bounded."""
    base, batch, key = given
    value, slopes = jax.value_and_grad(loss)(parts, base, batch, key)
    size = jnp.sqrt(sum((slope * slope).sum() for slope in jax.tree_util.tree_leaves(slopes)))
    slopes = jax.tree_util.tree_map(lambda s: s * jnp.minimum(1, LIMIT / (size + 1e-6)), slopes)
    means, squares, count = memory
    count = count + 1
    means = jax.tree_util.tree_map(lambda m, s: 0.9 * m + 0.1 * s, means, slopes)
    squares = jax.tree_util.tree_map(lambda m, s: 0.999 * m + 0.001 * s * s, squares, slopes)

    def moved(part: Any, mean: Any, square: Any) -> Any:
        move = mean / (1 - 0.9**count) / (jnp.sqrt(square / (1 - 0.999**count)) + 1e-8)
        return part - rate * (move + DECAY * part)

    return jax.tree_util.tree_map(moved, parts, means, squares), (means, squares, count), value


def beside(some: Sequence[Lesson], model: Model, dice: np.random.Generator) -> Batch:
    """Lessons as one batch: pieces hidden at random, rows and places filled up to a known size."""
    longest = max(each.pieces for each in some)
    size = next(size for size in SIZES if size >= longest)
    ground = np.zeros((BATCH, size, transformer.WIDTH), np.float32)
    whole = np.zeros((BATCH, size), np.float32)
    mask = np.zeros_like(whole)
    answers = np.zeros((BATCH, len(some[0].answers)), np.float32)
    real = np.zeros(BATCH, np.float32)
    for row, each in enumerate(some):
        count = each.pieces
        ground[row, :count], whole[row, :count] = cut(model.entered(each.text)), 1
        mask[row, :count] = dice.random(count) >= DROP_PIECES
        answers[row], real[row] = each.answers, 1
    mask[:, 0] = whole[:, 0] = 1
    return Batch(ground, whole, mask, answers, real)


def one_of_each(known: list[Lesson], dice: np.random.Generator) -> np.ndarray:
    """One text of each family: another round takes another, and none is heard too often."""
    found: dict[str, int] = {}
    for number in dice.permutation(len(known)):
        found.setdefault(known[number].family, int(number))
    return np.array(sorted(found.values()))


def rounds(
    known: list[Lesson], epochs: int, dice: np.random.Generator, model: Model
) -> Iterator[Iterator[Batch]]:
    """The batches of each round."""
    lengths = [each.pieces for each in known]
    for _ in range(epochs):
        order = train.batches(one_of_each(known, dice), lengths, dice)
        yield (beside([known[number] for number in some], model, dice) for some in order)


def bent(
    rows: Sequence[Sequence[str]],
    epochs: int,
    kept: Path | None = None,
    on: Tree | None = None,
    *,
    kind: ModuleType = encoder,
) -> Tree:
    """The additions and the classifier, after all rounds; `kept` gets them after each.

    `on` is what was learnt before: it is read on from there, by smaller steps. `kind` is the module
    whose model is bent.
    """
    dice, model = np.random.default_rng(SEED), kind.load()
    known, base = lessons(rows, model), base_weights(model)
    parts, most = (on, ONCE_MORE) if on else (first_parts(dice, RANK, len(base)), RATE)
    zeros = jax.tree_util.tree_map(np.zeros_like, parts)
    memory: Any = (zeros, zeros, 0.0)
    key, at, began = jax.random.PRNGKey(SEED), 0, time.monotonic()
    steps = epochs * -(-len({each.family for each in known}) // BATCH) * 1.02
    for number, order in enumerate(rounds(known, epochs, dice, model), 1):
        total, first = 0.0, at
        for batch in order:
            at += 1
            rate = most * min(1, at / 40) * 0.5 * (1 + np.cos(np.pi * min(1, at / steps)))
            key, use = jax.random.split(key)
            parts, memory, value = step(parts, memory, (base, batch, use), rate)
            total += float(value)
            if kept and at % 100 == 0:
                save(parts, kept)
            if at % 25 == 0:
                spent = time.monotonic() - began
                print(f"{at} of {steps:.0f}: {total / (at - first):.3f}, {spent:.0f} s", flush=True)
        print(f"round {number}: {total / (at - first):.4f}", flush=True)
        if kept:
            save(parts, kept)
    return parts


def save(parts: Tree, path: Path) -> None:
    """Additions and classifier as one file."""
    named = {
        f"{kind}.{name}": np.asarray(part)
        for kind, of in parts.items()
        for name, part in of.items()
    }
    train.write(named, path)


def main() -> None:
    """Learn the additions from everything that is not held out."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--out", type=Path, required=True)
    wanted.add_argument("--on", type=Path, help="what was learnt before, to read on from")
    wanted.add_argument("--tongues", action="store_true", help="the model of many languages")
    wanted.add_argument("--epochs", type=int)
    given = wanted.parse_args()
    lines = train.corpus("train")
    on = train.kept_by(given.on) if given.on else None
    if on:
        lines = train.mostly(lines, train.LATEST, OLDER, SEED)
    epochs = given.epochs or (1 if on else EPOCHS)
    kind = tongues if given.tongues else encoder
    save(bent(lines, epochs, given.out, on, kind=kind), given.out)


if __name__ == "__main__":
    main()
