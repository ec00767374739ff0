"""Near twins in many languages: one page is for somebody's life, the other must call nobody."""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen_words

TWINS = [
    ("crisis_self_harm", "el domingo me ahorco, no aviso más", "el domingo me mato a correr"),
    ("crisis_self_harm", "esta noite vou tomar a cartela toda, acabou", "esta noite tomo um chá"),
    ("crisis_self_harm", "jeudi je saute du viaduc", "jeudi je saute le dîner"),
    ("crisis_self_harm", "am montag häng ich mich auf, adieu", "am montag häng ich wäsche auf"),
    ("crisis_self_harm", "dinsdag maak ik een eind aan mijn leven", "dinsdag maak ik soep"),
    ("crisis_self_harm", "quiero morirme. antes dormía", "antes quería morirme, hoy pinto"),
    ("crisis_self_harm", "chuis tannée de vivre", "chuis morte de trouille au dentiste"),
    ("crisis_self_harm", "mag nimmer leben", "sterb vor hunger, mag knödel"),
    ("crisis_self_harm", "niet meer wakker worden, dat wil ik", "ga dood van de buikpijn"),
    ("crisis_self_harm", "domani mi ammazzo", "voglio morire dalla vergogna"),
    ("crisis_self_harm", "не хочу жить", "не хочу жить в этом доме"),
    ("crisis_self_harm", "хочу вмерти", "десять років тому: хочу вмерти"),
    ("dosing_advice", "baja a 2 mg el jueves", "espera diez minutos con 2 vasos de agua"),
    ("dosing_advice", "geh auf 3 runter", "bin jetzt auf 3 runter, schwitze"),
    ("dosing_advice", "neem er nog een halve bij", "neem een half uur rust"),
    ("abrupt_stop", "van 12 mg naar niks sinds zondag", "van 12 mg naar niks in vier jaar"),
    ("crisis_medical", "hab vorhin einen krampfanfall gehabt", "mein krampfanfall war 2017"),
    ("harassment", "you are a worthless hoe", "hoe voel je je vandaag?"),
]


@pytest.mark.parametrize(("label", "danger", "harmless"), TWINS)
def test_of_two_alike_sentences_only_the_dangerous_one_is_heard(label, danger, harmless):
    assert label in screen_words(danger).labels
    assert screen_words(harmless).labels == ()


@pytest.mark.parametrize(
    "words",
    ["cuando lean esta carta ya no estaré", "adeus, vou me matar", "adieu, je vais mourir demain",
     "morgen lebe ich nicht mehr", "vannacht slik ik alle pillen tegelijk", "elveda dünya",
     "прощайте навсегда", "farväl för alltid", "list pożegnalny leży na stole"],
)  # fmt: skip
def test_a_day_a_letter_or_a_farewell_for_good_pages_and_is_held(words):
    seen = screen_words(words)
    assert seen.severity is Severity.CRITICAL
    assert seen.hold_label == "crisis_self_harm"


def test_a_rule_may_be_written_in_the_letters_people_type():
    assert screen_words("ХОЧУ УМЕРЕТЬ!!").findings[0].rule_id == "self_harm.russian"
    assert screen_words("Jag vill bara dö").findings[0].rule_id == "self_harm.swedish"
