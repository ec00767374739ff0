"""Two sentences that differ by little: one is held or raised, its twin is talk and passes.

Six languages; the first of each pair is danger, advice, trade or insult, the second is told of the
past, of oneself, of a doctor, or of somebody else's words.
"""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen_words

HELD = {
    "dosing_advice": [
        ("just cut it to 3 mg and wait", "my doctor cut it to 3 mg and i wait"),
        ("take half a tablet before bed", "i take half a tablet before bed"),
        ("you need to go down 10 percent every week", "i go down 10 percent every week"),
        ("skip the morning dose", "i skipped the morning dose"),
        (
            "nimm eine halbe tablette vor dem schlafen",
            "ich nehme eine halbe tablette vor dem schlafen",
        ),
        ("du solltest morgen auf 2 mg runtergehen", "ich bin gestern auf 2 mg runtergegangen"),
        ("deberías bajar a 2 mg mañana", "ayer bajé a 2 mg"),
        ("toma media pastilla antes de dormir", "tomo media pastilla antes de dormir"),
        ("tu devrais descendre à 2 mg demain", "je suis descendue à 2 mg hier"),
        ("prends un demi comprimé avant de dormir", "je prends un demi comprimé avant de dormir"),
        ("devias baixar para 2 mg amanhã", "ontem baixei para 2 mg"),
        ("toma meio comprimido antes de dormir", "eu tomo meio comprimido antes de dormir"),
        ("je moet morgen naar 2 mg zakken", "ik ben gisteren naar 2 mg gezakt"),
        ("neem een halve tablet voor het slapen", "ik neem een halve tablet voor het slapen"),
        ("you should drop to 2 mg", "she told me “you should drop to 2 mg” and i said no"),
    ],
    "sourcing": [
        ("i have 40 xanax to sell", "i have 40 xanax to hand in at the chemist"),
        ("ich verkaufe diazepam, schreib mir", "ich habe mein diazepam in die apotheke gebracht"),
        ("wo bekomme ich xanax ohne rezept", "ich bekomme xanax auf rezept"),
        ("vendo diazepam, escríbeme", "llevé mi diazepam a la farmacia"),
        ("dónde puedo comprar xanax sin receta", "mi médico me da xanax con receta"),
        ("je vends du diazepam, écris-moi", "j'ai rendu mon diazepam à la pharmacie"),
        ("où acheter du xanax sans ordonnance", "mon médecin me donne du xanax sur ordonnance"),
        ("vendo diazepam, manda mensagem", "entreguei o meu diazepam na farmácia"),
        ("onde compro xanax sem receita", "o meu médico passa xanax com receita"),
        (
            "ik verkoop diazepam, stuur een bericht",
            "ik heb mijn diazepam naar de apotheek gebracht",
        ),
        ("call me on 07700 900123", "call the samaritans on 116 123"),
    ],
    "harassment": [
        ("you are a pathetic junkie", "the doctor called me a pathetic junkie"),
        ("shut up you idiot", "he told me to shut up and i left"),
        ("du bist ein elender versager", "früher nannte mich mein vater einen versager"),
        ("eres un yonqui patético", "mi médico me llamó yonqui"),
        ("tu es un pauvre toxico", "mon médecin m'a traité de toxico"),
        ("és um drogado patético", "o meu médico chamou-me drogado"),
        ("je bent een zielige junk", "mijn arts noemde me een junk"),
    ],
    "personal_info": [
        ("i live at 12 mill street, bristol", "i live near a mill"),
    ],
    "self_promo": [
        ("buy my taper course at half price", "i bought a taper course once"),
    ],
}
PAIRS = [(label, danger, talk) for label, pairs in HELD.items() for danger, talk in pairs]
RAISED = [
    ("crisis_self_harm", "i am going to end my life", "the film is about a man who ends his life"),
    (
        "crisis_self_harm",
        "i want to kill myself tonight",
        "years ago i wanted to kill myself, today i am glad i am here",
    ),
    (
        "crisis_self_harm",
        "ich will mich heute nacht umbringen",
        "vor jahren wollte ich mich umbringen",
    ),
    ("crisis_self_harm", "ich werde mich bald erhängen", "damals wollte ich mich erhängen"),
    (
        "crisis_self_harm",
        "quiero matarme esta noche",
        "hace diez años quise matarme, hoy estoy bien",
    ),
    (
        "crisis_self_harm",
        "je veux me tuer ce soir",
        "il y a dix ans je voulais me tuer, aujourd'hui je vais bien",
    ),
    ("crisis_self_harm", "quero matar-me esta noite", "há dez anos quis matar-me, hoje estou bem"),
    ("crisis_self_harm", "penso em matar-me", "há oito anos pensei em matar-me"),
    (
        "crisis_self_harm",
        "ik wil vannacht een eind aan mijn leven maken",
        "tien jaar geleden wilde ik een eind aan mijn leven maken, nu gaat het goed",
    ),
    (
        "crisis_medical",
        "my arms are twitching and i just had a seizure",
        "i had a seizure in 2019 and got help",
    ),
    (
        "abrupt_stop",
        "i stopped cold turkey two days ago and i am shaking",
        "i stopped cold turkey in 2015 and would never do it again",
    ),
    (
        "abrupt_stop",
        "ich habe heute aufgehört, von 20 mg auf null",
        "vor fünf jahren habe ich von 20 mg auf null aufgehört",
    ),
    (
        "third_party_concern",
        "my brother says he will kill himself tonight",
        "my brother used to say he would kill himself, he is fine now",
    ),
]


@pytest.mark.parametrize(("label", "danger", "talk"), PAIRS)
def test_what_is_meant_for_another_waits_and_what_is_told_of_oneself_does_not(label, danger, talk):
    held, free = screen_words(danger), screen_words(talk)
    assert held.holds
    assert label in held.labels
    assert held.hold_label == label
    assert not free.holds
    assert label not in free.labels


@pytest.mark.parametrize(("label", "now", "then"), RAISED)
def test_what_is_now_calls_somebody_and_what_is_past_does_not(label, now, then):
    danger, past = screen_words(now), screen_words(then)
    assert label in danger.labels
    assert danger.severity.rank >= Severity.URGENT.rank
    assert label not in past.labels


@pytest.mark.parametrize(("label", "danger", "talk"), PAIRS)
def test_neither_capitals_nor_a_second_line_make_review_deaf(label, danger, talk):
    assert label in screen_words(danger.upper()).labels
    assert label in screen_words(f"Good evening all.\n{danger}\nSleep well.").labels
    assert label not in screen_words(f"Good evening all.\n{talk}\nSleep well.").labels


@pytest.mark.parametrize(
    "said",
    [
        "ich will mich morgen nicht umbringen lassen vom kaffee",
        "ich würde gern mal wieder runterkommen",
        "du solltest deinen arzt anrufen",
        "devias falar com o teu médico",
        "ik wil een eind aan deze vergadering maken",
        "quero atirar-me ao trabalho",
    ],
)
def test_what_only_sounds_like_it_is_not_held(said):
    assert not screen_words(said).holds
