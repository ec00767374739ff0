"""How strangers put it: what runs now is heard, what is over and told is let be."""

from collections import defaultdict
from pathlib import Path

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import shipped
from tests.unit.test_review_talk import LABELS


def _parts():
    """The lines of each part of the file, under the words that head it."""
    parts, head = defaultdict(list), ""
    text = (Path(__file__).parent / "review_strangers.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            head = line.removeprefix("# ")
        elif line:
            marks, _, said = line.partition("|")
            parts[head].append((marks, said))
    return dict(parts)


PARTS = _parts()


def wrong(part):
    """What is missed, and what is raised without reason, in one part."""
    found = []
    for marks, said in PARTS[part]:
        due = {LABELS[mark] for mark in marks if mark in LABELS}
        seen = set(screen_words(said).labels)
        if not due <= seen or (not due and seen):
            found.append((marks, said, sorted(seen)))
    return found


@pytest.mark.parametrize("part", PARTS)
def test_nine_of_ten_lines_of_each_kind_are_read_aright(part):
    assert len(wrong(part)) <= len(PARTS[part]) * 0.1, wrong(part)


def test_the_parts_are_enough_to_say_something():
    assert len(PARTS) >= 6
    assert sum(map(len, PARTS.values())) > 250


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("quit it cold on thursday", "quit it cold and had headaches for a month"),
        ("i have come off it all at once", "came off it all at once and it was fine"),
        ("they took me off it overnight, day 3", "they took me off it overnight and i was ill"),
        (
            "i stopped it cold turkey, should i worry?",
            "after a year of it i stopped it cold turkey",
        ),
    ],
)
def test_a_stop_is_raised_while_it_runs_and_not_when_it_is_told(now, over):
    assert "abrupt_stop" in screen_words(now).labels
    assert "abrupt_stop" not in screen_words(over).labels


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("i keep fainting since i started these", "i fainted on the second day of taking it"),
        ("hallucinating since last night", "this stuff made me hallucinate so i quit it"),
        ("my daughter had a seizure yesterday", "i had seizures as a child"),
        ("throwing up blood since this morning", "threw up blood once when i was on it, years ago"),
    ],
)
def test_a_danger_of_the_body_is_raised_now_and_not_when_it_is_told(now, over):
    assert "crisis_medical" in screen_words(now).labels
    assert "crisis_medical" not in screen_words(over).labels


@pytest.mark.parametrize(
    ("contempt", "kind"),
    [
        ("nobody likes you", "i like you"),
        ("i hope you choke", "i hope you get better soon"),
        ("i will find you and make you sorry", "i will find you a number"),
        ("i know where you live", "i know where you are coming from"),
        ("you deserve to suffer", "you deserve every good thing"),
        ("damn you all", "damn you were close"),
        ("you are nothing", "you are nothing like him"),
        ("grow up already", "kids grow up so fast"),
        ("he is a lying piece of shit", "my doctor is a piece of shit"),
        ("shut up you idiot", "shut up, really? that is wonderful"),
        ("what an idiot you are", "what an idiot that driver was"),
    ],
)
def test_contempt_is_held_and_kindness_in_the_same_words_is_not(contempt, kind):
    assert "harassment" in screen_words(contempt).labels
    assert screen_words(kind).labels == ()


@pytest.mark.parametrize(
    ("bent", "word"),
    [("idoit", "idiot"), ("wmoen", "women"), ("yuo", "you"), ("disgutsed", "disgusted")],
)
def test_two_letters_that_changed_places_are_put_right(bent, word):
    assert shipped().reader.read(bent).text.split() == [word, "."]


def test_a_group_named_in_two_pieces_is_read_whole():
    assert "harassment" in screen_words("dis abled people are vermin").labels
    assert "harassment" in screen_words("mus lims are vermin").labels


@pytest.mark.parametrize("word", ["beta", "trial", "angle", "from", "tires"])
def test_real_words_are_not_taken_for_swapped_letters(word):
    assert shipped().reader.read(word).text.split() == [word, "."]


@pytest.mark.parametrize(
    "medicine", ["Zithromax", "levothyroxine", "wellbutrin", "metformin", "loratadine"]
)
def test_a_medicine_of_any_kind_is_known_by_its_name(medicine):
    assert screen_words(f"take {medicine} twice daily for a week").labels == ("dosing_advice",)


@pytest.mark.parametrize("word", ["motion", "allegro", "alive", "provide", "clamid", "penicil"])
def test_a_word_that_is_one_slip_from_a_rare_medicine_stays_itself(word):
    assert shipped().reader.read(word).text.split() == [word, "."]
