"""More sentences that differ by little, in six languages: the first is heard, its twin is not.

Sudden stops, fits, people who fear for somebody, and words with two meanings.
"""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen_words
from support.moderation.rules.rulebook import HOLDING

TWINS = [
    (
        "abrupt_stop",
        "ich habe heute alle tabletten weggeworfen",
        "ich habe heute die alten zeitungen weggeworfen",
    ),
    (
        "abrupt_stop",
        "mi médico me ha quitado el lorazepam de golpe hoy",
        "mi médico me quitó el lorazepam de golpe en 2015",
    ),
    ("abrupt_stop", "j'ai tout arrêté d'un coup hier", "j'ai tout arrêté d'un coup il y a dix ans"),
    ("abrupt_stop", "parei tudo de uma vez ontem", "parei tudo de uma vez há dez anos"),
    (
        "abrupt_stop",
        "ik ben gisteren in een keer gestopt met diazepam",
        "tien jaar geleden ben ik in een keer gestopt met diazepam",
    ),
    (
        "abrupt_stop",
        "my doctor stopped my valium today with no taper",
        "my doctor stopped my valium in 2012 with no taper",
    ),
    (
        "crisis_medical",
        "je viens de faire une crise d'épilepsie",
        "il y a dix ans j'ai fait une crise d'épilepsie",
    ),
    ("crisis_medical", "acabei de ter uma convulsão", "há dez anos tive uma convulsão"),
    (
        "crisis_medical",
        "ik heb net een epileptische aanval gehad",
        "jaren geleden had ik een epileptische aanval",
    ),
    (
        "crisis_medical",
        "i have chest pain and my left arm is numb",
        "my friend who had chest pain last year is fine now",
    ),
    (
        "third_party_concern",
        "mein bruder will sich heute umbringen",
        "mein bruder will sich heute ausruhen",
    ),
    (
        "third_party_concern",
        "mi hermana dice que se va a matar",
        "mi hermana dice que se va a casa",
    ),
    (
        "third_party_concern",
        "ma soeur dit qu'elle va se tuer ce soir",
        "ma soeur dit qu'elle va se coucher ce soir",
    ),
    (
        "third_party_concern",
        "a minha irmã diz que se vai matar",
        "a minha irmã diz que se vai deitar",
    ),
    (
        "third_party_concern",
        "mijn zus zegt dat ze een eind aan haar leven maakt",
        "mijn zus zegt dat ze naar huis gaat",
    ),
    (
        "crisis_self_harm",
        "ich möchte einfach nicht mehr aufwachen",
        "ich möchte einfach nicht mehr so früh aufwachen",
    ),
    (
        "crisis_self_harm",
        "ik wil niet meer wakker worden",
        "ik wil niet meer om vijf uur wakker worden",
    ),
    ("crisis_self_harm", "i have written my goodbye letters", "i have written my shopping list"),
    ("self_promo", "besuche meinen shop für cbd öl mit rabatt", "ich war gestern im shop"),
    ("personal_info", "meine nummer ist 0171 2345678", "meine hausnummer ist 17"),
    ("personal_info", "mi número es 612 345 678", "mi número de la suerte es 7"),
    ("personal_info", "mon numéro est le 06 12 34 56 78", "mon numéro préféré est le 7"),
    ("personal_info", "o meu número é 912 345 678", "o meu número preferido é 7"),
    ("personal_info", "mijn nummer is 06 12345678", "mijn huisnummer is 12"),
    ("harassment", "you people are all liars and fakes, go die", "the doctors told us all to go"),
    ("harassment", "halt die fresse du opfer", "er hat mir gesagt ich soll still sein"),
    ("harassment", "cállate, basura", "me dijo que me callara"),
    ("harassment", "ta gueule, connard", "il m'a dit de me taire"),
    ("harassment", "cala a boca, lixo", "ele mandou-me calar"),
    ("harassment", "hou je bek, sukkel", "hij zei dat ik stil moest zijn"),
]


@pytest.mark.parametrize(("label", "heard", "twin"), TWINS)
def test_the_first_is_heard_and_its_twin_is_not(label, heard, twin):
    found = screen_words(heard)
    assert label in found.labels
    assert label not in screen_words(twin).labels
    if label in HOLDING:
        assert found.holds
    else:
        assert found.severity.rank >= Severity.WATCH.rank


@pytest.mark.parametrize(("label", "heard", "twin"), TWINS)
def test_it_is_heard_among_other_words_and_with_other_signs(label, heard, twin):
    assert label in screen_words(f"{heard.capitalize()}!!").labels
    assert label in screen_words(f"Hello.\n\n{heard}.\nThank you.").labels
    assert label not in screen_words(f"{twin.capitalize()}…").labels


@pytest.mark.parametrize(("label", "heard", "twin"), TWINS)
def test_what_is_found_points_into_the_words_as_they_were_typed(label, heard, twin):
    typed = f"  Hm.   {heard}  "
    for finding in screen_words(typed).findings:
        assert 0 <= finding.start < finding.end <= len(typed)
        assert typed[finding.start : finding.end].strip()
    assert all(finding.rule_id for finding in screen_words(twin).findings)
