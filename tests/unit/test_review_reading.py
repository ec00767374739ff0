"""Words are read the same however they are dressed up."""

import pytest
import re2

from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import shipped


def read(text):
    book = shipped()
    reading = book.reader.read(text)
    hints = book.hints(reading.text)
    return book.reader.read_disguised(text, hints).text.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "valium", "VALIUM", "Válium", "v.a.l.i.u.m", "v a l i u m", "v-a-l-i-u-m", "v4lium",
        "v@l1um", "vаlium", "ｖａｌｉｕｍ", "𝓿𝓪𝓵𝓲𝓾𝓶", "va\u200blium", "vaaaalium", "vallium",
        "valum", "vaIium", "va lium", "v\u0334a\u0334l\u0334i\u0334um", "valiums", "'valium'",
    ],
)  # fmt: skip
def test_a_medicine_is_known_in_every_disguise(typed):
    assert read(typed).split()[0] in {"drugx", '"'}
    assert "drugx" in read(typed)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("10mg", "10 mg ."),
        ("0.5mg", "0_5 mg ."),
        (".25", "0_25 ."),
        ("1,000 mg", "1000 mg ."),
        ("2,5 mg", "2_5 mg ."),
        ("½ a pill", "half a pill ."),
        ("10%", "10 percent ."),
        ("$20", "money 20 ."),
        ("20€", "20 money ."),
        ("1/2", "half ."),
        ("3->2", "3 to 2 ."),
        ("don't", "do not ."),
        ("I'm gonna", "i am going to ."),
        ("soooo", "so ."),
        ("w/o", "without ."),
        ("2nite!!", "tonight . ."),
        ("really?!", "really ? ."),
        ('"no", he said', '" no " , he said .'),
        ("moon\nsun", "moon . sun ."),
        ("@mina", "mentionx ."),
        ("me@home.example", "emailx ."),
        ("https://nowhere.example/x", "urlx ."),
        ("/groups/night-owls", "sitepath ."),
        ("d m  m e", "dm me ."),
    ],
)
def test_numbers_short_forms_and_marks_are_read_alike(typed, words):
    assert read(typed) == words


@pytest.mark.parametrize(
    "plain",
    [
        "ambient light",
        "a b c of sleep",
        "see you at 4 pm",
        "vitamin b12",
        "gate a4",
        "i r o n i n g",
    ],
)
def test_plain_words_are_not_mistaken_for_disguises(plain):
    assert "drugx" not in read(plain)
    assert screen_words(plain).labels == ()


def test_the_span_of_a_finding_points_at_the_words_typed():
    text = "Evening all.\nYou should really drop to 2 mg, Paul"
    found = [text[each.start : each.end].rstrip(",") for each in screen_words(text).findings]
    assert any(said.startswith("You should") and said.endswith(("2", "mg")) for said in found)


def test_a_disguise_across_words_is_shown_whole():
    text = "so d m  m e"
    finding = screen_words(text).findings[0]
    assert (finding.start, finding.end) == (0, len(text))


def test_the_memory_of_words_is_bounded():
    reader, letters = shipped().reader, str.maketrans("0123456789", "abcdefghij")
    for number in range(12_100):
        reader.read(f"w{number}q".translate(letters))
    assert 0 < len(reader._known) <= 12_000


def test_names_with_numbers_never_end_and_are_read_without_being_remembered():
    reader = shipped().reader
    assert reader.read("talker-7.4711 had 5mg").text == reader.read("talker-7.4711 had 5mg").text
    assert "talker-7.4711" not in reader._known
    assert "5mg" in reader._known


class TestHints:
    """One look over the whole text finds what each hint's pattern finds alone."""

    @pytest.mark.parametrize(
        "text",
        [
            "good morning all, slept five hours",
            "v a l i u m helped",
            "my va lium is gone",
            "call me on 0 1 2 3 4 5 6 7 8 tonight",
            "zero seven seven zero zero nine zero one two",
            "mina dot taper at gmail dot com",
            "see example.org or v a l i u m, gmail",
            "a b c d 1 2 3 4 5 6 7 8 9 " * 70,
            "",
        ],
    )
    def test_together_as_alone(self, text):
        book = shipped()
        words = book.reader.read(text).text
        patterns = {**book.reader.hints(), **book.contact.hints()}
        alone = {name for name, pattern in patterns.items() if re2.search(pattern, words)}
        assert book.hints(words) == alone
