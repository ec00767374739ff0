"""The model itself: words in pieces, weights mapped from a file, broken ones refused by name."""

import importlib.util
import json
import os
import struct
import sys

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.meaning import words
from support.moderation.rules.meaning.words import Line, NoModel, Words, shared_judge
from tests.parts import missing
from tests.second_look_world import Oracle

if importlib.util.find_spec("numpy") is None:
    if os.environ.get("HANDRAIL_REQUIRE_ALL") == "1":
        pytest.fail("numpy is not installed", pytrace=False)
    pytest.skip("numpy is not installed", allow_module_level=True)

import numpy as np

from support.moderation.rules.meaning import encoder, judge, network, transformer
from support.moderation.rules.meaning.judge import Judge
from support.moderation.rules.meaning.network import Network, Seen
from support.moderation.rules.meaning.signs import BUCKETS, buckets, flags
from support.moderation.rules.meaning.verdict import Bounds, Thresholds
from support.moderation.rules.meaning.wordpiece import MOST_PIECES, WordPiece
from support.moderation.rules.rulebook import LABELS

PIECES = ["[CLS]", "[SEP]", "[UNK]", "night", "bad", "sleep", "##less", "##ness", "e", "!", "’"]


@pytest.fixture(scope="module")
def model():
    """The real weights, where they are installed."""
    if importlib.util.find_spec(encoder.PACKAGE) is None:
        missing("the package with the weights of the second look")
    return encoder.load()


@pytest.fixture
def pieces():
    return WordPiece({piece: number for number, piece in enumerate(PIECES)})


def spelt(pieces, text, most=MOST_PIECES):
    return [PIECES[number] for number in pieces.numbers(text, most)]


# ------------------------------------------------------------------ pieces


def test_words_fall_into_their_longest_known_pieces(pieces):
    assert spelt(pieces, "Sleeplessness") == ["[CLS]", "sleep", "##less", "##ness", "[SEP]"]


def test_signs_stand_alone_and_accents_go(pieces):
    assert spelt(pieces, "É!night") == ["[CLS]", "e", "!", "night", "[SEP]"]


def test_what_is_not_known_is_unknown_and_harms_nothing(pieces):
    assert spelt(pieces, "zebra night") == ["[CLS]", "[UNK]", "night", "[SEP]"]
    assert spelt(pieces, "x" * 5000) == ["[CLS]", "[UNK]", "[SEP]"]


def test_nothing_is_nothing(pieces):
    assert spelt(pieces, "  \n ") == ["[CLS]", "[SEP]"]


def test_of_a_long_text_the_beginning_and_the_end_are_read(pieces):
    text = "bad " + "sleep " * 50 + "night"
    read = spelt(pieces, text, 10)
    assert len(read) == 10
    assert (read[1], read[-2]) == ("bad", "night")


@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "\u202e" * 2000, "\u0301" * 2000, "漢字", "a\u0000b", "👍🏽" * 500]
)
def test_nothing_that_can_be_typed_breaks_it(pieces, text):
    assert pieces.numbers(text)[0] == 0


# ------------------------------------------------------------------ signs


def test_the_same_words_fall_into_the_same_buckets_in_any_case():
    assert (buckets("Bad NIGHT") == buckets("bad night")).all()
    assert buckets("bad night").max() < BUCKETS


def test_a_poisonous_text_is_cut():
    assert len(buckets("ab " * 100_000)) < 5000
    assert buckets("").tolist() == buckets("   ").tolist()


def test_flags_are_one_for_what_tier_one_saw():
    told = flags({"sourcing"})
    assert told.sum() == 1
    assert told[LABELS.index("sourcing")] == 1


# ------------------------------------------------------------------ files that are broken


def tensors(path, arrays):
    """A safetensors file of these arrays."""
    head, body = {}, b""
    for name, array in arrays.items():
        raw = array.astype("<f4").tobytes()
        where = [len(body), len(body) + len(raw)]
        head[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": where}
        body += raw
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def test_tensors_are_views_of_the_file_and_cannot_be_written(tmp_path):
    tensors(tmp_path / "two", {"a": np.arange(6.0).reshape(2, 3), "b": np.ones(2)})
    found = encoder.mapped(tmp_path / "two")
    assert found["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert not found["a"].flags.writeable


@pytest.mark.parametrize("content", [b"", b"12345678", b"\xff" * 64, struct.pack("<Q", 2) + b"{}"])
def test_broken_weights_are_refused_by_name(tmp_path, content):
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "vocab.txt").write_text("[CLS]\n[SEP]\n[UNK]\n")
    with pytest.raises(NoModel, match="weights cannot be read"):
        encoder.load(tmp_path)


def test_weights_that_are_not_installed_are_named(monkeypatch):
    monkeypatch.setattr(encoder.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoModel, match="not installed"):
        encoder.folder()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_broken_classifier_is_refused_by_name(tmp_path, content):
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(NoModel, match="classifier cannot be read"):
        Network.read(tmp_path / "m.npz")


def test_missing_thresholds_are_refused_by_name(tmp_path):
    with pytest.raises(NoModel, match="thresholds cannot be read"):
        judge.load(model=tmp_path)


def test_a_site_without_numpy_is_told_so_and_goes_on(monkeypatch):
    for name in ("ears", "judge", "encoder", "network", "signs", "tongues", "transformer"):
        monkeypatch.delitem(sys.modules, f"support.moderation.rules.meaning.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(NoModel, match="numpy is not installed"):
        shared_judge()


def test_the_words_of_a_look_need_no_numpy():
    assert "numpy" not in vars(words)


# ------------------------------------------------------------------ the classifier's sums


def small(**changed):
    """A network that knows one line, which was sourcing."""
    dice = np.random.default_rng(5)
    wide = network.HEADS * network.WIDE + transformer.READ + len(LABELS)
    outputs = len(LABELS) + 2
    known = dice.standard_normal((1, transformer.WIDTH))
    parts = {
        "1.q": dice.standard_normal((transformer.READ, network.HEADS)),
        "1.v": dice.standard_normal((transformer.READ, network.WIDE)) / 20,
        "1.w1": dice.standard_normal((wide, 4)) / 20,
        "1.b1": np.zeros(4),
        "1.w2": dice.standard_normal((4, outputs)),
        "1.b2": np.zeros(outputs),
        "1.g": np.zeros((BUCKETS, outputs)),
        "known": np.round(127 * known / np.linalg.norm(known)).astype(np.int8),
        "known_are": np.eye(outputs)[[LABELS.index("sourcing")]],
        "share": np.float32(2),
        "fingerprint": np.zeros(transformer.WIDTH),
    }
    return Network({**parts, **changed})


def seen(states, text="bad night"):
    return Seen(states.astype(np.float32), buckets(text), flags(()))


def test_what_is_near_a_known_line_is_judged_as_that_line_was():
    it = small()
    near = it._known[0] * 3
    far = -near
    column = LABELS.index("sourcing")
    close, away = it._near(np.stack([network.middle_of(x[None]) for x in (near, far)]))[:, column]
    assert close > 0 > away


def test_two_members_vote_with_the_same_weight():
    one = small()
    both = small(**{f"2.{k}": v for k, v in one.members[0].items()})
    states = np.random.default_rng(1).standard_normal((3, transformer.READ))
    assert np.allclose(one.logits([seen(states)]), both.logits([seen(states)]), atol=1e-4)


def test_each_text_is_judged_by_itself():
    it, dice = small(), np.random.default_rng(2)
    first, second = (dice.standard_normal((n, transformer.READ)) for n in (2, 7))
    together = it.logits([seen(first), seen(second)])
    assert np.allclose(together[1], it.logits([seen(second)])[0], atol=1e-4)


def test_one_dark_stretch_of_a_long_text_is_heard_and_a_short_text_has_none():
    it, dice = small(), np.random.default_rng(2)
    calm, dark = dice.standard_normal((2, transformer.READ))
    column = LABELS.index("crisis_self_harm")
    if it.logits([seen(dark[None])])[0, column] < it.logits([seen(calm[None])])[0, column]:
        calm, dark = dark, calm
    text = np.concatenate([np.tile(calm, (90, 1)), np.tile(dark, (42, 1)), np.tile(calm, (90, 1))])
    whole = np.mean([network.forward(one, seen(text)) for one in it.members], axis=0)
    stretches = it._strongest(seen(text))
    assert stretches[column] >= whole[column]
    alone = np.mean([network.forward(one, seen(text[98:126])) for one in it.members], axis=0)
    assert stretches[column] >= alone[column] - network.LESS - 1e-3
    others = [n for n in range(len(whole)) if n not in network.OWN]
    assert np.allclose(stretches[others], whole[others])
    short = seen(text[: network.LONG])
    assert np.allclose(it._strongest(short), network.forward(it.members[0], short))


# ------------------------------------------------------------------ the lines before


class Told(Judge):
    """A judge whose numbers a test decides by the text."""

    def __init__(self, numbers):
        self._numbers = numbers
        self._thresholds = Thresholds({label: Bounds(0, 2) for label in LABELS}, 1.0, 3.0)
        self._network = small()
        self.asked = []

    def logits(self, texts):
        self.asked += [text for text, _ in texts]
        row = [-9.0] * (len(LABELS) + 2)
        return np.array(
            [[self._numbers.get(text, -9.0), *row[1:]] for text, _ in texts], np.float32
        )


def looked(told, text, *before):
    return told.look([Words(text, frozenset(), before)])[0].screening


def test_a_farewell_in_pieces_is_heard():
    told = Told({"i have decided / tonight then": 3.0})
    found = looked(told, "tonight then", Line("i have decided", True))
    assert (found.labels, found.severity) == (("crisis_self_harm",), "urgent")


def test_a_yes_is_read_with_its_question():
    told = Told({"> do you want to die? / yes": 3.0})
    assert looked(told, "yes", Line("do you want to die?", False)).labels == ("crisis_self_harm",)


def test_what_others_said_is_not_the_authors():
    told = Told({})
    looked(told, "good night", Line("i want to die", False))
    assert told.asked == ["good night"]


def test_what_was_plain_before_is_not_raised_again_by_a_thank_you():
    told = Told({"i want to die / thanks, better now": 4.0, "i want to die": 3.0})
    assert looked(told, "thanks, better now", Line("i want to die", True)).labels == ()


def test_the_lines_before_lower_nothing():
    told = Told({"it ends tonight": 5.0, "lovely walk / it ends tonight": -3.0})
    assert looked(told, "it ends tonight", Line("lovely walk", True)).severity == "urgent"


def test_nothing_asked_is_nothing_said():
    assert Told({}).look([]) == []


def test_the_oracle_of_other_tests_answers_in_the_same_form():
    assert Oracle().look([Words("x")])[0].screening.labels == ()


# ------------------------------------------------------------------ with the real weights


def test_it_is_the_model_that_it_says_it_is(model):
    def middle(text):
        return network.middle_of(model.states([text])[0])

    person = middle("That is a happy person")
    assert person @ middle("That is a happy dog") == pytest.approx(0.695, abs=0.005)
    assert person @ middle("Today is a sunny day") == pytest.approx(0.257, abs=0.005)


def test_texts_that_share_the_work_are_read_as_if_alone(model):
    texts = ["bad night", "the kettle is on and the rain is loud, and i am still here"]
    for text, state in zip(texts, model.states(texts), strict=True):
        assert np.allclose(state, model.states([text])[0], atol=1e-4)


def test_the_shipped_classifier_fits_the_weights_and_hears_and_lets_talk(model):
    judge_ = judge.load()
    wish = "i want to die, i cannot do this any more"  # which the rules hear, and which stands
    farewell = "i am on top of the multi storey and i'm going to jump"  # which it alone hears
    assert screen_words(farewell).labels == ()
    talk = "bad night, down to 5 mg, shaky but the window was lovely"
    told = Words(wish, frozenset(screen_words(wish).labels))
    dying, leaving, shaky = judge_.look([told, Words(farewell), Words(talk)])
    assert "crisis_self_harm" in {*told.known, *dying.screening.labels}
    assert dying.scores["crisis_self_harm"] > 0.9
    assert "crisis_self_harm" in leaving.screening.labels
    assert shaky.screening.labels == ()
    assert judge_.version.startswith("second-")


def test_other_weights_than_those_trained_with_are_refused(model):
    broken = small()
    with pytest.raises(NoModel, match="not those that the classifier was trained with"):
        Judge(model, broken, Thresholds({}, 0, 0))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://shop.example.org/item?ID=22&CatID=", True),
        ("ann: http://example.org/a.asp", True),
        ("look here www.example.org", False),
        ("i sell valium, see https://example.org", False),
        ("who has spare ones", False),
        ("", False),
    ],
)
def test_a_link_and_a_name_are_hardly_more_than_a_link(text, is_one):
    assert judge.is_hardly_more_than_a_link(text) is is_one


class Trader(Judge):
    """A judge to whom everything is trade and contempt."""

    def __init__(self):
        self._thresholds = Thresholds({label: Bounds(0.0, 2.0) for label in LABELS}, 1.0, 3.0)

    version = "second-test"

    def logits(self, texts):
        row = [9.0 if name == "sourcing" else -9.0 for name in words.OUTPUTS]
        return np.array([row for _ in texts], np.float32)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("ann: http://example.org/product?id=2", ()),
        ("cheap ones at http://example.org/product?id=2", ("sourcing",)),
    ],
)
def test_the_letters_of_an_address_are_no_trade(text, labels):
    (look,) = Trader().look([Words(text, frozenset())])
    assert look.screening.labels == labels
