"""Long letters: an excuse lets pass what stands near it; the one sentence that matters is heard."""

from pathlib import Path

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import shipped
from tests.unit.test_review_talk import LABELS

LETTERS = [
    line.partition("|")
    for line in (Path(__file__).parent / "review_letters.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
DANGER = frozenset({"crisis_self_harm", "crisis_medical", "abrupt_stop", "third_party_concern"})
AN_HOUR_OF_TALK = (
    "Then we put the chairs away. My sister brought the blue plates. The rain was loud on the glass"
    " roof. Somebody had left a scarf on the piano. We walked home by the long road."
)
FAR_EXCUSES = {
    "a film": "We watched the film about penguins.",
    "a joke": "Haha, my uncle told the old joke about a goose.",
    "a helper's word": "Glad you wrote, your post was kind.",
    "the rules": "What is the rule on links here?",
    "a year": "In 2016 we bought the boat.",
    "a study": "I read the article about sleep research.",
    "a goodbye for now": "I am leaving the group chat, back next week.",
    "a test that was clear": "My cousin had a scan and it was clear.",
}
CRIES = {
    "crisis_self_harm": "I want to kill myself tonight.",
    "crisis_medical": "I have chest pain right now, it goes down my left arm.",
    "abrupt_stop": "I stopped my clonazepam cold turkey yesterday.",
    "third_party_concern": "My friend says that he is going to kill himself tonight.",
}


@pytest.mark.parametrize(("mark", "_", "text"), LETTERS)
def test_a_letter_is_heard_for_its_one_sentence_and_for_nothing_else(mark, _, text):
    seen = set(screen_words(text).labels)
    assert LABELS[mark] in seen if mark in LABELS else not seen


@pytest.mark.parametrize("excuse", FAR_EXCUSES)
@pytest.mark.parametrize("label", CRIES)
def test_what_is_said_far_from_a_cry_does_not_excuse_it(label, excuse):
    said = FAR_EXCUSES[excuse], AN_HOUR_OF_TALK, CRIES[label]
    assert label in screen_words(" ".join(said)).labels
    assert label in screen_words(" ".join(reversed(said))).labels


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("third_party_concern", "My little sister texts me from school that she wants to be dead."),
        ("third_party_concern", "I found a suicide note in my son's bag. He should be at school."),
        ("crisis_self_harm", "The boys at school say it and yes, I want to kill myself now."),
        ("crisis_self_harm", "I am killing myself on the stream at 9, do they take it down?"),
        (
            "crisis_self_harm",
            "There's a train at 11.40 and I'm gonna be on the tracks for it, sorry.",
        ),
        ("crisis_self_harm", "I have had this for ten years now. I cut my arms again last night."),
    ],
)
def test_a_school_an_hour_and_how_long_one_has_had_it_are_no_past(label, text):
    assert label in screen_words(text).labels


def test_what_a_daughter_did_when_she_was_thirteen_calls_nobody():
    said = "My daughter self-harmed at school when she was 13. She graduates in July."
    assert screen_words(said).labels == ()


@pytest.mark.parametrize(
    "said", ["I hope I do not wake up at four tomorrow.", "At 17, I wanted to be dead."]
)
def test_an_hour_to_wake_up_and_an_age_call_nobody(said):
    assert screen_words(said).labels == ()


def test_talk_between_is_harmless_by_itself():
    harmless = [AN_HOUR_OF_TALK, *FAR_EXCUSES.values()]
    assert [text for text in harmless if set(screen_words(text).labels) & DANGER] == []


@pytest.mark.parametrize(
    "told",
    [
        "In 2009 I lived by the sea. {} I wanted to die and wrote a letter. My sister came.",
        "My sister came. I wanted to die and wrote a letter. {} That was in 2009.",
        "In 2006 they took it from me. {} I wanted to end my life and my wife slept at the door.",
        "{} I told them I was thinking of suicide. That was a long while ago.",
        "Years ago I was a baker. {} I had a seizure in the shop. They drove me home.",
    ],
)
def test_what_is_told_as_past_is_excused_from_far(told):
    assert screen_words(told.format(AN_HOUR_OF_TALK)).labels == ()


def test_no_excuse_of_a_danger_reaches_over_a_whole_message():
    """What undoes an excuse may: it can only make more be heard."""
    contexts = shipped().contexts
    asked = {
        (name, True) for rule in shipped().rules if rule.label in DANGER for name in rule.unless
    }
    seen = set()
    while asked - seen:
        name, excuses = (asked - seen).pop()
        seen.add((name, excuses))
        if name in contexts:
            asked |= {(other, not excuses) for other in contexts[name].unless}
    excusing = {name for name, excuses in seen if excuses and name in contexts}
    assert [name for name in excusing if contexts[name].where == "message"] == []
    assert len(excusing) > len(FAR_EXCUSES)
