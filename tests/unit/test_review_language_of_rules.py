"""The small language of rules: what each sign matches, and each mistake with its sentence."""

from itertools import pairwise

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from support.moderation.rules.pattern import BadPattern, PatternBook, words_in
from support.moderation.rules.phrase import Phrase, how_common

LISTS = {
    "drink": ["tea", "warm milk"],
    "meal": ["<drink> and bread", "soup"],
    "late": ["milk", "^ tea"],
    "ring": ["<round>"],
    "round": ["<ring>"],
}
BOOK = PatternBook(LISTS, lambda word: word.split("-"))


def is_in(pattern: str, text: str) -> bool:
    (phrase,) = BOOK.phrases([pattern])
    return phrase.is_in(f" {text}".encode())


@pytest.mark.parametrize(
    ("pattern", "hits", "passes"),
    [
        ("warm bath", ["a warm bath", "warm bath ."], ["warm . bath", "warm baths", "bath warm"]),
        ("tap*", ["tap", "taper", "tapering"], ["ta per", "a stap"]),
        ("tea|milk now", ["tea now", "milk now"], ["tea milk", "now"]),
        ("cup of tea|milk", ["cup of tea", "cup of milk"], ["cup of", "milk"]),
        ("very [very] tired", ["very tired", "very very tired"], ["very very very cold", "tired"]),
        ("(warm milk|tea) please", ["tea please", "warm milk please"], ["milk", "warm please"]),
        ("drink <drink>", ["drink tea", "drink warm milk"], ["drink milk", "tea"]),
        ("<meal>", ["tea and bread", "soup", "warm milk and bread"], ["tea", "bread"]),
        ("# mg", ["5 mg", "0_5 mg", "20 mg"], ["mg", "five mg", "x5 mg"]),
        ("#part mg", ["0_5 mg"], ["5 mg"]),
        ("in #year", ["in 1999", "in 2026"], ["in 1899", "in 99"]),
        ("code #code", ["code ab12", "code x9y"], ["code 12", "code ab"]),
        ("go + now", ["go home now", "go and now"], ["go to now", "go 123 now", "go now"]),
        ("go ~2 now", ["go now", "go a now", "go a b now"], ["go a b c now", "go . now"]),
        ("go ~ now", ["go a b c now"], ["go a b c d now"]),
        ("go ~~2 now", ["go . now", "go a . now"], ["go a . b now"]),
        ("^ take", ["take it", "no , take it", "no . take it"], ["i take it", "to take"]),
        ("enough $", ["enough .", "enough ?"], ["enough of it ."]),
        ("why ?", ["why ?"], ["why ."]),
        ("leave (now|$)", ["leave now", "leave ."], ["leave nowhere", "leave home ."]),
        ("leave (now|,|?) ", ["leave , you", "leave ? no"], ["leave . no"]),
        ('" tea', ['he said " tea'], ["he said tea"]),
        ("well-known", ["well known"], ["wellknown", "well"]),
    ],
)
def test_each_sign_matches_what_it_is_meant_to(pattern, hits, passes):
    assert [text for text in hits if not is_in(pattern, text)] == []
    assert [text for text in passes if is_in(pattern, text)] == []


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(tea", "the bracket ( is not closed"),
        ("[tea (milk)", "the bracket [ is not closed"),
        ("tea)", "a bracket or a | too many"),
        ("tea]", "a bracket or a | too many"),
        ("| tea", "a bracket or a | too many"),
        ("tea ||milk", "a bracket or a | too many"),
        ("tea |", "a bracket or a | too many"),
        ("<cake>", "no word list is called <cake>"),
        ("<ring>", "contains itself"),
        ("Tea", "cannot use 'Tea': plain lower-case words without accents"),
        ("thé", "cannot use 'thé': plain lower-case words without accents"),
        ("te*a", "cannot use 'te*a'"),
        ("< drink", "unknown signs"),
        ("tea > milk", "unknown signs"),
        ("tea ^ milk", "^ can only stand at the beginning"),
        ("[oh] ^ tea", "^ can only stand at the beginning"),
        ("warm (milk|^ tea)", "^ can only stand at the beginning"),
        ("tea <late>", "^ can only stand at the beginning"),
        ("(tea [warm ^] milk|soup)", "^ can only stand at the beginning"),
        ("[tea]", "no word has to be there"),
        ("~3 [warm] [milk]", "no word has to be there"),
        ("(tea|[milk])", "no word has to be there"),
        ("+ #code", "no word has to be there"),
        ("?", "no word has to be there"),
        ("", "no word has to be there"),
    ],
)
def test_each_mistake_is_said_with_the_pattern_it_is_in(pattern, complaint):
    with pytest.raises(BadPattern) as wrong:
        BOOK.phrases(["tea", pattern])
    assert complaint in str(wrong.value)
    assert str(wrong.value).endswith(f"in {pattern!r}")


def test_a_sign_round_a_hit_may_be_a_mark_alone_but_never_nothing():
    (asked,) = BOOK.signs(["?"])
    assert asked.is_in(b" tea ?")
    assert not asked.is_in(b" tea .")
    for pattern in ("[tea]", "~2", "+", ""):
        with pytest.raises(BadPattern, match="no word has to be there"):
            BOOK.signs(["tea", pattern])


@pytest.mark.parametrize(
    "pattern", ["^ tea", "(^|oh) tea", "(^ so|oh) tea", "<late> now", "[^] tea"]
)
def test_a_clause_may_begin_wherever_a_pattern_does(pattern):
    assert is_in(pattern, "no , tea now") or is_in(pattern, "no , so tea")


@pytest.mark.parametrize("gap", ["~1001", "~~1111", "~" + "9" * 300])
def test_more_words_between_than_can_be_read_are_refused_and_the_line_is_told(gap):
    with pytest.raises(BadPattern, match="more than 1000 words between"):
        BOOK.phrases([f"tea {gap} milk"])
    assert re2.compile(BOOK.phrases(["tea ~1000 milk"])[0].source) is not None


@settings(max_examples=150)
@given(st.text('ab |()[]<>~#^$+*.?"12', max_size=16))
def test_any_row_of_signs_is_a_pattern_or_a_mistake_and_never_a_crash(pattern):
    try:
        phrases = BOOK.phrases([pattern])
    except BadPattern as wrong:
        complaint = str(wrong)
    else:
        complaint = ""
        for phrase in phrases:
            assert re2.compile(phrase.source) is not None
    assert complaint == "" or repr(pattern) in complaint


@given(
    st.sampled_from(
        ["warm bath", "tea|milk now", "(warm milk|tea) please", "<meal>", "[oh] no # mg"]
    ),
    st.lists(
        st.sampled_from(
            [
                "warm",
                "bath",
                "tea",
                "milk",
                "now",
                "please",
                "soup",
                "and",
                "bread",
                "oh",
                "no",
                "5",
                "mg",
                ".",
            ]
        )
    ),
)
def test_whatever_a_phrase_matches_holds_one_word_of_each_group_it_needs(pattern, words):
    (phrase,) = BOOK.phrases([pattern])
    text = " " + " ".join(words)
    if phrase.is_in(text.encode()):
        forms = ["#" if word.isdigit() else "," if word == "." else word for word in words]
        seen = {*forms, *map(" ".join, pairwise([",", *forms]))}
        assert all(group & seen for group in phrase.needs)


def test_words_that_patterns_speak_of_are_told_without_signs():
    told = words_in(["you should ~2 drop # mg", "tap* (tea|milk) [please] <drink> $", 'he said "'])
    assert told == {"you", "should", "drop", "mg", "tap", "tea", "milk", "please", "he", "said"}


def test_the_rarest_needs_come_first_and_common_words_are_known_to_be_common():
    assert how_common(frozenset({"the"})) > how_common(frozenset({"noose"}))
    assert how_common(frozenset({"the", "noose"})) > how_common(frozenset({"the"}))
    phrase = Phrase(" the noose\\b", (frozenset({"the"}), frozenset({"noose"})))
    assert phrase.needs[0] == frozenset({"noose"})


@pytest.mark.parametrize(
    ("pattern", "reach"),
    [
        ("go ~2 now", 0),
        ("go ~~2 now", 4),
        ("enough $", 0),
        ("tea . milk", 3),
        ("(so (enough $|tea)|milk ~2)", 0),
        ("(enough $|tea) [or] milk", 4),
        ("enough $ [now]", 3),
    ],
)
def test_only_what_may_run_over_a_full_stop_is_searched_over_one(pattern, reach):
    (phrase,) = BOOK.phrases([pattern])
    assert phrase.reach == reach
