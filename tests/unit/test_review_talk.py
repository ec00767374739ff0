"""Room talk of our own making: most danger is heard, and hardly anybody is held without reason."""

from pathlib import Path

import pytest

from support.moderation.rules import screen_words

LABELS = {
    "S": "crisis_self_harm",
    "M": "crisis_medical",
    "A": "abrupt_stop",
    "D": "dosing_advice",
    "$": "sourcing",
    "H": "harassment",
    "P": "self_promo",
    "I": "personal_info",
    "T": "third_party_concern",
}
TALK = [
    (mark, text)
    for line in (Path(__file__).parent / "review_talk.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for mark, _, text in [line.partition("|")]
]


@pytest.mark.parametrize("letter", LABELS)
def test_nine_of_ten_messages_of_each_kind_are_heard(letter):
    said = [text for mark, text in TALK if mark.startswith(letter)]
    missed = [text for text in said if LABELS[letter] not in screen_words(text).labels]
    assert len(missed) <= len(said) * 0.1, missed


def test_at_most_three_of_a_hundred_harmless_messages_are_held_or_raised():
    harmless = [text for mark, text in TALK if mark == "-"]
    wrong = [text for text in harmless if screen_words(text).labels]
    assert len(wrong) <= len(harmless) * 0.03, wrong


def test_the_talk_is_enough_to_say_something():
    assert len(TALK) > 500
    assert {mark[0] for mark, _ in TALK} == {*LABELS, "-"}
