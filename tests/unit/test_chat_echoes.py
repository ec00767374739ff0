"""The same long words in several rooms: one person in three, three people in four; once a day."""

from datetime import UTC, datetime, timedelta

import pytest

from support.chat.rules.echoes import MOST_PLACES, WITHIN, Echoes

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TOUTING = "Come to our calm place, many people found rest there, ask me how it works"


def heard(*places, text=TOUTING, at=NOON):
    echoes = Echoes()
    return [echoes.hear(text, room, author, at) for author, room in places]


def test_one_person_in_three_rooms_is_told_once():
    told = heard(*[("moss", f"r{number}") for number in range(7)])
    assert told == [False, False, True, False, False, False, False]


def test_the_same_room_again_and_again_is_one_room():
    assert not any(heard(*[("moss", "r1")] * 9))


def test_three_people_in_four_rooms_are_told():
    crowd = [("moss", "r1"), ("fern", "r2"), ("ivy", "r3"), ("moss", "r4")]
    assert heard(*crowd) == [False, False, False, True]


def test_two_who_share_a_prayer_are_not():
    assert not any(heard(("moss", "r1"), ("fern", "r2"), ("moss", "r3"), ("fern", "r4")))


@pytest.mark.parametrize(
    "text",
    [
        "good night all",
        "good night everybody, sleep well",
        "ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha",
        "",
        " " * 2000,
        "x" * 2000,
    ],
)
def test_what_everybody_says_is_nothing_however_often(text):
    assert not any(heard(*[("moss", f"r{number}") for number in range(9)], text=text))


def test_large_letters_and_spaces_are_no_other_words():
    echoes = Echoes()
    for number, text in enumerate((TOUTING, TOUTING.upper(), TOUTING.replace(" ", "  \n"))):
        told = echoes.hear(text, f"r{number}", "moss", NOON)
    assert told


def test_a_day_later_it_begins_anew():
    echoes = Echoes()
    later = NOON + WITHIN + timedelta(seconds=1)
    hours = [NOON, NOON, later, later, later]
    told = [echoes.hear(TOUTING, f"r{n}", "moss", at) for n, at in enumerate(hours)]
    assert told == [False, False, False, False, True]


def test_memory_is_bounded_by_texts_and_by_places():
    echoes = Echoes(most=10)
    for number in range(50):
        echoes.hear(f"{TOUTING} {number}", "r1", "moss", NOON)
    assert len(echoes._heard) == 10
    for number in range(200):
        echoes.hear(TOUTING, f"r{number % 2}", f"p{number}", NOON)
    assert max(len(one.places) for one in echoes._heard.values()) == MOST_PLACES
