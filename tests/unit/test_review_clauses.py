"""Who speaks, what is denied, when it was, what is only a figure: each case beside its twin."""

import pytest

from support.moderation.rules import screen_words

# who speaks and of whom
WHO = [
    ("i want to die", "crisis_self_harm"),
    ("she wants to dye her hair", ""),
    ("she is my sister and she wants to die tonight", "third_party_concern"),
    ("in the film he wants to die", ""),
    ("if you want to die please call someone", ""),
    ("do you want to die? please tell somebody now", ""),
    ("whoever feels they want to die can ring 988", ""),
    ('"i want to die", sang the tenor', ""),
    ("the book is called i want to die but i want to eat tteokbokki", ""),
    ("i think about killing myself", "crisis_self_harm"),
    ("my nan thinks about killing the slugs", ""),
    ("people who think about killing themselves can get help", ""),
    ("i hurt myself again last night", "crisis_self_harm"),
    ("he hurt himself playing football", ""),
    ("you hurt yourself gardening, poor you", ""),
    ("i am hearing voices since yesterday", "crisis_medical"),
    ("good to hear your voices tonight", ""),
    ("i just had a seizure", "crisis_medical"),
    ("my cat just had kittens", ""),
    ("my uncle had a seizure in 1998", ""),
]

# what is denied, and what a denial affirms
POLARITY = [
    ("i do not want to die", ""),
    ("i never wanted to die", ""),
    ("i would never kill myself", ""),
    ("i am not suicidal", ""),
    ("no thoughts of suicide today", ""),
    ("no longer suicidal, thank god", ""),
    ("i do not want to live", "crisis_self_harm"),
    ("i do not want to be alive", "crisis_self_harm"),
    ("i no longer want to live", "crisis_self_harm"),
    ("i never want to wake up again", "crisis_self_harm"),
    ("not sad, no: i want to be dead", "crisis_self_harm"),
    ("i am not ok, i want to die", "crisis_self_harm"),
    ("i have not hurt myself in nine years", ""),
    ("i did not stop suddenly", ""),
    ("never stop suddenly", ""),
    ("i will not quit cold turkey", ""),
    ("do not sell pills here", ""),
    ("nobody should tell you what to take", ""),
]

# long past, or now
TIME = [
    ("i wanted to die in 2012", ""),
    ("i wanted to die years ago, not now", ""),
    ("when i was nineteen i wanted to die", ""),
    ("i used to want to die every day", ""),
    ("i wanted to die in 2012 and tonight i want to die again", "crisis_self_harm"),
    ("i wanted to die yesterday and it is no better today", "crisis_self_harm"),
    ("ten years ago i quit cold turkey", ""),
    ("i quit cold turkey on sunday", "abrupt_stop"),
    ("i ran out once in 2017", ""),
    ("i ran out on friday", "abrupt_stop"),
    ("i had a fit in 2009", ""),
    ("i had a fit this morning", "crisis_medical"),
    ("they cut me off in 2011", ""),
    ("they cut me off on monday", "abrupt_stop"),
    ("she halved my dose in 2015 and i suffered", ""),
    ("she halved my dose on tuesday", "abrupt_stop"),
]

# asked, told, wished, done
MODALITY = [
    ("could i die from this taper?", ""),
    ("can a person die from a fast taper?", ""),
    ("i might take half later", ""),
    ("should i take half?", ""),
    ("you might take half", "dosing_advice"),
    ("you could take half a tablet", "dosing_advice"),
    ("why dont you take half a tablet", "dosing_advice"),
    ("maybe take half a tablet", "dosing_advice"),
    ("take half a tablet", "dosing_advice"),
    ("i would take half a tablet if i were you", "dosing_advice"),
    ("i took half a tablet", ""),
    ("my doctor said take half a tablet", ""),
    ("the leaflet says half a tablet for me", ""),
    ("my doctor said half a tablet so you take half too", "dosing_advice"),
    ("i wish i could take half a tablet", ""),
    ("is half a tablet too much?", ""),
]

# figures of speech
FIGURE = [
    ("this cough is killing me", ""),
    ("my feet are dead", ""),
    ("i am dying of boredom", ""),
    ("i nearly died of shame", ""),
    ("dying to see you all", ""),
    ("that cake is to die for", ""),
    ("over my dead body", ""),
    ("a dead heat", ""),
    ("dead easy", ""),
    ("the deadline is killing us", ""),
    ("kill the lights", ""),
    ("she killed that song", ""),
    ("my phone died", ""),
    ("the engine died on the hill", ""),
    ("suicide squeeze in the ninth", ""),
    ("he committed career suicide", ""),
    ("hang in there", ""),
    ("i could murder a sandwich", ""),
    ("sick as a dog", ""),
]

# offered, sought, or only soup
OFFER = [
    ("i have spare tablets, want some?", "sourcing"),
    ("i can post you ten tablets", "sourcing"),
    ("you can have my leftover pills", "sourcing"),
    ("anyone need pills? i have plenty", "sourcing"),
    ("who wants valium", "sourcing"),
    ("valium for sale", "sourcing"),
    ("i have spare tickets, want some?", ""),
    ("i can post you ten photos", ""),
    ("you can have my leftover soup", ""),
    ("anyone need a lift? i have plenty of seats", ""),
    ("who wants tea", ""),
    ("pram for sale", ""),
    ("can i buy some valium from you", "sourcing"),
    ("where can i get valium without a doctor", "sourcing"),
    ("where can i get a refill at the weekend", ""),
    ("my pharmacy had no valium", ""),
]

# out of the room
HANDOFF = [
    ("dm me", "sourcing"),
    ("add me on telegram", "sourcing"),
    ("text me on 07700 900111", "sourcing"),
    ("let us move this to whatsapp", "sourcing"),
    ("email me for the name", "sourcing"),
    ("no dms please, we stay in the room", ""),
    ("text the crisis line", ""),
    ("telegram is blocked where i live", ""),
    ("i left whatsapp, too noisy", ""),
    ("email the council about the bins", ""),
]

# contempt, or told of it
CONTEMPT = [
    ("you are a pathetic addict", "harassment"),
    ("nobody wants you here", "harassment"),
    ("shut up, junkie", "harassment"),
    ("you are not a pathetic addict", ""),
    ("i felt like a pathetic addict", ""),
    ("he called me a pathetic addict", ""),
    ("nobody wants a cold shower", ""),
    ("shut up and take my hug", ""),
    ("i hope your withdrawal eases", ""),
    ("my insurer is pathetic", ""),
    ("the app is pathetic today", ""),
]

# ways to find a person
CONTACT = [
    ("my number is 07700 900987", "personal_info"),
    ("reach me at owl dot mina at postbox dot com", "personal_info"),
    ("i live at 9 Larch Avenue", "personal_info"),
    ("the line is 116 123", ""),
    ("dial 112", ""),
    ("i live at the top of the hill", ""),
    ("9 days to go", ""),
    ("my dose history: 10 9 8 7", ""),
]

# things for sale
PROMO = [
    ("buy my course, 40 euros, link below", "self_promo"),
    ("subscribe to my channel for taper tips", "self_promo"),
    ("use code OWL10 for ten percent off", "self_promo"),
    ("the course at the library was free", ""),
    ("i like her channel about bees", ""),
    ("the code for the gate is with paul", ""),
]

# the other five languages
LANGUAGES = [
    ("quiero morir", "crisis_self_harm"),
    ("no quiero morir", ""),
    ("hace años quería morir", ""),
    ("quero morrer", "crisis_self_harm"),
    ("não quero morrer", ""),
    ("je veux mourir", "crisis_self_harm"),
    ("je ne veux pas mourir", ""),
    ("ich will sterben", "crisis_self_harm"),
    ("ich will nicht sterben", ""),
    ("ik wil dood", "crisis_self_harm"),
    ("ik wil niet dood", ""),
    ("me quiero matar", "crisis_self_harm"),
    ("vou me matar", "crisis_self_harm"),
    ("je vais me tuer", "crisis_self_harm"),
    ("ich bringe mich um", "crisis_self_harm"),
    ("ik maak er een eind aan", "crisis_self_harm"),
    ("me muero de hambre", ""),
    ("estou morta de sono", ""),
    ("je meurs de soif", ""),
    ("ich sterbe vor langeweile", ""),
    ("vendo lorazepam, envío discreto", "sourcing"),
    ("vendo clonazepam, chama no zap", "sourcing"),
    ("je vends du lexomil, livraison discrète", "sourcing"),
    ("verkaufe tavor, versand diskret", "sourcing"),
    ("te koop oxazepam, discreet verstuurd", "sourcing"),
    ("vendo mi bici", ""),
    ("vendo minha bicicleta", ""),
    ("je vends mon vélo", ""),
    ("verkaufe mein fahrrad", ""),
    ("te koop mijn fiets", ""),
    ("deberías bajar a 5 mg", "dosing_advice"),
    ("você deveria baixar para 5 mg", "dosing_advice"),
    ("tu devrais descendre à 5 mg", "dosing_advice"),
    ("du solltest auf 5 mg gehen", "dosing_advice"),
    ("je moet naar 5 mg gaan", "dosing_advice"),
    ("bajé a 5 mg", ""),
    ("baixei para 5 mg", ""),
    ("je suis à 5 mg", ""),
    ("ich bin bei 5 mg", ""),
    ("ik zit op 5 mg", ""),
    ("lo dejé de golpe ayer", "abrupt_stop"),
    ("parei de uma vez ontem", "abrupt_stop"),
    ("j'ai tout arrêté d'un coup hier", "abrupt_stop"),
    ("gestern von heute auf morgen abgesetzt", "abrupt_stop"),
    ("gisteren in één keer gestopt", "abrupt_stop"),
    ("nunca lo dejes de golpe", ""),
    ("nunca pare de uma vez", ""),
    ("ne jamais arrêter d'un coup", ""),
    ("nie von heute auf morgen absetzen", ""),
    ("nooit in één keer stoppen", ""),
    ("acabo de tener una convulsión", "crisis_medical"),
    ("acabei de ter uma convulsão", "crisis_medical"),
    ("je viens de faire une crise d'épilepsie", "crisis_medical"),
    ("hatte eben einen krampfanfall", "crisis_medical"),
    ("net een insult gehad", "crisis_medical"),
    ("tuve una convulsión en 2010", ""),
    ("tive uma convulsão em 2010", ""),
    ("j'ai fait une crise en 2010", ""),
    ("2010 hatte ich einen krampfanfall", ""),
    ("in 2010 had ik een insult", ""),
    ("mi hermano dice que quiere morirse", "third_party_concern"),
    ("meu irmão disse que quer se matar", "third_party_concern"),
    ("mon frère dit qu'il veut mourir", "third_party_concern"),
    ("mein bruder sagt er will sterben", "third_party_concern"),
    ("mijn broer zegt dat hij dood wil", "third_party_concern"),
    ("mi hermano quiere mudarse", ""),
    ("meu irmão quer se mudar", ""),
    ("mon frère veut manger", ""),
    ("mein bruder will schlafen", ""),
    ("mijn broer wil slapen", ""),
]

# letters in disguise
DISGUISE = [
    ("x4n4x for sale", "sourcing"),
    ("v.a.l.i.u.m for sale", "sourcing"),
    ("v a l i u m for sale", "sourcing"),
    ("VALIUM FOR SALE", "sourcing"),
    ("ｖａｌｉｕｍ ｆｏｒ ｓａｌｅ", "sourcing"),
    ("vаlium for sаle", "sourcing"),
    ("va\u200blium for sale", "sourcing"),
    ("d m me", "sourcing"),
    ("i want to d1e", "crisis_self_harm"),
    ("i w a n t to d i e", "crisis_self_harm"),
    ("I WANT TO DIE", "crisis_self_harm"),
    ("i wanna dieeee", "crisis_self_harm"),
    ("im suicidle", "crisis_self_harm"),
    ("kms tonight", "crisis_self_harm"),
    ("y0u are an 1diot", "harassment"),
    ("u r pathetic", "harassment"),
    ("x4 for the party", ""),
    ("v.a.t. is due", ""),
    ("a b c d e f g", ""),
    ("4 sale signs on our road", ""),
]


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        *WHO,
        *POLARITY,
        *TIME,
        *MODALITY,
        *FIGURE,
        *OFFER,
        *HANDOFF,
        *CONTEMPT,
        *CONTACT,
        *PROMO,
        *LANGUAGES,
        *DISGUISE,
    ],
)
def test_each_case_is_heard_or_passes_as_it_should(said, labels):
    found = set(screen_words(said).labels)
    if labels:
        assert set(labels.split()) <= found
    else:
        assert not found
