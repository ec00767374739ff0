"""Forum talk in pairs: near twins of one shape, of which one is a danger and one is everyday life.

The lines lie in `corpus/t1_forum.tsv`. The held half was written before the rules that hear it;
what it said the first time stands in docs/review/README.md. The floors here only stop a way back.
"""

from itertools import pairwise

import pytest

from support.moderation.rules import screen_words
from tests.review.measure import Line, lines

TALK = list(lines("t1_forum.tsv"))
OWN, OTHERS = "crisis_self_harm", "third_party_concern"
PAIRED = [(one, other) for one, other in pairwise(TALK) if OWN in one.labels and not other.labels]


def hears(line: Line, label: str) -> bool:
    """Whether the rules give a line this label."""
    return label in screen_words(line.text).labels


def share(of: list[Line], label: str) -> float:
    """The part of these lines that gets a label."""
    return sum(hears(line, label) for line in of) / len(of)


@pytest.mark.parametrize(("split", "floor"), [("held", 0.75), ("train", 0.85)])
def test_most_of_what_is_typed_at_three_in_the_morning_is_heard(split, floor):
    danger = [line for line in TALK if line.split == split and OWN in line.labels]
    assert share(danger, OWN) >= floor


@pytest.mark.parametrize(("split", "ceiling"), [("held", 0.08), ("train", 0.04)])
def test_its_everyday_twin_calls_nobody(split, ceiling):
    everyday = [line for line in TALK if line.split == split and not line.labels]
    assert share(everyday, OWN) <= ceiling


def test_a_last_hour_is_critical():
    last = [line for line in TALK if line.severity == "critical" and hears(line, OWN)]
    assert len(last) >= 20
    assert all(screen_words(line.text).severity == "critical" for line in last)


def test_worry_about_somebody_else_is_its_own_finding_and_never_the_authors():
    worried = [line for line in TALK if OTHERS in line.labels]
    assert share(worried, OTHERS) >= 0.8
    assert not any(hears(line, OWN) for line in worried)


def test_five_languages_besides_english_are_heard():
    marks = {
        "es": ("vivir", "despertara", "muriera", "corto"),
        "pt": ("viver", "morresse", "acordar", "cortar"),
        "fr": ("vivre", "sans moi", "suicide"),
        "de": ("leben", "einschlafen", "leichter"),
        "nl": ("leven", "wakker worden", "zonder mij", "doodgaan"),
    }
    for tongue, words in marks.items():
        said = [
            line for line in TALK if OWN in line.labels and any(word in line.text for word in words)
        ]
        assert len(said) >= 2, tongue
        assert share(said, OWN) >= 0.7, tongue


@pytest.mark.parametrize(
    "told",
    [
        "i was a nurse until 2016. {}",
        "when i was a kid we moved a lot. {}",
        "i watched a film, i read a book. {}",
        "can i post here? i do not know the rules. {}",
        "the side effects were bad last year. {}",
        "i had a job, a laptop, a session every week. {}",
        "i do not believe them and {}",
    ],
)
@pytest.mark.parametrize("wish", ["i want to die", "i do not want to be alive anymore"])
def test_what_other_sentences_tell_does_not_excuse_a_wish_in_the_present(told, wish):
    assert OWN in screen_words(told.format(wish)).labels


@pytest.mark.parametrize(
    "told",
    [
        "in 2016 i wrote in my diary that i want to die",
        "the hero says i want to die in every episode",
        "i did not want to be alive for most of 2020. it passed",
        "i never said that i want to die",
        "my laptop wants to die, 4 percent",
        "when i was a kid i wanted to die sometimes. i love my life now",
        "is it allowed to say i feel suicidal here?",
    ],
)
def test_a_distance_or_a_tale_in_the_same_sentence_still_does(told):
    assert OWN not in screen_words(told).labels


def test_the_pairs_are_enough_to_say_something():
    assert len(TALK) > 500
    assert len(PAIRED) > 200
    assert {line.split for line in TALK} == {"held", "train"}


def test_knowing_the_rule_does_not_excuse_breaking_it():
    led_away = "i know we are not meant to but find me on session or telegram as lowtide"
    asked = "i know we are not meant to, may we ask where the group meets on telegram?"
    assert "sourcing" in screen_words(led_away).labels
    assert not screen_words(asked).labels
