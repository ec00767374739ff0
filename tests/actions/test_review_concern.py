"""Worry about somebody else: a case with the author as the contact, a card of its own, no hold."""

import pytest
from sqlalchemy import select

from support.chat.models import Message
from support.crisis.models import Case

URGENT = "my brother says he wants to die and wont pick up"
DOUBTFUL = "my wife is a bit down this week"


@pytest.fixture
def mina_says(socket, cast):
    """Mina says something in the lounge; the answer she gets."""
    mina = socket("mina")
    count = iter(range(1, 100))
    return lambda words: mina.says(cast.lounge, words, f"c{next(count)}")


def cases(database):
    with database.read() as unit:
        return [
            (case.person_id, case.severity, tuple(case.labels))
            for case in unit.session.scalars(select(Case))
        ]


def notice_of(database, answer):
    with database.read() as unit:
        return unit.session.get_one(Message, answer["message"]["id"]).notice


def test_the_author_is_the_contact_of_the_case(database, cast, mina_says):
    answer = mina_says(URGENT)
    ((person, severity, labels),) = cases(database)
    assert person == cast["mina"]
    assert severity in {"urgent", "critical"}
    assert "third_party_concern" in labels
    assert "crisis_self_harm" not in labels
    assert answer["message"]["state"] == "visible"


def test_the_card_is_for_the_friend_and_for_the_author(database, cast, mina_says):
    notice = notice_of(database, mina_says(URGENT))
    assert notice["label"] == "third_party_concern"
    assert notice["help"] is True
    assert notice["case"]


def test_an_ordinary_worry_opens_nothing(database, cast, mina_says):
    answer = mina_says(DOUBTFUL)
    assert cases(database) == []
    assert notice_of(database, answer) is None


def test_a_second_worry_finds_the_same_case(database, cast, mina_says):
    mina_says(URGENT)
    mina_says("now my brother has locked himself in the bathroom with a razor")
    assert len(cases(database)) == 1
