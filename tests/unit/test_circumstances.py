"""What a moderator should know of an entry: features, no verdicts, and nothing against care."""

import pytest

from support.moderation.rules import DANGER
from support.moderation.rules.circumstances import OFTEN, SEVERAL, Facts
from support.moderation.rules.circumstances import circumstances as known_of

EVERYTHING = Facts(9, 8, is_new=True, has_link=True, made_after_a_ban=7)


def circumstances(facts, labels):
    return tuple(one.name for one in known_of(facts, labels))


def test_nothing_is_known_of_most_people():
    assert circumstances(Facts(), ["harassment"]) == ()


def test_words_held_again_and_again_are_worth_knowing():
    assert circumstances(Facts(held_lately=OFTEN), ["harassment"]) == ("held_often",)
    assert circumstances(Facts(held_lately=OFTEN - 1), ["harassment"]) == ()


def test_a_link_of_a_new_account_is_and_one_of_an_old_account_is_not():
    assert circumstances(Facts(is_new=True, has_link=True), ["self_promo"]) == ("new_with_link",)
    assert circumstances(Facts(has_link=True), ["self_promo"]) == ()
    assert circumstances(Facts(is_new=True), ["self_promo"]) == ()


def test_the_same_words_in_several_rooms_are():
    several = Facts(rooms_with_the_same_words=SEVERAL)
    assert circumstances(several, ["sourcing"]) == ("same_words",)
    assert circumstances(Facts(rooms_with_the_same_words=1), ["sourcing"]) == ()


def test_several_accounts_made_after_a_ban_are_a_burst_and_one_is_not():
    assert circumstances(Facts(is_new=True, made_after_a_ban=SEVERAL), []) == ("after_ban",)
    assert circumstances(Facts(is_new=True, made_after_a_ban=SEVERAL - 1), []) == ()


def test_what_is_a_matter_of_number_is_told_with_its_number():
    told = {one.name: one.count for one in known_of(EVERYTHING, ["sourcing"])}
    assert told == {"held_often": 9, "new_with_link": None, "same_words": 8, "after_ban": 7}


def test_several_stand_side_by_side():
    known = circumstances(EVERYTHING, ["sourcing"])
    assert known == ("held_often", "new_with_link", "same_words", "after_ban")


@pytest.mark.parametrize("label", sorted(DANGER))
def test_of_somebody_in_danger_nothing_is_said_of_their_past(label):
    assert circumstances(EVERYTHING, ["sourcing", label]) == ()
