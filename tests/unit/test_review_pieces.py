"""A sentence without an end is looked at in pieces: nothing is lost, and little is searched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.moderation.rules.contexts import Context, Contexts
from support.moderation.rules.gate import Gate
from support.moderation.rules.pattern import PatternBook
from support.moderation.rules.surroundings import Scene

BOOK = PatternBook({}, lambda word: [word])
AH = "ah " * 60
WORDS = ["drop", "it", "now", "kettle", ",", '"', "i", *["ah"] * 4]
PATTERNS = [
    "drop ~3 kettle",
    "^ drop it",
    "^ i ~2 drop",
    "drop it $",
    "(drop|kettle) it",
    "it ~6 kettle ~2 now",
    "drop it ~~9 kettle",
    '" drop',
]


def said(text):
    return "".join(f" {word}" for word in f"{text} .".split())


def found(pattern, text):
    """Where a pattern stands: what it finds in the places that the gate gives."""
    (phrase,) = BOOK.phrases([pattern])
    read = said(text)
    places, _ = Gate([phrase]).look(read)
    return [span for _, start, end in places for span in phrase.spans(read.encode(), start, end)]


def fully_searched(pattern, text):
    (phrase,) = BOOK.phrases([pattern])
    return phrase.spans(said(text).encode(), 0, len(said(text)))


def places(pattern, text):
    return Gate(BOOK.phrases([pattern])).look(said(text))[0]


class TestARunOn:
    """Somebody who is not well writes without full stops."""

    def test_words_that_stand_far_apart_set_nothing_off(self):
        assert places("drop ~3 kettle", f"drop {AH} kettle") == []
        assert places("drop ~3 kettle", f"{AH} drop ah kettle {AH}")

    def test_only_round_the_words_is_searched(self):
        text = f"{AH} drop the kettle {AH}"
        ((_, start, end),) = places("drop ~3 kettle", text)
        assert " drop the kettle" in said(text)[start:end]
        assert end - start < len(said(text)) / 2

    def test_a_short_sentence_is_one_piece(self):
        assert places("drop ~3 kettle", "drop " + "ah " * 20 + "kettle")

    @pytest.mark.parametrize("before", range(26))
    def test_a_piece_that_begins_is_no_clause_that_begins(self, before):
        far = f"{AH} , drop it"
        assert found("^ drop it", "ah " * before + "drop it " + far) == fully_searched(
            "^ drop it", "ah " * before + "drop it " + far
        )

    @pytest.mark.parametrize("before", range(11, 38))
    def test_what_stands_across_two_pieces_is_found(self, before):
        text = "ah " * before + "drop the old kettle " + AH
        assert found("drop ~3 kettle", text) == fully_searched("drop ~3 kettle", text) != []

    def test_two_that_are_near_are_found_once_each_and_in_their_order(self):
        text = f"{AH} drop a kettle drop a kettle {AH} drop a kettle {AH}"
        spans = found("drop ~3 kettle", text)
        assert spans == fully_searched("drop ~3 kettle", text) == sorted(set(spans))
        assert len(spans) == 3

    def test_words_that_come_again_and_again_are_one_place(self):
        assert len(places("drop ~3 kettle", "drop a kettle " * 60)) == 1
        assert len(places("drop ~3 kettle", f"drop a kettle {AH}" * 3)) == 3

    def test_phrases_keep_their_order_within_a_sentence(self):
        watched = BOOK.phrases(["a kettle", "a ~2 drop", "a ~~2 pan"])
        text = said(f"a pan . a drop {AH} a kettle {AH} a drop . a kettle")
        numbers = [number for number, _, _ in Gate(watched).look(text)[0]]
        assert numbers == [0, 1, 1, 0, 2]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(WORDS), min_size=20, max_size=70))
def test_in_any_run_on_the_gate_loses_nothing_and_invents_nothing(words):
    text = " ".join(words)
    for pattern in PATTERNS:
        assert found(pattern, text) == fully_searched(pattern, text), pattern


class TestWhatHoldsForAMessage:
    """A context of the whole message is searched only where its words are."""

    @staticmethod
    def has(say, text):
        known = Contexts([Context("told", "message", 0, BOOK.signs([say]), ())])
        groups = Gate([], known).look(said(text))[1]
        return Scene(known, said(text), groups).has(known["told"])

    def test_a_phrase_of_one_sentence_beside_one_that_crosses_is_found_as_far_as_it_goes(self):
        known = Contexts(
            [Context("told", "message", 0, BOOK.signs(["drop ~30 kettle", "urn ~~1 pan"]), ())]
        )
        some = "ah " * 28
        for text in (f"{AH} drop {some} kettle {AH}", f"{AH} kettle {some} drop {AH}"):
            groups = Gate([], known).look(said(text))[1]
            there = Scene(known, said(text), groups).has(known["told"])
            assert there is ("drop" in text.split("kettle")[0])

    @pytest.mark.parametrize(
        "text", ["drop the kettle", f"{AH} drop a kettle {AH}", f"{AH}. drop kettle"]
    )
    def test_it_is_found_wherever_it_stands(self, text):
        assert self.has("drop ~2 kettle", text)

    @pytest.mark.parametrize("text", ["drop it . the kettle", f"drop {AH} kettle", "kettle drop"])
    def test_words_apart_are_not_it(self, text):
        assert not self.has("drop ~2 kettle", text)

    def test_what_goes_on_past_a_full_stop_is_searched_in_the_whole(self):
        assert self.has("drop ~~4 kettle", "drop it . the kettle")

    def test_a_mark_alone_is_searched_for(self):
        assert self.has('"', 'so " he said')
        assert not self.has('"', "so he said")

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.sampled_from([*WORDS, "."]), min_size=1, max_size=70))
    def test_it_is_there_where_a_full_search_finds_it(self, words):
        text = " ".join(words)
        for pattern in PATTERNS:
            (phrase,) = BOOK.signs([pattern])
            apart = any(phrase.is_in(said(each).encode()) for each in text.split("."))
            whole = phrase.is_in(said(text).encode())
            assert self.has(pattern, text) == (whole if phrase.reach else apart), pattern
