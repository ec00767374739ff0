"""Round a hit: where each kind of place begins and ends, and what is quoted, asked or halved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.severity import Severity
from support.moderation.rules.contexts import NOW, ROUND, Context, Contexts
from support.moderation.rules.gate import Gate
from support.moderation.rules.pattern import PatternBook
from support.moderation.rules.rulebook import Rule
from support.moderation.rules.surroundings import Scene, Surroundings

NOBODY = Contexts(()).named(())
NO_RULE = Rule(
    "r.1", "sourcing", Severity.NONE, (), NOBODY, NOBODY, NOBODY, (), True, False, (), ()
)
BOOK = PatternBook({}, lambda word: [word])
HIT = "drop"


def context(say, where, reach=0, name="told", unless=()):
    return Context(name, where, reach, tuple(BOOK.signs([say])), tuple(unless))


def scene(text, *contexts):
    """A message as review reads it: a space before each word, an end at the end."""
    known = Contexts(contexts)
    gate = Gate([], known)
    read = "".join(f" {word}" for word in text.split()) + " ."
    mask = gate.look("".join(f" {word}" for word in text.split()))[1]
    return Scene(known, read, mask)


def round_about(text, *contexts, hit=HIT):
    made = scene(text, *contexts)
    start = made.text.index(f" {hit}")
    return Surroundings(made, start, start + len(hit) + 1)


def holds(text, say, where, reach=0, hit=HIT):
    return round_about(text, context(say, where, reach), hit=hit).holds("told")


# ------------------------------------------------------------------ where a context looks


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ("never drop it", "before", True),
        ("drop it never", "before", False),
        ("never . drop it", "before", False),
        ("never ? drop it", "before", False),
        ("never , drop it", "before", True),
        ("never but drop it", "before", True),
        ("never drop it", "just before", True),
        ("never , drop it", "just before", False),
        ("never but drop it", "just before", False),
        ("never aber drop it", "just before", False),
        ("never pero drop it", "just before", False),
        ("never maar drop it", "just before", False),
        ("never mas drop it", "just before", False),
        ("never butter drop it", "just before", True),
        ("drop it never", "after", True),
        ("drop it . never", "after", False),
        ("never drop it", "after", False),
        ("drop it , never", "after", True),
        ("never drop it", "clause", True),
        ("drop it never", "clause", True),
        ("never , drop it", "clause", False),
        ("drop it , never", "clause", False),
        ("drop it but never", "clause", True),
        ("never , drop it", "sentence", True),
        ("drop it , never", "sentence", True),
        ("never . drop it", "sentence", False),
        ("drop it . never", "sentence", False),
        ("drop it ? never", "sentence", False),
        ("never . ah . drop it", "message", True),
        ("drop it . ah ? never", "message", True),
        ("drop it . ah ? ever", "message", False),
    ],
)
def test_each_place_ends_where_it_says(text, where, found):
    assert holds(text, "never", where) is found


@pytest.mark.parametrize(
    ("text", "where", "reach", "found"),
    [
        ("never drop", "before", 1, True),
        ("never a drop", "before", 1, False),
        ("never a drop", "before", 2, True),
        ("never a b c drop", "before", 3, False),
        ("never a b c drop", "before", 4, True),
        ("drop never", "after", 1, True),
        ("drop a never", "after", 1, False),
        ("drop a never", "after", 2, True),
        ("never . drop", "near", 1, False),
        ("never . drop", "near", 2, True),
        ("drop . never", "near", 2, True),
        ("drop a b never", "near", 2, False),
    ],
)
def test_a_reach_is_counted_in_words(text, where, reach, found):
    assert holds(text, "never", where, reach) is found


FILLING = " ".join(["ah"] * ROUND)
NOW_SAID = context("tonight", "sentence", name=NOW)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("never . drop it tonight", True),
        ("drop it tonight . ah . never", True),
        (f"never . {FILLING} . drop it tonight", False),
        (f"drop it tonight . {FILLING} . never", False),
        (f"never . {FILLING} . drop it", True),
        (f"drop it . {FILLING} . never", True),
        (f"tonight never . {FILLING} . drop it", True),
        (f"ever . {FILLING} . drop it", False),
    ],
)
def test_round_is_near_what_is_told_of_now_and_anywhere_for_what_is_told_as_past(text, found):
    assert round_about(text, context("never", "round", ROUND), NOW_SAID).holds("told") is found


def test_a_short_message_is_near_as_a_whole_and_settled_for_every_hit():
    never = context("never", "round", reach=1)
    assert scene("never ah ah drop it tonight", never, NOW_SAID).settled("told")
    assert scene(f"never {FILLING} drop it tonight", never, NOW_SAID).settled("told") is None
    assert scene(f"ever {FILLING} drop it tonight", never, NOW_SAID).settled("told") is False


def test_what_undoes_an_excuse_round_a_hit_may_stand_far_away():
    never = context("never", "round", ROUND, unless=["meant"])
    meant = context("seriously", "message", name="meant")
    near = f"never drop it tonight . {FILLING} ."
    assert round_about(near, never, meant, NOW_SAID).holds("told")
    assert not round_about(f"{near} seriously", never, meant, NOW_SAID).holds("told")


@pytest.mark.parametrize("between", [0, 3, 11, 12, 40])
def test_in_a_sentence_that_runs_on_only_what_is_near_counts(between):
    ahs = " ".join(["ah"] * between)
    for text in (f"never {ahs} drop it", f"drop {ahs} never"):
        assert holds(text, "never", "sentence", reach=12) is (between < 12)
        assert holds(text, "never", "sentence") is (between < 40)
    assert not holds("never . drop it", "never", "sentence", reach=12)


def test_a_question_mark_is_seen_at_the_end_of_a_long_sentence():
    assert round_about(f"drop {FILLING} {FILLING} ?").holds("question")


def test_a_context_inside_looks_at_the_hit_alone():
    inside = context("old", "inside")
    assert round_about("my old cup", inside, hit="old cup").holds("told")
    assert not round_about("old drop", inside).holds("told")


def test_near_sees_over_the_ends_of_sentences_and_before_does_not():
    text = "I said never . drop it"
    assert holds(text.lower(), "never", "near", 3)
    assert not holds(text.lower(), "never", "before", 3)


@given(st.integers(1, 6), st.integers(0, 8))
def test_a_word_is_within_reach_exactly_if_it_is_not_farther(reach, between):
    text = " ".join(["never", *["ah"] * between, "drop"])
    assert holds(text, "never", "before", reach) is (between < reach)
    back = " ".join(["drop", *["ah"] * between, "never"])
    assert holds(back, "never", "after", reach) is (between < reach)


@given(st.lists(st.sampled_from(["ah", "never", ".", ",", "?", "but"]), max_size=9))
def test_a_narrower_place_never_sees_more_than_a_wider_one(words):
    text = " ".join([*words, "drop", *reversed(words)])
    seen = {place: holds(text, "never", place) for place in PLACES}
    assert seen["clause"] <= seen["sentence"] <= seen["message"]
    assert seen["just before"] <= seen["before"] <= seen["sentence"]
    assert seen["after"] <= seen["sentence"]
    assert seen["message"] is ("never" in words)


PLACES = ("clause", "sentence", "message", "just before", "before", "after")


# ------------------------------------------------------------------ what excuses what


def test_a_context_with_an_excuse_does_not_hold():
    joke = context("joking", "message", name="joke")
    told = context("never", "sentence", unless=("joke",))
    assert round_about("never drop it", told, joke).holds("told")
    assert not round_about("never drop it . joking", told, joke).holds("told")


class Asked:
    """Counts how often a phrase is looked for."""

    def __init__(self, phrase, *, is_plain=False):
        self.mask, self.key, self.is_plain = phrase.mask, phrase.key, is_plain
        self.reach, self.length = phrase.reach, phrase.length
        self.times, self._phrase = 0, phrase

    def is_in(self, text):
        self.times += 1
        return self._phrase.is_in(text)


def counting(text, where="message", *, is_plain=False):
    """A message, a context of one phrase, and that phrase, which counts."""
    told = context("never", where)
    made = scene(text, told)
    counted = Asked(told.phrases[0], is_plain=is_plain)
    return made, replace(told, phrases=(counted,)), counted


def test_a_message_that_lacks_the_words_is_not_searched():
    made, told, phrase = counting("drop it")
    assert not made.has(told)
    assert phrase.times == 0


def test_what_was_asked_once_is_not_looked_for_again():
    made, told, phrase = counting("never drop it")
    assert made.has(told)
    assert made.has(told)
    assert phrase.times == 1


def test_a_plain_word_that_was_seen_needs_no_search():
    made, told, phrase = counting("never drop it", is_plain=True)
    assert made.has(told)
    assert phrase.times == 0


def test_in_a_part_of_a_sentence_even_a_plain_word_is_searched():
    made, told, phrase = counting("never drop it", "after", is_plain=True)
    made.contexts["told"] = told
    assert not Surroundings(made, len(" never"), len(" never drop")).holds("told")
    assert phrase.times == 1


def test_what_holds_for_the_whole_message_is_settled_once():
    joke = context("joking", "message", name="joke")
    told = context("never", "message", unless=("joke",))
    near = context("it", "after", name="near")
    made = scene("never drop it", told, joke, near)
    assert made.settled("told") is True
    assert made.settled("joke") is False
    assert made.settled("near") is None
    assert made.settled("quoted") is None
    assert not made.may_let(replace(NO_RULE, unless=made.contexts.named(["near", "told"])))
    assert made.may_let(replace(NO_RULE, unless=made.contexts.named(["near", "joke"])))


@pytest.mark.parametrize("wants", ["needs", "when"])
@pytest.mark.parametrize(("text", "may"), [("never drop it", True), ("drop it", False)])
def test_a_rule_that_asks_for_what_has_no_sign_is_not_searched_for(wants, text, may):
    made = scene(text, context("never", "after"))
    assert made.may_let(replace(NO_RULE, **{wants: made.contexts.named(["told"])})) is may


def test_what_is_near_without_a_number_of_words_is_found_beyond_twenty():
    there = round_about(
        f"never {FILLING} . {FILLING} . {FILLING} drop it", context("never", "near")
    )
    assert there.any_of(there.contexts.named(["told"]))


def test_a_sign_far_from_the_hit_is_no_sign_of_what_stands_near():
    near = context("never", "near", 3, name="near")
    far = context("never", "message", name="far")
    text = f"never {FILLING} {FILLING} {FILLING} drop it"
    there = round_about(text, near, far)
    assert not there.any_of(there.contexts.named(["near"]))
    assert there.any_of(there.contexts.named(["near", "far"]))


def test_an_excuse_that_depends_on_the_hit_leaves_a_context_open():
    near = context("it", "after", name="near")
    told = context("never", "message", unless=("near",))
    made = scene("never drop it", told, near)
    assert made.settled("told") is None


# ------------------------------------------------------------------ built in


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("shall i drop it ?", True),
        ("i drop it .", False),
        ("drop it . or not ?", False),
        ("drop it , or not ?", True),
        ("or not ? drop it .", False),
    ],
)
def test_a_question_is_one_if_its_own_sentence_ends_so(text, asked):
    assert round_about(text).holds("question") is asked


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('he said " drop it " to me', True),
        ('he said " no " so i drop it', False),
        ('he said " drop it', False),
        ('drop it " he said "', False),
        ('" a " then " drop it "', True),
        ('" a " drop it " b "', False),
        ("drop it", False),
    ],
)
def test_a_quotation_is_open_before_and_closed_after(text, quoted):
    assert round_about(text).holds("quoted") is quoted


@pytest.mark.parametrize(
    ("hit", "halved"),
    [
        ("from 10 to 5", True),
        ("from 10 to 6", False),
        ("from 10 to 0", True),
        ("from 0 to 0", False),
        ("from 1_5 to 0_75", True),
        ("from 1_5 to 0_76", False),
        ("from 20 10 5", True),
        ("from 10 to 20", False),
        ("from ten to 5", False),
        ("from 10", False),
    ],
)
def test_a_step_is_steep_from_a_half_on(hit, halved):
    assert round_about(f"go {hit} now", hit=hit).holds("halved") is halved


@given(st.integers(1, 400), st.integers(0, 400))
def test_halved_is_arithmetic_and_no_guess(first, last):
    hit = f"from {first} to {last}"
    assert round_about(f"go {hit} now", hit=hit).holds("halved") is (last * 2 <= first)


# ------------------------------------------------------------------ what a rule asks for


@pytest.mark.parametrize(
    ("wants", "text", "lets"),
    [
        ({}, "drop it", True),
        ({"needs": ("a", "b")}, "ay bee drop it", True),
        ({"needs": ("a", "b")}, "ay drop it", False),
        ({"when": ("a", "b")}, "bee drop it", True),
        ({"when": ("a", "b")}, "drop it", False),
        ({"unless": ("a", "b")}, "drop it", True),
        ({"unless": ("a", "b")}, "bee drop it", False),
        ({"needs": ("a",), "unless": ("b",)}, "ay bee drop it", False),
        ({"needs": ("a",), "when": ("b",)}, "ay drop it", False),
        ({"needs": ("a",), "when": ("b",)}, "ay bee drop it", True),
    ],
)
def test_all_needs_one_when_and_no_unless(wants, text, lets):
    both = (context("ay", "sentence", name="a"), context("bee", "sentence", name="b"))
    there = round_about(text, *both)
    asked = {kind: there.contexts.named(names) for kind, names in wants.items()}
    assert there.lets(replace(NO_RULE, **asked)) is lets


def test_none_of_nothing_holds():
    assert not round_about("drop it").any_of(NOBODY)


def test_a_very_long_message_is_looked_at_for_a_stretch_and_no_farther():
    far = " ".join(["never", *["ah"] * 200, "drop"])
    near = " ".join(["never", *["ah"] * 20, "drop"])
    assert not holds(far, "never", "before")
    assert holds(near, "never", "before")
    assert holds(far, "never", "message")
