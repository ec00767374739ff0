"""Anything at all is answered: a fuzzer bends our own talk, and poison of every kind is bounded."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.moderation.rules import screen, screen_words
from support.moderation.rules.rulebook import shipped
from tests.review.measure import lines

LONGEST = 2_000
TALK = [line.text for line in lines() if line.split == "train" and line.labels]
MARKS = [chr(code) for code in range(0x300, 0x370)]
UNSEEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u202a",
    "\u202b",
    "\u202e",
    "\u2066",
    "\u2069",
    "\u00ad",
    "\u180e",
]
STRANGE = [
    "\x00",
    "\x1b",
    "\x7f",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "\U000e0041",
    "\u0130",
    "\u1e9e",
    "\ufb01",
    "\u2028",
    "\u2029",
    "\x85",
]
REGEX_POISON = [
    "(a+)+$",
    "(.*)*" * 40,
    "[[:alpha:]]",
    "a{1,1000}" * 20,
    "(?P<x>" * 60,
    "\\1\\2\\3" * 60,
    "((((((((((" * 20,
    "|||||||||" * 20,
    "^$^$^$^$" * 30,
    ".?" * 500,
]


def answered(text):
    """The screening of a text; every span points into it."""
    screening = screen(text)
    assert all(0 <= found.start <= found.end <= len(text) for found in screening.findings)
    assert screening.holds == any(found.holds for found in screening.findings)
    assert (screening.labels == ()) == (screening.findings == ())
    return screening


@pytest.mark.parametrize("sign", [*MARKS[::8], *UNSEEN, *STRANGE], ids=lambda sign: hex(ord(sign)))
def test_two_thousand_of_one_sign_say_nothing(sign):
    assert answered(sign * LONGEST).labels == ()


@pytest.mark.parametrize("sign", [*UNSEEN, *MARKS[::16]], ids=lambda sign: hex(ord(sign)))
def test_an_unseen_sign_between_letters_hides_nothing(sign):
    hidden = "i want to die tonight".replace("di", f"d{sign}i").replace("tonight", f"to{sign}night")
    assert "crisis_self_harm" in answered(hidden).labels


@pytest.mark.parametrize("poison", REGEX_POISON, ids=range(len(REGEX_POISON)))
def test_what_poisons_other_engines_is_only_text_here(poison):
    assert answered(poison[:LONGEST]).severity in {"none", "watch"}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_form_of_a_letter_changes_nothing(form):
    for said in ("às vezes só penso em morrer, não vejo saída", "j'ai arrêté d'un coup hier"):
        typed = unicodedata.normalize(form, said)
        assert answered(typed).labels == answered(said).labels


class Bender:
    """Bends a text the way phones, tired hands and hostile hands do; always the same way."""

    def __init__(self, seed):
        """Start from a number."""
        self.dice = random.Random(seed)

    def bend(self, text):
        """One bent form of a text, at most two thousand signs long."""
        ways = (self.drop, self.double, self.swap, self.sprinkle, self.shout, self.repeat, self.cut)
        for _ in range(self.dice.randint(1, 4)):
            text = self.dice.choice(ways)(text) or "."
        return text[:LONGEST]

    def place(self, text):
        """A place in the text."""
        return self.dice.randrange(len(text))

    def drop(self, text):
        """One letter is missing."""
        at = self.place(text)
        return text[:at] + text[at + 1 :]

    def double(self, text):
        """One letter hangs."""
        at = self.place(text)
        return text[:at] + text[at] * self.dice.randint(2, 40) + text[at:]

    def swap(self, text):
        """Two letters changed places."""
        at = self.place(text)
        return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]

    def sprinkle(self, text):
        """A strange sign got in."""
        at = self.place(text)
        return text[:at] + self.dice.choice([*UNSEEN, *STRANGE, *MARKS]) + text[at:]

    def shout(self, text):
        """Capitals."""
        return text.upper()

    def repeat(self, text):
        """Said again and again."""
        return f"{text} " * self.dice.randint(1, 30)

    def cut(self, text):
        """Sent too early."""
        return text[: self.place(text) + 1]


@pytest.mark.parametrize("seed", range(12))
def test_bent_talk_is_always_answered(seed):
    bender = Bender(seed)
    for text in TALK[seed::60]:
        answered(bender.bend(text))


@pytest.mark.parametrize("seed", range(3))
def test_one_slip_rarely_makes_review_deaf(seed):
    bender = Bender(seed)
    said = [text for text in TALK[seed::25] if screen_words(text).labels and len(text) > 40]
    still = sum(bool(screen_words(bender.drop(text)).labels) for text in said)
    assert still >= 0.7 * len(said)


SIGNS = st.sampled_from(
    [*"ai .,?!\"'0123@/#%(", *UNSEEN, *STRANGE, *MARKS[:4], "die ", "drop 2 mg "]
)


@settings(deadline=None, max_examples=120)
@given(st.lists(SIGNS, max_size=300).map("".join))
def test_any_row_of_hostile_signs_is_answered(typed):
    answered(typed)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec=None), max_size=60), st.sampled_from(TALK[::40]))
def test_anything_round_a_message_is_answered(noise, said):
    answered(f"{noise} {said} {noise}")


def test_more_than_the_longest_message_is_cut_and_answered():
    assert answered("so tired " * 5_000).labels == ()


def test_the_gate_runs_few_patterns_on_poison():
    for poison in ("i want to " * 200, "you should take " * 125, "stopped " * 250, "dm me " * 333):
        sighting = shipped().look(shipped().reader.read(poison))
        assert sum(len(places) for _, places in sighting.rules) < 200
