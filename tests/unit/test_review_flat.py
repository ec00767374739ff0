"""Trade and advice in the flattest words, with hardly a name or an amount; each with a twin."""

import pytest

from support.moderation.rules import screen_words


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        ("my dms are always open", "my doors are always open"),
        ("is anyone on wickr", "is anyone on the early shift"),
        ("are you on signal", "are you on the early shift"),
        ("how much do xans go for in your area", "how much do flats go for in your area"),
        ("giving good money for a box of diazepam", "giving good money for a box of records"),
        ("a doctor who writes it online, no questions", "a doctor who writes novels, no joke"),
        ("anyone got any blues tonight", "anyone got any news tonight"),
        ("my old guy went dry, who do you use", "my old plumber left, who do you use for taps"),
        ("i have six leftover, they are yours", "i have six spare chairs, they are yours"),
    ],
)
def test_a_flat_offer_is_held_and_its_harmless_twin_is_not(said, harmless):
    seen = screen_words(said)
    assert "sourcing" in seen.labels
    assert seen.holds
    assert screen_words(harmless).labels == ()


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        ("i think you are ready for the next drop", "i think you are ready for the next exam"),
        ("better to drop small and often", "better to eat small and often"),
        ("never hold longer than a fortnight", "never hold the phone that long"),
        ("keep dropping through the wave", "keep breathing through the wave"),
        ("an extra half never hurt anyone", "an extra blanket never hurt anyone"),
        ("my advice is to cut faster", "my advice is to sleep longer"),
    ],
)
def test_flat_advice_is_held_and_its_harmless_twin_is_not(said, harmless):
    seen = screen_words(said)
    assert "dosing_advice" in seen.labels
    assert seen.holds
    assert screen_words(harmless).labels == ()


@pytest.mark.parametrize(
    "warning",
    [
        "be careful, somebody in another forum sells fake xanax pressed with fentanyl",
        "mind out, a man on telegram is selling fake diazepam",
    ],
)
def test_who_warns_of_a_seller_of_fakes_is_let_be(warning):
    assert screen_words(warning).labels == ()
