"""First replies a host can begin from, for the moments in which it is hard to find words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """A moment, and a few words that are kind, claim nothing and give no advice."""

    name: str
    moment: str
    words: str


CARDS = (
    Card(
        "welcome",
        "Somebody is new",
        "Hello, good that you are here. You can write, or just read. There is no hurry.",
    ),
    Card(
        "bad_night",
        "Somebody has a bad night",
        "That sounds like a hard night. You are not alone with it here. We sit with you.",
    ),
    Card(
        "thanks",
        "Somebody has shared a lot",
        "Thank you for saying this here. You do not have to say more than you want to.",
    ),
    Card(
        "dose",
        "Somebody asks what to take",
        "We cannot say what you should take. Your doctor can. How is it for you tonight?",
    ),
    Card(
        "danger",
        "Somebody may be in danger",
        "I am glad you said this. Are you safe right now? Please press Help now. The emergency "
        "number comes first. A person was called, and I stay here with you.",
    ),
    Card(
        "heat",
        "Two people get loud",
        "Let us slow down. Each of us speaks of our own way. I turn on slow writing for a while.",
    ),
    Card(
        "leaving",
        "Somebody leaves upset",
        "Take the time you need. You can come back at any time. Help now is always there.",
    ),
)


def words_of(name: str) -> str:
    """The words of a card, or none."""
    return next((card.words for card in CARDS if card.name == name), "")
