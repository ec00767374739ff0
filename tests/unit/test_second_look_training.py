"""How the corpus grows and the classifier is trained: the same each time, held lines kept apart."""

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from support.base.severity import Severity
from support.moderation.rules.rulebook import LABELS
from tests.parts import missing

HOME = Path(__file__).resolve().parents[2]
CORPUS = HOME / "support/moderation/corpus"
HAS_NUMPY = importlib.util.find_spec("numpy") is not None


def script(name):
    """A script of docs/review, loaded as a module."""
    spec = importlib.util.spec_from_file_location(f"review_{name}", HOME / f"docs/review/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def grow():
    return script("grow")


@pytest.fixture(scope="module")
def rows():
    """Every line of the second look's corpus, as it lies in the repository."""
    return [
        line.split("\t")
        for path in sorted(CORPUS.glob("t2_*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def family(row):
    return row[0].split("-")[-2]


# ------------------------------------------------------------------ the corpus


def test_the_corpus_is_what_its_lines_grow_into(grow, rows):
    grown = {tuple(row) for row in grow.grown(grow.written())}
    assert grown == {tuple(row) for row in rows}


def test_it_is_large_and_has_every_label_on_both_sides(rows):
    assert len(rows) > 6000
    for side in ("train", "held"):
        found = Counter(label for row in rows if row[3] == side for label in row[1].split(","))
        assert set(LABELS) <= set(found), side


def test_no_phrasing_is_on_both_sides(rows):
    sides = {}
    for row in rows:
        sides.setdefault(family(row), set()).add(row[3])
    assert [name for name, of in sides.items() if len(of) > 1] == []


def test_no_text_is_on_both_sides(rows):
    train = {row[4] for row in rows if row[3] == "train"}
    assert [row[4] for row in rows if row[3] == "held" and row[4] in train] == []


def test_severity_is_never_set_against_the_labels(rows):
    for _, labels, severity, _, text in rows:
        assert (severity == "none") == (labels == ""), text
        assert severity in set(Severity)
        if "abrupt_stop" in labels or labels == "crisis_self_harm":
            assert severity in ("urgent", "critical"), text


def test_ids_are_given_once(rows):
    assert len({row[0] for row in rows}) == len(rows)


def test_no_line_holds_a_number_that_reaches_somebody(rows):
    """Phone numbers are of the ranges kept for examples, addresses end in a reserved name.

    Three words in disguise are no address.
    """
    for row in rows:
        for found in re.findall(r"\S+@\S+", row[4]):
            disguised = re.match(r"(x@n@x|v@l|s@le)\b", found)
            assert disguised or re.search(r"(example|mailbox|mail)\b|\W$", found), row[4]


def test_choices_are_filled_from_their_list_alone(grow):
    dice = grow.random.Random(1)
    filled = grow.choices("{a|b} and {c|d}", dice, 9)
    assert set(filled) <= {"a and c", "a and d", "b and c", "b and d"}
    assert grow.choices("plain", dice, 9) == ["plain"]


def test_company_comes_from_the_same_side_and_keeps_the_line(grow):
    lines = grow.written()
    held = [line for line in lines if line.split == "held" and line.slice == "room"]
    line = next(one for one in lines if one.labels and "{" not in one.text)
    mixed = grow.mixed(line, {"room": held, "low": []}, grow.random.Random(3), 2)
    assert line.text.lower().split()[0] in mixed.lower()


def test_a_voice_of_its_own_is_held_as_a_whole_and_not_mixed(grow, rows):
    voices = [line for line in grow.written() if "_held_" in line.file]
    assert len(voices) > 350
    assert {line.split for line in voices} == {"held"}
    texts = {line.text for line in voices}
    held = [row for row in rows if "th_held_" in row[0]]
    assert {row[4] for row in held} == texts
    assert {row[3] for row in held} == {"held"}


def test_a_new_round_leaves_older_texts_as_they_were(grow, rows):
    lines = grow.written()
    older = [line for line in lines if line.round == 0]
    families = {line.family for line in older}
    without = {row for row in grow.grown(older) if family(row) in families}
    assert without == {tuple(row) for row in rows if family(row) in families}


def test_sad_talk_stands_round_danger_and_round_what_is_none(grow):
    lines = [line for line in grow.written() if line.round == 6 and line.split == "train"]
    low = grow.company(grow.written(), 6)["train"]
    for labelled in (True, False):
        line = next(
            one
            for one in lines
            if bool(one.labels) == labelled and one.slice in (*grow.LOW, "sixth_tired")
        )
        assert len(grow.later(line, low, grow.random.Random(3))) == 2


def test_a_long_line_keeps_no_company(grow):
    line = next(one for one in grow.written() if len(one.text.split()) > grow.LONG and one.round)
    assert grow.later(line, {}, grow.random.Random(3)) == []


def test_headings_are_read(grow):
    assert grow.heading(["none", "room"]) == ((), "none", "room", grow.VARIANTS)
    assert grow.heading(["none", "everyday", "x9"]) == ((), "none", "everyday", 9)
    assert grow.heading(["a,b", "urgent"]) == (("a", "b"), "urgent", "a,b", grow.VARIANTS)
    assert grow.heading(["a", "urgent", "voices"])[2] == "voices"


# ------------------------------------------------------------------ the training


@pytest.fixture(scope="module")
def train():
    if not HAS_NUMPY:
        pytest.skip("numpy is not installed")
    return script("train")


def examples(train, count=40):
    """A small slice with made-up states: half of it sourcing, half of it free."""
    dice = train.np.random.default_rng(7)
    direction = dice.standard_normal(768)
    return [
        train.Example(
            text=f"text {number}",
            labels=frozenset({"sourcing"} if number % 2 else ()),
            severity="watch" if number % 2 else "none",
            split="train",
            name=f"t2-x-{number:010d}-0",
            states=(dice.standard_normal((5, 768)) + (number % 2) * 3 * direction).astype(
                train.np.float16
            ),
            buckets=train.buckets(f"text {number}"),
            flags=train.flags(()),
        )
        for number in range(count)
    ]


def test_the_same_lines_make_the_same_file(train, tmp_path):
    known = examples(train)
    for name in ("one", "two"):
        member = train.trained(known, seed=3, epochs=2)
        parts = {f"1.{part}": array.astype("float16") for part, array in member.items()}
        train.write(parts, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_another_seed_makes_another_member(train):
    known = examples(train)
    one, two = (train.trained(known, seed=seed, epochs=1)["q"] for seed in (1, 2))
    assert not train.np.allclose(one, two)


def test_training_and_looking_are_the_same_sums(train):
    """What was learnt is what the product computes: the slope points down its own error."""
    from_product = importlib.import_module("support.moderation.rules.meaning.network")
    known = examples(train)
    member = train.trained(known, seed=3, epochs=60)
    column = train.OUTPUTS.index("sourcing")
    told = [
        from_product.forward(
            member,
            from_product.Seen(each.states.astype("float32"), each.buckets, each.flags),
        )[column]
        for each in known
    ]
    right = [
        (value > 0) == ("sourcing" in each.labels) for value, each in zip(told, known, strict=True)
    ]
    assert sum(right) >= 0.9 * len(right)


def test_danger_to_oneself_is_read_in_every_round_of_training_and_some_of_the_rest(train):
    known = examples(train, 200)
    for each in known[:20]:
        each.labels = frozenset({"crisis_self_harm"})
    known[21].name = "t2-sixth_quiet_free-0-0"
    which = set(train.chosen(known, train.np.random.default_rng(1)).tolist())
    assert set(range(20)) | {21} <= which
    assert 90 < len(which) < 180


def test_one_line_of_each_family_is_known_by_heart(train):
    known = examples(train, 6)
    points, answers = train.near_lines(known)
    assert points.shape == (6, 384)
    assert answers.sum() == 3


def test_held_lines_are_not_trained_on(train):
    assert {row[3] for row in train.corpus("train")} == {"train"}
    assert len(train.corpus()) == len(train.corpus("train")) + len(train.corpus("held"))


def test_answers_are_labels_and_how_grave(train):
    one = examples(train, 2)[1]
    assert one.answers.sum() == 1
    grave = train.Example(
        "x", frozenset({"crisis_self_harm"}), "critical", "train", "n", None, None, None
    )
    assert grave.answers.tolist()[-2:] == [1, 1]


# ------------------------------------------------------------------ what bends the embedding model


def test_texts_of_one_line_are_one_family(train):
    names = ("t2-room-0a1b2c3d4e-0", "t2-room-0a1b2c3d4e-7", "t2-room-0a1b2c3d4e-1v")
    assert {train.family_of(name) for name in names[:2]} == {"t2-room-0a1b2c3d4e"}
    assert train.family_of("t1-veiled-12v") == train.family_of("t1-veiled-12")


def test_every_round_that_tells_danger_from_talk_is_always_read(train):
    known = examples(train, 60)
    for each in known:
        each.labels = frozenset()
    known[3].name, known[5].name = "t2-sixth_quiet_free-0-0", "t2-seventh_posts_free-0-0"
    for seed in range(5):
        assert {3, 5} <= set(train.chosen(known, train.np.random.default_rng(seed)).tolist())


def test_what_a_model_file_carries_is_taken_over_and_most_carry_nothing(train, tmp_path):
    up = train.np.ones((3, 2, 4), train.np.float16)
    train.write({"bend.q.up": up, "0.q": up}, tmp_path / "m.npz")
    assert list(train.carried(tmp_path / "m.npz")) == ["q.up"]
    train.write({"0.q": up}, tmp_path / "n.npz")
    assert train.carried(tmp_path / "n.npz") == {}


def test_what_was_just_learnt_is_taken_half_as_exact(train, tmp_path):
    third = train.np.full((3, 2, 4), 1 / 3, train.np.float32)
    train.write({"bend.q.up": third, "bend.q.down": third, "head.q": third}, tmp_path / "n.npz")
    found = train.carried(tmp_path / "n.npz")
    assert set(found) == {"q.up", "q.down"}
    assert {part.dtype for part in found.values()} == {train.np.dtype(train.np.float16)}
    assert found["q.up"][0, 0, 0] == train.np.float16(1 / 3)


def thin(train, seed, rank=2):
    """Additions to one matrix of two layers, as bend.py leaves them."""
    dice = train.np.random.default_rng(seed)
    return {
        "q.down": dice.standard_normal((2, 5, rank)).astype("float32"),
        "q.up": dice.standard_normal((2, rank, 4)).astype("float32"),
    }


def added(parts, layer):
    return parts["q.down"][layer] @ parts["q.up"][layer]


@pytest.mark.parametrize("layer", [0, 1])
def test_joined_additions_add_the_mean_of_what_each_adds(train, layer):
    one, other, third = thin(train, 1), thin(train, 2, rank=3), thin(train, 3)
    together = train.joined([one, other, third])
    mean = (added(one, layer) + added(other, layer) + added(third, layer)) / 3
    assert train.np.allclose(added(together, layer), mean, atol=1e-5)
    assert together["q.down"].shape == (2, 5, 7)


def test_one_addition_joined_with_nothing_is_itself(train):
    one = thin(train, 4)
    assert all((part == one[name]).all() for name, part in train.joined([one]).items())


def test_the_corpus_before_some_rounds_has_no_line_of_them(train):
    lines = [["t2-ninth_posts-a-0"], ["t2-tenth_asks-b-0"], ["t1-held"], ["t2-twelfth_x-c-0"]]
    assert train.before(lines, train.LATER) == [lines[0], lines[2]]
    assert train.before(lines, []) == lines


def test_what_is_read_on_with_is_all_of_the_latest_rounds_and_a_share_of_whole_older_families(
    train,
):
    old = [[f"t2-ninth_posts-{n}-{m}"] for n in range(200) for m in range(2)]
    new = [[f"t2-fifteenth_asks-{n}-{m}"] for n in range(20) for m in range(2)]
    found = train.mostly([*old, *new], train.LATEST, 0.25, 1)
    assert found == train.mostly([*old, *new], train.LATEST, 0.25, 1)
    assert [line for line in found if line in new] == new
    rest = [line[0] for line in found if line not in new]
    assert 50 < len(rest) < 150
    families = [train.family_of(name) for name in rest]
    assert all(families.count(each) == 2 for each in families)
    assert train.mostly(old, train.LATEST, 1.0, 1) == old


def test_what_was_taught_is_taken_up_again_by_kind_and_name(train, tmp_path):
    ones = train.np.ones((2, 3), train.np.float32)
    train.write({"bend.q.up": ones, "head.w1": ones * 2}, tmp_path / "b.npz")
    found = train.kept_by(tmp_path / "b.npz")
    assert {kind: set(parts) for kind, parts in found.items()} == {"bend": {"q.up"}, "head": {"w1"}}
    assert (found["head"]["w1"] == 2).all()


def test_learning_anew_joins_what_was_learnt_early_and_late(train, tmp_path, monkeypatch):
    asked = []

    class Bend:
        EPOCHS = 3

        def bent(self, lines, epochs):
            asked.append(len(lines))
            return {"bend": thin(train, len(lines)), "head": head_of(train, len(lines))}

        def save(self, parts, path):
            named = {
                f"{kind}.{name}": part for kind, of in parts.items() for name, part in of.items()
            }
            train.write(named, path)

    monkeypatch.setattr(train.importlib, "import_module", lambda name: Bend())
    train.learnt([["t2-ninth_a-0"], ["t2-tenth_b-0"]], tmp_path / "bend.npz")
    assert asked == [1, 2]
    found = train.carried(tmp_path / "bend.npz")
    mean = (added(thin(train, 1), 0) + added(thin(train, 2), 0)) / 2
    assert train.np.allclose(added(found, 0), mean, atol=0.02)
    [second] = train.taught_with(tmp_path / "bend.npz")
    assert (second["q"] == train.Member(2).parts["q"]).all()


def test_the_file_for_other_languages_is_made_of_what_was_kept_and_its_voter_is_alone(
    train, tmp_path
):
    if importlib.util.find_spec(train.tongues.PACKAGE) is None:
        missing("the package with the weights for other languages")
    with train.np.load(train.TONGUES) as shipped:
        whole = dict(shipped)
    kept = {name: part for name, part in whole.items() if name.startswith("bend.")}
    kept |= {f"head.{name[2:]}": part for name, part in whole.items() if name.startswith("0.")}
    kept["head.w1"] = kept["head.w1"][: -len(train.LABELS)]
    del kept["head.g"]
    train.write(kept, tmp_path / "kept.npz")
    train.write(train.for_tongues(tmp_path / "kept.npz"), tmp_path / "tongues.npz")
    with train.np.load(tmp_path / "tongues.npz") as made:
        assert set(made.files) == set(whole)
        assert all(
            train.np.allclose(made[name], whole[name], atol=1e-3) for name in set(whole) - {"share"}
        )
        assert made["share"] == whole["share"] == 0


def test_a_word_is_english_where_it_comes_in_three_families_and_seldom_elsewhere(
    train, monkeypatch
):
    monkeypatch.setitem(sys.modules, "train", train)
    english = script("english")
    families = [f"t2-everyday-{n}" for n in range(3)]
    lines = [[f"{family}-{m}", "", "", "train", "The window was open"] for family in families
             for m in range(2)]  # fmt: skip
    lines += [[f"t2-everyday-{n}-0", "", "", "train", "lamp"] for n in range(8, 10)]
    lines += [[f"t2-ninth_tongues_de-{n}-0", "", "", "train", "was ist das"] for n in range(2)]
    assert english.listed(lines) == ["open", "the", "window"]


def head_of(train, seed):
    """A classifier as bend.py leaves it: no place for tier 1's flags, no counted signs."""
    member = train.Member(seed).parts
    head = {name: part for name, part in member.items() if name != "g"}
    return head | {"w1": head["w1"][: -len(train.LABELS)]}


def test_what_was_taught_with_the_additions_is_a_member_that_asks_no_tier_1(train):
    found = train.as_member(head_of(train, 1))
    whole = train.Member(1).parts
    assert {name: part.shape for name, part in found.items()} == {
        name: part.shape for name, part in whole.items()
    }
    assert not found["w1"][-len(train.LABELS) :].any()
    assert not found["g"].any()


def test_what_ships_hands_on_what_was_taught_with_its_additions(train, tmp_path):
    beside = train.taught_with(train.MODEL)
    assert len(beside) == 1
    assert all(not member["g"].any() for member in beside)
    train.write({"0.q": beside[0]["q"]}, tmp_path / "alone.npz")
    assert train.taught_with(tmp_path / "alone.npz") == []


def test_what_ships_bends_the_embedding(train):
    bend = train.carried(train.MODEL)
    assert {name.split(".")[0] for name in bend} == set("qkvoif")
    assert {part.shape[0] for part in bend.values()} == {6}


def test_each_text_is_read_once_with_others_of_its_length(train):
    asked = []

    class Model:
        def states(self, texts):
            asked.append(list(texts))
            return [train.np.full((len(text), 768), len(text), train.np.float32) for text in texts]

    some = [letter * length for letter in "ab" for length in range(1, 20)]
    found = train.states_of([*some, "a"], Model())
    assert set(found) == set(some)
    assert [len(part) for part in asked] == [32, 6]
    assert asked[0][:4] == ["a", "b", "aa", "bb"]
    assert found["bbb"].dtype == train.np.float16
    assert (found["bbb"] == 3).all()


def test_running_and_testing_never_need_jax():
    """It is a requirement of learning the additions anew, and of nothing else."""
    code = [*(HOME / "support").rglob("*.py"), *(HOME / "tests").rglob("*.py")]
    code += [HOME / "docs/review/train.py", HOME / "docs/review/measure.py"]
    assert [
        str(path) for path in code if re.search(r"^\s*(import|from) jax", path.read_text(), re.M)
    ] == []
    pins = {path.name: path.read_text() for path in (HOME / "requirements").glob("*.txt")}
    assert [name for name, text in pins.items() if re.search(r"^jax", text, re.M)] == [
        "training.txt"
    ]


def test_what_training_alone_needs_is_pinned_by_hash_and_agrees_with_what_runs():
    pins = (HOME / "requirements/training.txt").read_text()
    wanted = re.findall(r"^([\w-]+)==", pins, re.M)
    assert {"jax", "jaxlib", "numpy"} <= set(wanted)
    assert all(re.search(rf"^{name}==[^\n]*\\\n    --hash=sha256:", pins, re.M) for name in wanted)
    numpy = re.search(r"^numpy==\S+", pins, re.M)[0]
    assert numpy in (HOME / "requirements/second_look.txt").read_text()
