"""Words behind digits and signs are found without trying every letter a sign may stand for."""

from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.moderation.rules.disguises import Disguises
from support.moderation.rules.gate import Gate
from support.moderation.rules.pattern import PatternBook
from support.moderation.rules.rulebook import shipped
from tests.review.poison import work_of

KNOWN = ["kill", "hill", "hell", "hull", "pills", "bag", "gag", "a2b", "assist", "die", "dose"]
MOST_CALLS = 150


def behind(typed, known=KNOWN):
    return Disguises(dict.fromkeys(known).keys()).behind(typed)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("k1ll", "kill"),
        ("k!ll", "kill"),
        ("p1ll5", "pills"),
        ("p.i.l.l.s", "pills"),
        ("p-i-l-l-s", "pills"),
        ("d*e", "die"),
        ("d0s3", "dose"),
        ("a55*st", "assist"),
        ("@2b", "a2b"),
        ("n0", "no"),
    ],
)
def test_the_word_behind_signs_is_found(typed, word):
    assert behind(typed) == word


@pytest.mark.parametrize(
    "typed", ["kill", "k1lls", "k2ll", "1111", "12", "q**", "*****", "zz1", "!"]
)
def test_plain_words_numbers_and_what_nobody_knows_are_no_disguise(typed):
    assert behind(typed) is None


@pytest.mark.parametrize("known", [KNOWN, KNOWN[::-1]])
def test_of_several_the_first_letter_that_a_sign_may_stand_for_wins(known):
    assert behind("h*ll", known) == "hell"
    assert behind("6ag", known) == "gag"


def test_four_signs_are_read_and_five_are_not():
    assert behind("*ss*5*", ["assist", "asside"]) is None
    assert behind("*551st", ["assist"]) == "assist"
    assert behind("*551s7", ["assist"]) is None


HIDES = {"i": "1!", "l": "1", "a": "4@", "s": "5$", "e": "3", "o": "0", "g": "69", "b": "68"}


@given(st.sampled_from(KNOWN), st.lists(st.integers(0, 5), max_size=4))
def test_any_word_is_known_with_any_of_its_letters_hidden(word, places):
    letters = list(word)
    for at in places:
        if at < len(letters):
            letters[at] = HIDES.get(letters[at], letters[at])[-1]
    found = behind("".join(letters))
    assert found is not None or "".join(letters) == word
    assert found is None or len(found) == len(word)


def test_a_word_of_stars_is_little_work(monkeypatch):
    """Four stars may be six hundred words, and a page of such words took a tenth of a second."""
    spelling = shipped().spelling
    for ends in product(("qz", "ae", "io"), repeat=2):
        typed = "*".join((ends[0], "ab", "c", "de", ends[1]))
        assert work_of(partial(spelling.words, typed), monkeypatch).calls <= MOST_CALLS


def test_words_run_together_are_cut_with_little_work(monkeypatch):
    spelling = shipped().spelling
    assert spelling.words("killmyselftonight") == ["kill myself tonight"]
    work = work_of(partial(spelling.words, "killmyselfxqqxqqxqqxqqxq"), monkeypatch)
    assert work.calls <= 2 * MOST_CALLS


class TestNumbers:
    """Numbers never end, so they are not remembered; what their kinds mean is."""

    def test_each_kind_of_number_is_looked_up_once(self):
        book = PatternBook({}, lambda word: [word])
        gate = Gate(book.phrases(["take # now", "in #year", "take #part", "20 cups"]))
        for text in (
            " take 4711 now .",
            " take 4712 now .",
            " in 2019 .",
            " take 0_5 .",
            " 20 cups .",
        ):
            assert len(gate.look(text)[0]) >= 1, text
        assert not gate.look(" in 4713 .")[0]
        assert len(gate._numbers) == 4

    @pytest.mark.parametrize("typed", ["7", "4711", "07700900123", "0"])
    def test_a_number_is_itself(self, typed):
        assert shipped().spelling.words(typed) == [typed]

    def test_a_number_that_stands_for_a_word_is_read_as_the_word(self):
        same = shipped().spelling.same_as
        for typed in filter(str.isdigit, same):
            assert shipped().spelling.words(typed) == list(same[typed])
