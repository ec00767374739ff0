"""Hurting oneself as a habit, in everyday words; each with a twin that must pass."""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen_words


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        (
            "i just cut when the house is quiet, nobody has noticed",
            "i just cut when the salon is quiet, ten fringes today",
        ),
        ("six cuts tonight, hip, feel calmer", "six cuts so far, 2 mg each, feel calmer"),
        (
            "the nurse will see the cuts i made at the weekend",
            "the nurse will see the notes i made at the weekend",
        ),
        (
            "he thinks it was the cat. i did it myself, like every sunday",
            "he thinks it was the cat. i dropped the vase",
        ),
        (
            "every night i bang my head on the headboard, hard",
            "every month i bang my head against the wall with this insurance form",
        ),
        (
            "i scratch my arms open because it calms me",
            "i scratch my arms open, eczema again, more lotion",
        ),
        ("i make myself sick after lunch on purpose", "i feel sick after lunch since the drop"),
        (
            "no dinner for me, i dont deserve food when i fail",
            "no dinner for me, i fast until the blood test",
        ),
        (
            "laxatives again because the scale went up",
            "laxatives again because these tablets block me up",
        ),
        (
            "was 40 days clean from cutting, now i am on 1 again",
            "was 40 days clean from sugar, now i am on 1 again",
        ),
        (
            "could they sack me for self harming in the staff room",
            "could they sack me for eating in the staff room",
        ),
        ("back to the blade, after eleven good days", "back to the pool, after eleven good days"),
        (
            "every evening i take the compass to my thigh, as last year",
            "every evening i take the compass to the hills, as last year",
        ),
        (
            "he shouts and i swallow batteries on purpose",
            "he shouts and i swallow my pride on purpose",
        ),
        (
            "i wont be around this weekend. they are better off",
            "i wont be around this weekend, visiting my aunt",
        ),
        (
            "i wont be around tomorrow, going to jump off the bridge",
            "i wont be around tomorrow, flying to see my aunt",
        ),
        (
            "scratched my arms bloody again, then fed the cat",
            "scratched my records again, then fed the cat",
        ),
        ("cut my arm again, i do it every week", "cut my thumb slicing bread again, every week"),
        (
            "i hurt myself whenever somebody is kind to me",
            "my knee hurts whenever somebody pulls the lead",
        ),
    ],
)
def test_a_habit_of_hurting_oneself_is_heard_and_its_harmless_twin_is_not(said, harmless):
    assert "crisis_self_harm" in screen_words(said).labels
    assert "crisis_self_harm" not in screen_words(harmless).labels


@pytest.mark.parametrize(
    "told",
    [
        "i used to cut when i was at school, twenty years clean now",
        "eleven years since i last purged, i was a student then",
        "before i got help i cut. the scars are white now",
        "there was a time i hit my head on walls. therapy helped",
    ],
)
def test_a_habit_that_is_over_is_let_be(told):
    assert screen_words(told).labels == ()


@pytest.mark.parametrize(
    "step", ["i cut and felt it for two weeks, then held at 6 mg", "next cut on monday, 5 percent"]
)
def test_a_step_of_a_taper_is_no_injury(step):
    assert "crisis_self_harm" not in screen_words(step).labels


def test_an_act_of_this_minute_is_critical_and_its_words_may_be_read():
    seen = screen_words("i cut again, still bleeding, doing it while i type")
    assert seen.severity is Severity.CRITICAL
    assert not seen.holds
