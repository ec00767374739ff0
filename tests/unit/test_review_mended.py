"""Faults that people met in automatic review, each with the twin that must still be heard."""

import pytest

from support.base.severity import Severity
from support.moderation.rules import screen, screen_words
from support.moderation.rules.screening import answers_contempt, scorns_oneself


@pytest.mark.parametrize(
    "offer",
    [
        "i have 60 xanax left, cheap, dm me",
        "got 20 valium left, selling cheap",
        "twelve lorazepam left going spare, who wants them",
        "5 klonopin left, free to whoever can collect",
    ],
)
def test_a_seller_is_held_and_nobody_is_called_for_the_end_of_a_supply(offer):
    screening = screen(offer)
    assert "abrupt_stop" not in screening.labels
    assert screening.hold_label == "sourcing"


@pytest.mark.parametrize(
    "need",
    [
        "i have two pills left and no doctor",
        "i have two pills left, no refill, scared",
        "down to my last three tablets and nobody prescribes",
        "ran out on friday, no doctor will see me",
    ],
)
def test_who_is_running_out_is_heard_and_not_taken_for_a_seller(need):
    screening = screen(need)
    assert screening.labels == ("abrupt_stop",)
    assert screening.severity is Severity.URGENT
    assert not screening.holds


@pytest.mark.parametrize(
    ("past", "now"),
    [
        ("vor jahren hatte ich einen krampfanfall", "ich habe gerade einen krampfanfall"),
        ("letztes jahr hatte ich einen krampfanfall", "ich habe gerade einen krampfanfall"),
        ("mi hermana tuvo una convulsión hace años, ahora está bien", "tengo una convulsión ahora"),
        ("tuve una convulsión de pequeña", "tengo una convulsión ahora"),
        ("há muitos anos tive uma convulsão", "estou tendo uma convulsão agora"),
    ],
)
def test_a_fit_of_long_ago_calls_nobody_in_other_languages(past, now):
    assert screen(past).labels == ()
    assert "crisis_medical" in screen(now).labels


@pytest.mark.parametrize(
    ("home", "life"),
    [
        ("no quiero seguir viviendo en esta casa", "no quiero seguir viviendo"),
        ("no quiero vivir con mi madre", "no quiero vivir en este mundo"),
        ("não quero mais viver nesta cidade", "não quero mais viver"),
        ("je ne veux plus vivre avec ma mère", "je ne veux plus vivre"),
        ("ich will in dieser stadt nicht mehr leben", "ich will nicht mehr leben"),
        ("ik wil hier niet meer leven", "ik wil niet meer leven"),
        ("i dont want to live with my mother anymore", "i dont want to live in this world"),
        ("i don't want to live in this town", "i don't want to live in this body"),
    ],
)
def test_a_home_one_wants_to_leave_is_not_life_itself(home, life):
    assert screen(home).labels == ()
    assert screen(life).labels == ("crisis_self_harm",)
    assert not screen(life).holds


@pytest.mark.parametrize(
    "said",
    [
        "i want to kill myself tonight",
        "i will end my life on friday",
        "tomorrow i end it all",
        "i don't want to be here in this world",
    ],
)
def test_a_wish_with_a_time_is_shown_to_the_room(said):
    screening = screen(said)
    assert screening.labels == ("crisis_self_harm",)
    assert not screening.holds


@pytest.mark.parametrize("said", ["i want to kill myself tonight", "i will be dead by friday"])
def test_a_time_makes_it_critical_so_that_people_come_at_once(said):
    assert screen(said).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    "said",
    [
        "i am going to hang myself tonight",
        "the pills are next to me and tonight is the night",
        "wrote goodbye letters to my kids",
    ],
)
def test_a_method_and_a_goodbye_letter_are_kept_from_the_room(said):
    screening = screen(said)
    assert screening.holds
    assert screening.hold_label == "crisis_self_harm"
    assert screening.labels == ("crisis_self_harm",)


@pytest.mark.parametrize(
    "said",
    [
        "are you going to kill yourself tonight?",
        "i will be dead on my feet by friday",
        "i am scared i will die tonight",
    ],
)
def test_asking_tiredness_and_fear_are_not_a_wish_with_a_time(said):
    found = {finding.rule_id for finding in screen_words(said).findings}
    assert "self_harm.when" not in found


@pytest.mark.parametrize(
    ("public", "here"),
    [
        ("the president is a moron", "you are a moron"),
        ("what a corrupt minister", "what a corrupt man you are, you are scum"),
        ("the mayor is a crook", "the mayor is a crook and you are a moron"),
        ("fuck trump, what a worthless pig", "fuck you, what a worthless pig"),
        ("these politicians are scum", "immigrants are scum"),
    ],
)
def test_anger_at_people_in_office_passes_and_contempt_for_people_here_does_not(public, here):
    assert screen(public).labels == ()
    assert screen(here).hold_label == "harassment"


@pytest.mark.parametrize(
    "answer",
    [
        'someone wrote "go back home" on the wall, who cleans that',
        "it is wrong to call anyone scum",
        "you can't just say that about refugees",
        "my trans neighbours are wonderful people and i love them",
        "homophobia has no place in this room",
    ],
)
def test_words_that_quote_or_answer_contempt_are_told_from_it(answer):
    assert answers_contempt(answer)


@pytest.mark.parametrize(
    "contempt",
    [
        "you are scum",
        "nobody wants you here, take the hint",
        "refugees ruin everything",
        "good morning all",
        "women are wonderful, said nobody, they are scum and i hate them",
        "",
        "\ud800\x00" * 400,
    ],
)
def test_contempt_and_plain_talk_are_no_answer_to_it(contempt):
    assert not answers_contempt(contempt)


@pytest.mark.parametrize(
    ("joke", "meant"),
    [
        ("no, i wanna kill the living shit out of that boss", "no guts to kill myself"),
        ("too scared to kill that spider", "too scared to kill myself, too tired to live"),
    ],
)
def test_killing_something_else_is_no_wish_to_die(joke, meant):
    assert screen(joke).labels == ()
    assert screen(meant).labels == ("crisis_self_harm",)


@pytest.mark.parametrize(
    ("said", "harmless"),
    [
        ("i keep slicing my arms, again last night", "i keep slicing the bread too thick"),
        ("i wish for my own death every day", "i wish for my own kitchen every day"),
        ("praying for death tonight, i mean it", "praying for rain tonight, i mean it"),
        ("i have the knife in my hand, goodbye", "i have the knife in my hand and forty onions"),
        ("i bought a rope, i am done", "i bought a rope for the tent and a lamp"),
    ],
)
def test_own_hand_and_a_wish_for_death_are_heard_and_the_kitchen_is_not(said, harmless):
    assert "crisis_self_harm" in screen(said).labels
    assert screen(harmless).labels == ()


@pytest.mark.parametrize(
    ("talk", "danger"),
    [
        ("i have no wish to die, i'm afraid of it", "i have a wish to die, i'm not afraid of it"),
        ("i no longer want to die, what a thing to write", "i want to die, what a thing to write"),
        ("i can't go on holiday like this", "i can't go on like this"),
        ("i have decided to end things with him", "i have decided to end things tonight"),
        ("lost the will to live, four hours on hold with the bank", "i have lost the will to live"),
        ("i want it all to be over, the court case i mean", "i want it all to be over for good"),
        ("how do i help a suicidal friend, for the training", "i'm suicidal, how do i get help"),
        ("if i woke up as a frog, i would kill myself", "if i wake up again i will kill myself"),
        ("the life of a refugee is not worth a cent to him", "my life is not worth living"),
        ("this is my last post for a while, baby is due", "this is my last post, forgive me"),
        ("i'll sleep when i'm dead, said the man", "i'll be at peace when i'm dead"),
        ("this traffic makes me want to end it all and become a monk", "i want to end it all"),
    ],
)
def test_what_the_words_are_really_about_is_heard_on_both_sides(talk, danger):
    assert "crisis_self_harm" not in screen(talk).labels
    assert "crisis_self_harm" in screen(danger).labels


@pytest.mark.parametrize(
    ("review", "now"),
    [
        ("the thoughts of suicide were everywhere", "the thoughts of suicide are everywhere"),
        ("this med made me suicidal so i stopped it", "this med makes me suicidal"),
        ("before treatment i thought of suicide daily", "i think of suicide daily"),
        (
            "the urge to die was constant on the higher dose",
            "the urge to die is constant on the higher dose",
        ),
    ],
)
def test_what_a_medicine_did_once_is_not_what_it_does_now(review, now):
    assert "crisis_self_harm" not in screen(review).labels
    assert "crisis_self_harm" in screen(now).labels


@pytest.mark.parametrize(
    "scorn",
    [
        "i am such a pathetic mess",
        "god i feel like a complete failure",
        "what a loser i am, crying over a tablet at forty",
        "me, the village idiot",
        "thats me. trash",
        "I'm pathetic",
    ],
)
def test_who_scorns_nobody_but_themselves_is_told_from_who_scorns_others(scorn):
    assert scorns_oneself(scorn)


@pytest.mark.parametrize(
    "scorn",
    [
        "i am sick of you, pathetic mess",
        "i am such a patient man and still they are scum",
        "i feel nothing but disgust for those people",
        "you are a pathetic mess",
        "i am so sick of refugees, rubbish people",
        "i feel like muslims are scum",
        "i am just tired of foreigners",
        "i am such a woman hater, women are trash",
        "",
    ],
)
def test_scorn_of_others_is_not_taken_for_scorn_of_oneself(scorn):
    assert not scorns_oneself(scorn)
