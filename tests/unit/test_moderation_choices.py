"""What a form suggests: the rule that was broken."""

import pytest

from support.moderation.rules.choices import rule_for
from support.moderation.rules.desk import LABELS, HouseRule, in_order


@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        (["sourcing"], HouseRule.NO_TRADING),
        (["dosing_advice"], HouseRule.NO_DOSING),
        (["harassment", "self_promo"], HouseRule.NO_HARASSMENT),
        (["self_promo"], HouseRule.NO_PROMOTION),
        (["personal_info"], HouseRule.PRIVACY),
        (["abrupt_stop"], HouseRule.SAFETY),
        (["something_new", "sourcing"], HouseRule.NO_TRADING),
    ],
)
def test_the_rule_of_what_weighs_most_is_chosen_beforehand(labels, rule):
    assert rule_for(labels) is rule


@pytest.mark.parametrize("labels", [[], ["something_new"]])
def test_where_nothing_was_seen_the_moderator_chooses(labels):
    assert rule_for(labels) is None


def test_every_label_of_the_house_has_its_rule():
    assert all(rule_for([label]) for label in LABELS)
    assert rule_for(in_order({"self_promo", "sourcing"})) is HouseRule.NO_TRADING
