"""A file that was cut or altered is never used: the second look says that there is none."""

import hashlib
import importlib.util
import re
import struct
from types import SimpleNamespace

import pytest

from support.moderation.rules.meaning.words import NoModel, shared_judge
from tests.parts import missing

if importlib.util.find_spec("numpy") is None:
    missing("numpy")

import numpy as np

from support.moderation.rules.meaning import encoder, judge, transformer, whole
from support.moderation.rules.meaning.judge import Judge
from support.moderation.rules.meaning.network import Network
from support.moderation.rules.meaning.verdict import Thresholds
from tests.second_look_files import BOUNDS, file_of, model_in, parts

SOUND = file_of(parts())


@pytest.fixture
def file(tmp_path):
    """A model file with these bytes."""

    def written(raw):
        (tmp_path / "m.npz").write_bytes(raw)
        return tmp_path / "m.npz"

    return written


def used(network):
    """Everything of a network that an answer rests on."""
    arrays = [part for member in network.members for part in member.values()]
    return [*arrays, network._known, network._known_are, network._share, network.fingerprint]


# ------------------------------------------------------------------ the classifier's file


def test_a_sound_file_is_read(file):
    assert len(Network.read(file(SOUND)).members) == 1


@pytest.mark.parametrize("part", range(0, 100, 9))
def test_a_file_that_was_cut_short_is_refused(file, part):
    with pytest.raises(NoModel, match="classifier cannot be read"):
        Network.read(file(SOUND[: len(SOUND) * part // 100]))


def test_of_one_altered_byte_nothing_comes_into_an_answer(file):
    sound, refused = used(Network.read(file(SOUND))), 0
    for at in range(0, len(SOUND), len(SOUND) // 61):
        altered = bytearray(SOUND)
        altered[at] ^= 0x41
        try:
            found = used(Network.read(file(bytes(altered))))
        except NoModel:
            refused += 1
        else:  # an hour or a right in the archive's list: nothing that is read
            assert all(np.array_equal(one, two) for one, two in zip(sound, found, strict=True))
    assert refused > 30


@pytest.mark.parametrize("name", ["1.w1", "1.g", "known_are", "share", "fingerprint"])
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(file, name, number):
    part = np.array(parts()[name], np.float32)
    part.flat[0] = number
    with pytest.raises(NoModel, match="classifier cannot be read"):
        Network.read(file(file_of(parts(**{name: part}))))


@pytest.mark.parametrize(
    "name", ["1.q", "1.v", "1.w1", "1.b1", "1.w2", "1.b2", "1.g", "known", "known_are", "share"]
)
def test_parts_that_do_not_fit_one_another_are_refused(name):
    part = np.asarray(parts()[name])
    with pytest.raises((ValueError, IndexError, TypeError)):
        Network(parts(**{name: np.concatenate([part, part]) if part.ndim else np.ones(3)}))


@pytest.mark.parametrize("name", sorted(parts()))
def test_a_part_that_lacks_is_refused(file, name):
    arrays = parts()
    del arrays[name]
    with pytest.raises(NoModel, match="classifier cannot be read"):
        Network.read(file(file_of(arrays)))


def test_a_file_in_which_nobody_votes_is_refused():
    arrays = {name: part for name, part in parts().items() if not name.startswith("1.")}
    with pytest.raises(ValueError, match="nobody votes"):
        Network(arrays)


# ------------------------------------------------------------------ the weights


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A folder with weights whose sums are known."""
    sums = {}
    for name in whole.WEIGHTS:
        (tmp_path / name).write_bytes(name.encode() * 50)
        sums[name] = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    monkeypatch.setattr(whole, "WEIGHTS", sums)
    return tmp_path


def test_weights_that_are_whole_pass(brought):
    whole.check_weights(brought)


@pytest.mark.parametrize("name", sorted(whole.WEIGHTS))
def test_one_altered_byte_of_the_weights_is_noticed(brought, name):
    raw = bytearray((brought / name).read_bytes())
    raw[20] ^= 1
    (brought / name).write_bytes(raw)
    with pytest.raises(NoModel, match=f"damaged .{re.escape(name)}"):
        whole.check_weights(brought)


@pytest.mark.parametrize("name", sorted(whole.WEIGHTS))
def test_weights_that_were_cut_or_are_gone_are_noticed(brought, name):
    (brought / name).write_bytes(b"")
    with pytest.raises(NoModel, match="damaged"):
        whole.check_weights(brought)
    (brought / name).unlink()
    with pytest.raises(NoModel, match=r"cannot be read .FileNotFoundError"):
        whole.check_weights(brought)


def test_weights_without_a_layer_are_refused_by_name(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(struct.pack("<Q", 2) + b"[]")
    with pytest.raises(NoModel, match="weights cannot be read"):
        encoder.load(tmp_path)


# ------------------------------------------------------------------ the bounds


@pytest.mark.parametrize(
    "wrong",
    [
        {**BOUNDS, "critical": float("nan")},
        {**BOUNDS, "holds": float("inf")},
        {**BOUNDS, "grave": True},
        {**BOUNDS, "sourcing": {"doubtful": 1.0, "likely": float("nan")}},
        {**BOUNDS, "sourcing": {"doubtful": 1.0}},
        {**BOUNDS, "sourcing": 2.0},
        {**BOUNDS, "sorcing": {"doubtful": 1.0, "likely": 2.0}},
        {name: value for name, value in BOUNDS.items() if name != "sourcing"},
        [1, 2],
        None,
    ],
)
def test_bounds_that_are_not_whole_are_refused(tmp_path, wrong):
    with pytest.raises(NoModel, match="thresholds cannot be read"):
        judge.load(model=model_in(tmp_path, SOUND, wrong))


def test_bounds_that_are_whole_are_read():
    assert Thresholds.of(BOUNDS).labels["sourcing"].likely == 2.0


# ------------------------------------------------------------------ together


def test_whatever_else_goes_wrong_at_the_start_is_no_model(tmp_path, monkeypatch):
    def runs_out(*_):
        raise MemoryError

    monkeypatch.setattr(judge, "check_weights", runs_out)
    with pytest.raises(NoModel, match=r"cannot be used .MemoryError"):
        judge.load(tmp_path, model_in(tmp_path, SOUND))


def test_an_answer_that_is_no_number_is_a_failure_and_not_a_clean_message():
    it = object.__new__(Judge)
    it._model = SimpleNamespace(states=lambda texts: [np.ones((3, transformer.READ), np.float32)])
    it._network = SimpleNamespace(logits=lambda seen: np.full((1, 11), np.nan))
    with pytest.raises(ArithmeticError):
        it.logits([("good night", ())])


def test_a_part_that_breaks_while_it_is_loaded_is_no_model(monkeypatch):
    def breaks(name):
        raise RuntimeError("made for another machine")

    monkeypatch.setattr("importlib.import_module", breaks)
    with pytest.raises(NoModel, match="RuntimeError"):
        shared_judge()


def test_the_installed_weights_are_those_that_the_house_knows():
    if importlib.util.find_spec(encoder.PACKAGE) is None:
        missing("the package with the weights of the second look")
    whole.check_weights(encoder.folder())
