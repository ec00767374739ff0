"""What review hears by grammar: short scenes, each with a twin that must pass."""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen, screen_words
from tests.review.measure import Line, lines, tally


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        ("i do not trust myself tonight", "i do not trust the night bus tonight"),
        ("i have lost the will to live", "i have lost the will to cook"),
        ("death would be a relief", "a nap would be a relief"),
        ("hoping for a heart attack at this point", "hoping for a heart shaped cake"),
        ("i keep picking songs for my funeral", "i keep picking songs for my wedding"),
        (
            "dont let the kids be the ones to find me",
            "dont let the kids be the ones to find the cake",
        ),
        ("i wont see the morning", "i wont see the morning news"),
        ("cut my thigh again last night", "cut my hair again last night"),
        ("why am i even alive", "why am i even awake"),
        ("i have a plan but no date", "i have a date but no plan for dinner"),
    ],
)
def test_a_wish_to_die_is_heard_and_its_harmless_twin_is_not(said, harmless):
    assert "crisis_self_harm" in screen_words(said).labels
    assert screen_words(harmless).labels == ()


@pytest.mark.parametrize(
    "told",
    [
        "this drug made me suicidal, my doctor switched me and i was fine",
        "i was suicidal the whole of 2019 and now i coach football",
        "ten years since my attempt",
        "had suicidal thoughts on this medication and they went away when i stopped",
        "back in acute i wanted to die every day",
    ],
)
def test_a_past_that_is_over_calls_nobody(told):
    assert screen_words(told).severity.rank < Severity.URGENT.rank


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("seized twice today", "crisis_medical"),
        ("my watch says 150 and i am lying in bed", "crisis_medical"),
        ("keep fainting when i stand up", "crisis_medical"),
        ("i see shadow people again, three days no sleep", "crisis_medical"),
        ("nobody will prescribe for me", "abrupt_stop"),
        ("ive got two pills left and no doctor", "abrupt_stop"),
        ("c/t since sunday", "abrupt_stop"),
        ("my husband keeps talking about ending it", "third_party_concern"),
        ("my brother hears voices, he quit last week", "third_party_concern"),
        ("mein freund redet davon sich umzubringen", "third_party_concern"),
        ("keep your cuts under 5%", "dosing_advice"),
        ("people on 2mg usually drop to 1.75 first", "dosing_advice"),
        ("whos short this week", "sourcing"),
        ("price list on request", "sourcing"),
        ("can i have your number", "sourcing"),
        ("why are women so stupid", "harassment"),
        ("how dumb can you be", "harassment"),
    ],
)
def test_a_danger_is_heard_without_a_fixed_phrase(said, label):
    assert label in screen_words(said).labels


@pytest.mark.parametrize(
    "typed",
    [
        "womenare scum",
        "i haet immigrants",
        "musl1ms are d1sgusting",
        "kil all muslims",
        "disgutsing immigrants",
    ],
)
def test_contempt_in_disguise_is_contempt(typed):
    assert "harassment" in screen_words(typed).labels


@pytest.mark.parametrize(
    "counter",
    [
        'when someone says "i hate gays" i leave the room',
        "saying immigrants are scum is racist",
        "nobody should hate immigrants",
        "black people like you are amazing",
        "i never said gays are bad",
        "muslims are my neighbours and they brought soup",
    ],
)
def test_counter_speech_and_praise_pass(counter):
    assert "harassment" not in screen_words(counter).labels


def test_a_goodbye_with_affairs_settled_is_held_and_critical():
    screening = screen("paid my debts so nobody has to deal with them after i am gone")
    assert screening.holds
    assert screening.severity is Severity.CRITICAL


def test_feelings_heard_by_grammar_are_still_shown():
    assert not screen("i do not trust myself tonight").holds
    assert not screen("i have lost the will to live").holds


class TestFigures:
    """What is measured on our own text, so that a change that makes review deaf is seen."""

    counted = tally(line for line in lines() if line.split == "held")

    @pytest.mark.parametrize(
        ("label", "fewest"),
        [
            ("crisis_self_harm", 0.65),
            ("crisis_medical", 0.85),
            ("abrupt_stop", 0.75),
            ("dosing_advice", 0.52),
            ("sourcing", 0.68),
            ("harassment", 0.72),
            ("personal_info", 0.9),
            ("third_party_concern", 0.85),
        ],
    )
    def test_held_out_text_is_heard_as_well_as_it_was(self, label, fewest):
        assert self.counted.recall(label) >= fewest

    def test_harmless_held_out_text_is_rarely_stopped(self):
        assert self.counted.stopped <= 0.1 * self.counted.harmless

    def test_a_tally_without_lines_divides_by_nothing(self):
        nothing = tally([])
        assert nothing.recall("sourcing") == nothing.precision("sourcing") == 1.0

    def test_a_tally_counts_what_was_due_found_and_needless(self):
        said = [
            Line("a", frozenset({"sourcing"}), "watch", "train", "dm me"),
            Line("b", frozenset({"sourcing"}), "watch", "train", "good morning"),
            Line("c", frozenset(), "none", "train", "dm me"),
        ]
        counted = tally(said)
        assert counted.recall("sourcing") == 0.5
        assert counted.precision("sourcing") == 0.5
        assert (counted.stopped, counted.harmless) == (1, 1)

    def test_every_line_has_an_id_of_its_own_and_known_words(self):
        read = list(lines())
        assert len(read) > 3_500
        assert len({line.id for line in read}) == len(read)
        assert {line.split for line in read} == {"train", "held"}
        assert {line.severity for line in read} == {"none", "watch", "urgent", "critical"}
