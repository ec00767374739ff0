"""Where a field's bounds lie, which error is said when several fit, and what is never guessed."""

from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.base.fields import Fields

FILL, TEXT, WHOLE = "Please fill this in.", "This must be text.", "This must be a whole number."


class Stage(StrEnum):
    TAPERING = "tapering"
    HOLDING = "holding"


def said(data, read) -> tuple[object, str | None]:
    """What a field was read as, and the sentence beside it."""
    fields = Fields(data)
    value = read(fields)
    return value, fields.errors.get("x")


@pytest.mark.parametrize(
    ("value", "read", "sentence"),
    [
        ("a" * 11, "", "Please use at most 10 characters."),
        ("a" * 10, "a" * 10, None),
        ("é" * 10, "é" * 10, None),
        ("e\u0301" * 10, "é" * 10, None),
        (" \u2066 ", "", FILL),
        (5, "", TEXT),
        (["a"], "", TEXT),
        (False, "", TEXT),
    ],
)
def test_text_is_counted_after_it_was_made_safe(value, read, sentence):
    assert said({"x": value}, lambda f: f.text("x", longest=10)) == (read, sentence)


def test_what_is_wrong_reads_as_the_default_so_that_the_rest_can_be_checked():
    assert said({"x": 5}, lambda f: f.text("x", longest=9, default="en")) == ("en", TEXT)
    assert said({}, lambda f: f.text("x", longest=9, default="en")) == ("en", None)
    assert said({"x": ""}, lambda f: f.text("x", longest=9, default="en"))[1] == FILL


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", FILL),
        (None, FILL),
        (7, FILL),
        (["tea"], FILL),
        ("a" * 1000, None),
        ("a" * 1001, "Please use at most 1000 characters."),
        ("\u0000\u202e", None),
    ],
)
def test_a_passphrase_is_bounded_and_otherwise_left_alone(value, sentence):
    read, wrong = said({"x": value}, lambda f: f.secret("x"))
    assert wrong == sentence
    assert read == ("" if sentence else value)


@pytest.mark.parametrize("value", ["TAPERING", "tapering ", 0, True, [], {}, ["tapering"], 1.5])
def test_a_choice_is_taken_to_the_letter(value):
    read, wrong = said({"x": value}, lambda f: f.choice("x", Stage, Stage.HOLDING))
    assert (read, wrong) == (Stage.HOLDING, "Please pick one of the choices.")


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_choice_with_a_default_may_be_left_empty_and_one_without_may_not(nothing):
    assert said({"x": nothing}, lambda f: f.choice("x", Stage, Stage.HOLDING))[1] is None
    assert said({"x": nothing}, lambda f: f.choice("x", Stage))[1]


@pytest.mark.parametrize(
    ("value", "number", "sentence"),
    [
        (5, 5, None),
        (90, 90, None),
        ("90", 90, None),
        ("000090", 90, None),
        (4, 5, "Please use a number from 5 to 90."),
        (91, 5, "Please use a number from 5 to 90."),
        ("-5", 5, "Please use a number from 5 to 90."),
        ("+5", 5, WHOLE),
        ("5 ", 5, WHOLE),
        ("1_0", 5, WHOLE),
        ("²", 5, WHOLE),
        ("9" * 19, 5, WHOLE),
        (True, 5, WHOLE),
        (6.0, 5, WHOLE),
        (None, 5, WHOLE),
    ],
)
def test_a_number_is_whole_and_within_its_bounds(value, number, sentence):
    assert said({"x": value}, lambda f: f.integer("x", 5, 90)) == (number, sentence)


def test_nought_is_a_number_and_not_nothing():
    assert said({"x": 0}, lambda f: f.integer("x", 0, 9, default=5)) == (0, None)
    assert said({"x": ""}, lambda f: f.integer("x", 0, 9, default=5)) == (5, None)
    assert said({"x": 0}, lambda f: f.optional_integer("x", 0, 9)) == (0, None)
    assert said({"x": 10}, lambda f: f.optional_integer("x", 0, 9))[1]


@pytest.mark.parametrize("value", ["ON", "ja", "2", 2, -1, [], {}, 0.5, "\u0661"])
def test_a_switch_is_never_guessed(value):
    read, wrong = said({"x": value}, lambda f: f.flag("x", default=True))
    assert (read, wrong) == (True, "This must be yes or no.")
    assert said({"x": value}, lambda f: f.optional_flag("x"))[1] == "This must be yes or no."


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23T03:00:00+05:45", datetime(2026, 11, 22, 21, 15, tzinfo=UTC)),
        ("2026-11-23T03:00:00.5Z", datetime(2026, 11, 23, 3, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_a_moment_is_always_in_utc(value, moment):
    read, wrong = said({"x": value}, lambda f: f.moment("x"))
    assert (read, wrong) == (moment, None)
    assert read.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("value", [20, None, "", [], "9999-12-31T23:59-14:00", "2026-02-30"])
def test_what_is_no_moment_is_none_with_a_sentence(value):
    assert said({"x": value}, lambda f: f.moment("x")) == (None, "Please give a date and time.")


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_may_be_left_out_is_no_fault_when_it_is(nothing):
    assert said({"x": nothing}, lambda f: f.moment("x", required=False)) == (None, None)
    assert said({"x": nothing}, lambda f: f.identifier("x", required=False)) == ("", None)


@pytest.mark.parametrize("value", [[], 5, "a" * 65, "ä", "a b", "../x"])
def test_an_id_that_is_there_must_be_one_even_where_it_may_be_left_out(value):
    read = said({"x": value}, lambda f: f.identifier("x", required=False))
    assert read == ("", "This is not an id.")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (" , ,", ()),
        ("tea,,bath", ("tea", "bath")),
        (["tea, bath"], ("tea, bath",)),
        ("\u200e,\u2066 ,tea", ("tea",)),
        (["\x00", "tea"], ("tea",)),
        (0, ()),
    ],
)
def test_an_empty_word_is_no_word_however_it_is_hidden(value, words):
    assert said({"x": value}, lambda f: f.words("x", longest=20, most=3)) == (words, None)


@pytest.mark.parametrize("value", [{"a": 1}, 7, ["tea", None], [["tea"]], True])
def test_a_list_of_words_is_a_list_of_words(value):
    read = said({"x": value}, lambda f: f.words("x", longest=20, most=3))
    assert read == ((), "This must be a list of words.")


def test_the_first_thing_that_is_wrong_with_a_field_is_the_one_said():
    fields = Fields({"x": ""})
    fields.text("x", longest=5)
    fields.reject("x", "Something else.")
    assert fields.errors == {"x": FILL}


def test_a_name_nobody_knows_is_cut_before_it_is_repeated():
    with pytest.raises(Invalid) as wrong:
        Fields({"n" * 5000: "1"}).done()
    assert wrong.value.fields == {"n" * 40: "This field is not known."}


def test_a_field_that_was_asked_for_but_left_out_is_known_all_the_same():
    fields = Fields({"seats": "", "hidden": None})
    fields.optional_integer("seats", 1, 5)
    fields.optional_flag("hidden")
    fields.done()


@given(st.dictionaries(st.sampled_from("abcdef"), st.none() | st.text(max_size=4) | st.integers()))
def test_nothing_that_was_not_asked_for_ever_slips_through(data):
    fields = Fields(data)
    fields.text("a", longest=4, required=False)
    unknown = set(data) - {"a"}
    with suppress(Invalid):
        fields.done()
    assert unknown <= set(fields.errors)
