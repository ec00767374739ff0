"""What was learnt to add to the embedding model: a changed matrix, the mapped one left alone."""

import importlib.util

import pytest

from tests.parts import missing

if importlib.util.find_spec("numpy") is None:
    missing("numpy")

import numpy as np

from support.moderation.rules.meaning import encoder, judge, transformer
from support.moderation.rules.meaning.encoder import GRAMMAR, LAYERS, Encoder
from support.moderation.rules.meaning.network import Network
from support.moderation.rules.meaning.transformer import WIDTH
from support.moderation.rules.meaning.wordpiece import WordPiece
from tests.second_look_files import file_of, parts

INNER, RANK = 8, 2
PIECES = ["[CLS]", "[SEP]", "[UNK]", "i", "do", "not", "want", "to", "go"]
SHAPES = {
    "attention.self.query": (WIDTH, WIDTH),
    "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH),
    "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (INNER, WIDTH),
    "output.dense": (WIDTH, INNER),
}
SHORT = dict(zip("qkvoif", SHAPES, strict=True))


@pytest.fixture(scope="module")
def weights():
    """A model of the same make with few pieces and a narrow middle."""
    dice = np.random.default_rng(11)

    def some(*shape):
        return (dice.standard_normal(shape) * 0.05).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": some(len(PIECES), WIDTH),
        "embeddings.position_embeddings.weight": some(32, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        name = f"encoder.layer.{number}."
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
        for part, (out, wide) in SHAPES.items():
            found |= {f"{name}{part}.weight": some(out, wide), f"{name}{part}.bias": some(out)}
    for norm in norms:
        found |= {f"{norm}.weight": 1 + some(WIDTH), f"{norm}.bias": some(WIDTH)}
    return found


def additions(layers):
    """Additions to every matrix of the last so many layers."""
    dice = np.random.default_rng(12)
    found = {}
    for short, part in SHORT.items():
        out, wide = SHAPES[part]
        for end, shape in (("down", (wide, RANK)), ("up", (RANK, out))):
            size = (layers, *shape)
            found[f"{short}.{end}"] = (dice.standard_normal(size) * 0.2).astype(np.float32)
    return found


@pytest.fixture(scope="module")
def bend():
    return additions(LAYERS)


@pytest.fixture(scope="module")
def pieces():
    return WordPiece({piece: number for number, piece in enumerate(PIECES)})


def merged(weights, bend):
    """The same model with the additions worked into its matrices."""
    found = dict(weights)
    for short, part in SHORT.items():
        many = len(bend[f"{short}.up"])
        for upper in range(many):
            name = f"encoder.layer.{LAYERS - many + upper}.{part}.weight"
            found[name] = (
                found[name] + (bend[f"{short}.down"][upper] @ bend[f"{short}.up"][upper]).T
            )
    return found


TALK = ["I do not want to go", "go"]


@pytest.mark.parametrize("layers", [1, GRAMMAR, LAYERS])
def test_an_addition_is_the_same_as_a_changed_matrix(weights, pieces, layers):
    bend = additions(layers)
    bent = Encoder(weights, pieces, bend).states(TALK)
    changed = Encoder(merged(weights, bend), pieces).states(TALK)
    for one, two in zip(bent, changed, strict=True):
        assert np.allclose(one, two, atol=1e-4)


def test_additions_to_the_upper_layers_leave_the_lower_ones(weights, pieces):
    bend = additions(LAYERS - GRAMMAR)
    straight, bent = (Encoder(weights, pieces, add).states(TALK)[0] for add in ({}, bend))
    assert np.array_equal(straight[:, WIDTH:], bent[:, WIDTH:])
    assert not np.allclose(straight[:, :WIDTH], bent[:, :WIDTH], atol=1e-2)


def test_texts_that_share_the_work_do_not_hear_each_other(weights, bend, pieces):
    model = Encoder(weights, pieces, bend)
    assert np.allclose(model.states(TALK)[1], model.states(TALK[1:])[0], atol=1e-5)


def test_nothing_added_changes_nothing(weights, bend, pieces):
    nothing = {name: np.zeros_like(part) for name, part in bend.items()}
    one, two = (Encoder(weights, pieces, add).states(TALK)[0] for add in ({}, nothing))
    assert np.array_equal(one, two)


def test_the_weights_of_the_package_are_left_alone(weights, bend, pieces):
    before = {name: part.copy() for name, part in weights.items()}
    Encoder(weights, pieces, bend).states(TALK)
    assert all(np.array_equal(part, before[name]) for name, part in weights.items())


def test_one_matrix_by_hand():
    layer = {
        "qw": np.array([[1, 0], [0, 1]], np.float32),
        "qb": np.array([10, 20], np.float32),
        "q.down": np.array([[1], [2]], np.float32),
        "q.up": np.array([[3, 4]], np.float32),
    }
    told = transformer.turned(layer, "q", np.array([[1, 1]], np.float32))
    assert told.tolist() == [[1 + 10 + 9, 1 + 20 + 12]]


@pytest.mark.parametrize(("end", "cut"), [("down", np.s_[:, :-1]), ("up", np.s_[:, :, :-1])])
def test_an_addition_that_does_not_fit_is_refused(weights, bend, pieces, end, cut):
    name = f"i.{end}"
    with pytest.raises(ValueError, match=r"does not fit|mismatch"):
        Encoder(weights, pieces, bend | {name: bend[name][cut]})


def test_weights_that_the_additions_do_not_fit_are_refused_by_name(monkeypatch, tmp_path, weights):
    monkeypatch.setattr(encoder, "mapped", lambda path: weights)
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES))
    assert encoder.load(tmp_path)
    wrong = {"q.down": np.ones((LAYERS, WIDTH, 1)), "q.up": np.ones((LAYERS, 1, WIDTH - 1))}
    with pytest.raises(encoder.NoModel, match="weights cannot be read"):
        encoder.load(tmp_path, wrong)


def test_what_the_first_layer_is_given_is_the_same_bent_or_not(weights, bend, pieces):
    straight, bent = (Encoder(weights, pieces, add).entered(TALK[0]) for add in ({}, bend))
    assert straight.shape == (len(PIECES) - len("?"), WIDTH)
    assert np.array_equal(straight, bent)


# ------------------------------------------------------------------ the file that carries them


def model_file(path, **more):
    """The smallest model file there is, with some additions."""
    path.write_bytes(file_of(parts(**more)))


def test_a_model_file_carries_what_bends_the_embedding(tmp_path, bend):
    thin = {f"bend.{name}": part.astype(np.float16) for name, part in bend.items()}
    model_file(tmp_path / "m.npz", **thin)
    found = Network.read(tmp_path / "m.npz").bend
    assert set(found) == set(bend)
    assert {part.dtype for part in found.values()} == {np.dtype("float32")}
    assert np.allclose(found["f.up"], bend["f.up"], atol=1e-3)


def test_a_model_file_without_additions_leaves_the_embedding_as_it_comes(tmp_path):
    model_file(tmp_path / "m.npz")
    assert Network.read(tmp_path / "m.npz").bend == {}


def test_the_judge_bends_the_embedding_by_what_its_file_carries(tmp_path, monkeypatch, bend):
    model_file(tmp_path / "second_look.npz", **{f"bend.{name}": bend[name] for name in bend})
    (tmp_path / "second_look.json").write_text(
        (judge.Path(judge.__file__).parents[2] / "data/second_look.json").read_text()
    )
    asked = []
    monkeypatch.setattr(encoder, "load", lambda where, add: asked.append(set(add)))
    monkeypatch.setattr(encoder, "folder", lambda: tmp_path)
    monkeypatch.setattr(judge, "check_weights", lambda folder: None)
    monkeypatch.setattr(judge, "Judge", lambda *parts: parts)
    judge.load(model=tmp_path)
    assert asked == [set(bend)]
