"""Why words are found or let be: each rule that looked says what it met."""

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.explaining import explained
from support.moderation.rules.rulebook import RuleBook, shipped

LAMPS = {
    "quoted_lamp": {"say": ["the sign says"], "where": "sentence"},
    "at_noon": {"say": ["noon"], "where": "sentence"},
}


def looks(text, **wants):
    rule = {"id": "sourcing.lamps", "label": "sourcing", "say": ["sell my lamp"], **wants}
    book = RuleBook({"made_up.toml": {"rule": [rule], "context": LAMPS}}, "1")
    return [(one.outcome, one.excused, one.lacking) for one in explained(text, book)]


def test_what_is_found_has_nothing_against_it():
    assert looks("i sell my lamp") == [("found", (), ())]


def test_what_excuses_is_named():
    assert looks("the sign says sell my lamp", unless=["quoted_lamp"]) == [
        ("excused", ("quoted_lamp",), ())
    ]


@pytest.mark.parametrize("kind", ["needs", "when"])
def test_what_is_lacking_is_named(kind):
    assert looks("sell my lamp", **{kind: ["at_noon"]}) == [("lacking", (), ("at_noon",))]
    assert looks("sell my lamp at noon", **{kind: ["at_noon"]}) == [("found", (), ())]


def test_of_several_hits_the_one_that_counts_is_told():
    text = "the sign says sell my lamp. i sell my lamp"
    assert looks(text, unless=["quoted_lamp"]) == [("found", (), ())]


def test_no_rule_looks_at_what_has_none_of_their_words():
    assert looks("lovely weather") == []


@pytest.mark.parametrize(
    "text",
    [
        "drop to 2 mg now",
        "i want to die",
        "i t o o k all my p i l l s tonight",
        "my friend took an overdose ten years ago",
        "\ud800 drop to 2",
        "",
    ],
)
def test_what_is_found_is_what_review_finds(text):
    looks = [one for one in explained(text, shipped()) if one.outcome == "found"]
    found = {one.rule_id for one in looks if not one.newcomers}
    said = {each.rule_id for each in screen_words(text).findings if each.label != "personal_info"}
    assert found == said
