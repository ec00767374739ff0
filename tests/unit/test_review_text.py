"""What people type is made safe to store, to search and to compare, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.severity import Severity, gravest
from support.base.text import clean, fold, look_alikes, skeleton

ANYTHING = st.text(st.characters(codec=None), max_size=300)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("good night all", "good night all"),
        ("first line\nsecond line", "first line\nsecond line"),
        ("windows\r\nline", "windows\nline"),
        ("tab\there", "tab here"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("half \ud800 a character", "half  a character"),
        ("turned \u202eround", "turned round"),
        ("cafe\u0301", "café"),
    ],
)
def test_words_are_stored_without_what_could_hurt_a_reader(typed, stored):
    assert clean(typed) == stored


def test_a_family_emoji_keeps_its_joiners():
    family = "\U0001f469\u200d\U0001f467"
    assert clean(family) == family


def test_a_surrogate_pair_becomes_its_one_character():
    assert clean("\ud83c\udf19 moon") == "\U0001f319 moon"


@pytest.mark.parametrize(
    ("searched", "written"),
    [("cafe", "Café"), ("strasse", "STRASSE"), ("night owls", "Night\u00a0 Owls")],
)
def test_search_finds_a_word_whatever_its_case_and_accents(searched, written):
    assert fold(written) == fold(searched)


@pytest.mark.parametrize(
    "impostor",
    ["Pаul", "ΡΑUL", "PauI", "pau1", "Ｐａｕｌ", "p\u200baul", "pаu|", "𝓹𝓪𝓾𝓵"],
)
def test_no_impostor_of_paul_has_another_skeleton(impostor):
    assert skeleton(impostor) == skeleton("paul")


@pytest.mark.parametrize(
    ("impostor", "owner"), [("rnina", "mina"), ("m1na", "Mina"), ("rnоdеrаtоr", "moderator")]
)
def test_letters_that_look_alike_in_pairs_are_one(impostor, owner):
    assert skeleton(impostor) == skeleton(owner)


def test_different_names_keep_different_skeletons():
    names = ["mina", "paul", "mo", "rae", "ada", "otto"]
    assert len({skeleton(name) for name in names}) == len(names)


def test_the_look_alikes_fold_to_plain_letters_only():
    assert all(plain.isascii() and plain.isalnum() for plain in look_alikes().values())
    assert len(look_alikes()) > 1000


@given(ANYTHING)
def test_anything_at_all_can_be_cleaned_once_and_stays_so(typed):
    once = clean(typed)
    assert clean(once) == once
    once.encode("utf-8")
    assert not any(character < " " and character != "\n" for character in once)


@given(ANYTHING)
def test_anything_at_all_has_a_fold_and_a_skeleton(typed):
    assert fold(typed) == fold(clean(typed))
    assert skeleton(typed) == skeleton(clean(typed))


def test_the_gravest_of_several_is_by_harm_and_not_by_spelling():
    assert gravest([Severity.URGENT, Severity.CRITICAL, Severity.WATCH]) is Severity.CRITICAL
    assert gravest([Severity.WATCH, Severity.URGENT]) is Severity.URGENT
    assert gravest([]) is Severity.NONE
    assert [severity.rank for severity in Severity] == [0, 1, 2, 3]
