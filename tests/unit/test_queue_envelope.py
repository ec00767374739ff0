"""What lies on the queue: JSON, numbered, in pieces that fit; strange texts are left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.db.queue.envelope import Envelope, encoded, is_small, opened, sealed

MOST = 300


def test_what_is_sealed_can_be_opened() -> None:
    (text,) = sealed("p1", 7, [encoded("Typing", {"handle": "Mina"}), encoded("~beat", None)], MOST)
    assert opened(text) == Envelope("p1", 7, (("Typing", {"handle": "Mina"}), ("~beat", None)))


def test_nothing_to_say_is_no_text() -> None:
    assert list(sealed("p1", 1, [], MOST)) == []


@given(st.lists(st.text(max_size=40), max_size=40))
def test_pieces_fit_and_are_numbered_in_order(words: list[str]) -> None:
    items = [encoded("Typing", {"handle": word}) for word in words]
    texts = list(sealed("p1", 5, items, MOST))
    assert all(len(text.encode()) <= MOST for text in texts)
    found = [opened(text) for text in texts]
    assert [each.number for each in found if each] == list(range(5, 5 + len(texts)))
    heard = [body["handle"] for each in found if each for _, body in each.items]
    assert heard == words


@given(st.text(max_size=400))
def test_an_item_is_called_small_exactly_where_its_envelope_fits(word: str) -> None:
    item = encoded("Typing", {"handle": word})
    (text,) = sealed("p1", 123_456_789, [item], MOST)
    if is_small(item, MOST, "p1"):
        assert len(text.encode()) <= MOST


def test_the_longest_message_in_the_longest_letters_is_not_small_for_postgres() -> None:
    item = encoded("RoomEventLogged", {"event": {"body": "\N{SLEEPING FACE}" * 2000}})
    assert not is_small(item, 7900, "p1")
    assert is_small(encoded("RoomEventLogged", {"event": {"body": "a" * 2000}}), 7900, "p1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        "{}",
        "{",
        '{"o":"p1","n":"x","i":[]}',
        '{"o":"p1","n":1,"i":7}',
        '{"o":"p1","n":1,"i":[1]}',
        '{"o":"p1","n":1,"i":[["a"]]}',
        '{"o":"p1","n":1,"i":[["a",1,2]]}',
        "cos\nsystem\n(S'true'\ntR.",
        "\x80\x04\x95",
    ],
)
def test_what_is_none_of_ours_is_left_alone(text: str) -> None:
    assert opened(text) is None


def test_words_stay_as_they_are_on_the_wire() -> None:
    assert json.loads(encoded("a", {"body": '"\\\n\u2028é'})) == ["a", {"body": '"\\\n\u2028é'}]
