"""The gate runs a pattern only where its words are, and misses nothing that a full search finds."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from support.moderation.rules.contexts import Context, Contexts
from support.moderation.rules.gate import Gate
from support.moderation.rules.pattern import BadPattern, PatternBook
from support.moderation.rules.phrase import Phrase, how_common, searching
from support.moderation.rules.rulebook import shipped
from tests.review.measure import lines

DIGITS_AS_LETTERS = str.maketrans("0123456789", "abcdefghij")
TALK = [line.text for line in lines() if line.split == "train"]


def book(**lists):
    return PatternBook(lists, lambda word: [word])


def phrase(pattern, **lists):
    return book(**lists).phrases([pattern])[0]


def chances(pattern, text, **lists):
    watched = book(**lists).phrases([pattern])
    return Gate(watched).look(text)[0]


def said(text):
    return "".join(f" {word}" for word in text.split())


class TestWhatAPhraseCannotBeWithout:
    """Every way through a pattern has its words; the gate knows one of each way."""

    @pytest.mark.parametrize(
        ("pattern", "needs"),
        [
            ("drop the kettle", [{"drop the"}, {"the kettle"}]),
            ("drop|lower the kettle", [{"drop the", "lower the"}, {"the kettle"}]),
            ("drop [the] kettle", [{"drop the", "drop kettle"}, {"kettle"}]),
            ("drop ~2 [a|the] kettle", [{"drop"}, {"kettle"}]),
            ("(drop it|lift lids)", [{"drop it", "lift lids"}]),
            ("(drop|lift lids)", [{"drop", "lift lids"}]),
            ("#part mg", [{"#part"}, {"mg"}, {"# mg"}]),
            ("in #year", [{"in #"}, {"#year"}]),
            ("(drop|~3) kettle", [{"kettle"}]),
            ("drop ~3 kettle", [{"drop"}, {"kettle"}]),
            ("drop # mg", [{"drop #"}, {"mg"}, {"# mg"}]),
            ("kett* off", [{"kett*"}, {"off"}]),
            ("^ drop $", [{", drop"}, {"drop ,"}]),
            ("<pet> sleeps", [{"cat sleeps", "dog sleeps"}]),
        ],
    )
    def test_the_words_are_known(self, pattern, needs):
        made = phrase(pattern, pet=["cat", "dog"])
        assert sorted(map(sorted, made.needs)) == sorted(map(sorted, needs))

    def test_the_rarest_words_come_first(self):
        assert phrase("the ~3 kettle ~3 i").needs[0] == {"kettle"}
        assert phrase("the kettle ~3 i").needs[0] == {"the kettle"}
        assert how_common(frozenset({"i"})) > how_common(frozenset({"kettle"}))
        assert how_common(frozenset({"#"})) > how_common(frozenset({"kettle"}))

    def test_of_a_choice_the_rare_words_of_each_way_are_kept(self):
        assert phrase("(the kettle|my teapot)").needs[0] == {"the kettle", "my teapot"}

    def test_what_nearly_every_sentence_has_is_not_asked_for_beside_a_rarer_word(self):
        assert phrase("(i|the|you|and) ~1 kettle").needs == ({"kettle"},)

    def test_a_pair_is_rarer_than_its_words_and_known_pairs_are_not(self):
        for pair in ("the kettle", "kettle now", "i am"):
            words = pair.split()
            assert how_common(frozenset({pair})) <= min(how_common(frozenset({w})) for w in words)
        assert how_common(frozenset({"i am"})) > how_common(frozenset({"am kettle"}))

    def test_beside_its_key_a_phrase_asks_first_for_what_tells_most(self):
        first, shared = {"kettle", "teapot", "urn"}, {"kettle", "pan", "pot", "jug"}
        assert how_common(frozenset(shared)) < how_common(frozenset({"now"}))
        made = phrase("(kettle|teapot|urn) ~3 (kettle|pan|pot|jug) ~3 now")
        assert made.needs == (first, {"now"}, shared)

    @pytest.mark.parametrize("pattern", ["(kettle", "kettle)", "<pot>", "kettle & pot"])
    def test_a_broken_pattern_is_named(self, pattern):
        with pytest.raises(BadPattern):
            phrase(pattern)


class TestWhereItLooks:
    """Sentence by sentence, and over the whole where a pattern may cross."""

    def test_all_its_words_must_stand_in_one_sentence(self):
        assert chances("drop ~3 kettle", said("drop the old kettle ."))
        assert not chances("drop ~3 kettle", said("drop the pan . the kettle sings ."))

    def test_a_pattern_that_crosses_is_looked_for_in_the_whole(self):
        assert chances("drop ~~9 kettle", said("drop the pan . the kettle sings ."))
        assert not chances("drop ~~9 kettle", said("drop the pan . the pot sings ."))

    def test_past_the_end_it_looks_no_farther_than_the_pattern_reaches(self):
        text = said("drop the pan . ah . " + "yes . " * 20 + "the kettle sings .")
        assert not chances("drop ~~9 kettle", text)
        near = said("yes . " * 20 + "drop it . the kettle sings . " + "yes . " * 20)
        ((_, start, end),) = chances("drop ~~9 kettle", near)
        assert "drop it . the kettle" in near[start:end]
        assert len(near[start:end]) < len(near) / 2

    def test_neighbours_must_stand_side_by_side(self):
        assert chances("cold kettle", said("a cold kettle"))
        assert not chances("cold kettle", said("a kettle so cold"))
        assert not chances("cold kettle", said("it is cold . kettle on"))

    @pytest.mark.parametrize("mark", [".", "?", ",", '"'])
    def test_any_mark_and_the_beginning_of_the_text_are_one(self, mark):
        assert chances("^ drop it", said(f"well {mark} drop it"))
        assert chances("drop it ,", said("drop it ,"))
        assert chances("^ drop it", said("drop it"))
        assert not chances("^ drop it", said("well drop it"))

    def test_numbers_are_one_to_their_neighbours(self):
        for number in ("2", "0_5", "2019", "40"):
            assert chances("take # now", said(f"take {number} now"))
        assert chances("take 2 now", said("take 2 now"))
        assert not chances("take # now", said("take it now 2"))

    def test_the_order_is_by_sentence_and_then_by_number(self):
        watched = book().phrases(["sings ~3 kettle", "a kettle", "a ~~4 pan"])
        found, _ = Gate(watched).look(said("a kettle sings . a pan . a kettle sings kettle"))
        assert [number for number, _, _ in found] == [0, 1, 0, 1, 2]

    def test_a_number_counts_whatever_it_is(self):
        assert chances("take # spoons", said("take 7 spoons"))
        assert chances("take # spoons", said("take 0_5 spoons"))
        assert not chances("take # spoons", said("take some spoons"))

    def test_a_fraction_and_a_year_are_numbers_of_their_own(self):
        assert chances("take #part now", said("take 0_5 now"))
        assert not chances("take #part now", said("take 5 now"))
        assert chances("in #year", said("in 2019"))
        assert not chances("in #year", said("in 1819"))

    def test_a_word_said_twice_is_one_chance(self):
        assert len(chances("drop ~3 kettle", said("drop drop drop the kettle kettle ."))) == 1

    def test_a_beginning_counts_for_every_word_with_it(self):
        assert chances("kett* sings", said("the kettledrum sings"))
        assert not chances("kett* sings", said("the ket sings"))

    @pytest.mark.parametrize("start", ["k", "ke", "ket", "kett", "kettledru", "kettledrum"])
    def test_a_beginning_may_be_of_any_length(self, start):
        assert chances(f"{start}* sings", said("the kettledrum sings"))
        assert not chances(f"{start}* sings", said("the pan sings"))

    def test_of_beginnings_of_one_word_each_counts(self):
        for pattern in ("k* sings", "ket* sings", "kettle* sings"):
            watched = book().phrases(["k* sings", "ket* sings", "kettle* sings", pattern])
            found, _ = Gate(watched).look(said("kettles sings"))
            assert {number for number, _, _ in found} == {0, 1, 2, 3}

    def test_a_word_that_nothing_asks_for_ends_its_sentence_all_the_same(self):
        watched = book().phrases(["drop ~3 kettle"])
        found, _ = Gate(watched).look(" drop zzz . kettle")
        assert not found

    def test_a_pattern_without_words_would_be_looked_for_everywhere_and_is_refused(self):
        with pytest.raises(BadPattern, match="no word has to be there"):
            chances("+ ?", said("nothing of it"))

    def test_the_place_is_the_sentence_with_the_mark_before_it(self):
        text = " it rains . drop the kettle ."
        ((_, start, end),) = chances("^ drop the kettle", said(text))
        made = phrase("^ drop the kettle")
        assert made.spans(text.encode(), start, end)
        assert text[start : start + 2] == " ."

    def test_groups_of_phrases_that_are_not_watched_are_learnt_too(self):
        other = phrase("silver spoon")
        known = Contexts([Context("told", "message", 0, (other,), ())])
        _, found = Gate((), known).look(said("a silver spoon"))
        assert not other.mask & ~found.within(0, 0)
        assert found.signs() == known.bits["told"]
        _, found = Gate((), known).look(said("a silver fork"))
        assert other.mask & ~found.within(0, 0)
        assert not found.signs()


class TestWhatIsAskedOfTheLibrary:
    """re2's inner search is quick and no promise: the public one says the same, and stands by."""

    TEXTS = (b"", b" kettle", b" drop the kettle . drop the kettle", b" drop the pan .")

    def test_the_inner_search_is_still_there_and_says_what_the_public_one_says(self):
        pattern = re2.compile(r"(?: drop(?: [^ .?]+){0,3} kettle)\b")
        quick = searching(pattern)
        assert quick.func == pattern._regexp.Match, "re2 changed: measure, then choose again"
        for text in self.TEXTS:
            for at in range(len(text) + 1):
                public = pattern.search(text, at)
                span = public.span() if public else (-1, -1)
                assert tuple(quick(text, at, len(text))[0]) == span

    def test_without_it_the_public_search_is_used(self):
        class Public:
            """A pattern of a library without inner names."""

            def __init__(self):
                self.search = re2.compile(" kettle").search

        for text in self.TEXTS:
            quick = searching(re2.compile(" kettle"))(text, 0, len(text))[0]
            assert searching(Public())(text, 0, len(text))[0] == tuple(quick)


class TestSignsWithoutASearch:
    """Of a context only is asked whether it is there: a plain word that was seen is."""

    def test_plain_words_and_phrases_of_a_choice_are_told_apart(self):
        plain, other = book().signs(["(tea|kett*|hot water)"])
        assert (plain.is_plain, plain.needs) == (True, ({"tea", "kett*"},))
        assert (other.is_plain, other.needs) == (False, ({"hot water"},))

    def test_of_a_context_no_mark_is_asked_before_its_words_for_its_place_may_begin_there(self):
        (sign,) = book().signs(["^ never mind"])
        assert sign.needs == ({"never mind"},)
        assert sign.is_in(b" never mind")

    @pytest.mark.parametrize("pattern", ["tea", "tea|milk", "(tea|milk)", "<hot>"])
    def test_words_alone_are_plain(self, pattern):
        assert [each.is_plain for each in book(hot=["tea", "milk"]).signs([pattern])] == [True]

    @pytest.mark.parametrize("pattern", ["tea # ", "[tea] milk", "^ tea", "tea $", "#", "+ tea"])
    def test_whatever_is_more_than_a_word_is_searched(self, pattern):
        assert not any(each.is_plain for each in book().signs([pattern]))


def fully_searched(reading):
    """The rules a search with every pattern finds, the gate left out."""
    text = reading.text.encode("ascii")
    return {rule.id for rule in shipped().rules for each in rule.phrases if each.is_in(text)}


def found_through_the_gate(reading):
    text = reading.text.encode("ascii")
    return {
        rule.id
        for rule, places in shipped().look(reading).rules
        for each, start, end in places
        if each.spans(text, start, end)
    }


@pytest.mark.parametrize("part", range(4))
def test_the_gate_misses_nothing_in_our_own_talk(part):
    for text in TALK[part * 11 :: 97]:
        reading = shipped().reader.read(text)
        assert fully_searched(reading) <= found_through_the_gate(reading), text


SAID = "i you want to die drop 2 mg take half . , ? my brother ran out of pills dm me tonight not"
WORDS = st.sampled_from(SAID.split())


@settings(deadline=None, max_examples=40)
@given(st.lists(WORDS, max_size=14))
def test_the_gate_misses_nothing_in_any_row_of_words(words):
    reading = shipped().reader.read(" ".join(words))
    assert fully_searched(reading) <= found_through_the_gate(reading)


def test_the_memory_of_the_gate_is_bounded():
    gate = Gate([Phrase(" kettle", (frozenset({"kettle"}),))])
    for number in range(12_100):
        gate.look(f" {str(number).translate(DIGITS_AS_LETTERS)}z")
    assert 0 < len(gate._facts) <= 12_000


def test_long_numbers_and_names_with_numbers_never_end_and_are_not_remembered():
    gate = Gate([Phrase(" kettle", (frozenset({"kettle"}),))])
    gate.look(" talker-7.4711 20261126 5mg tea .")
    assert set(gate._facts) == {"5mg", "tea", "."}


def test_a_long_word_is_read_and_not_remembered():
    gate = Gate([Phrase(r" kettle\w*", (frozenset({"kettle*"}),))])
    long = "kettle" * 7
    assert gate.look(f" {long}")[0]
    assert long not in gate._facts


def test_a_pattern_that_re2_cannot_hold_is_found_when_it_is_checked():
    phrase("drop ~3 kettle").check()
    with pytest.raises(re2.error):
        Phrase("(?: kettle){0,2000}", (frozenset({"kettle"}),)).check()
